# A zip as upstream's: one entry, the program, mode 755. Nothing in it depends on when or where it was made: the date is the
# oldest that the format has, the order and the attributes are set.
import os, shutil, sys, zipfile
name, program = sys.argv[1:]
shutil.rmtree("/out", ignore_errors=True)
os.mkdir("/out")
entry = zipfile.ZipInfo(program, (1980, 1, 1, 0, 0, 0))
entry.create_system = 3
entry.external_attr = 0o100755 << 16
entry.compress_type = zipfile.ZIP_DEFLATED
with open("/src/" + program, "rb") as binary, zipfile.ZipFile("/out/" + name, "w") as archive:
    archive.writestr(entry, binary.read(), compresslevel=9)

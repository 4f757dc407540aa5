# A zip as upstream's: one entry, `deno`, mode 755. Nothing in it depends on when or where it was made: the date is the
# oldest that the format has, the order and the attributes are set.
import os, shutil, sys, zipfile
shutil.rmtree("/out", ignore_errors=True)
os.mkdir("/out")
entry = zipfile.ZipInfo("deno", (1980, 1, 1, 0, 0, 0))
entry.create_system = 3
entry.external_attr = 0o100755 << 16
entry.compress_type = zipfile.ZIP_DEFLATED
with open("/src/deno", "rb") as binary, zipfile.ZipFile("/out/" + sys.argv[1], "w") as archive:
    archive.writestr(entry, binary.read(), compresslevel=9)

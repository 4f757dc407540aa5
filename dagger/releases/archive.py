# A zip as upstream's: one entry, the program, mode 755; or all files of /src, with another mode. Nothing in it depends on
# when or where it was made: the date is the oldest that the format has, the order and the attributes are set.
import os, shutil, sys, zipfile
name, mode, *members = sys.argv[1:]
shutil.rmtree("/out", ignore_errors=True)
os.mkdir("/out")
with zipfile.ZipFile("/out/" + name, "w") as archive:
    for member in members or sorted(os.listdir("/src")):
        entry = zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0))
        entry.create_system = 3
        entry.external_attr = (0o100000 | int(mode, 8)) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        with open("/src/" + member, "rb") as file: archive.writestr(entry, file.read(), compresslevel=9)

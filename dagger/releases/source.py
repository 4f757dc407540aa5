# A source archive as upstream's: one folder, deno, without git's own data and what builds leave behind.
# https://github.com/denoland/deno/blob/v2.9.5/.github/workflows/ci.ts#L725
# Nothing in it depends on when, where or by whom it was made: dates, owners, modes and the order are set. Level 9 is the one
# whose gzip header no version of Python writes in another way.
import gzip, os, stat, sys, tarfile
name = sys.argv[1]
tree = "/src/deno"
left_out = {"target", "third_party/prebuilt"}
if os.path.exists("/src/left-out"):
    with open("/src/left-out", "rb") as paths:
        left_out.update(os.fsdecode(path.rstrip(b"/")) for path in paths.read().split(b"\0") if path)
def add(archive, folder):
    for name in sorted(os.listdir(os.path.join(tree, folder)), key=os.fsencode):
        path = os.path.join(folder, name)
        # Its configuration may hold a login, and a submodule has a file of this name.
        if name == ".git" or path in left_out: continue
        full = os.path.join(tree, path)
        facts = os.lstat(full)
        # Folders have no entry of their own, as in git: an empty one is no source, and is not in every checkout.
        if stat.S_ISDIR(facts.st_mode):
            add(archive, path)
            continue
        entry = tarfile.TarInfo("deno/" + path)
        entry.mtime = 315532800
        entry.mode = 0o755
        if stat.S_ISLNK(facts.st_mode):
            entry.type = tarfile.SYMTYPE
            entry.linkname = os.readlink(full)
            archive.addfile(entry)
        elif stat.S_ISREG(facts.st_mode):
            entry.size = facts.st_size
            if not facts.st_mode & 0o100: entry.mode = 0o644
            with open(full, "rb") as content: archive.addfile(entry, content)
os.makedirs("/out", exist_ok=True)
with open("/out/" + name, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive: add(archive, "")

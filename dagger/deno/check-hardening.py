# Reads the ELF file of a program and says on standard error what is not as hardened as it must be, one property a line;
# it ends with 1 then. Arguments: the file, its name in errors, and the folders of the build whose paths must not be in it.
# A file whose path ends with .so is a shared library, which is loaded by a program and so names no loader.
# Nothing but Python is needed, so that any toolchain has it, and a program of another architecture is read as well.
# The format: https://gabi.xinuos.com/elf/07-pheader.html and /usr/include/elf.h
import re, struct, sys
path, name, *folders = sys.argv[1:]
with open(path, "rb") as file: data = file.read()
if data[:6] != b"\x7fELF\x02\x01": sys.exit(name + ": it is no 64-bit little-endian ELF file; it begins with " + data[:6].hex())
ET_DYN, EXECUTE, WRITE = 3, 1, 2
LOAD, DYNAMIC, INTERP, GNU_STACK, GNU_RELRO = 1, 2, 3, 0x6474e551, 0x6474e552
RPATH, TEXTREL, BIND_NOW, RUNPATH, FLAGS, FLAGS_1 = 15, 22, 24, 29, 30, 0x6ffffffb
kind, = struct.unpack_from("<H", data, 16)
at, = struct.unpack_from("<Q", data, 32)
size, count = struct.unpack_from("<HH", data, 54)
# type, flags, offset, address, physical address, size in the file, size in memory, alignment
segments = [struct.unpack_from("<IIQQQQQQ", data, at + index * size) for index in range(count)]
of = lambda wanted: [segment for segment in segments if segment[0] == wanted]
def offset(address):
    for segment in of(LOAD):
        if segment[3] <= address < segment[3] + segment[5]: return segment[2] + address - segment[3]
dynamic = {}
for segment in of(DYNAMIC):
    for place in range(segment[2], segment[2] + segment[5], 16):
        tag, value = struct.unpack_from("<qQ", data, place)
        if tag == 0: break
        dynamic[tag] = value
STRTAB = 5
def text(value):
    start = offset(dynamic[STRTAB]) + value
    return data[start:data.index(b"\0", start)].decode(errors="replace")

wrong = []
def expect(holds, what, found, remedy):
    if not holds: wrong.append(name + ": " + what + ": " + found + "; " + remedy)
covered = [it for it in of(GNU_RELRO) if all(it[3] <= other[3] and other[3] + other[6] <= it[3] + it[6] for other in of(DYNAMIC))]
expect(covered, "RELRO",
    "its PT_GNU_RELRO header does not hold the dynamic section" if of(GNU_RELRO)
    else "it has no PT_GNU_RELRO header, so what the loader has written stays writable",
    "link it with -z relro, which rustc does by itself, and remove sections with llvm-strip: GNU strip with "
    "--remove-section drops the header")
expect(BIND_NOW in dynamic or dynamic.get(FLAGS, 0) & 8 or dynamic.get(FLAGS_1, 0) & 1, "BIND_NOW",
    "neither DT_BIND_NOW nor a flag says so, so the table of functions stays writable",
    "link it with -z now, which rustc does by itself")
stack = of(GNU_STACK)
expect(stack and not any(it[1] & EXECUTE for it in stack), "NX",
    "its stack is executable" if stack else "it has no PT_GNU_STACK header, so its stack is executable",
    "link it with -z noexecstack, and give each assembly file a section .note.GNU-stack")
both = [it for it in of(LOAD) if it[1] & EXECUTE and it[1] & WRITE]
expect(not both, "W^X", "a segment is writable and executable at " + ", ".join(hex(it[3]) for it in both),
    "link it without -N (--omagic) and without such sections")
library = path.endswith(".so")
expect(kind == ET_DYN and (library or of(INTERP)), "PIE",
    "it is no position-independent " + ("library" if library else "program") + ", but of type " + str(kind) +
    (" with" if of(INTERP) else " without") + " a loader",
    "compile and link it as rustc does by itself, without relocation-model=static")
expect(not (TEXTREL in dynamic or dynamic.get(FLAGS, 0) & 4), "text relocations",
    "the loader must write into its code", "compile everything in it with -fPIC, and link it with -z text")
for tag, what in (RPATH, "RPATH"), (RUNPATH, "RUNPATH"):
    if tag in dynamic: expect(False, what, repr(text(dynamic[tag])), "link it without -rpath")
# What is loaded, and no more: a profile that keeps its debugging information is to name the sources in it.
for folder in folders:
    found = set()
    for segment in of(LOAD):
        part = memoryview(data)[segment[2]:segment[2] + segment[5]]
        found |= {it.group().decode() for it in re.finditer(re.escape(folder.encode()) + rb"[\w./+@-]{0,80}", part)}
    example = min(found, default="")
    expect(not found, "build paths", str(len(found)) + " begin with " + folder + ", such as " + example,
        "compile Rust with --remap-path-prefix, as dagger/deno/build.sh does, and C with -ffile-prefix-map in CFLAGS")
if wrong: sys.exit("\n".join(wrong))

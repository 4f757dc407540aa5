# Moves every build script that runs V8 into a program of its own, which can be compiled for the target.
#
# Cargo compiles build scripts for the machine that it runs on. V8 writes snapshots for the architecture that it runs
# on, so such a script must run as the target's program. Its package keeps a script without dependencies, which hands
# cargo's whole environment on to that program; QEMU runs it. What the script does stays upstream's.
#
# Which scripts these are is asked of cargo's dependency graph: those with V8 behind a build dependency. In Deno 2.x
# they are those of deno_snapshots, deno and denort, which import deno_runtime, and that of denort_desktop, which only could:
# https://github.com/denoland/deno/blob/v2.9.5/cli/snapshot/build.rs
import functools, json, os, re, shutil, subprocess, sys

triple, folder, profile = sys.argv[1:]
sys.setrecursionlimit(100000)

def read(*options):
    command = ["cargo", "metadata", "--format-version=1", "--filter-platform", triple, *options]
    done = subprocess.run(command, stdout=subprocess.PIPE)
    if done.returncode != 0: sys.exit("cargo metadata failed")
    return Graph(json.loads(done.stdout))

class Graph:
    """Cargo's graph of packages, and who of them has V8 in it."""
    def __init__(self, metadata):
        self.root = metadata["workspace_root"]
        self.members = metadata["workspace_members"]
        self.packages = {package["id"]: package for package in metadata["packages"]}
        self.nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    def uses(self, node, kind):
        return [dep["pkg"] for dep in self.nodes[node]["deps"] if any(it["kind"] == kind for it in dep["dep_kinds"])]
    @functools.lru_cache(None)
    def runs(self, node):
        return self.packages[node]["name"] == "v8" or any(self.runs(dep) for dep in self.uses(node, None))
    def scripts(self):
        """The packages whose build script runs V8."""
        # What tests and benchmarks alone use is not built.
        wanted, open_ = set(), [id for id in self.members if self.packages[id]["name"] in ("deno", "denort", "denort_desktop")]
        while open_:
            node = open_.pop()
            if node not in wanted:
                wanted.add(node)
                open_ += self.uses(node, None) + self.uses(node, "build")
        # Without a script cargo compiles no build dependencies.
        def script(node): return any("custom-build" in it["kind"] for it in self.packages[node]["targets"])
        return [self.packages[node] for node in sorted(wanted) if script(node) and any(self.runs(dep) for dep in self.uses(node, "build"))]

def engine_features(graph, *packages):
    """The features that each crate with V8 in it is compiled with for these packages; there may be several sets of them."""
    command = ["cargo", "tree", "--offline", "--target", triple, "-e", "normal,build", "--prefix=none", "--format={p}\t{f}"]
    done = subprocess.run(command + [word for name in packages for word in ("-p", name)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0: sys.exit("cargo tree failed")
    engine = {package["name"] for id, package in graph.packages.items() if graph.runs(id)}
    found = {}
    for line in done.stdout.splitlines():
        crate, tab, listed = line.removesuffix(" (*)").partition("\t")
        name = crate.split(" ")[0]
        if tab and name in engine: found.setdefault(name, set()).add(listed)
    return found

def value(it):
    if isinstance(it, dict): return "{ " + ", ".join(json.dumps(key) + " = " + value(entry) for key, entry in it.items()) + " }"
    if isinstance(it, list): return "[" + ", ".join(map(value, it)) + "]"
    return json.dumps(it)

def by_default(package):
    """The features of the package that are on by default, and those that they turn on in its dependencies."""
    own, others, open_ = set(), {}, ["default"]
    while open_:
        feature = open_.pop()
        if feature in own: continue
        own.add(feature)
        for it in package["features"].get(feature, []):
            crate, slash, name = it.partition("/")
            if slash: others.setdefault(crate.rstrip("?"), set()).add(name)
            elif not it.startswith("dep:"): open_.append(it)
    return own, others

def dependency(it, place, others):
    # The tree is compiled in another folder than this one.
    where = {"path": os.path.relpath(it["path"], place)} if it.get("path") else {"version": it["req"]}
    where["features"] = sorted({*it["features"], *others.get(it["rename"] or it["name"], ())})
    where["default-features"] = it["uses_default_features"]
    if it["rename"]: where["package"] = it["name"]
    return (it["rename"] or it["name"]) + " = " + value(where)

def program(package, original):
    """A package beside the tree's own that compiles the script, and finds the same files around it."""
    name = package["name"] + "-build-script"
    place = os.path.join(root, folder, name)
    os.makedirs(place)
    # env!("CARGO_MANIFEST_DIR") and paths relative to it must lead where they led before.
    for entry in os.listdir(original):
        if entry not in ("Cargo.toml", "Cargo.lock", "target", folder, ".git"):
            os.symlink(os.path.relpath(os.path.join(original, entry), place), os.path.join(place, entry))
    source = next(it["src_path"] for it in package["targets"] if "custom-build" in it["kind"])
    relative = os.path.relpath(source, original)
    text = open(source).read()
    features = sorted(set(re.findall(r'feature\s*=\s*"([^"]+)"', text)))
    # A feature of the package may be what turns one on in a build dependency: since 2.9.5 deno's own feature v8 gives
    # deno_core an engine, https://github.com/denoland/deno/blob/v2.9.5/cli/Cargo.toml
    own, others = by_default(package)
    enabled = [it for it in features if it in own]
    lines = ["[package]", "name = " + value(name), "version = " + value(package["version"]), "edition = " + value(package["edition"])]
    lines += ["publish = false", "build = false", "autobins = false", "autolib = false"]
    lines += ["[[bin]]", "name = " + value(name), "path = " + value(relative), "[features]"]
    lines += ["default = " + value(enabled)] + [it + " = []" for it in features if it != "default"]
    for it in package["dependencies"]:
        if it["kind"] != "build": continue
        if it["optional"]: sys.exit(package["name"] + ": its build script has an optional dependency, " + it["name"])
        lines.append("[target." + value(it["target"]) + ".dependencies]" if it["target"] else "[dependencies]")
        lines.append(dependency(it, place, others))
    # TOML has each table once.
    tables = {}
    for line in lines:
        if line.startswith("["): current = tables.setdefault(line, [])
        else: current.append(line)
    with open(os.path.join(place, "Cargo.toml"), "w") as file:
        for table, entries in tables.items(): file.write("\n".join([table, *entries, ""]) + "\n")
    return name

stub = """//! Runs this package's own build script, which was compiled for the target: what it makes V8 write is of V8's own
//! architecture. Written by deno-from-source.
use std::{env, process};

fn main() {
  let name = format!("{}-build-script", env::var("CARGO_PKG_NAME").unwrap());
  let program = format!("{}/{name}", env::var("DENO_FROM_SOURCE_BUILD_SCRIPTS").unwrap());
  println!("cargo:rerun-if-changed={program}");
  // It runs on the target, and that is its host.
  let status = process::Command::new(&program).env("HOST", env::var("TARGET").unwrap()).status();
  match status {
    Ok(status) if status.success() => {}
    other => {
      eprintln!("{program} did not do its work: {other:?}");
      process::exit(1)
    }
  }
}
"""

def replace(package, place):
    """Takes the script and its dependencies from the package."""
    manifest = os.path.join(place, "Cargo.toml")
    with open(os.path.join(place, "deno-from-source-build.rs"), "w") as file: file.write(stub)
    kept, skipping, found = [], False, False
    for line in open(manifest).read().split("\n"):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        if header: skipping = "build-dependencies" in header[1]
        if skipping: continue
        if header and header[1] == "package": found = True
        elif re.match(r"build\s*=", line): continue
        kept.append(line)
        if header and header[1] == "package": kept.append("build = " + value("deno-from-source-build.rs"))
    if not found: sys.exit(manifest + ": no [package] in it")
    with open(manifest, "w") as file: file.write("\n".join(kept))

before = read("--locked")
root = before.root
moved = before.scripts()
if not moved: sys.exit("no build script runs V8 in this tree")
upstreams = engine_features(before, "deno")
programs, patches = [], []
for package in moved:
    original = os.path.dirname(package["manifest_path"])
    if package["source"]:
        # A package from a registry is taken into the tree.
        place = os.path.join(root, folder, package["name"])
        shutil.copytree(original, place)
        for it in package["targets"]: it["src_path"] = it["src_path"].replace(original, place)
        patches.append((package["name"], os.path.relpath(place, root)))
        original = place
    programs.append(program(package, original))
    replace(package, original)

manifest = os.path.join(root, "Cargo.toml")
text = open(manifest).read()
members = [folder + "/" + name for name in programs]
if re.search(r"^\[workspace\]", text, re.M):
    text, count = re.subn(r"^(members\s*=\s*\[)", lambda it: it[1] + "".join(value(one) + ", " for one in members), text, count=1, flags=re.M)
    if count != 1: sys.exit("Cargo.toml: no list of members in [workspace]")
else:
    text += "\n[workspace]\nmembers = " + value(members) + "\n"
if patches:
    lines = "".join(name + " = { path = " + value(path) + " }\n" for name, path in patches)
    if "[patch.crates-io]" in text: text = text.replace("[patch.crates-io]\n", "[patch.crates-io]\n" + lines, 1)
    else: text += "\n[patch.crates-io]\n" + lines
# As cargo's own profile for build scripts it neither optimizes nor has LTO: most of these crates are linked only, and take
# half as long to compile. What does the work under QEMU is optimized: what Deno's manifest names in its release profile,
# the transpiler, and V8's crate, which is miscompiled without: https://github.com/denoland/deno/blob/v2.9.5/Cargo.toml
text += '\n[profile.' + profile + ']\ninherits = "release"\nopt-level = 0\nlto = "off"\ncodegen-units = 16\nincremental = false\ndebug = false\nsplit-debuginfo = "off"\n'
for name in sorted({package["name"] for package in before.packages.values()}):
    if re.fullmatch("v8|deno_ast|swc_.*", name): text += '\n[profile.' + profile + '.package.' + name + ']\nopt-level = 1\n'
with open(manifest, "w") as file: file.write(text)

# The lock file gets the new packages; nothing else in it may change.
after = read("--offline")
left = [package["name"] for package in after.scripts() if not package["name"].endswith("-build-script")]
if left: sys.exit("V8 is still behind the build script of " + ", ".join(left))
def registry(graph): return {(it["name"], it["version"]) for it in graph.packages.values() if it["source"]}
new = registry(after) - registry(before)
if new: sys.exit("the lock file would change: " + ", ".join(" ".join(it) for it in sorted(new)))
# With other features than upstream's scripts have they may not compile, or write something else: seen when deno_v8 had
# no engine, which is an error of the compiler minutes later.
for crate, sets in sorted(engine_features(after, *(it for it in programs if not it.startswith("denort"))).items()):
    other = sorted(sets - upstreams.get(crate, sets))
    if other: sys.exit(crate + " would have the features " + " and ".join(map(repr, other)) + ", of deno it has " + " or ".join(map(repr, sorted(upstreams[crate]))))
with open(os.path.join(root, folder, "programs"), "w") as file: file.write(" ".join(programs))
print(" ".join(programs))

"""Gets back what the published crate `v8` leaves out of a checkout, from crates: restore.py SOURCE OUT CHECKSUMS.

V8's Temporal is written in Rust. Its crates are ordinary ones, named with their versions in the GN files, which are in
the published crate; only the vendored sources are not. So cargo downloads them. It checks each by its line in CHECKSUMS,
or else by what the registry says. ICU's data is in a crate, too: deno_core_icudata.

Writes OUT/third_party/… for what SOURCE lacks, to be laid over it.
"""

import json
import os
import re
import shutil
import subprocess
import sys

VENDOR = "third_party/rust/chromium_crates_io/vendor"
START = "third_party/rust/temporal_capi"
ICU_DATA = "third_party/icu/common/icudtl.dat"
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
ICU_VERSION = "third_party/icu/source/common/unicode/uvernum.h"

source, out, checksums = sys.argv[1:4]


def stop(text):
    sys.exit(f"library-source: {text}; give a git checkout of rusty_v8 with its submodules instead")


def read(path):
    try:
        with open(os.path.join(source, path), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        stop(f"the published crate has no {path}, which names the crates that V8's Temporal is made of")


def value(text, name, path):
    found = re.search(rf'^\s*{name}\s*=\s*"([^"]*)"', text, re.M)
    if not found:
        stop(f"{path} has no {name}")
    return found[1]


def temporal_crates():
    """The crates behind Temporal by their folder under VENDOR: the closure of GN's dependencies."""
    crates = {}
    seen = set()
    ahead = [START]
    while ahead:
        folder = ahead.pop()
        if folder in seen:
            continue
        seen.add(folder)
        path = f"{folder}/BUILD.gn"
        text = read(path)
        ahead += re.findall(r'"//(third_party/rust/\w+/v\w+):\w+"', text)
        folders = set(re.findall(rf'"//{VENDOR}/([\w.-]+)/', text))
        if "cargo_crate(" in text:
            name = value(text, "cargo_pkg_name", path), value(text, "cargo_pkg_version", path)
            crates.update(dict.fromkeys(folders, name))
    if not crates:
        stop(f"{START}/BUILD.gn leads to no crate under {VENDOR}")
    return crates


def icu_crate():
    """The crate with the data of this ICU, by major version; None: the file is there, or GN does not want it."""
    if os.path.exists(os.path.join(source, ICU_DATA)) or "icu_use_data_file = false" not in read(".gn"):
        return None
    major = re.search(r"^#define U_ICU_VERSION_MAJOR_NUM (\d+)", read(ICU_VERSION), re.M)
    if not major:
        stop(f"{ICU_VERSION} does not say which ICU it is")
    return "deno_core_icudata", f"0.{major[1]}"


def vendor(wanted):
    """Downloads crates, a list of names and requirements; gives the folder of each as NAME-VERSION."""
    work = "/tmp/restore"
    os.makedirs(f"{work}/src")
    open(f"{work}/src/lib.rs", "w").close()
    with open(f"{work}/Cargo.toml", "w") as manifest:
        manifest.write('[package]\nname = "restore"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n')
        for index, (name, requirement) in enumerate(wanted):
            # By an alias each: two versions of one crate may be wanted.
            manifest.write(f'd{index} = {{ package = "{name}", version = "{requirement}", default-features = false }}\n')
    with open(checksums) as known, open(f"{work}/Cargo.lock", "w") as lock:
        # With the checksums, cargo also takes what was yanked since.
        lock.write("version = 3\n")
        for name, version, checksum in (line.split() for line in known if not line.startswith("#")):
            if any(name == wants and f"{version}.".startswith(requirement.lstrip("=") + ".") for wants, requirement in wanted):
                lock.write(f'\n[[package]]\nname = "{name}"\nversion = "{version}"\nsource = "{REGISTRY}"\nchecksum = "{checksum}"\n')
    # From crates.io itself otherwise, whatever a mirror, or a site's own settings, put in its place:
    # https://doc.rust-lang.org/cargo/commands/cargo-vendor.html#option-cargo-vendor---respect-source-config
    command = ["cargo", "vendor", "--quiet", "--versioned-dirs", "--respect-source-config", "vendor"]
    done = subprocess.run(command, cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        stop(f"cargo did not get back the crates that the published crate leaves out: {done.stderr.strip()}")
    return f"{work}/vendor"


def main():
    crates = {} if os.path.isdir(os.path.join(source, VENDOR)) else temporal_crates()
    icu = icu_crate()
    wanted = sorted({(name, f"={version}") for name, version in crates.values()}) + ([icu] if icu else [])
    if not wanted:
        os.makedirs(out)
        return
    vendored = vendor(wanted)
    for folder, (name, version) in sorted(crates.items()):
        shutil.copytree(f"{vendored}/{name}-{version}", os.path.join(out, VENDOR, folder))
        with open(f"{vendored}/{name}-{version}/.cargo-checksum.json") as checksum:
            print(f"{folder} is {name} {version}, sha256 {json.load(checksum)['package']}")
    if icu:
        data = [folder for folder in os.listdir(vendored) if folder.startswith(f"{icu[0]}-{icu[1]}.")]
        os.makedirs(os.path.dirname(os.path.join(out, ICU_DATA)))
        shutil.copy(f"{vendored}/{data[0]}/src/icudtl.dat", os.path.join(out, ICU_DATA))
        print(f"{ICU_DATA} is of {data[0]}")


main()

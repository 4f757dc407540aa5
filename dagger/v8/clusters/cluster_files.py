"""Stands for V8's tools/cluster_files.py, which the published crate leaves out: V8's GN files call it to have many .cc
files compiled as one, a cluster, which is a file that includes them.

  cluster_files.py --compute-filenames OPTION… FILE…     prints the names of the clusters, a line each
  cluster_files.py --generate --output-dir DIR OPTION… FILE…    writes them

https://github.com/v8/v8/blob/14.7.173/gni/cluster_build.gni says what it is called with. Files are put together as V8's
own script does it, for with others beside them they may not compile: by folder, and in the order of their names.
"""

import argparse
import os
import posixpath

parser = argparse.ArgumentParser()
parser.add_argument("--compute-filenames", action="store_true")
parser.add_argument("--generate", action="store_true")
parser.add_argument("--output-dir")
parser.add_argument("--prefix", required=True)
parser.add_argument("--cluster-size", type=int, required=True)
parser.add_argument("--small-cluster-size", type=int, required=True)
parser.add_argument("--small-cluster-dirs", action="append", default=[])
parser.add_argument("--include-prefix", default="")
parser.add_argument("--strip-prefix", default="")
parser.add_argument("files", nargs="+")
options = parser.parse_args()
if options.generate == options.compute_filenames:
    parser.error("one of --generate and --compute-filenames is needed")
if options.generate and not options.output_dir:
    parser.error("--generate needs --output-dir")


def folder_of(file):
    """Turboshaft's assembler has a namespace for itself, of which the other files' names are not apart: so are its files."""
    folder, name = posixpath.split(file)
    return posixpath.join(folder, "tsa") if name.endswith("-tsa.cc") else folder


def size_for(folder):
    small = any(f"/{folder}/".endswith(f"/{it}/") for it in options.small_cluster_dirs)
    return options.small_cluster_size if small else options.cluster_size


folders = {}
for file in sorted(options.files):
    folders.setdefault(folder_of(file), []).append(file)

clusters = {}
for folder, files in sorted(folders.items()):
    # Two folders may have one name, src/compiler/backend and src/baseline/backend: their clusters are numbered on.
    name = posixpath.basename(folder) or "files"
    size = size_for(folder)
    for start in range(0, len(files), size):
        number = 1
        while f"{options.prefix}-{name}-{number}.cc" in clusters:
            number += 1
        clusters[f"{options.prefix}-{name}-{number}.cc"] = files[start : start + size]

# A file's own `using namespace` is in an included file now, which Chromium's flags make an error of.
PRAGMA = '#pragma clang diagnostic ignored "-Wheader-hygiene"\n'

for name, files in clusters.items():
    if options.compute_filenames:
        print(name)
        continue
    os.makedirs(options.output_dir, exist_ok=True)
    lines = [f'#include "{options.include_prefix}{file.removeprefix(options.strip_prefix)}"\n' for file in files]
    with open(os.path.join(options.output_dir, name), "w", encoding="utf-8") as cluster:
        cluster.writelines([PRAGMA, *lines])

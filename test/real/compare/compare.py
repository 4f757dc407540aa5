#!/usr/bin/env python3
"""Compares programs of Deno, such as upstream's and one that was built here, and writes a table in Markdown to standard output.

  test/real/compare/compare.py NAME=FILE NAME=FILE... [--rounds=9] [--seconds=10]
  test/real/compare/compare.py official=/tmp/official/deno ours=/tmp/deno/linux/amd64/deno

The first is what the others are compared with. Needed are Python 3.9, `readelf` and `nm` of binutils, `wrk` for requests per
second, and `qemu-x86_64` or `qemu-x86_64-static` (for arm64 `qemu-aarch64`) for the oldest processor; a row says so when its
tool is missing. Of a program for another architecture only what can be read and counted is compared, with QEMU_LD_PREFIX as
the root of its C library.

What is measured is taken in turns, first one program and then the other, --rounds times. The table has the median, and the
least and the greatest in brackets. The machine's load is told, for other work on it blurs all times: CPU time per request
suffers least. A row that was not measured says why.
"""
import argparse, gzip, os, platform, re, shutil, signal, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
CHECK = os.path.join(HERE, "../../../dagger/deno/check-hardening.py")
# Where builds keep crates and trees: upstream's runner, cargo's homes, and what dagger/deno/build.sh takes.
FOLDERS = ["/home/runner/", "/root/.cargo/", "/usr/local/cargo/", "/cache/src/", "/cache/target/"]
PROPERTIES = ["RELRO", "BIND_NOW", "NX", "W^X", "PIE", "text relocations", "RPATH", "RUNPATH"]
OLDEST = {"x86_64": "Nehalem", "aarch64": "cortex-a53"}
ENVIRONMENT = {**os.environ, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
IDLE = [("all", "Rss"), ("its own, written", "Private_Dirty"), ("its own, read", "Private_Clean")]


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def evict(file):
    """Drops a file from the page cache; what another process has mapped stays."""
    descriptor = os.open(file, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


class Started:
    """A process that has said its first line, which was `ready`."""

    def __init__(self, command, environment):
        begin = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        line = self.process.stdout.readline()
        self.seconds = time.perf_counter() - begin
        if line != b"ready\n":
            raise SystemExit(f"{' '.join(command)}: its first line is {line!r}, not ready")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def cpu(self):
        """Seconds of CPU time, of its own and of the kernel for it."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        with open(f"/proc/{self.process.pid}/smaps_rollup") as file:
            return {it[0]: int(it[1]) / 1024 for it in re.findall(r"^(\w+): +(\d+) kB", file.read(), re.M)}


class Program:
    def __init__(self, text, directory):
        self.name, separator, file = text.partition("=")
        if not separator or not os.path.isfile(file):
            raise SystemExit(f"{text}: accepted: NAME=FILE, where FILE is a program of Deno")
        # A copy of its own: no other process has it mapped, so that it can leave the page cache.
        self.file = os.path.join(directory, self.name)
        shutil.copyfile(file, self.file)
        os.chmod(self.file, 0o755)
        self.environment = {**ENVIRONMENT, "DENO_DIR": f"{self.file}.cache"}
        header = said("readelf", "-hW", self.file)
        self.machine = "aarch64" if "AArch64" in header else "x86_64" if "X86-64" in header else "unknown"
        self.native = self.machine == platform.machine()

    def qemu(self):
        names = (f"qemu-{self.machine}", f"qemu-{self.machine}-static")
        return next((name for name in names if shutil.which(name)), None)

    def version(self):
        command = [self.file] if self.native else [self.qemu(), self.file]
        if command[0] is None:
            return f"not run: no qemu-{self.machine}"
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, env=self.environment)
        return done.stdout.split("\n")[0] or f"not run: {done.stderr.strip()[:80]}"

    def run(self, *arguments):
        return Started([self.file, *arguments], self.environment)

    def size(self):
        return os.path.getsize(self.file)

    def compressed(self):
        with open(self.file, "rb") as file:
            return len(gzip.compress(file.read(), 9))

    def glibc(self):
        """The newest version that the loader insists on, and the newest that it does without."""
        versions = re.findall(r"Name: GLIBC_([\d.]+) +Flags: (\S+)", said("readelf", "-VW", self.file))
        newest = lambda weak: max(
            (it for it, flags in versions if (flags == "WEAK") == weak), key=lambda it: [*map(int, it.split("."))], default="none"
        )
        weak = newest(True)
        return newest(False) + ("" if weak == "none" else f" (weak: {weak})")

    def needed(self):
        return sorted(re.findall(r"\(NEEDED\).*\[(.*)\]", said("readelf", "-dW", self.file)))

    def symbols(self):
        lines = said("nm", "-D", "--defined-only", "--no-demangle", self.file).splitlines()
        return {line.split()[-1].split("@")[0] for line in lines}

    def hardening(self):
        """Each property, and what is wrong with it; and how many paths of each folder the program names."""
        done = subprocess.run([sys.executable, CHECK, self.file, self.name, *FOLDERS], capture_output=True, text=True)
        wrong, paths = {}, {}
        for line in done.stderr.splitlines():
            what, found = line[len(self.name) + 2 :].split(": ", 1)
            if what == "build paths":
                count, folder = re.match(r"(\d+) begin with (\S+),", found).groups()
                paths[folder] = int(count)
            elif what in PROPERTIES:
                wrong[what] = found.split("; ")[0]
            else:
                raise SystemExit(f"{CHECK}: {line}")
        return wrong, paths

    def oldest(self):
        """Whether it evaluates JavaScript on the oldest processor of its architecture that users have."""
        qemu = self.qemu()
        if not qemu:
            return f"not run: no qemu-{self.machine}"
        command = [qemu, "-cpu", OLDEST[self.machine], self.file, "eval", "console.log(6*7)"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=600)
        except subprocess.TimeoutExpired:
            return "**no answer in 600 s**"
        if done.stdout == "42\n":
            return "runs"
        end = signal.Signals(-done.returncode).name if done.returncode < 0 else f"exit code {done.returncode}"
        return f"**{end}**: {done.stderr.strip()[:120]}"


def idle(program):
    """MiB of a program that waits for a timer, two seconds after its first line."""
    with program.run("run", "--no-config", os.path.join(HERE, "idle.js")) as started:
        time.sleep(2)
        return started.memory()


def first_line(program, cold):
    """Milliseconds to the first line, of CPU time until the end, and faults that read the disk."""
    if cold:
        evict(program.file)
    started = program.run("run", "--no-config", os.path.join(HERE, "first-line.js"))
    _, status, used = os.wait4(started.process.pid, 0)
    started.process.returncode = os.waitstatus_to_exitcode(status)
    return started.seconds * 1000, (used.ru_utime + used.ru_stime) * 1000, used.ru_majflt


def requests(program, port, seconds):
    """Requests per second, and microseconds of the server's CPU time for each."""
    with program.run("run", "--no-config", "--allow-net", os.path.join(HERE, "hello.js"), str(port)) as started:
        url = f"http://127.0.0.1:{port}/"
        subprocess.run(["wrk", "-t1", "-c32", "-d1s", url], check=True, capture_output=True)
        before = started.cpu()
        out = said("wrk", "-t1", "-c32", f"-d{seconds}s", url)
        used = started.cpu() - before
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit(f"{program.name}: wrk says {out}")
    count, rate = re.search(r"(\d+) requests in", out).group(1), re.search(r"Requests/sec: +([\d.]+)", out).group(1)
    return float(rate), used * 1e6 / int(count)


def cell(values, form):
    return f"{form(statistics.median(values))} ({form(min(values))}–{form(max(values))})"


def load():
    return "/".join(f"{it:.1f}" for it in os.getloadavg())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+", metavar="NAME=FILE")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=10, help="of each run of wrk")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="compare-", dir=os.environ.get("TMPDIR", "/var/tmp")) as directory:
        compare([Program(it, directory) for it in options.programs], options)


def compare(programs, options):
    if len({it.name for it in programs}) != len(programs):
        raise SystemExit("two programs have one name")
    first = programs[0]
    print(f"<!-- {' '.join(['test/real/compare/compare.py', *sys.argv[1:]])} -->\n")
    begin = load()

    def row(what, values):
        print(f"| {what} | {' | '.join(str(it) for it in values)} |", flush=True)

    row("", [it.name for it in programs])
    row("---", ["---"] * len(programs))
    row("version", [it.version() for it in programs])
    row("architecture", [it.machine for it in programs])
    row("size, bytes", [f"{it.size():,}" for it in programs])
    row("size, gzip -9", [f"{it.compressed():,}" for it in programs])

    natives = [it for it in programs if it.native]

    def turns(measure, rounds=options.rounds):
        """What each native program gave, round by round; the first round warms up and is not taken."""
        taken = {it.name: [] for it in natives}
        for number in range(rounds + 1):
            for program in natives:
                value = measure(program)
                if number:
                    taken[program.name].append(value)
        return taken

    def measured(what, taken, form, which):
        """A row of one of the numbers that were taken together."""
        row(what, [
            cell([it[which] for it in taken[program.name]], form.format) if program.native else "not run: no such processor"
            for program in programs
        ])

    if natives:
        memory = turns(idle, 3)
        for title, name in IDLE:
            measured(f"idle memory, MiB: {title}", memory, "{:.1f}", name)
        for title, cold in ("warm", False), ("not in the page cache", True):
            starts = turns(lambda it: first_line(it, cold))
            measured(f"first line, ms: {title}", starts, "{:.0f}", 0)
            measured("the same, ms of CPU", starts, "{:.0f}", 1)
            measured("the same, faults that read the disk", starts, "{:.0f}", 2)
        if shutil.which("wrk"):
            served = turns(lambda it: requests(it, 18000 + os.getpid() % 10000, options.seconds), min(options.rounds, 5))
            measured("hello server, requests/s", served, "{:,.0f}", 0)
            measured("hello server, µs of CPU a request", served, "{:.1f}", 1)
        else:
            row("hello server", ["not measured: no wrk"] * len(programs))

    row("glibc, at least", [it.glibc() for it in programs])
    row("libraries", [", ".join(it.needed()) for it in programs])
    symbols = [it.symbols() for it in programs]
    row("exported symbols", [len(it) for it in symbols])
    hardening = [it.hardening() for it in programs]
    for name in PROPERTIES:
        row(name if name not in ("RPATH", "RUNPATH", "text relocations") else f"no {name}",
            [f"**{wrong[name]}**" if name in wrong else "as it should be" for wrong, _ in hardening])
    row("paths of its build", [", ".join(f"{count:,} in {folder}" for folder, count in paths.items()) or "none" for _, paths in hardening])
    row(f"runs on {'/'.join(sorted({OLDEST.get(it.machine, '?') for it in programs}))} (QEMU)", [it.oldest() for it in programs])
    row("pages of 16K and 64K", ["not run here: test/real/compare/pages.sh does it" if it.machine == "aarch64" else
                                 "its processors have none" for it in programs])

    print(f"\nMedian (least–greatest), in turns. {platform.machine()}, {os.cpu_count()} processors, Linux {platform.release()}, "
          f"load {begin} at the beginning and {load()} at the end.")
    for program, own in zip(programs[1:], symbols[1:]):
        for whose, names in ((first.name, symbols[0] - own), (program.name, own - symbols[0])):
            if names:
                print(f"\nExported by {whose} alone, of {first.name} and {program.name}: {', '.join(sorted(names))}.")
        if own == symbols[0]:
            print(f"\n{first.name} and {program.name} export the same symbols.")


main()

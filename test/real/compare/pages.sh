#!/bin/bash
# Starts deno of linux/arm64 on a kernel of its own, and says what memory it has while it does nothing: pages that are larger
# than 4K, and memory, cannot be seen by emulating the processor alone.
#
#   test/real/compare/pages.sh KERNEL IMAGE DENO…
#   test/real/compare/pages.sh ./Image debian:trixie package/deno ours/deno
#
# KERNEL is an Image of linux/arm64 as test/real/compare/kernel.sh makes it, or that of Debian's linux-image-cloud-arm64;
# IMAGE has the libraries of DENO. Both run in memory alone, in a virtual machine of qemu-system-aarch64; cpio packs them.
# Ends with 1 where a deno did not run.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
kernel=$1 image=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dagger --silent core container --platform=linux/arm64 from --address="$image" rootfs export --path="$work/root" >/dev/null
number=0
for deno; do
  number=$((number + 1))
  cp "$deno" "$work/root/deno-$number"
done
# Compiled code, WebAssembly's memory, a thread with a heap of its own, and files.
cat >"$work/root/program.js" <<'END'
let sum = 0;
for (let i = 0; i < 3e6; i++) sum = (sum + i * i) % 1000003;
const memory = new WebAssembly.Memory({ initial: 1, maximum: 100 });
memory.grow(99);
new Uint8Array(memory.buffer)[100 * 65536 - 1] = 7;
const worker = new Worker("data:text/javascript,postMessage(Array.from({length:1e6},(_,i)=>i).length)", { type: "module" });
const length = await new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = reject;
});
worker.terminate();
await Deno.writeTextFile("/tmp/file", "x".repeat(1e6));
const { size } = await Deno.stat("/tmp/file");
console.log(Deno.version.deno, sum, memory.buffer.byteLength, length, size);
END
cp "$(dirname "$0")/idle.js" "$work/root/idle.js"
cat >"$work/root/init" <<END
#!/bin/bash
mount -t proc proc /proc
mount -t tmpfs tmpfs /tmp
export DENO_DIR=/tmp/deno NO_COLOR=1 DENO_NO_UPDATE_CHECK=1
echo "pages of \$(getconf PAGESIZE) bytes, Linux \$(uname -r)"
for number in \$(seq $number); do
  timeout 300 /deno-\$number run -A /program.js
  echo "status of \$number: \$?"
done
# In turns, for the first reads what the others find.
for round in 1 2 3; do
  for number in \$(seq $number); do
    rm -f /tmp/ready
    /deno-\$number run --no-config /idle.js >/tmp/ready &
    for second in \$(seq 120); do [ -s /tmp/ready ] || sleep 1; done
    sleep 3
    echo "idle memory of \$number: \$(grep VmRSS /proc/\$!/status)"
    kill -9 \$!
  done
done
# The end of the first process ends the machine.
END
chmod 755 "$work/root/init"
(cd "$work/root" && find . -print0 | cpio --quiet --null -o -H newc) | gzip -1 >"$work/initrd.gz"
rm -rf "$work/root"
timeout 1800 qemu-system-aarch64 -M virt -cpu max -smp 2 -m 4G -nographic -nic none -no-reboot -kernel "$kernel" \
  -initrd "$work/initrd.gz" -append 'console=ttyAMA0 quiet panic=-1 rdinit=/init' </dev/null |
  sed -u -e 's/\r//' -e '/Kernel panic/,$d' | tee "$work/log"
ran=$(grep -c '^status of [0-9]*: 0$' "$work/log" || true)
[ "$ran" = "$number" ] || { echo "$0: $ran of $number ran" >&2; exit 1; }

#!/bin/bash
# Makes the least Linux for linux/arm64 that test/real/compare/pages.sh boots, with pages of a size: 6 minutes of a processor.
#
#   test/real/compare/kernel.sh SOURCE PAGES DIRECTORY
#   test/real/compare/kernel.sh /usr/src/linux-source-6.1 64 /tmp/kernel     # /tmp/kernel/arch/arm64/boot/Image
#
# SOURCE is an unpacked tree of Linux, such as that of Debian's package linux-source-6.1; PAGES are 4, 16 or 64 KiB. Needed
# are make, bc, bison, flex and gcc-aarch64-linux-gnu, or the own gcc of an arm64 machine.
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2; }
source=$1 pages=$2 directory=$3
case $pages in 4 | 16 | 64) ;; *) echo "$0: pages of $pages KiB are none of arm64's; it has 4, 16 and 64" >&2; exit 2 ;; esac
export ARCH=arm64
[ "$(uname -m)" = aarch64 ] || export CROSS_COMPILE=aarch64-linux-gnu-
mkdir -p "$directory"
make -s -C "$source" O="$directory" tinyconfig >/dev/null
config() { "$source/scripts/config" --file "$directory/.config" "$@"; }
config -d ARM64_4K_PAGES -e "ARM64_${pages}K_PAGES"
# A file system in memory, a console, and what a program of glibc and deno ask of a kernel.
for option in BLK_DEV_INITRD RD_GZIP BINFMT_ELF BINFMT_SCRIPT TTY SERIAL_AMBA_PL011 SERIAL_AMBA_PL011_CONSOLE PRINTK \
  PROC_FS PROC_SYSCTL SYSFS DEVTMPFS DEVTMPFS_MOUNT TMPFS SHMEM SMP MULTIUSER POSIX_TIMERS FUTEX RSEQ MEMBARRIER \
  ADVISE_SYSCALLS FILE_LOCKING FHANDLE INOTIFY_USER EPOLL EVENTFD SIGNALFD TIMERFD AIO IO_URING CROSS_MEMORY_ATTACH \
  NET UNIX INET; do
  config -e "$option"
done
make -s -C "$source" O="$directory" olddefconfig
grep -q "^CONFIG_ARM64_${pages}K_PAGES=y$" "$directory/.config" || { echo "$0: $source has no pages of $pages KiB" >&2; exit 1; }
make -s -C "$source" O="$directory" -j "$(nproc)" Image
ls -l "$directory/arch/arm64/boot/Image"

// Ends with 0 where a breakpoint can be taken out of a function through another mapping of its code, as Deno's tools do that watch
// a start: a processor then runs what was written, and so does QEMU for arm64 since 8.1 (8.2 and 10.0 were tried, and 7.2 and
// QEMU for x86-64, which stay at the breakpoint: the tools would wait for ever). https://gitlab.com/qemu-project/qemu/-/issues/1034,
// https://github.com/denoland/deno/blob/v2.9.5/tools/startup_order/README.md#linux-x86-64-and-arm64
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

// A function that returns 0, and the breakpoint that its beginning is at first.
#if defined __aarch64__
static const uint8_t function[] = {0, 0, 0x80, 0x52, 0xc0, 3, 0x5f, 0xd6}, breakpoint[] = {0, 0, 0x20, 0xd4};
#define PC(context) (context)->uc_mcontext.pc
#elif defined __x86_64__
static const uint8_t function[] = {0xb8, 0, 0, 0, 0, 0xc3}, breakpoint[] = {0xcc};
#define PC(context) (context)->uc_mcontext.gregs[REG_RIP]
#endif
static char *written, *run;

static void taken(int signal, siginfo_t *info, void *context) {
  static int times;
  (void)signal, (void)info;
  if (times++ > 0) _exit(1);
  memcpy(written, function, sizeof breakpoint);
  __builtin___clear_cache(written, written + sizeof function);
  __builtin___clear_cache(run, run + sizeof function);
  PC((ucontext_t *)context) = (uintptr_t)run;
}

int main(void) {
  int file = syscall(SYS_memfd_create, "code", 0);
  if (file < 0 || ftruncate(file, sizeof function) != 0) return 2;
  written = mmap(NULL, sizeof function, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  run = mmap(NULL, sizeof function, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
  struct sigaction action = {.sa_sigaction = taken, .sa_flags = SA_SIGINFO};
  if (written == MAP_FAILED || run == MAP_FAILED || sigaction(SIGTRAP, &action, NULL) != 0) return 2;
  memcpy(written, function, sizeof function);
  memcpy(written, breakpoint, sizeof breakpoint);
  __builtin___clear_cache(run, run + sizeof function);
  return ((int (*)(void))(uintptr_t)run)();
}

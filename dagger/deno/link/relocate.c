// Where deno starts when its relative relocations are packed and its C library may be too old to read them: they are applied
// here, and then deno starts as any program does. A loader that does read them refuses a program that does not say that it
// needs such a loader, so they have the tag that Android used at first, which every loader of Linux passes over:
// https://sourceware.org/glibc/wiki/Release/2.36, https://reviews.llvm.org/D48247
//
// The loader is done by now, so libc is ready and is called; of deno nothing has run. What the loader was to do once it had
// written its addresses was done too early for these ones, and is done for them here: the first thread has its copy of the
// variables that each thread has, and the pages of constants are closed against writing.
#define _GNU_SOURCE
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// https://android.googlesource.com/platform/bionic/+/refs/heads/main/libc/include/elf.h
#define DT_ANDROID_RELR 0x6fffe000
#define DT_ANDROID_RELRSZ 0x6fffe001

struct program {
  uintptr_t base;
  const uintptr_t *entries, *end;
  // The pages that the loader has closed.
  uintptr_t closed, length;
  // Where variables of threads begin with what, and the first thread's own.
  uintptr_t initial, size, own;
};

static void protect(const struct program *program, int protection) {
  if (program->length == 0 || mprotect((void *)program->closed, program->length, protection) == 0) return;
  static const char why[] = "deno: its addresses cannot be written at its start: mprotect was refused\n";
  ssize_t ignored = write(STDERR_FILENO, why, sizeof why - 1);
  (void)ignored;
  _exit(127);
}

static void relocate(const struct program *program, uintptr_t *place) {
  *place += program->base;
  uintptr_t offset = (uintptr_t)place - program->initial;
  if (offset < program->size) *(uintptr_t *)(program->own + offset) = *place;
}

// The first of the loaded objects is the program: https://man7.org/linux/man-pages/man3/dl_iterate_phdr.3.html
static int find(struct dl_phdr_info *info, size_t size, void *found) {
  (void)size;
  struct program *program = found;
  uintptr_t page = getpagesize();
  program->base = info->dlpi_addr;
  for (const ElfW(Phdr) *it = info->dlpi_phdr, *end = it + info->dlpi_phnum; it != end; it++) {
    uintptr_t start = info->dlpi_addr + it->p_vaddr;
    if (it->p_type == PT_TLS) {
      program->initial = start;
      program->size = it->p_filesz;
      program->own = (uintptr_t)info->dlpi_tls_data;
    } else if (it->p_type == PT_GNU_RELRO) {
      // As the loader rounds it.
      program->closed = start & -page;
      program->length = ((start + it->p_memsz) & -page) - program->closed;
    } else if (it->p_type == PT_DYNAMIC) {
      uintptr_t bytes = 0;
      for (const ElfW(Dyn) *entry = (const ElfW(Dyn) *)start; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_ANDROID_RELR) program->entries = (const uintptr_t *)(program->base + entry->d_un.d_ptr);
        if (entry->d_tag == DT_ANDROID_RELRSZ) bytes = entry->d_un.d_val;
      }
      program->end = (const uintptr_t *)((uintptr_t)program->entries + bytes);
    }
  }
  return 1;
}

// An even entry is the place of one address. An odd one says of the next 63 places, a bit each, which have one:
// https://groups.google.com/g/generic-abi/c/bX460iggiKg/m/6psrcLHLAgAJ
__attribute__((used, visibility("hidden"))) void apply_packed_relocations(void) {
  struct program program = {0};
  dl_iterate_phdr(find, &program);
  protect(&program, PROT_READ | PROT_WRITE);
  uintptr_t *next = NULL;
  for (const uintptr_t *it = program.entries; it != program.end; it++) {
    if (*it % 2 == 0) {
      next = (uintptr_t *)(program.base + *it);
      relocate(&program, next++);
      continue;
    }
    for (int bit = 1; bit < 64; bit++)
      if (*it >> bit & 1) relocate(&program, next + bit - 1);
    next += 63;
  }
  protect(&program, PROT_READ);
}

// What the loader hands over stays as it is: the stack, and in one register the function that is to be called at the end.
// x86-64: https://gitlab.com/x86-psABIs/x86-64-ABI, 3.4.1; AArch64: glibc's sysdeps/aarch64/dl-start.S
#if defined __x86_64__
__asm__(".pushsection .text\n.hidden start_with_packed_relocations\n.globl start_with_packed_relocations\n"
        "start_with_packed_relocations:\n"
        "  endbr64\n  mov %rdx, %rbx\n  call apply_packed_relocations\n  mov %rbx, %rdx\n  jmp _start\n.popsection");
#elif defined __aarch64__
__asm__(".pushsection .text\n.hidden start_with_packed_relocations\n.globl start_with_packed_relocations\n"
        "start_with_packed_relocations:\n"
        "  hint #34\n  mov x19, x0\n  bl apply_packed_relocations\n  mov x0, x19\n  b _start\n.popsection");
#endif

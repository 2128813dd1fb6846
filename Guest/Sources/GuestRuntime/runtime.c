// What Embedded Swift expects of a platform, on RV64 with the Linux system calls read (63), write (64) and exit (93),
// which both the RISC-V emulator and the fault-proof machine answer.
#include "GuestRuntime.h"

// The interpreter keeps its frames in the arena; the stack holds what Swift and the tries need.
#define STACK_BYTES (8ull << 20)

unsigned char guest_stack[STACK_BYTES] __attribute__((aligned(16)));

static long system_call(long number, long a, long b, long c) {
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return a0;
}

static void write_all(long descriptor, const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        long written = system_call(64, descriptor, (long)next, (long)count);
        if (written <= 0) return;
        next += written;
        count -= (size_t)written;
    }
}

ptrdiff_t guest_read(void *bytes, size_t count) { return system_call(63, 0, (long)bytes, (long)count); }

void guest_write(const void *bytes, size_t count) { write_all(1, bytes, count); }

void guest_write_error(const void *bytes, size_t count) { write_all(2, bytes, count); }

_Noreturn void exit(int code) {
    system_call(93, code, 0, 0);
    __builtin_unreachable();
}

_Noreturn void abort(void) { exit(134); }

uintptr_t __stack_chk_guard = 0x5bd1e9955bd1e995u;
_Noreturn void __stack_chk_fail(void) { abort(); }

int putchar(int character) {
    unsigned char byte = (unsigned char)character;
    write_all(2, &byte, 1);
    return character;
}

extern int guest_main(void);

_Noreturn void guest_start(void) { exit(guest_main()); }

__asm__(".section .text.start\n"
        ".globl _start\n"
        "_start:\n"
        "  .option push\n"
        "  .option norelax\n"
        "  la gp, __global_pointer$\n"
        "  .option pop\n"
        "  la sp, guest_stack\n"
        "  li t0, 8388608\n"
        "  add sp, sp, t0\n"
        "  call guest_start\n");

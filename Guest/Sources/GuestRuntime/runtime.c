// What Embedded Swift expects of a platform, on RV64 with the Linux system calls read (63), write (64) and exit (93),
// which both the RISC-V emulator and the fault-proof machine answer. The memory is one static arena: sizes are rounded
// to powers of two and freed blocks kept in one list a size, so that a long run does not outgrow it.
#include "GuestRuntime.h"

#define ARENA_BYTES (1ull << 30)
#define SIZE_CLASSES 40

static unsigned char arena[ARENA_BYTES] __attribute__((aligned(65536)));
static size_t arena_used;

struct free_block {
    struct free_block *next;
};
static struct free_block *free_lists[SIZE_CLASSES];

static long system_call(long number, long a, long b, long c) {
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return a0;
}

ptrdiff_t guest_read(void *bytes, size_t count) { return system_call(63, 0, (long)bytes, (long)count); }

void guest_write(const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        long written = system_call(64, 1, (long)next, (long)count);
        if (written <= 0) return;
        next += written;
        count -= (size_t)written;
    }
}

_Noreturn void exit(int code) {
    system_call(93, code, 0, 0);
    __builtin_unreachable();
}

_Noreturn void abort(void) { exit(134); }

void *memcpy(void *restrict target, const void *restrict source, size_t count) {
    unsigned char *to = target;
    const unsigned char *from = source;
    if ((((uintptr_t)to | (uintptr_t)from) & 7) == 0) {
        for (; count >= 8; count -= 8, to += 8, from += 8) *(uint64_t *)to = *(const uint64_t *)from;
    }
    while (count--) *to++ = *from++;
    return target;
}

void *memmove(void *target, const void *source, size_t count) {
    unsigned char *to = target;
    const unsigned char *from = source;
    if (to == from || count == 0) return target;
    if (to < from || to >= from + count) return memcpy(target, source, count);
    while (count--) to[count] = from[count];
    return target;
}

void *memset(void *target, int value, size_t count) {
    unsigned char *to = target;
    uint64_t word = 0x0101010101010101ull * (unsigned char)value;
    while (count && ((uintptr_t)to & 7)) {
        *to++ = (unsigned char)value;
        count--;
    }
    for (; count >= 8; count -= 8, to += 8) *(uint64_t *)to = word;
    while (count--) *to++ = (unsigned char)value;
    return target;
}

int memcmp(const void *left, const void *right, size_t count) {
    const unsigned char *a = left, *b = right;
    for (; count--; a++, b++)
        if (*a != *b) return *a < *b ? -1 : 1;
    return 0;
}

// Every block has its size class in the 16 bytes before it.
static unsigned size_class_of(size_t bytes) {
    unsigned size_class = 5;
    while (size_class < SIZE_CLASSES - 1 && (1ull << size_class) < bytes) size_class++;
    return size_class;
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment < 16) alignment = 16;
    unsigned size_class = size_class_of(size + 16);
    if (alignment == 16 && free_lists[size_class]) {
        *result = free_lists[size_class];
        free_lists[size_class] = free_lists[size_class]->next;
        return 0;
    }
    uintptr_t start = (uintptr_t)arena + arena_used + 16;
    start = (start + alignment - 1) & ~(uintptr_t)(alignment - 1);
    size_t end = (start - (uintptr_t)arena) + ((1ull << size_class) - 16);
    if (end > ARENA_BYTES) {
        static const char message[] = "guest: out of memory\n";
        system_call(64, 2, (long)message, sizeof message - 1);
        exit(135);
    }
    arena_used = end;
    ((uint64_t *)start)[-1] = alignment == 16 ? size_class : 0;
    *result = (void *)start;
    return 0;
}

void *malloc(size_t size) {
    void *block = 0;
    posix_memalign(&block, 16, size);
    return block;
}

void free(void *block) {
    if (!block) return;
    uint64_t size_class = ((uint64_t *)block)[-1];
    if (size_class == 0) return;
    struct free_block *freed = block;
    freed->next = free_lists[size_class];
    free_lists[size_class] = freed;
}

uintptr_t __stack_chk_guard = 0x5bd1e9955bd1e995u;
_Noreturn void __stack_chk_fail(void) { abort(); }

int putchar(int character) {
    unsigned char byte = (unsigned char)character;
    system_call(64, 2, (long)&byte, 1);
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
        "  andi sp, sp, -16\n"
        "  call guest_start\n");

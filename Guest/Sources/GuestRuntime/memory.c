// The memory functions that compilers call.
#include "GuestRuntime.h"

void *memcpy(void *restrict target, const void *restrict source, size_t count) {
    unsigned char *to = target;
    const unsigned char *from = source;
    if ((((uintptr_t)to ^ (uintptr_t)from) & 7) == 0 && count >= 16) {
        while ((uintptr_t)to & 7) {
            *to++ = *from++;
            count--;
        }
        for (; count >= 32; count -= 32, to += 32, from += 32) {
            uint64_t a = ((const uint64_t *)from)[0], b = ((const uint64_t *)from)[1];
            uint64_t c = ((const uint64_t *)from)[2], d = ((const uint64_t *)from)[3];
            ((uint64_t *)to)[0] = a;
            ((uint64_t *)to)[1] = b;
            ((uint64_t *)to)[2] = c;
            ((uint64_t *)to)[3] = d;
        }
        for (; count >= 8; count -= 8, to += 8, from += 8) *(uint64_t *)to = *(const uint64_t *)from;
    }
    while (count--) *to++ = *from++;
    return target;
}

void *memmove(void *target, const void *source, size_t count) {
    unsigned char *to = target;
    const unsigned char *from = source;
    if (to == from || count == 0) return target;
    // Ascending copies are safe wherever the target does not begin inside the source.
    if (to < from || to >= from + count) {
        if (to + count <= from || to >= from + count) return memcpy(target, source, count);
        while (count--) *to++ = *from++;
        return target;
    }
    if ((((uintptr_t)to ^ (uintptr_t)from) & 7) == 0) {
        while (count && ((uintptr_t)(to + count) & 7)) {
            count--;
            to[count] = from[count];
        }
        for (; count >= 8; count -= 8) *(uint64_t *)(to + count - 8) = *(const uint64_t *)(from + count - 8);
    }
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

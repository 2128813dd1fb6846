#ifndef MAYFLY_GUEST_RUNTIME_H
#define MAYFLY_GUEST_RUNTIME_H
#include <stddef.h>
#include <stdint.h>

/// Reads up to `count` bytes of the input; returns how many, 0 at its end, negative on failure.
ptrdiff_t guest_read(void *bytes, size_t count);

/// Writes `count` bytes of the output.
void guest_write(const void *bytes, size_t count);

/// Writes `count` bytes to the standard error.
void guest_write_error(const void *bytes, size_t count);

#endif

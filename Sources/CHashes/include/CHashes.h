#ifndef MAYFLY_CHASHES_H
#define MAYFLY_CHASHES_H
#include <stddef.h>
#include <stdint.h>

/// Takes `count` blocks of 64 bytes into a SHA-256 state (FIPS 180-4, 6.2.2) with the processor's own instructions.
/// Returns 0, having done nothing, where the processor has none.
int mayfly_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count);

#endif

#ifndef MAYFLY_CKECCAK_H
#define MAYFLY_CKECCAK_H
#include <stddef.h>
#include <stdint.h>

/// Applies the Keccak-f[1600] permutation to 25 lanes (FIPS 202, 3.3), choosing by the processor at run time.
void mayfly_keccak_f1600(uint64_t lanes[25]);

/// Adds `count` blocks of 136 bytes to the first 17 lanes, each followed by the permutation.
void mayfly_keccak_absorb(uint64_t lanes[25], const uint8_t *blocks, size_t count);

#endif

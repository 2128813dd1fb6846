#ifndef MAYFLY_CBLS12381_H
#define MAYFLY_CBLS12381_H
#include <stddef.h>
#include <stdint.h>

// Points of G1 of BLS12-381, eight at a time, one in each lane of AVX-512 registers, by products of 52-bit limbs (IFMA).
//
// Field elements are six 64-bit limbs in Montgomery form with R = 2^384, below the modulus, as in Swift. Points are of the
// subgroup of order r: affine ones 12 limbs and not infinity, homogeneous ones 18 limbs with x = X/Z and y = Y/Z, infinity
// having Z = 0. The image of (x, y) under the endomorphism is (βx, -y). Time depends on nothing but counts, the reach of
// memory aside.

/// Whether the processor has the instructions; without them none of the functions below may be called.
int mayfly_bls_g1_is_available(void);

/// Bytes of a place of a table: eight points, one for each lane, with what their images need.
#define MAYFLY_BLS_G1_PLACE 1536
/// Bytes of the buckets, which are aligned to 64, as tables are.
#define MAYFLY_BLS_G1_BUCKETS (8 * 129 * 192)

/// Fills `count` places of a table from 8 · count affine points: place p has the points 8p to 8p + 7.
void mayfly_bls_g1_fill_table(uint8_t *table, const uint64_t *points, size_t count);

/// For each lane the sum of digit · point + other digit · image over the places of a table: eight homogeneous points.
///
/// The digits, between -128 and 128, are at `digits[(2 · place + isImage) · 8 + lane]`.
void mayfly_bls_g1_table_sums(
    uint64_t *sums, const uint8_t *table, const int16_t *digits, size_t count, uint8_t *buckets);

/// The same of `count` affine points that are the same in all lanes.
void mayfly_bls_g1_sums(
    uint64_t *sums, const uint64_t *points, const int16_t *digits, size_t count, uint8_t *buckets);

/// Doubles each of eight homogeneous points a number of times.
void mayfly_bls_g1_double(uint64_t *points, unsigned times);

/// Replaces each of eight homogeneous points by the sum of 32^j · (digit · point + other digit · image), j < digitCount.
///
/// The digits, between -16 and 16, are at `digits[(2 · j + isImage) · 8 + lane]`.
void mayfly_bls_g1_scale(uint64_t *points, const int8_t *digits, size_t digitCount);

/// Replaces eight homogeneous points and eight others by their sums and differences.
void mayfly_bls_g1_butterfly(uint64_t *left, uint64_t *right);

#endif

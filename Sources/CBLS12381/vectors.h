// Eight elements of the field of BLS12-381, one in each 64-bit lane, in eight limbs of 52 bits, Montgomery form with
// R = 2^416.
//
// R is 2^35 times the modulus p: elements are any numbers below some multiple of p, and a product of a below A · p and b below
// B · p is below (A · B / 2^35 + 1) · p, so that sums and differences need no reduction. What goes into a product has limbs
// below 2^52 ("carried"); what is added up before may have larger ones, or negative ones.

#ifndef MAYFLY_BLS_VECTORS_H
#define MAYFLY_BLS_VECTORS_H

#include <immintrin.h>
#include <stdint.h>

#define VECTOR __attribute__((target("avx512f,avx512dq,avx512ifma")))
#define INLINE static inline VECTOR __attribute__((always_inline))
#define EACH_LIMB(i) _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++)

typedef struct {
    __m512i limb[8];
} element;

static const uint64_t modulus[8] = {
    0xeffffffffaaabu, 0xfeb153ffffb9fu, 0x6b0f6241eabffu, 0x12bf6730d2a0fu,
    0x764774b84f385u, 0x1ba7b6434bacdu, 0x1ea397fe69a4bu, 0x1a011u};
/// 128 · p: no less than anything that is ever subtracted.
static const uint64_t offset[8] = {
    0xfffffffd55580u, 0x58a9ffffdcff7u, 0x87b120f55ffffu, 0x5fb39869507b5u,
    0x23ba5c279c289u, 0xd3db21a5d66bbu, 0x51cbff34d258du, 0xd0088fu};
/// R modulo p.
static const uint64_t one[8] = {
    0x6480ea8e9b9afu, 0x65766c8fe444fu, 0x8b540fea96f7du, 0x3b2ee82efd422u,
    0xa6723e5f0ade5u, 0xff6eb6fdd4230u, 0xe06ef23c24a25u, 0x14c8eu};
/// 2^448 modulo p, the product with which leads from R = 2^384 to 2^416.
static const uint64_t inward[8] = {
    0x7fde37dba9366u, 0x4e27525bc342bu, 0x1f5b1e9778489u, 0xb872b2b91b9dcu,
    0xb206f497dfcafu, 0x4137cc89a9b0bu, 0xd9d20d7e39959u, 0x411cu};
/// 2^384 modulo p, the product with which leads back.
static const uint64_t outward[8] = {
    0x900000002fffdu, 0xbc40c0002760u, 0x3c758baebf400u, 0x57455f4898575u,
    0xd77ce58537052u, 0x71a97a256ec6u, 0xec3fa80e4935cu, 0x15f65u};
/// The cube root of one by which the endomorphism multiplies x.
static const uint64_t beta[8] = {
    0xd75aaff33455fu, 0xd095356b7cbb6u, 0x953a2f6fa079fu, 0x1080cf0a3d697u,
    0x3f7de3465fe7cu, 0x1f71fd6896ecu, 0xd9dd9cc172747u, 0x7d91u};
/// -1/p modulo 2^52.
static const uint64_t negated_inverse = 0x3fffcfffcfffdu;

INLINE __m512i all(uint64_t word) { return _mm512_set1_epi64((long long)word); }

INLINE element constant(const uint64_t limbs[8]) {
    element r;
    EACH_LIMB(i) r.limb[i] = all(limbs[i]);
    return r;
}

INLINE element carried(element a) {
    const __m512i mask = all(0xfffffffffffffu);
    __m512i carry = _mm512_setzero_si512();
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 7; i++) {
        __m512i sum = _mm512_add_epi64(a.limb[i], carry);
        a.limb[i] = _mm512_and_si512(sum, mask);
        carry = _mm512_srai_epi64(sum, 52);
    }
    a.limb[7] = _mm512_add_epi64(a.limb[7], carry);
    return a;
}

/// Not carried.
INLINE element sum(element a, element b) {
    EACH_LIMB(i) a.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
    return a;
}

/// Not carried; b is at most 128 · p.
INLINE element difference(element a, element b) {
    EACH_LIMB(i) a.limb[i] = _mm512_add_epi64(a.limb[i], _mm512_sub_epi64(all(offset[i]), b.limb[i]));
    return a;
}

/// 3b = 12 times the element; not carried.
INLINE element twelvefold(element a) {
    EACH_LIMB(i)
    a.limb[i] = _mm512_add_epi64(_mm512_slli_epi64(a.limb[i], 3), _mm512_slli_epi64(a.limb[i], 2));
    return a;
}

/// a · b / R; carried, from what is carried.
INLINE element product_inline(const element a, const element b) {
    const __m512i zero = _mm512_setzero_si512(), inverse = all(negated_inverse);
    __m512i t[9];
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 9; i++) t[i] = zero;
    EACH_LIMB(i) {
        const __m512i digit = b.limb[i];
        t[0] = _mm512_madd52lo_epu64(t[0], a.limb[0], digit);
        const __m512i factor = _mm512_madd52lo_epu64(zero, t[0], inverse);
        t[0] = _mm512_madd52lo_epu64(t[0], factor, all(modulus[0]));
        const __m512i carry = _mm512_srli_epi64(t[0], 52);
        _Pragma("clang loop unroll(full)") for (int j = 1; j < 8; j++) {
            t[j] = _mm512_madd52lo_epu64(t[j], a.limb[j], digit);
            t[j] = _mm512_madd52lo_epu64(t[j], factor, all(modulus[j]));
        }
        _Pragma("clang loop unroll(full)") for (int j = 0; j < 8; j++) {
            __m512i next = _mm512_madd52hi_epu64(j == 7 ? zero : t[j + 1], a.limb[j], digit);
            t[j] = _mm512_madd52hi_epu64(next, factor, all(modulus[j]));
        }
        t[0] = _mm512_add_epi64(t[0], carry);
    }
    element r;
    EACH_LIMB(i) r.limb[i] = t[i];
    return carried(r);
}

/// Not inlined: its code is long, and a call costs little beside 264 products.
static VECTOR __attribute__((noinline)) void product_into(element *r, const element *a, const element *b) {
    *r = product_inline(*a, *b);
}

INLINE element product(element a, element b) {
    element r;
    product_into(&r, &a, &b);
    return r;
}

/// Eight elements from rows of six limbs, `stride` words apart.
INLINE element load_rows(const uint64_t *source, int stride) {
    const __m512i mask = all(0xfffffffffffffu);
    const __m512i places = _mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), all((uint64_t)stride));
    __m512i w[6];
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 6; i++) w[i] = _mm512_i64gather_epi64(places, source + i, 8);
#define PIECE(low, right, high, left) \
    _mm512_and_si512(mask, _mm512_or_si512(_mm512_srli_epi64(w[low], right), _mm512_slli_epi64(w[high], left)))
    element r;
    r.limb[0] = _mm512_and_si512(mask, w[0]);
    r.limb[1] = PIECE(0, 52, 1, 12);
    r.limb[2] = PIECE(1, 40, 2, 24);
    r.limb[3] = PIECE(2, 28, 3, 36);
    r.limb[4] = PIECE(3, 16, 4, 48);
    r.limb[5] = _mm512_and_si512(mask, _mm512_srli_epi64(w[4], 4));
    r.limb[6] = PIECE(4, 56, 5, 8);
    r.limb[7] = _mm512_srli_epi64(w[5], 44);
#undef PIECE
    return product(r, constant(inward));
}

/// Stores eight elements as rows of six limbs, below p, `stride` words apart.
INLINE void store_rows(uint64_t *target, int stride, element a) {
    element r = product(a, constant(outward));
    element less = r;
    EACH_LIMB(i) less.limb[i] = _mm512_sub_epi64(r.limb[i], all(modulus[i]));
    less = carried(less);
    const __mmask8 is_below = _mm512_cmplt_epi64_mask(less.limb[7], _mm512_setzero_si512());
    EACH_LIMB(i) r.limb[i] = _mm512_mask_blend_epi64(is_below, less.limb[i], r.limb[i]);
    __m512i w[6];
#define WORD(low, right, high, left) \
    _mm512_or_si512(_mm512_srli_epi64(r.limb[low], right), _mm512_slli_epi64(r.limb[high], left))
    w[0] = WORD(0, 0, 1, 52);
    w[1] = WORD(1, 12, 2, 40);
    w[2] = WORD(2, 24, 3, 28);
    w[3] = WORD(3, 36, 4, 16);
    w[4] = _mm512_or_si512(WORD(4, 48, 5, 4), _mm512_slli_epi64(r.limb[6], 56));
    w[5] = WORD(6, 8, 7, 44);
#undef WORD
    const __m512i places = _mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), all((uint64_t)stride));
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 6; i++)
        _mm512_i64scatter_epi64(target + i, places, w[i], 8);
}

/// Limbs that lie lane by lane become limbs that lie limb by limb, and back.
INLINE void transpose(__m512i r[8]) {
    __m512i even[4], odd[4];
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; i++) {
        even[i] = _mm512_unpacklo_epi64(r[2 * i], r[2 * i + 1]);
        odd[i] = _mm512_unpackhi_epi64(r[2 * i], r[2 * i + 1]);
    }
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 2; i++) {
        const __m512i *b = i == 0 ? even : odd;
        const __m512i low0 = _mm512_shuffle_i64x2(b[0], b[1], 0x88), high0 = _mm512_shuffle_i64x2(b[0], b[1], 0xdd);
        const __m512i low1 = _mm512_shuffle_i64x2(b[2], b[3], 0x88), high1 = _mm512_shuffle_i64x2(b[2], b[3], 0xdd);
        r[i] = _mm512_shuffle_i64x2(low0, low1, 0x88);
        r[i + 4] = _mm512_shuffle_i64x2(low0, low1, 0xdd);
        r[i + 2] = _mm512_shuffle_i64x2(high0, high1, 0x88);
        r[i + 6] = _mm512_shuffle_i64x2(high0, high1, 0xdd);
    }
}

#endif

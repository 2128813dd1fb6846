#include "CKeccak.h"

// The permutation Keccak-f[1600] (FIPS 202, section 3.3), one text compiled once for each instruction set worth having.
//
// Lane (x, y) of the state is number x + 5y. A round reads one set of 25 variables and writes another; two rounds make a
// turn of the loop, so that no lane is ever copied. There are more lanes than registers: the order of the rows, and of the
// lanes in them, is the one of all that were tried for which compilers move the least to memory and back.

static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define ROTATED(lane, count) ((lane) << (count) | (lane) >> (-(count) & 63))

#define PARITY(s, x0, x1, x2, x3, x4) (s##x0 ^ s##x1 ^ s##x2 ^ s##x3 ^ s##x4)

// The rest of a round for one row of the result: the lanes that pi brings to it (each with its column, for theta, and
// its rotation, rho) and chi over them. `first` is what iota adds. The columns' parities for the next round, c0 to c4, are
// set by the first row and `add`ed to by the others.
#define ROW(from, i0, x0, r0, i1, x1, r1, i2, x2, r2, i3, x3, r3, i4, x4, r4, to, o0, o1, o2, o3, o4, first, add) \
    { \
        uint64_t t4 = ROTATED(from##i4 ^ d##x4, r4); \
        uint64_t t3 = ROTATED(from##i3 ^ d##x3, r3); \
        uint64_t t2 = ROTATED(from##i2 ^ d##x2, r2); \
        uint64_t t1 = ROTATED(from##i1 ^ d##x1, r1); \
        uint64_t t0 = ROTATED(from##i0 ^ d##x0, r0); \
        c4 add to##o4 = t4 ^ (~t0 & t1); \
        c3 add to##o3 = t3 ^ (~t4 & t0); \
        c2 add to##o2 = t2 ^ (~t3 & t4); \
        c1 add to##o1 = t1 ^ (~t2 & t3); \
        c0 add to##o0 = t0 ^ (~t1 & t2) first; \
    }

#define ROUND(from, to, constant) \
    { \
        uint64_t d0 = c4 ^ ROTATED(c1, 1); \
        uint64_t d1 = c0 ^ ROTATED(c2, 1); \
        uint64_t d2 = c1 ^ ROTATED(c3, 1); \
        uint64_t d3 = c2 ^ ROTATED(c4, 1); \
        uint64_t d4 = c3 ^ ROTATED(c0, 1); \
        ROW(from, 1, 1, 1, 7, 2, 6, 13, 3, 25, 19, 4, 8, 20, 0, 18, to, 10, 11, 12, 13, 14, , =) \
        ROW(from, 0, 0, 0, 6, 1, 44, 12, 2, 43, 18, 3, 21, 24, 4, 14, to, 0, 1, 2, 3, 4, ^ (constant), ^=) \
        ROW(from, 4, 4, 27, 5, 0, 36, 11, 1, 10, 17, 2, 15, 23, 3, 56, to, 15, 16, 17, 18, 19, , ^=) \
        ROW(from, 3, 3, 28, 9, 4, 20, 10, 0, 3, 16, 1, 45, 22, 2, 61, to, 5, 6, 7, 8, 9, , ^=) \
        ROW(from, 2, 2, 62, 8, 3, 55, 14, 4, 39, 15, 0, 41, 21, 1, 2, to, 20, 21, 22, 23, 24, , ^=) \
    }

#define EACH_LANE(action) \
    action(0) action(1) action(2) action(3) action(4) action(5) action(6) action(7) action(8) action(9) action(10) \
    action(11) action(12) action(13) action(14) action(15) action(16) action(17) action(18) action(19) action(20) \
    action(21) action(22) action(23) action(24)

#define LOAD(i) uint64_t a##i = lanes[i], b##i;
#define STORE(i) lanes[i] = a##i;

// The bytes that one permutation takes in where the hash has 256 bits.
enum { rate = 136 };

static inline uint64_t word(const uint8_t *block, int index) {
    uint64_t result;
    __builtin_memcpy(&result, block + 8 * index, 8);
    return result;
}

#define EACH_LANE_OF_RATE(action) \
    action(0) action(1) action(2) action(3) action(4) action(5) action(6) action(7) action(8) action(9) action(10) \
    action(11) action(12) action(13) action(14) action(15) action(16)

#define ABSORB(i) a##i ^= word(blocks, i);

#define ROUNDS \
    { \
        uint64_t c0 = PARITY(a, 0, 5, 10, 15, 20); \
        uint64_t c1 = PARITY(a, 1, 6, 11, 16, 21); \
        uint64_t c2 = PARITY(a, 2, 7, 12, 17, 22); \
        uint64_t c3 = PARITY(a, 3, 8, 13, 18, 23); \
        uint64_t c4 = PARITY(a, 4, 9, 14, 19, 24); \
        for (int round = 0; round < 24; round += 2) { \
            ROUND(a, b, round_constants[round]) \
            ROUND(b, a, round_constants[round + 1]) \
        } \
    }

#define PERMUTE \
    { \
        EACH_LANE(LOAD) \
        ROUNDS \
        EACH_LANE(STORE) \
    }

#define TAKE_IN \
    { \
        EACH_LANE(LOAD) \
        for (; count > 0; count--, blocks += rate) { \
            EACH_LANE_OF_RATE(ABSORB) \
            ROUNDS \
        } \
        EACH_LANE(STORE) \
    }

static void permute_portably(uint64_t lanes[25]) PERMUTE
static void take_in_portably(uint64_t lanes[25], const uint8_t *blocks, size_t count) TAKE_IN

#if defined(__x86_64__)

// With and-not and rotations into another register.
#define BMI __attribute__((target("bmi,bmi2")))
BMI static void permute_with_bmi(uint64_t lanes[25]) PERMUTE
BMI static void take_in_with_bmi(uint64_t lanes[25], const uint8_t *blocks, size_t count) TAKE_IN

// Set before `main` and never after; what runs earlier still finds a permutation.
static void (*permute)(uint64_t lanes[25]) = permute_portably;
static void (*take_in)(uint64_t lanes[25], const uint8_t *blocks, size_t count) = take_in_portably;

__attribute__((constructor)) static void choose_permutation(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")) {
        permute = permute_with_bmi;
        take_in = take_in_with_bmi;
    }
}

void mayfly_keccak_f1600(uint64_t lanes[25]) { permute(lanes); }
void mayfly_keccak_absorb(uint64_t lanes[25], const uint8_t *blocks, size_t count) { take_in(lanes, blocks, count); }

#else

void mayfly_keccak_f1600(uint64_t lanes[25]) { permute_portably(lanes); }
void mayfly_keccak_absorb(uint64_t lanes[25], const uint8_t *blocks, size_t count) {
    take_in_portably(lanes, blocks, count);
}

#endif

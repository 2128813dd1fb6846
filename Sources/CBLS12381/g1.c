// Points of G1, eight at a time, by formulas without exceptions (J. Renes, C. Costello, L. Batina, "Complete addition formulas
// for prime order elliptic curves", 2015, algorithms 7, 8 and 9 with a = 0 and 3b = 12).

#include "CBLS12381.h"

#if defined(__x86_64__)

#include "vectors.h"

/// Homogeneous. X stays below 131 · p, Y and Z below 5 · p.
typedef struct {
    element x, y, z;
} points;

INLINE points infinity(void) {
    points r;
    EACH_LIMB(i) r.x.limb[i] = r.z.limb[i] = _mm512_setzero_si512();
    r.y = constant(one);
    return r;
}

/// From the products that both additions have: X₁X₂, Y₁Y₂, 12·Z₁Z₂, X₁Y₂ + X₂Y₁, Y₁Z₂ + Y₂Z₁, 12·(X₁Z₂ + X₂Z₁).
INLINE points assembled(element xx, element yy, element zz, element xy, element yz, element xz) {
    const element plus = carried(sum(yy, zz)), minus = carried(difference(yy, zz));
    const element three = carried(sum(sum(xx, xx), xx));
    points r;
    r.x = carried(difference(product(xy, minus), product(yz, xz)));
    r.y = carried(sum(product(minus, plus), product(xz, three)));
    r.z = carried(sum(product(plus, yz), product(three, xy)));
    return r;
}

static VECTOR __attribute__((noinline)) void add(points *left, const points *right) {
    const element xx = product(left->x, right->x), yy = product(left->y, right->y), zz = product(left->z, right->z);
    const element xy = product(carried(sum(left->x, left->y)), carried(sum(right->x, right->y)));
    const element yz = product(carried(sum(left->y, left->z)), carried(sum(right->y, right->z)));
    const element xz = product(carried(sum(left->x, left->z)), carried(sum(right->x, right->z)));
    *left = assembled(
        xx, yy, carried(twelvefold(zz)), carried(difference(xy, sum(xx, yy))), carried(difference(yz, sum(yy, zz))),
        carried(twelvefold(difference(xz, sum(xx, zz)))));
}

/// Adds points of which Z is one.
static VECTOR __attribute__((noinline)) void add_affine(points *left, const element *x, const element *y) {
    const element xx = product(left->x, *x), yy = product(left->y, *y);
    const element xy = product(carried(sum(left->x, left->y)), carried(sum(*x, *y)));
    *left = assembled(
        xx, yy, carried(twelvefold(left->z)), carried(difference(xy, sum(xx, yy))),
        carried(sum(product(*y, left->z), left->y)), carried(twelvefold(sum(product(*x, left->z), left->x))));
}

static VECTOR __attribute__((noinline)) void double_once(points *a) {
    const element yy = product(a->y, a->y), yz = product(a->y, a->z);
    const element zz = carried(twelvefold(product(a->z, a->z)));
    const element xy = product(a->x, a->y);
    element eight = yy;
    EACH_LIMB(i) eight.limb[i] = _mm512_slli_epi64(eight.limb[i], 3);
    eight = carried(eight);
    const element minus = carried(difference(yy, sum(sum(zz, zz), zz)));
    const element x = product(minus, xy);
    a->x = carried(sum(x, x));
    a->y = carried(sum(product(minus, carried(sum(yy, zz))), product(zz, eight)));
    a->z = product(yz, eight);
}

/// Negates where a lane's bit is set; below 128 · p.
INLINE element negated(element a, __mmask8 lanes) {
    EACH_LIMB(i) a.limb[i] = _mm512_mask_sub_epi64(a.limb[i], lanes, all(offset[i]), a.limb[i]);
    return carried(a);
}

INLINE points load_points(const uint64_t *source) {
    points r = {load_rows(source, 18), load_rows(source + 6, 18), load_rows(source + 12, 18)};
    return r;
}

INLINE void store_points(uint64_t *target, const points *a) {
    store_rows(target, 18, a->x);
    store_rows(target + 6, 18, a->y);
    store_rows(target + 12, 18, a->z);
}

// MARK: Buckets

/// For each lane a place for what is not wanted and the 128 sums, each of three coordinates of eight limbs.
enum { BUCKETS = 129, BUCKET = 192 };

INLINE uint8_t *bucket(uint8_t *buckets, int lane, unsigned index) {
    return buckets + ((size_t)lane * BUCKETS + index) * BUCKET;
}

INLINE points load_buckets(uint8_t *buckets, const unsigned index[8]) {
    points r;
    element *const coordinates[3] = {&r.x, &r.y, &r.z};
    _Pragma("clang loop unroll(full)") for (int c = 0; c < 3; c++) {
        EACH_LIMB(lane) coordinates[c]->limb[lane] =
            _mm512_load_si512((const void *)(bucket(buckets, lane, index[lane]) + 64 * c));
        transpose(coordinates[c]->limb);
    }
    return r;
}

INLINE void store_buckets(uint8_t *buckets, const unsigned index[8], points a) {
    element *const coordinates[3] = {&a.x, &a.y, &a.z};
    _Pragma("clang loop unroll(full)") for (int c = 0; c < 3; c++) {
        transpose(coordinates[c]->limb);
        EACH_LIMB(lane)
        _mm512_store_si512((void *)(bucket(buckets, lane, index[lane]) + 64 * c), coordinates[c]->limb[lane]);
    }
}

INLINE void clear_buckets(uint8_t *buckets) {
    const points nothing = infinity();
    for (unsigned k = 0; k < BUCKETS; k++) {
        const unsigned index[8] = {k, k, k, k, k, k, k, k};
        store_buckets(buckets, index, nothing);
    }
}

/// Adds ±(x, y) to the bucket of each lane's digit.
INLINE void drop(uint8_t *buckets, const int16_t *digits, const element *x, const element *y, int is_image) {
    unsigned index[8], signs = 0;
    for (int lane = 0; lane < 8; lane++) {
        const int digit = digits[lane];
        index[lane] = (unsigned)(digit < 0 ? -digit : digit);
        signs |= (unsigned)(digit < 0) << lane;
    }
    const element signed_y = negated(*y, (__mmask8)(is_image ? ~signs : signs));
    points target = load_buckets(buckets, index);
    add_affine(&target, x, &signed_y);
    store_buckets(buckets, index, target);
}

/// The sum of k times the k-th bucket, for each lane.
INLINE void add_up(uint64_t *sums, uint8_t *buckets) {
    points running = infinity(), total = infinity();
    for (unsigned k = BUCKETS - 1; k > 0; k--) {
        const unsigned index[8] = {k, k, k, k, k, k, k, k};
        const points next = load_buckets(buckets, index);
        add(&running, &next);
        add(&total, &running);
    }
    store_points(sums, &total);
}

// MARK: What Swift calls

/// Set before `main` and never after; what runs earlier is told that there are no such instructions.
static int is_available;

__attribute__((constructor)) static void find_instructions(void) {
    __builtin_cpu_init();
    is_available = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512ifma");
}

int mayfly_bls_g1_is_available(void) { return is_available; }

VECTOR void mayfly_bls_g1_fill_table(uint8_t *table, const uint64_t *affine, size_t count) {
    for (size_t place = 0; place < count; place++) {
        element *target = (element *)(table + place * MAYFLY_BLS_G1_PLACE);
        target[0] = load_rows(affine + place * 96, 12);
        target[1] = load_rows(affine + place * 96 + 6, 12);
        target[2] = product(target[0], constant(beta));
    }
}

VECTOR void mayfly_bls_g1_table_sums(
    uint64_t *sums, const uint8_t *table, const int16_t *digits, size_t count, uint8_t *buckets) {
    clear_buckets(buckets);
    for (size_t place = 0; place < count; place++) {
        const element *entry = (const element *)(table + place * MAYFLY_BLS_G1_PLACE);
        drop(buckets, digits + place * 16, &entry[0], &entry[1], 0);
        drop(buckets, digits + place * 16 + 8, &entry[2], &entry[1], 1);
    }
    add_up(sums, buckets);
}

VECTOR void mayfly_bls_g1_sums(
    uint64_t *sums, const uint64_t *affine, const int16_t *digits, size_t count, uint8_t *buckets) {
    clear_buckets(buckets);
    for (size_t start = 0; start < count; start += 8) {
        // Eight points at a time come into the form that products take, and then each into all lanes.
        uint64_t rows[96] = {0};
        const size_t here = count - start < 8 ? count - start : 8;
        for (size_t i = 0; i < here * 12; i++) rows[i] = affine[start * 12 + i];
        element x = load_rows(rows, 12), y = load_rows(rows + 6, 12);
        element image = product(x, constant(beta));
        uint64_t limbs[3][8][8] __attribute__((aligned(64)));
        EACH_LIMB(i) {
            _mm512_store_si512(limbs[0][i], x.limb[i]);
            _mm512_store_si512(limbs[1][i], y.limb[i]);
            _mm512_store_si512(limbs[2][i], image.limb[i]);
        }
        for (size_t point = 0; point < here; point++) {
            EACH_LIMB(i) {
                x.limb[i] = all(limbs[0][i][point]);
                y.limb[i] = all(limbs[1][i][point]);
                image.limb[i] = all(limbs[2][i][point]);
            }
            const int16_t *own = digits + (start + point) * 16;
            drop(buckets, own, &x, &y, 0);
            drop(buckets, own + 8, &image, &y, 1);
        }
    }
    add_up(sums, buckets);
}

VECTOR void mayfly_bls_g1_double(uint64_t *homogeneous, unsigned times) {
    points a = load_points(homogeneous);
    for (unsigned i = 0; i < times; i++) double_once(&a);
    store_points(homogeneous, &a);
}

VECTOR void mayfly_bls_g1_scale(uint64_t *homogeneous, const int8_t *digits, size_t digit_count) {
    points multiples[17];
    multiples[0] = infinity();
    multiples[1] = load_points(homogeneous);
    for (int k = 2; k <= 16; k++) {
        multiples[k] = multiples[k & 1 ? k - 1 : k / 2];
        if (k & 1) add(&multiples[k], &multiples[1]);
        else double_once(&multiples[k]);
    }
    const element root = constant(beta);
    points result = infinity();
    for (size_t j = digit_count; j-- > 0;) {
        for (int i = 0; i < 5 && j + 1 < digit_count; i++) double_once(&result);
        for (int is_image = 0; is_image < 2; is_image++) {
            const __m512i wanted = _mm512_cvtepi8_epi64(_mm_loadl_epi64((const __m128i *)(digits + (2 * j + (size_t)is_image) * 8)));
            const __mmask8 signs = _mm512_movepi64_mask(wanted);
            const __m512i magnitude = _mm512_abs_epi64(wanted);
            points chosen = multiples[0];
            for (int k = 1; k <= 16; k++) {
                const __mmask8 lanes = _mm512_cmpeq_epi64_mask(magnitude, all((uint64_t)k));
                EACH_LIMB(i) {
                    chosen.x.limb[i] = _mm512_mask_mov_epi64(chosen.x.limb[i], lanes, multiples[k].x.limb[i]);
                    chosen.y.limb[i] = _mm512_mask_mov_epi64(chosen.y.limb[i], lanes, multiples[k].y.limb[i]);
                    chosen.z.limb[i] = _mm512_mask_mov_epi64(chosen.z.limb[i], lanes, multiples[k].z.limb[i]);
                }
            }
            chosen.y = negated(chosen.y, is_image ? (__mmask8)~signs : signs);
            if (is_image) chosen.x = product(chosen.x, root);
            add(&result, &chosen);
        }
    }
    store_points(homogeneous, &result);
}

VECTOR void mayfly_bls_g1_butterfly(uint64_t *left, uint64_t *right) {
    points a = load_points(left), b = load_points(right);
    points c = b;
    c.y = negated(c.y, 0xff);
    add(&c, &a);
    add(&b, &a);
    store_points(left, &b);
    store_points(right, &c);
}

#else

int mayfly_bls_g1_is_available(void) { return 0; }
void mayfly_bls_g1_fill_table(uint8_t *table, const uint64_t *points, size_t count) {}
void mayfly_bls_g1_table_sums(
    uint64_t *sums, const uint8_t *table, const int16_t *digits, size_t count, uint8_t *buckets) {}
void mayfly_bls_g1_sums(
    uint64_t *sums, const uint64_t *points, const int16_t *digits, size_t count, uint8_t *buckets) {}
void mayfly_bls_g1_double(uint64_t *points, unsigned times) {}
void mayfly_bls_g1_scale(uint64_t *points, const int8_t *digits, size_t digit_count) {}
void mayfly_bls_g1_butterfly(uint64_t *left, uint64_t *right) {}

#endif

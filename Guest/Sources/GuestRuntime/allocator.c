// The memory of the guest: one static arena. Blocks come in size classes, eight to a doubling, and freed blocks wait in
// one list a class, so that a long run does not outgrow the arena. Blocks with a coarse alignment (the interpreter's
// frames) are cut from the far end of the arena: the two ends grow towards each other.
#include "GuestRuntime.h"

#define ARENA_BYTES (1ull << 30)
#define HEADER_BYTES 16
#define CLASS_COUNT 256
#define FRAME_BYTES 65536ull

_Noreturn void exit(int code);

static unsigned char arena[ARENA_BYTES] __attribute__((aligned(65536)));
static size_t low_end;
static size_t high_start = ARENA_BYTES;

struct free_block {
    struct free_block *next;
};
static struct free_block *free_lists[CLASS_COUNT];
static struct free_block *free_frames;

static _Noreturn void fail_out_of_memory(void) {
    static const char message[] = "guest: out of memory\n";
    guest_write_error(message, sizeof message - 1);
    exit(135);
}

// The least class whose blocks hold `bytes`, and the size of its blocks: 16 * m for m up to 16, then m * 2^k with
// 8 < m <= 16.
static unsigned size_class_of(size_t bytes, size_t *class_bytes) {
    size_t units = (bytes + 15) >> 4;
    if (units <= 16) {
        if (units == 0) units = 1;
        *class_bytes = units << 4;
        return (unsigned)units;
    }
    unsigned shift = 0;
    while (((units - 1) >> shift) >= 16) shift++;
    size_t mantissa = ((units - 1) >> shift) + 1;
    *class_bytes = mantissa << (shift + 4);
    return shift * 8 + (unsigned)mantissa;
}

static void *allocate_small_alignment(size_t size) {
    size_t class_bytes;
    if (size > ARENA_BYTES) fail_out_of_memory();
    unsigned size_class = size_class_of(size, &class_bytes);
    struct free_block *free = free_lists[size_class];
    if (free) {
        free_lists[size_class] = free->next;
        return free;
    }
    if (high_start - low_end < class_bytes + HEADER_BYTES) fail_out_of_memory();
    unsigned char *block = arena + low_end + HEADER_BYTES;
    low_end += class_bytes + HEADER_BYTES;
    ((uint64_t *)block)[-1] = size_class;
    return block;
}

static void *allocate_large_alignment(size_t alignment, size_t size) {
    if (alignment > FRAME_BYTES || size > ARENA_BYTES) fail_out_of_memory();
    if (size == FRAME_BYTES && free_frames) {
        struct free_block *frame = free_frames;
        free_frames = frame->next;
        return frame;
    }
    size_t rounded = (size + FRAME_BYTES - 1) & ~(FRAME_BYTES - 1);
    if (high_start - low_end < rounded) fail_out_of_memory();
    high_start -= rounded;
    return arena + high_start;
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    *result = alignment <= 16 ? allocate_small_alignment(size) : allocate_large_alignment(alignment, size);
    return 0;
}

void *malloc(size_t size) { return allocate_small_alignment(size); }

void free(void *block) {
    if (!block) return;
    struct free_block *freed = block;
    if ((unsigned char *)block >= arena + high_start) {
        // What was larger than a frame leaves the rest behind: nothing in the guest asks for it.
        freed->next = free_frames;
        free_frames = freed;
        return;
    }
    uint64_t size_class = ((uint64_t *)block)[-1];
    freed->next = free_lists[size_class];
    free_lists[size_class] = freed;
}

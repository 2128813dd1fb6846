// deflateInit2 and inflateInit2 are macros, which Swift does not see.
#include <zlib.h>

static inline int mayfly_deflate_start(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int mayfly_inflate_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

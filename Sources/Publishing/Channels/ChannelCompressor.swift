import CBrotli
import Derivation

/// Compresses a channel with Brotli (OP Stack specification, Fjord, Brotli channel compression).
///
/// The signatures, more than half of most channels, are random: they go into the stream as they are (RFC 7932, section
/// 9.2, uncompressed meta-blocks). That costs no byte and halves the time; what comes before and after them is compressed
/// by two encoders, the second of which knows its place in the stream.
public enum ChannelCompressor {
    /// The largest window of RFC 7932, 16 MiB: clients need not read larger ones.
    private static let windowBits: UInt32 = 24
    /// Bytes of an uncompressed meta-block at most.
    private static let largestStoredBlock = 1 << 24

    /// A channel's bytes: the version byte and the stream.
    ///
    /// - Parameters:
    ///   - stored: where `data` is not worth compressing.
    ///   - quality: Brotli's, 5 to 11. Of a full channel of six blobs 11 takes about a second, 9 a twentieth of that for
    ///     one percent more bytes.
    public static func compress(_ data: [UInt8], storing stored: Range<Int>, quality: Int) -> [UInt8] {
        var output: [UInt8] = [ChannelCompression.brotliVersion]
        output.reserveCapacity(stored.count + data.count / 2 + 1_024)
        let isWhole = stored.count < 1_024
        let first = isWhole ? data[...] : data[..<stored.lowerBound]
        guard append(first, offset: 0, isLast: isWhole, quality, to: &output) else { return storedChannel(data) }
        if isWhole { return output }
        appendStored(data[stored], to: &output)
        guard append(data[stored.upperBound...], offset: stored.upperBound, isLast: true, quality, to: &output) else {
            return storedChannel(data)
        }
        return output
    }

    /// Compresses a piece of the stream; false where memory is short.
    private static func append(
        _ piece: ArraySlice<UInt8>, offset: Int, isLast: Bool, _ quality: Int, to output: inout [UInt8]
    ) -> Bool {
        guard let encoder = BrotliEncoderCreateInstance(nil, nil, nil) else { return false }
        defer { BrotliEncoderDestroyInstance(encoder) }
        let quality = UInt32(min(max(quality, 5), 11))
        guard BrotliEncoderSetParameter(encoder, BROTLI_PARAM_QUALITY, quality) != 0,
            BrotliEncoderSetParameter(encoder, BROTLI_PARAM_LGWIN, windowBits) != 0,
            BrotliEncoderSetParameter(encoder, BROTLI_PARAM_SIZE_HINT, UInt32(clamping: piece.count)) != 0,
            BrotliEncoderSetParameter(encoder, BROTLI_PARAM_STREAM_OFFSET, UInt32(clamping: offset)) != 0
        else { return false }
        let operation = isLast ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH
        return piece.withUnsafeBufferPointer { input in
            var inputCount = input.count
            var next = input.baseAddress
            repeat {
                var room = 0
                guard BrotliEncoderCompressStream(encoder, operation, &inputCount, &next, &room, nil, nil) != 0 else {
                    return false
                }
                var count = 0
                if let taken = BrotliEncoderTakeOutput(encoder, &count) {
                    output.append(contentsOf: UnsafeBufferPointer(start: taken, count: count))
                }
            } while inputCount > 0 || BrotliEncoderHasMoreOutput(encoder) != 0
                || (isLast && BrotliEncoderIsFinished(encoder) == 0)
            return true
        }
    }

    /// Appends uncompressed meta-blocks at a byte boundary.
    private static func appendStored(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
        var rest = bytes
        while !rest.isEmpty {
            let piece = rest.prefix(largestStoredBlock)
            rest = rest.dropFirst(largestStoredBlock)
            // ISLAST, MNIBBLES and MLEN - 1 in as many nibbles, ISUNCOMPRESSED, and zeros up to a byte.
            let length = UInt64(piece.count - 1)
            let nibbles: UInt64 = length < 1 << 16 ? 4 : length < 1 << 20 ? 5 : 6
            let bits = (nibbles - 4) << 1 | length << 3 | 1 << (3 + 4 * nibbles)
            for byte in 0..<(4 + 4 * nibbles + 7) / 8 { output.append(UInt8(truncatingIfNeeded: bits >> (8 * byte))) }
            output.append(contentsOf: piece)
        }
    }

    /// A channel with nothing compressed, for when the encoder has no memory.
    static func storedChannel(_ data: [UInt8]) -> [UInt8] {
        // WBITS 1111 for 24 bits, ISLAST 0, MNIBBLES 3: an empty metadata block, which ends at a byte.
        var output: [UInt8] = [ChannelCompression.brotliVersion, 0x6F, 0x00]
        appendStored(data[...], to: &output)
        // ISLAST and ISLASTEMPTY.
        output.append(0x03)
        return output
    }
}

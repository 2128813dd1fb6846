/// Decodes Brotli (RFC 7932), without custom dictionary and large windows.
public enum Brotli {
    /// Decodes as much as there is, to `limit` bytes at most; what follows the stream is not looked at.
    ///
    /// A stream that breaks off or goes wrong gives what was written before that.
    ///
    /// - Complexity: O(*n*) in input and output; allocates twice the output at most, and some 40 MB for the codes of the
    ///   worst input.
    public static func decompress(_ input: ArraySlice<UInt8>, limit: Int) -> Decompressed {
        var output = BoundedOutput(limit: limit)
        let error = input.withUnsafeBufferPointer { bytes -> DecompressionError? in
            var reader = BitReader(bytes, from: 0)
            do throws(DecompressionError) {
                var decoder = BrotliDecoder(windowSize: try windowSize(&reader))
                while try decoder.metaBlock(&reader, &output) {}
                try reader.takePadding()
                return nil
            } catch {
                return error
            }
        }
        return Decompressed(bytes: output.bytes, error: error)
    }

    /// How far back a copy may reach (section 9.1).
    private static func windowSize(_ reader: inout BitReader) throws(DecompressionError) -> Int {
        var bits = 16
        if try reader.take(1) == 1 {
            let high = try reader.take(3)
            if high != 0 {
                bits = 17 + high
            } else {
                let low = try reader.take(3)
                guard low != 1 else { throw .malformed }
                bits = low == 0 ? 17 : 8 + low
            }
        }
        return 1 << bits - 16
    }
}

extension BitReader {
    /// Reads up to 32 bits.
    mutating func take(_ count: Int) throws(DecompressionError) -> Int {
        guard let value = read(count) else { throw .truncated }
        return value
    }

    /// Goes to the next whole byte over bits that must be zero.
    mutating func takePadding() throws(DecompressionError) {
        if align() != 0 { throw .malformed }
    }
}

/// What lasts from one meta-block to the next.
struct BrotliDecoder {
    let windowSize: Int
    var codes = PrefixCodes()
    /// The last four distances, the latest first.
    var distances = (4, 11, 15, 16)

    init(windowSize: Int) { self.windowSize = windowSize }

    /// Decodes one meta-block (section 9.2); whether another follows.
    mutating func metaBlock(
        _ reader: inout BitReader, _ output: inout BoundedOutput
    ) throws(DecompressionError) -> Bool {
        let isLast = try reader.take(1) == 1
        if isLast, try reader.take(1) == 1 { return false }
        let nibbles = try reader.take(2) + 4
        if nibbles == 7 {
            try skipMetadata(&reader)
            return !isLast
        }
        let stated = try reader.take(4 * nibbles)
        if nibbles > 4 && stated >> (4 * nibbles - 4) == 0 { throw .malformed }
        let length = stated + 1
        if !isLast, try reader.take(1) == 1 {
            try reader.takePadding()
            let start = reader.bytePosition
            let there = min(length, reader.endPosition - start)
            guard output.append(reader.pointer(at: start), count: there) else { throw .limit }
            guard there == length else { throw .truncated }
            reader.move(to: start + length)
            return true
        }
        codes.removeAll()
        var body = try BrotliMetaBlock(reading: &reader, &codes)
        try body.decode(length, &reader, &output, windowSize: windowSize, codes, &distances)
        return !isLast
    }

    private func skipMetadata(_ reader: inout BitReader) throws(DecompressionError) {
        guard try reader.take(1) == 0 else { throw .malformed }
        let width = try reader.take(2)
        var count = 0
        if width > 0 {
            let stated = try reader.take(8 * width)
            if width > 1 && stated >> (8 * width - 8) == 0 { throw .malformed }
            count = stated + 1
        }
        try reader.takePadding()
        let start = reader.bytePosition
        guard count <= reader.endPosition - start else { throw .truncated }
        reader.move(to: start + count)
    }
}

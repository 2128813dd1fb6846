/// Decodes DEFLATE in its zlib wrapping (RFC 1950 and 1951).
public enum Inflate {
    /// Decodes as much as there is, to `limit` bytes at most.
    ///
    /// A stream that breaks off or goes wrong gives what was written before that.
    ///
    /// - Complexity: O(*n*) in input and output; allocates twice the output at most.
    public static func decompress(zlib input: ArraySlice<UInt8>, limit: Int) -> Decompressed {
        var output = BoundedOutput(limit: limit)
        let error = input.withUnsafeBufferPointer { bytes -> DecompressionError? in
            guard bytes.count >= 2 else { return .truncated }
            // Method 8, a window of at most 32 KiB, no preset dictionary, and a check that makes it a multiple of 31.
            let header = Int(bytes[0]) << 8 | Int(bytes[1])
            guard bytes[0] & 0x0F == 8, bytes[0] >> 4 <= 7, bytes[1] & 0x20 == 0, header % 31 == 0 else {
                return .malformed
            }
            var reader = BitReader(bytes, from: 2)
            var inflater = Inflater()
            while true {
                guard let isLast = reader.read(1), let kind = reader.read(2) else { return .truncated }
                if let error = inflater.block(kind, &reader, &output) { return error }
                if isLast == 1 { break }
            }
            _ = reader.align()
            reader.move(to: reader.bytePosition)
            return adler(&reader, output)
        }
        return Decompressed(bytes: output.bytes, error: error)
    }

    /// Compares the checksum at the end of the stream.
    private static func adler(_ reader: inout BitReader, _ output: borrowing BoundedOutput) -> DecompressionError? {
        guard reader.endPosition - reader.bytePosition >= 4 else { return .truncated }
        let stored = (0..<4).reduce(UInt32(0)) {
            $0 << 8 | UInt32(reader.pointer(at: reader.bytePosition + $1).pointee)
        }
        var low: UInt32 = 1
        var high: UInt32 = 0
        var index = 0
        while index < output.count {
            // So many sums fit 32 bits.
            let end = min(output.count, index + 5_552)
            while index < end {
                low &+= UInt32(output.byte(index))
                high &+= low
                index &+= 1
            }
            low %= 65_521
            high %= 65_521
        }
        return stored == high << 16 | low ? nil : .malformed
    }
}

/// The state of a DEFLATE decoder between blocks: the room for its codes.
private struct Inflater {
    private var codes = PrefixCodes()
    private var lengths = [UInt8](repeating: 0, count: 320)

    /// The length that each length symbol begins at, and its extra bits.
    private static let lengthBases: [Int] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthExtras: [Int] = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let codeLengthOrder: [Int] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    mutating func block(
        _ kind: Int, _ reader: inout BitReader, _ output: inout BoundedOutput
    ) -> DecompressionError? {
        switch kind {
        case 0: return Self.stored(&reader, &output)
        case 1:
            for index in 0..<288 { lengths[index] = index < 144 ? 8 : index < 256 ? 9 : index < 280 ? 7 : 8 }
            for index in 288..<320 { lengths[index] = 5 }
            return compressed(literals: 0..<288, distances: 288..<320, &reader, &output)
        case 2:
            guard let literals = reader.read(5), let distances = reader.read(5), let count = reader.read(4) else {
                return .truncated
            }
            guard literals <= 29, distances <= 29 else { return .malformed }
            let total = 258 + literals + distances
            if let error = readLengths(total, codeLengths: count + 4, &reader) { return error }
            return compressed(
                literals: 0..<257 + literals, distances: 257 + literals..<total, &reader, &output)
        default: return .malformed
        }
    }

    private static func stored(_ reader: inout BitReader, _ output: inout BoundedOutput) -> DecompressionError? {
        _ = reader.align()
        guard let count = reader.read(16), let check = reader.read(16) else { return .truncated }
        guard count ^ 0xFFFF == check else { return .malformed }
        let start = reader.bytePosition
        let there = min(count, reader.endPosition - start)
        guard output.append(reader.pointer(at: start), count: there) else { return .limit }
        guard there == count else { return .truncated }
        reader.move(to: start + count)
        return nil
    }

    /// Reads the bit lengths of a block's two codes.
    private mutating func readLengths(
        _ total: Int, codeLengths: Int, _ reader: inout BitReader
    ) -> DecompressionError? {
        var own = [UInt8](repeating: 0, count: 19)
        for index in 0..<codeLengths {
            guard let length = reader.read(3) else { return .truncated }
            own[Self.codeLengthOrder[index]] = UInt8(length)
        }
        codes.removeAll()
        guard let place = codes.add(own, .complete) else { return .malformed }
        var index = 0
        while index < total {
            let symbol = codes.entries.withUnsafeBufferPointer { PrefixCodes.read($0, place, &reader) }
            guard let symbol else { return .truncated }
            if symbol < 16 {
                lengths[index] = UInt8(symbol)
                index += 1
                continue
            }
            let (bits, least) = symbol == 16 ? (2, 3) : symbol == 17 ? (3, 3) : (7, 11)
            guard let more = reader.read(bits) else { return .truncated }
            if symbol == 16 && index == 0 { return .malformed }
            let value = symbol == 16 ? lengths[index - 1] : 0
            guard index + least + more <= total else { return .malformed }
            for _ in 0..<least + more {
                lengths[index] = value
                index += 1
            }
        }
        return nil
    }

    private mutating func compressed(
        literals: Range<Int>, distances: Range<Int>, _ reader: inout BitReader, _ output: inout BoundedOutput
    ) -> DecompressionError? {
        codes.removeAll()
        guard let literalCode = codes.add(lengths[literals], .singleAllowed),
            let distanceCode = codes.add(lengths[distances], .singleAllowed)
        else { return .malformed }
        return codes.entries.withUnsafeBufferPointer { entries in
            Self.lengthBases.withUnsafeBufferPointer { bases in
                Self.lengthExtras.withUnsafeBufferPointer { extras in
                    while true {
                        guard let symbol = PrefixCodes.read(entries, literalCode, &reader) else { return .truncated }
                        if symbol < 256 {
                            guard output.append(UInt8(truncatingIfNeeded: symbol)) else { return .limit }
                            continue
                        }
                        if symbol == 256 { return nil }
                        guard symbol < 286 else { return .malformed }
                        guard let more = reader.read(extras[symbol - 257]) else { return .truncated }
                        guard let code = PrefixCodes.read(entries, distanceCode, &reader) else { return .truncated }
                        guard code < 30 else { return .malformed }
                        let bits = code < 4 ? 0 : code / 2 - 1
                        let start = code < 4 ? code + 1 : (2 + code & 1) << bits + 1
                        guard let further = reader.read(bits) else { return .truncated }
                        let distance = start + further
                        guard distance <= output.count, distance <= 32_768 else { return .malformed }
                        guard output.repeatBytes(distance: distance, length: bases[symbol - 257] + more) else {
                            return .limit
                        }
                    }
                }
            }
        }
    }
}

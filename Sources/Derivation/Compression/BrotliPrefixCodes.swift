extension PrefixCodes {
    /// The order in which the lengths of the code for lengths are written (RFC 7932, section 3.5).
    private static let lengthOrder: [Int] = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    /// What four bits say about one of them, and how many of the bits say it.
    private static let lengthValues: [UInt8] = [0, 4, 3, 2, 0, 4, 3, 1, 0, 4, 3, 2, 0, 4, 3, 5]
    private static let lengthWidths: [Int] = [2, 2, 2, 3, 2, 2, 2, 4, 2, 2, 2, 3, 2, 2, 2, 4]

    /// Reads a code for `count` symbols from a Brotli stream (RFC 7932, section 3.4 and 3.5).
    ///
    /// - Returns: the code's place.
    mutating func read(_ reader: inout BitReader, count: Int) throws(DecompressionError) -> Int {
        let skipped = try reader.take(2)
        let place =
            skipped == 1 ? try readSimple(&reader, count: count) : try readComplex(&reader, skipped, count: count)
        guard let place else { throw .malformed }
        return place
    }

    private mutating func readSimple(_ reader: inout BitReader, count: Int) throws(DecompressionError) -> Int? {
        let used = try reader.take(2) + 1
        let width = Int.bitWidth - (count - 1).leadingZeroBitCount
        var symbols: [Int] = []
        for _ in 0..<used {
            let symbol = try reader.take(width)
            guard symbol < count, !symbols.contains(symbol) else { return nil }
            symbols.append(symbol)
        }
        if used == 1 { return addConstant(symbols[0]) }
        var own: [UInt8] = used == 2 ? [1, 1] : used == 3 ? [1, 2, 2] : [2, 2, 2, 2]
        if used == 4, try reader.take(1) == 1 { own = [1, 2, 3, 3] }
        var lengths = [UInt8](repeating: 0, count: count)
        for (symbol, length) in zip(symbols, own) { lengths[symbol] = length }
        return add(lengths, .complete)
    }

    private mutating func readComplex(
        _ reader: inout BitReader, _ skipped: Int, count: Int
    ) throws(DecompressionError) -> Int? {
        var own = [UInt8](repeating: 0, count: 18)
        var space = 32
        var used = 0
        var only = 0
        for index in skipped..<18 where space > 0 {
            reader.refill()
            let bits = reader.peek(4)
            guard reader.skip(Self.lengthWidths[bits]) else { throw .truncated }
            let length = Self.lengthValues[bits]
            if length == 0 { continue }
            own[Self.lengthOrder[index]] = length
            only = Self.lengthOrder[index]
            space -= 32 >> Int(length)
            used += 1
        }
        guard space == 0 || used == 1 else { return nil }
        var lengthCodes = PrefixCodes()
        let place = used == 1 ? lengthCodes.addConstant(only) : lengthCodes.add(own, .complete)
        guard let place else { return nil }
        guard let lengths = try Self.readLengths(&reader, lengthCodes, place, count: count) else { return nil }
        return add(lengths, .complete)
    }

    /// Reads lengths until there is a complete code; nil where the symbols end before.
    private static func readLengths(
        _ reader: inout BitReader, _ codes: PrefixCodes, _ place: Int, count: Int
    ) throws(DecompressionError) -> [UInt8]? {
        var lengths = [UInt8](repeating: 0, count: count)
        var space = 1 << 15
        var symbol = 0
        var previous: UInt8 = 8
        var repeats = 0
        var repeated: UInt8 = 0
        while symbol < count && space > 0 {
            let read = codes.entries.withUnsafeBufferPointer { PrefixCodes.read($0, place, &reader) }
            guard let read else { throw .truncated }
            if read < 16 {
                lengths[symbol] = UInt8(read)
                symbol += 1
                repeats = 0
                if read != 0 {
                    previous = UInt8(read)
                    space -= (1 << 15) >> read
                }
                continue
            }
            let bits = read == 16 ? 2 : 3
            let length = read == 16 ? previous : 0
            if length != repeated {
                repeats = 0
                repeated = length
            }
            let before = repeats
            if repeats > 0 { repeats = (repeats - 2) << bits }
            repeats += try reader.take(bits) + 3
            let more = repeats - before
            guard symbol + more <= count else { return nil }
            for _ in 0..<more {
                lengths[symbol] = length
                symbol += 1
            }
            if length != 0 { space -= more << (15 - Int(length)) }
        }
        return space == 0 ? lengths : nil
    }
}

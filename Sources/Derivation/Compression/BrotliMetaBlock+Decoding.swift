extension BrotliMetaBlock {
    private static let insertBases: [Int] = [
        0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 18, 26, 34, 50, 66, 98, 130, 194, 322, 578, 1_090, 2_114, 6_210, 22_594,
    ]
    private static let insertExtras: [Int] = [
        0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24,
    ]
    private static let copyBases: [Int] = [
        2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 22, 30, 38, 54, 70, 102, 134, 198, 326, 582, 1_094, 2_118,
    ]
    private static let copyExtras: [Int] = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24,
    ]
    /// Of each 64 commands: the first code of their insert lengths and of their copy lengths, by eights (section 5).
    private static let commandInserts: [Int] = [0, 0, 0, 0, 8, 8, 0, 16, 8, 16, 16]
    private static let commandCopies: [Int] = [0, 8, 0, 8, 0, 8, 16, 0, 16, 8, 16]

    /// Decodes `length` bytes (RFC 7932, section 9.3 and 10).
    ///
    /// - Parameters:
    ///   - codes: with which the header was read.
    ///   - recent: the last four distances, the latest first.
    mutating func decode(
        _ length: Int, _ reader: inout BitReader, _ output: inout BoundedOutput, windowSize: Int, _ codes: PrefixCodes,
        _ recent: inout (Int, Int, Int, Int)
    ) throws(DecompressionError) {
        let end = output.count + length
        let error = codes.entries.withUnsafeBufferPointer { entries -> DecompressionError? in
            do throws(DecompressionError) {
                while output.count < end {
                    try command(entries, &reader, &output, end: end, windowSize: windowSize, &recent)
                }
                return nil
            } catch {
                return error
            }
        }
        if let error { throw error }
    }

    /// Inserts literals, and copies bytes.
    private mutating func command(
        _ entries: UnsafeBufferPointer<UInt32>, _ reader: inout BitReader, _ output: inout BoundedOutput, end: Int,
        windowSize: Int, _ recent: inout (Int, Int, Int, Int)
    ) throws(DecompressionError) {
        try commands.advance(entries, &reader)
        guard let symbol = PrefixCodes.read(entries, Int(commandCodes[commands.type]), &reader) else {
            throw .truncated
        }
        let insertCode = Self.commandInserts[symbol >> 6] + symbol >> 3 & 7
        let copyCode = Self.commandCopies[symbol >> 6] + symbol & 7
        let insertCount = try Self.insertBases[insertCode] + reader.take(Self.insertExtras[insertCode])
        let copyCount = try Self.copyBases[copyCode] + reader.take(Self.copyExtras[copyCode])
        guard insertCount <= end - output.count else { throw .malformed }
        try insert(insertCount, entries, &reader, &output)
        if output.count == end { return }
        var code = 0
        if symbol >= 128 {
            try distances.advance(entries, &reader)
            let place = distanceCodes[4 * distances.type + min(copyCount, 5) - 2]
            guard let read = PrefixCodes.read(entries, Int(place), &reader) else { throw .truncated }
            code = read
        }
        let distance = try distance(code, &reader, recent)
        let farthest = min(windowSize, output.count)
        if distance > farthest {
            try copyWord(distance - farthest - 1, length: copyCount, end: end, &output)
            return
        }
        if code != 0 { recent = (distance, recent.0, recent.1, recent.2) }
        guard copyCount <= end - output.count else { throw .malformed }
        guard output.repeatBytes(distance: distance, length: copyCount) else { throw .limit }
    }

    private mutating func insert(
        _ count: Int, _ entries: UnsafeBufferPointer<UInt32>, _ reader: inout BitReader,
        _ output: inout BoundedOutput
    ) throws(DecompressionError) {
        var left = count
        while left > 0 {
            if literals.remaining == 0 { try literals.change(entries, &reader) }
            let run = min(left, literals.remaining)
            literals.take(run)
            left -= run
            let context = Int(contextModes[literals.type]) << 9
            let first = 64 * literals.type
            let error = literalCodes.withUnsafeBufferPointer { places in
                BrotliContext.table.withUnsafeBufferPointer { contexts in
                    Self.literals(
                        run, entries, UnsafeBufferPointer(rebasing: places[first..<first + 64]),
                        UnsafeBufferPointer(rebasing: contexts[context..<context + 512]), &reader, &output)
                }
            }
            if let error { throw error }
        }
    }

    /// Inserts literals of one block.
    ///
    /// - Parameters:
    ///   - places: of the 64 contexts' codes.
    ///   - contexts: what the last byte and the one before it give.
    private static func literals(
        _ count: Int, _ entries: UnsafeBufferPointer<UInt32>, _ places: UnsafeBufferPointer<UInt32>,
        _ contexts: UnsafeBufferPointer<UInt8>, _ reader: inout BitReader, _ output: inout BoundedOutput
    ) -> DecompressionError? {
        var last = output.count > 0 ? output.byte(output.count - 1) : 0
        var beforeLast = output.count > 1 ? output.byte(output.count - 2) : 0
        for _ in 0..<count {
            let context = contexts[Int(last)] | contexts[256 &+ Int(beforeLast)]
            guard let literal = PrefixCodes.read(entries, Int(places[Int(context)]), &reader) else { return .truncated }
            beforeLast = last
            last = UInt8(truncatingIfNeeded: literal)
            guard output.append(last) else { return .limit }
        }
        return nil
    }

    /// The distance that a code stands for (section 4).
    private func distance(
        _ code: Int, _ reader: inout BitReader, _ recent: (Int, Int, Int, Int)
    ) throws(DecompressionError) -> Int {
        if code >= 16 + directCount {
            let rest = code - 16 - directCount
            let bits = 1 + rest >> (postfixBits + 1)
            let high = rest >> postfixBits
            let offset = (2 + high & 1) << bits - 4
            return try (offset + reader.take(bits)) << postfixBits + rest & (1 << postfixBits - 1) + directCount + 1
        }
        if code >= 16 { return code - 15 }
        let distance: Int
        switch code {
        case 0: distance = recent.0
        case 1: distance = recent.1
        case 2: distance = recent.2
        case 3: distance = recent.3
        default:
            // From 4 and from 10 on: one less, one more, two less and so on than the last and the one before it.
            let place = code < 10 ? code - 4 : code - 10
            let change = place / 2 + 1
            distance = (code < 10 ? recent.0 : recent.1) + (place % 2 == 0 ? -change : change)
        }
        guard distance > 0 else { throw .malformed }
        return distance
    }

    /// Writes a word of the static dictionary (section 8).
    private func copyWord(
        _ identifier: Int, length: Int, end: Int, _ output: inout BoundedOutput
    ) throws(DecompressionError) {
        guard length >= 4, length <= 24 else { throw .malformed }
        let bits = BrotliDictionary.sizeBits[length]
        let transform = identifier >> bits
        guard transform < BrotliTransform.count else { throw .malformed }
        let offset = BrotliDictionary.offsets[length] + identifier & (1 << bits - 1) * length
        let written = BrotliTransform.append(
            transform, offset: offset, length: length, words: BrotliDictionary.words, to: &output)
        guard written != nil else { throw .limit }
        guard output.count <= end else { throw .malformed }
    }
}

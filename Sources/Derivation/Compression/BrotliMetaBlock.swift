/// One of the three kinds of blocks that a meta-block is divided into (RFC 7932, section 6).
struct BrotliBlockSwitch {
    let typeCount: Int
    private var typeCode = 0
    private var countCode = 0
    private(set) var type = 0
    private var previous = 1
    private(set) var remaining = 1 << 24

    private static let countBases: [Int] = [
        1, 5, 9, 13, 17, 25, 33, 41, 49, 65, 81, 97, 113, 145, 177, 209, 241, 305, 369, 497, 753, 1_265, 2_289, 4_337,
        8_433, 16_625,
    ]
    private static let countExtras: [Int] = [
        2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24,
    ]

    init(reading reader: inout BitReader, _ codes: inout PrefixCodes) throws(DecompressionError) {
        typeCount = try Self.readCount(&reader)
        guard typeCount > 1 else { return }
        typeCode = try codes.read(&reader, count: typeCount + 2)
        countCode = try codes.read(&reader, count: 26)
        let symbol = codes.entries.withUnsafeBufferPointer { PrefixCodes.read($0, countCode, &reader) }
        remaining = try Self.count(symbol, &reader)
    }

    /// Reads a number from 1 to 256 as types and trees are counted (section 9.2).
    static func readCount(_ reader: inout BitReader) throws(DecompressionError) -> Int {
        guard try reader.take(1) == 1 else { return 1 }
        let bits = try reader.take(3)
        return try reader.take(bits) + 1 << bits + 1
    }

    private static func count(_ symbol: Int?, _ reader: inout BitReader) throws(DecompressionError) -> Int {
        guard let symbol else { throw .truncated }
        return try countBases[symbol] + reader.take(countExtras[symbol])
    }

    /// Goes on to the next element, and to another block where this one has no more.
    @inline(__always)
    mutating func advance(
        _ entries: UnsafeBufferPointer<UInt32>, _ reader: inout BitReader
    ) throws(DecompressionError) {
        if remaining == 0 { try change(entries, &reader) }
        remaining &-= 1
    }

    /// Goes on by several elements of the same block.
    mutating func take(_ count: Int) { remaining &-= count }

    /// Goes on to the next block.
    mutating func change(
        _ entries: UnsafeBufferPointer<UInt32>, _ reader: inout BitReader
    ) throws(DecompressionError) {
        // With one type a block is longer than any meta-block.
        guard typeCount > 1 else { throw .malformed }
        guard let code = PrefixCodes.read(entries, typeCode, &reader) else { throw .truncated }
        let next = code == 0 ? previous : code == 1 ? (type + 1) % typeCount : code - 2
        previous = type
        type = next
        remaining = try Self.count(PrefixCodes.read(entries, countCode, &reader), &reader)
    }
}

/// The header of a compressed meta-block (RFC 7932, section 9.2).
struct BrotliMetaBlock {
    var literals: BrotliBlockSwitch
    var commands: BrotliBlockSwitch
    var distances: BrotliBlockSwitch
    let postfixBits: Int
    let directCount: Int
    /// Of each type of literal block.
    let contextModes: [UInt8]
    /// Places of codes, 64 for each type of literal block.
    let literalCodes: [UInt32]
    /// Places of codes, one for each type of command block.
    let commandCodes: [UInt32]
    /// Places of codes, four for each type of distance block.
    let distanceCodes: [UInt32]

    init(reading reader: inout BitReader, _ codes: inout PrefixCodes) throws(DecompressionError) {
        literals = try BrotliBlockSwitch(reading: &reader, &codes)
        commands = try BrotliBlockSwitch(reading: &reader, &codes)
        distances = try BrotliBlockSwitch(reading: &reader, &codes)
        postfixBits = try reader.take(2)
        directCount = try reader.take(4) << postfixBits
        var modes: [UInt8] = []
        for _ in 0..<literals.typeCount { modes.append(UInt8(try reader.take(2))) }
        contextModes = modes
        let (literalMap, literalTrees) = try Self.readMap(&reader, count: 64 * literals.typeCount)
        let (distanceMap, distanceTrees) = try Self.readMap(&reader, count: 4 * distances.typeCount)
        let literalPlaces = try Self.readCodes(&reader, &codes, count: literalTrees, symbols: 256)
        commandCodes = try Self.readCodes(&reader, &codes, count: commands.typeCount, symbols: 704)
        let distancePlaces = try Self.readCodes(
            &reader, &codes, count: distanceTrees, symbols: 16 + directCount + 48 << postfixBits)
        literalCodes = literalMap.map { literalPlaces[Int($0)] }
        distanceCodes = distanceMap.map { distancePlaces[Int($0)] }
    }

    private static func readCodes(
        _ reader: inout BitReader, _ codes: inout PrefixCodes, count: Int, symbols: Int
    ) throws(DecompressionError) -> [UInt32] {
        var places: [UInt32] = []
        places.reserveCapacity(count)
        for _ in 0..<count { places.append(UInt32(try codes.read(&reader, count: symbols))) }
        return places
    }

    /// Reads which tree each context uses (section 7.3).
    private static func readMap(
        _ reader: inout BitReader, count: Int
    ) throws(DecompressionError) -> (map: [UInt8], trees: Int) {
        let trees = try BrotliBlockSwitch.readCount(&reader)
        var map = [UInt8](repeating: 0, count: count)
        guard trees > 1 else { return (map, 1) }
        let longestRun = try reader.take(1) == 1 ? try reader.take(4) + 1 : 0
        var codes = PrefixCodes()
        let place = try codes.read(&reader, count: trees + longestRun)
        var index = 0
        while index < count {
            let symbol = codes.entries.withUnsafeBufferPointer { PrefixCodes.read($0, place, &reader) }
            guard let symbol else { throw .truncated }
            if symbol == 0 || symbol > longestRun {
                map[index] = symbol == 0 ? 0 : UInt8(symbol - longestRun)
                index += 1
            } else {
                index += try reader.take(symbol) + 1 << symbol
                guard index <= count else { throw .malformed }
            }
        }
        if try reader.take(1) == 1 { moveToFront(&map) }
        return (map, trees)
    }

    /// Undoes a move-to-front transform.
    private static func moveToFront(_ map: inout [UInt8]) {
        var order = (0..<256).map { UInt8($0) }
        for index in map.indices {
            let value = order.remove(at: Int(map[index]))
            map[index] = value
            order.insert(value, at: 0)
        }
    }
}

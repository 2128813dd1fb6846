/// Prefix codes of DEFLATE and Brotli, each a table that the next bits are looked up in; many codes share one array.
///
/// A code of up to `rootBits` bits takes one look, a longer one two: the first entry then says where the second table is.
/// An entry holds the symbol or the second table's place in its high bits, and in its low five the bits to take; bit 5
/// marks a second table, bit 6 a hole.
struct PrefixCodes {
    static var rootBits: Int { 10 }
    static var longest: Int { 15 }
    private static var link: UInt32 { 1 << 5 }
    private static var hole: UInt32 { 1 << 6 }

    private(set) var entries: [UInt32] = []

    /// What bit lengths to take for a code.
    enum Completeness {
        /// Every sequence of bits must begin with a code word.
        case complete
        /// A single code word of one bit, or none at all, is allowed too (RFC 1951).
        case singleAllowed
    }

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Adds a code of one symbol, which takes no bits.
    ///
    /// - Returns: the code's place.
    mutating func addConstant(_ symbol: Int) -> Int {
        let place = entries.count
        entries.append(contentsOf: repeatElement(UInt32(symbol) << 7, count: 1 << Self.rootBits))
        return place
    }

    /// Adds the canonical code with these bit lengths, 15 at most; zero for a symbol that has no code word.
    ///
    /// - Returns: the code's place; nil where no code has such lengths.
    mutating func add(_ lengths: some RandomAccessCollection<UInt8>, _ completeness: Completeness) -> Int? {
        var counts = [Int](repeating: 0, count: Self.longest + 1)
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        var left = 1
        for length in 1...Self.longest {
            left = left << 1 - counts[length]
            if left < 0 { return nil }
        }
        let used = counts.reduce(0, +)
        if left > 0 {
            guard completeness == .singleAllowed, used == 0 || (used == 1 && counts[1] == 1) else { return nil }
        }
        // The symbols in the order of their code words.
        var next = [Int](repeating: 0, count: Self.longest + 2)
        for length in 1...Self.longest { next[length + 1] = next[length] + counts[length] }
        var symbols = [(symbol: UInt32, length: Int)](repeating: (0, 0), count: used)
        for (symbol, length) in lengths.enumerated() where length != 0 {
            symbols[next[Int(length)]] = (UInt32(symbol), Int(length))
            next[Int(length)] += 1
        }
        let longest = symbols.last?.length ?? 0
        let place = entries.count
        entries.append(contentsOf: repeatElement(Self.hole, count: 1 << Self.rootBits))
        var word = 0
        var lastLength = 0
        for (symbol, length) in symbols {
            word <<= length - lastLength
            lastLength = length
            enter(symbol, length: length, reversed: Self.reverse(word, length), at: place, longest: longest)
            word += 1
        }
        return place
    }

    private mutating func enter(_ symbol: UInt32, length: Int, reversed: Int, at place: Int, longest: Int) {
        let entry = symbol << 7
        guard length > Self.rootBits else {
            var index = reversed
            while index < 1 << Self.rootBits {
                entries[place + index] = entry | UInt32(length)
                index += 1 << length
            }
            return
        }
        let root = place + reversed & ((1 << Self.rootBits) - 1)
        let subBits = longest - Self.rootBits
        if entries[root] == Self.hole {
            entries[root] = UInt32(entries.count) << 7 | Self.link | UInt32(subBits)
            entries.append(contentsOf: repeatElement(Self.hole, count: 1 << subBits))
        }
        let sub = Int(entries[root] >> 7)
        var index = reversed >> Self.rootBits
        while index < 1 << subBits {
            entries[sub + index] = entry | UInt32(length - Self.rootBits)
            index += 1 << (length - Self.rootBits)
        }
    }

    private static func reverse(_ word: Int, _ length: Int) -> Int {
        Int(UInt64(word).byteSwapped.bitsReversedInBytes >> UInt64(64 - length))
    }

    /// Reads one symbol of the code at `place`; nil where the input ends or says no code word.
    ///
    /// - Parameter entries: the array's own, unchanged since the code was added.
    @inline(__always)
    static func read(_ entries: UnsafeBufferPointer<UInt32>, _ place: Int, _ reader: inout BitReader) -> Int? {
        if reader.available < longest { reader.refill() }
        var entry = entries[place &+ reader.peek(rootBits)]
        if entry & link != 0 {
            guard reader.skip(rootBits) else { return nil }
            entry = entries[Int(entry &>> 7) &+ reader.peek(Int(entry & 0x1F))]
        }
        guard entry & hole == 0, reader.skip(Int(entry & 0x1F)) else { return nil }
        return Int(entry &>> 7)
    }
}

extension UInt64 {
    /// The bits of each byte in the opposite order.
    fileprivate var bitsReversedInBytes: UInt64 {
        var value = self
        value = (value & 0x5555_5555_5555_5555) << 1 | (value >> 1) & 0x5555_5555_5555_5555
        value = (value & 0x3333_3333_3333_3333) << 2 | (value >> 2) & 0x3333_3333_3333_3333
        return (value & 0x0F0F_0F0F_0F0F_0F0F) << 4 | (value >> 4) & 0x0F0F_0F0F_0F0F_0F0F
    }
}

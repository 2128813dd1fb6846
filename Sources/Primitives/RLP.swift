/// Why bytes are not a canonical RLP item of the expected form (yellow paper, appendix B).
public enum RLPError: Error, Equatable, Sendable {
    /// The item says that it is longer than what is left.
    case truncated
    /// A length or a single byte is written in more bytes than needed, or an integer has a leading zero.
    case notCanonical
    case expectedBytes
    case expectedList
    /// Bytes follow where the item or the list should have ended.
    case trailingBytes
    /// The integer or fixed-length value has another width than its field.
    case wrongWidth(expected: Int, actual: Int)
}

/// Reads RLP items one after another from a slice of bytes, refusing every non-canonical form.
///
/// Nothing is copied until asked for, and nothing recurses, so depth costs nothing.
public struct RLPReader: Sendable {
    /// What has not been read yet.
    public private(set) var rest: ArraySlice<UInt8>

    public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    public init(_ bytes: [UInt8]) { rest = bytes[...] }

    public var isAtEnd: Bool { rest.isEmpty }

    /// Whether the next item is a list; false at the end.
    public var isAtList: Bool { rest.first.map { $0 >= 0xC0 } ?? false }

    /// Throws `trailingBytes` unless everything has been read.
    public func expectEnd() throws(RLPError) {
        if !rest.isEmpty { throw .trailingBytes }
    }

    /// Splits the next item into its header length and payload, checking that both are canonical.
    private func header() throws(RLPError) -> (isList: Bool, payload: Range<Int>) {
        guard let first = rest.first else { throw .truncated }
        let start = rest.startIndex
        switch first {
        case 0..<0x80:
            return (false, start..<start + 1)
        case 0x80..<0xB8:
            let payload = try range(from: start + 1, count: Int(first) - 0x80)
            if payload.count == 1 && rest[start + 1] < 0x80 { throw .notCanonical }
            return (false, payload)
        case 0xB8..<0xC0:
            return (false, try longRange(lengthWidth: Int(first) - 0xB7))
        case 0xC0..<0xF8:
            return (true, try range(from: start + 1, count: Int(first) - 0xC0))
        default:
            return (true, try longRange(lengthWidth: Int(first) - 0xF7))
        }
    }

    private func range(from start: Int, count: Int) throws(RLPError) -> Range<Int> {
        guard count <= rest.endIndex - start else { throw .truncated }
        return start..<start + count
    }

    private func longRange(lengthWidth: Int) throws(RLPError) -> Range<Int> {
        let digits = try range(from: rest.startIndex + 1, count: lengthWidth)
        guard rest[digits.lowerBound] != 0 else { throw .notCanonical }
        var length: UInt64 = 0
        for digit in rest[digits] { length = length << 8 | UInt64(digit) }
        guard length > 55 else { throw .notCanonical }
        guard length <= UInt64(rest.endIndex - digits.upperBound) else { throw .truncated }
        return digits.upperBound..<digits.upperBound + Int(length)
    }

    /// Reads a byte string.
    public mutating func readBytes() throws(RLPError) -> ArraySlice<UInt8> {
        let (isList, payload) = try header()
        guard !isList else { throw .expectedBytes }
        defer { rest = rest[payload.upperBound...] }
        return rest[payload]
    }

    /// Reads a list as a reader of its items.
    public mutating func readList() throws(RLPError) -> RLPReader {
        let (isList, payload) = try header()
        guard isList else { throw .expectedList }
        defer { rest = rest[payload.upperBound...] }
        return RLPReader(rest[payload])
    }

    /// Reads the next item of either kind with its header; the items inside a list are not looked at.
    public mutating func readItem() throws(RLPError) -> ArraySlice<UInt8> {
        let (_, payload) = try header()
        defer { rest = rest[payload.upperBound...] }
        return rest[..<payload.upperBound]
    }

    /// Reads an integer of at most 256 bits, without leading zeros.
    public mutating func readUInt256() throws(RLPError) -> UInt256 {
        let bytes = try readBytes()
        guard bytes.first != 0 else { throw .notCanonical }
        guard let value = UInt256(bigEndianBytes: bytes) else {
            throw .wrongWidth(expected: 32, actual: bytes.count)
        }
        return value
    }

    /// Reads an integer of at most 64 bits, without leading zeros.
    public mutating func readUInt64() throws(RLPError) -> UInt64 {
        let bytes = try readBytes()
        guard bytes.first != 0 else { throw .notCanonical }
        guard bytes.count <= 8 else { throw .wrongWidth(expected: 8, actual: bytes.count) }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Reads exactly 32 bytes.
    public mutating func readHash() throws(RLPError) -> Hash256 {
        let bytes = try readBytes()
        guard let hash = Hash256(Array(bytes)) else { throw .wrongWidth(expected: 32, actual: bytes.count) }
        return hash
    }

    /// Reads exactly 20 bytes.
    public mutating func readAddress() throws(RLPError) -> Address {
        let bytes = try readBytes()
        guard let address = Address(Array(bytes)) else { throw .wrongWidth(expected: 20, actual: bytes.count) }
        return address
    }

    /// Reads exactly 20 bytes, or nil from an empty string (the `to` of a contract creation).
    public mutating func readOptionalAddress() throws(RLPError) -> Address? {
        if rest.first == 0x80 {
            rest = rest.dropFirst()
            return nil
        }
        return try readAddress()
    }
}

/// Writes canonical RLP into one growing buffer.
public struct RLPWriter: Sendable {
    public private(set) var bytes: [UInt8]

    public init(minimumCapacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(minimumCapacity)
    }

    /// Appends a byte string.
    public mutating func append(_ value: some Collection<UInt8>) {
        if value.count == 1, let byte = value.first, byte < 0x80 {
            bytes.append(byte)
            return
        }
        appendHeader(payload: value.count, short: 0x80)
        bytes.append(contentsOf: value)
    }

    /// Appends an integer without leading zeros.
    public mutating func append(_ value: UInt64) {
        if value == 0 {
            bytes.append(0x80)
        } else if value < 0x80 {
            bytes.append(UInt8(value))
        } else {
            let width = 8 - value.leadingZeroBitCount / 8
            bytes.append(0x80 + UInt8(width))
            appendBigEndian(value, width: width)
        }
    }

    /// Appends an integer without leading zeros.
    public mutating func append(_ value: UInt256) {
        if value.fitsUInt64 {
            append(value.limb0)
        } else {
            let width = value.byteWidth
            bytes.append(0x80 + UInt8(width))
            withUnsafeBytes(of: Hash256(value)) { bytes.append(contentsOf: $0.suffix(width)) }
        }
    }

    /// Appends 32 bytes.
    public mutating func append(_ value: Hash256) {
        bytes.append(0xA0)
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0.prefix(32)) }
    }

    /// Appends 20 bytes.
    public mutating func append(_ value: Address) {
        bytes.append(0x94)
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0.prefix(20)) }
    }

    /// Appends 20 bytes, or an empty string for nil.
    public mutating func append(_ value: Address?) {
        if let value { append(value) } else { bytes.append(0x80) }
    }

    /// Appends bytes that are RLP already.
    public mutating func appendEncoded(_ item: some Sequence<UInt8>) { bytes.append(contentsOf: item) }

    /// Appends a list of what `body` appends.
    ///
    /// - Complexity: O(*n*) more than the body where its payload is over 55 bytes (it moves to make room).
    public mutating func appendList<Failure: Error>(
        _ body: (inout RLPWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let start = bytes.count
        bytes.append(0xC0)
        try body(&self)
        let count = bytes.count - start - 1
        if count < 56 {
            bytes[start] = 0xC0 + UInt8(count)
        } else {
            let width = 8 - UInt64(count).leadingZeroBitCount / 8
            bytes[start] = 0xF7 + UInt8(width)
            var digits: [UInt8] = []
            for index in (0..<width).reversed() { digits.append(UInt8(truncatingIfNeeded: count >> (8 * index))) }
            bytes.insert(contentsOf: digits, at: start + 1)
        }
    }

    /// The number of bytes of the header of a list with a payload of `count` bytes.
    public static func headerWidth(payload count: Int) -> Int {
        count < 56 ? 1 : 9 - UInt64(count).leadingZeroBitCount / 8
    }

    /// Appends the header of a list whose payload of `count` bytes follows.
    public mutating func appendListHeader(payload count: Int) { appendHeader(payload: count, short: 0xC0) }

    private mutating func appendHeader(payload count: Int, short: UInt8) {
        if count < 56 {
            bytes.append(short + UInt8(count))
        } else {
            let width = 8 - UInt64(count).leadingZeroBitCount / 8
            bytes.append(short + 55 + UInt8(width))
            appendBigEndian(UInt64(count), width: width)
        }
    }

    private mutating func appendBigEndian(_ value: UInt64, width: Int) {
        for index in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }
}

/// A fully decoded RLP item.
public enum RLPItem: Equatable, Sendable {
    case bytes([UInt8])
    case list([RLPItem])

    /// The deepest nesting that `init(decoding:)` takes: the parser of a stranger's bytes must not exhaust the stack.
    public static let deepestNesting = 1024

    /// Decodes exactly one item.
    ///
    /// - Throws: `RLPError`; nesting over `deepestNesting` reads as `notCanonical`.
    public init(decoding bytes: [UInt8]) throws(RLPError) {
        var reader = RLPReader(bytes)
        self = try RLPItem(reading: &reader, depth: 0)
        try reader.expectEnd()
    }

    private init(reading reader: inout RLPReader, depth: Int) throws(RLPError) {
        guard depth <= Self.deepestNesting else { throw .notCanonical }
        guard reader.isAtList else {
            self = .bytes(Array(try reader.readBytes()))
            return
        }
        var items = try reader.readList()
        var list: [RLPItem] = []
        while !items.isAtEnd { list.append(try RLPItem(reading: &items, depth: depth + 1)) }
        self = .list(list)
    }

    /// Appends the item to `writer`.
    public func encode(to writer: inout RLPWriter) {
        switch self {
        case .bytes(let bytes): writer.append(bytes)
        case .list(let items): writer.appendList { for item in items { item.encode(to: &$0) } }
        }
    }
}

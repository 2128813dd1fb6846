public import Primitives

/// Why bytes are not what a contract answers or logs.
public enum ABIError: Error, Equatable, Sendable {
    /// An offset, a length or a word reaches over the end.
    case truncated
    /// A number, an address or a truth value has bits that its type does not have.
    case outOfRange
    /// Offsets lead to the same bytes more than once, which no encoder does.
    case overlapping
    /// Another count of topics than the event has indexed arguments.
    case topics
}

/// Decodes what Solidity's contract ABI lays out, by any contract: nothing that the bytes say is believed before it is
/// checked, and what is made of them is never larger than they are.
public struct ABIReader {
    private let data: [UInt8]
    /// What offsets are counted from.
    private var base = 0
    private var position = 0
    /// How many bytes may still be copied: encoders use each one once.
    private var budget: Int

    public init(_ data: [UInt8]) {
        self.data = data
        budget = data.count
    }

    // MARK: Words

    public mutating func word() throws(ABIError) -> UInt256 {
        guard position >= 0, position <= data.count - 32 else { throw .truncated }
        let word = data.withUnsafeBytes { UInt256(bigEndian: $0.baseAddress! + position) }
        position += 32
        return word
    }

    public mutating func hash() throws(ABIError) -> Hash256 { Hash256(try word()) }

    public mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(ABIError) -> Number {
        guard let word = try word().asUInt64, let number = Number(exactly: word) else { throw .outOfRange }
        return number
    }

    public mutating func address() throws(ABIError) -> Address {
        let word = try word()
        guard word.bitWidth <= 160 else { throw .outOfRange }
        return Address(truncating: word)
    }

    public mutating func bool() throws(ABIError) -> Bool { try number(UInt8.self, below: 2) == 1 }

    private mutating func number<Number: FixedWidthInteger>(
        _: Number.Type, below bound: Number
    ) throws(ABIError) -> Number {
        let number = try number(Number.self)
        guard number < bound else { throw .outOfRange }
        return number
    }

    // MARK: What has no fixed length

    public mutating func bytes() throws(ABIError) -> [UInt8] {
        try following { reader throws(ABIError) in
            let count = try reader.count(of: 1)
            let start = reader.position
            return Array(reader.data[start..<start + count])
        }
    }

    /// A text; what is no UTF-8 in it is replaced.
    public mutating func string() throws(ABIError) -> String { String(decoding: try bytes(), as: UTF8.self) }

    public mutating func tuple<Tuple: ABITuple>(_: Tuple.Type) throws(ABIError) -> Tuple {
        if !Tuple.isDynamic { return try Tuple(from: &self) }
        return try following { reader throws(ABIError) in
            try reader.spend(32)
            return try Tuple(from: &reader)
        }
    }

    /// - Parameter element: reads one element, which takes a word or more.
    public mutating func array<Element>(
        _ element: (inout ABIReader) throws(ABIError) -> Element
    ) throws(ABIError) -> [Element] {
        try following { reader throws(ABIError) in
            let count = try reader.count(of: 32)
            reader.base = reader.position
            var elements: [Element] = []
            elements.reserveCapacity(count)
            for _ in 0..<count { elements.append(try element(&reader)) }
            return elements
        }
    }

    /// Reads where the next word's offset leads to, and goes on behind that word.
    private mutating func following<Result>(
        _ body: (inout ABIReader) throws(ABIError) -> Result
    ) throws(ABIError) -> Result {
        let offset = try number(Int.self)
        guard offset <= data.count - base else { throw .truncated }
        let (outerBase, outerPosition) = (base, position)
        base += offset
        position = base
        let result = try body(&self)
        (base, position) = (outerBase, outerPosition)
        return result
    }

    /// A count of elements that take so many bytes each at least, which are there.
    private mutating func count(of size: Int) throws(ABIError) -> Int {
        let count = try number(Int.self)
        guard count <= (data.count - position) / size else { throw .truncated }
        try spend(32 + count * size)
        return count
    }

    private mutating func spend(_ bytes: Int) throws(ABIError) {
        guard bytes <= budget else { throw .overlapping }
        budget -= bytes
    }
}

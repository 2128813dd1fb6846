public import Primitives

/// Encodes arguments as Solidity's contract ABI lays them out: heads first, what has no fixed length behind them.
public struct ABIWriter {
    private enum Item {
        case word(UInt256)
        case tail([UInt8])
    }

    private var items: [Item] = []

    public init() {}

    public init(_ write: (inout ABIWriter) -> Void) { write(&self) }

    public mutating func add(_ word: UInt256) { items.append(.word(word)) }
    public mutating func add(_ number: some FixedWidthInteger & UnsignedInteger) { add(UInt256(UInt64(number))) }
    public mutating func add(_ address: Address) { add(UInt256(address)) }
    public mutating func add(_ hash: Hash256) { add(UInt256(hash)) }
    public mutating func add(_ flag: Bool) { add(flag ? UInt256.one : UInt256.zero) }
    public mutating func add(bytes: [UInt8]) { items.append(.tail(Self.counted(bytes))) }
    public mutating func add(_ text: String) { add(bytes: Array(text.utf8)) }

    /// Adds a tuple: its members in place, or behind the heads where one of them has no fixed length.
    public mutating func add<Tuple: ABITuple>(tuple: Tuple) {
        if Tuple.isDynamic {
            items.append(.tail(ABIWriter { tuple.write(to: &$0) }.encoded))
        } else {
            tuple.write(to: &self)
        }
    }

    /// - Parameter write: adds one element.
    public mutating func add<Element>(array: [Element], _ write: (inout ABIWriter, Element) -> Void) {
        let elements = ABIWriter { writer in for element in array { write(&writer, element) } }
        items.append(.tail(UInt256(array.count).bytes + elements.encoded))
    }

    /// The encoded arguments.
    public var encoded: [UInt8] {
        var heads: [UInt8] = []
        var tails: [UInt8] = []
        for item in items {
            switch item {
            case .word(let word): heads += word.bytes
            case .tail(let bytes):
                heads += UInt256(32 * items.count + tails.count).bytes
                tails += bytes
            }
        }
        return heads + tails
    }

    private static func counted(_ bytes: [UInt8]) -> [UInt8] {
        let padding = (32 - bytes.count % 32) % 32
        return UInt256(bytes.count).bytes + bytes + [UInt8](repeating: 0, count: padding)
    }
}

/// A tuple of the contract ABI.
public protocol ABITuple: Equatable, Sendable {
    /// Whether a member has no fixed length.
    static var isDynamic: Bool { get }
    init(from reader: inout ABIReader) throws(ABIError)
    func write(to writer: inout ABIWriter)
}

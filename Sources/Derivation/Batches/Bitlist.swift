/// A row of bits as span batches have them: a big-endian number, padded with zeros in front to whole bytes, whose lowest
/// bit is the first of the row.
struct Bitlist: Equatable, Sendable {
    let count: Int
    private var bytes: [UInt8]

    /// A row of zeros.
    init(count: Int) {
        self.count = count
        bytes = [UInt8](repeating: 0, count: Self.byteCount(count))
    }

    /// Reads a row of `count` bits; nil where bytes are missing or a bit beyond the row is set.
    init?(reading cursor: inout ByteCursor, count: Int) {
        guard let read = cursor.read(Self.byteCount(count)) else { return nil }
        let padding = count % 8
        if padding != 0, let first = read.first, first >> UInt8(padding) != 0 { return nil }
        self.count = count
        bytes = Array(read)
    }

    private static func byteCount(_ count: Int) -> Int { count / 8 + (count % 8 == 0 ? 0 : 1) }

    subscript(index: Int) -> Bool {
        get { bytes[bytes.count - 1 - index / 8] >> UInt8(index % 8) & 1 == 1 }
        set {
            let mask: UInt8 = 1 << UInt8(index % 8)
            if newValue {
                bytes[bytes.count - 1 - index / 8] |= mask
            } else {
                bytes[bytes.count - 1 - index / 8] &= ~mask
            }
        }
    }

    /// How many bits are set.
    var setCount: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

    func encode(to target: inout [UInt8]) { target.append(contentsOf: bytes) }
}

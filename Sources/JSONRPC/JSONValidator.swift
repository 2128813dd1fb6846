/// One pass over a value that finds every breach of RFC 8259, duplicate keys included: no recursion, memory in
/// proportion to the keys that are open.
struct JSONValidator {
    /// Arrays and objects may nest this deep.
    static let depthLimit = 64

    /// The hashes of the keys of the objects that are open, outermost first.
    private var keys: [UInt64] = []
    /// Where in `keys` each open container begins.
    private var starts: [Int] = []
    private let checksKeys: Bool

    init(checksKeys: Bool = true) { self.checksKeys = checksKeys }

    /// Passes over the value at the reader's position, which is inside `depth` containers.
    mutating func skipValue(_ reader: inout JSONReader, depth: Int) throws(JSONError) {
        // Bit n: whether the container n levels below the innermost is an object.
        var objects: UInt64 = 0
        var level = 0
        keys.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        while true {
            let byte = reader.nextByte()
            switch byte {
            case UInt8(ascii: "\""): _ = try reader.scanString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth &+ level < Self.depthLimit else { throw JSONError(.tooDeep, at: reader.position) }
                reader.position &+= 1
                reader.isAtStart = true
                objects = objects << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
                level &+= 1
                if checksKeys { starts.append(keys.count) }
            case UInt8(ascii: "t"): try reader.scanLiteral("true")
            case UInt8(ascii: "f"): try reader.scanLiteral("false")
            case UInt8(ascii: "n"): try reader.scanLiteral("null")
            case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: try reader.scanNumber()
            default: throw reader.unexpected()
            }
            // Up to the next value, out of every container that ends here.
            while true {
                if level == 0 {
                    reader.isAtStart = false
                    return
                }
                if objects & 1 == 1 {
                    if let key = try reader.nextKey() {
                        if checksKeys { keys.append(KeyHash.hash(key)) }
                        break
                    }
                    if checksKeys { try closeObject(reader) }
                } else {
                    if try reader.nextElement() { break }
                    if checksKeys { starts.removeLast() }
                }
                objects >>= 1
                level &-= 1
            }
        }
    }

    private mutating func closeObject(_ reader: JSONReader) throws(JSONError) {
        let start = starts.removeLast()
        if KeyHash.hasDuplicate(&keys, from: start) { throw JSONError(.duplicateKey, at: reader.position &- 1) }
        keys.removeSubrange(start...)
    }
}

/// Hashes of keys, seeded once a process, so that nobody outside can find two keys that collide.
enum KeyHash {
    private static let seed = UInt64.random(in: .min ... .max)

    /// A hash of the unescaped key.
    static func hash(_ key: JSONText) -> UInt64 {
        guard key.hasEscapes else { return hash(key.raw) }
        return key.unescaped.withUnsafeBytes { hash($0) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = mix(seed ^ UInt64(truncatingIfNeeded: bytes.count), 0x9E37_79B9_7F4A_7C15)
        var index = 0
        while index &+ 8 <= bytes.count {
            state = mix(state ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self), 0xD6E8_FEB8_6659_FD93)
            index &+= 8
        }
        var last: UInt64 = 0
        while index < bytes.count {
            last = last << 8 | UInt64(bytes[index])
            index &+= 1
        }
        return mix(state ^ last, seed | 1)
    }

    @inline(__always)
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        return high ^ low ^ a
    }

    /// Whether two of the hashes from `start` on are alike; may reorder them.
    static func hasDuplicate(_ keys: inout [UInt64], from start: Int) -> Bool {
        let count = keys.count &- start
        if count < 2 { return false }
        if count <= 12 {
            for index in start &+ 1..<keys.count {
                for earlier in start..<index where keys[earlier] == keys[index] { return true }
            }
            return false
        }
        keys[start...].sort()
        for index in start &+ 1..<keys.count where keys[index &- 1] == keys[index] { return true }
        return false
    }
}

extension JSONReader {
    /// Passes over a text, which must be all that is left, and finds every breach of RFC 8259, duplicate keys and too
    /// deep a nesting included.
    public mutating func validateText() throws(JSONError) {
        var validator = JSONValidator()
        try validator.skipValue(&self, depth: 0)
        try finish()
    }
}

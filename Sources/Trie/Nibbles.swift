/// Half bytes, one a byte, most significant first: the steps of a path down a trie.
typealias Nibbles = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
    /// The number of nibbles that two paths share from their beginnings.
    @inline(__always)
    func commonPrefixCount(_ other: Nibbles) -> Int {
        let limit = Swift.min(count, other.count)
        var index = 0
        while index < limit && self[index] == other[index] { index += 1 }
        return index
    }

    /// The path without its first `count` steps.
    @inline(__always)
    func dropping(_ count: Int) -> Nibbles { Nibbles(rebasing: self[count...]) }
}

/// Calls `body` with the nibbles of a key.
@inline(__always)
func withNibbles<Result, Failure: Error>(
    of key: UnsafeRawBufferPointer, _ body: (Nibbles) throws(Failure) -> Result
) throws(Failure) -> Result {
    let count = key.count * 2
    let nibbles = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 1)
    defer { nibbles.deallocate() }
    for index in 0..<key.count {
        nibbles[2 * index] = key[index] >> 4
        nibbles[2 * index + 1] = key[index] & 15
    }
    return try body(Nibbles(start: nibbles, count: count))
}

/// The hex-prefix form of paths (yellow paper, appendix C).
package enum HexPrefix {
    /// The number of bytes of the form of a path of `count` nibbles.
    @inline(__always)
    static func width(_ count: Int) -> Int { count / 2 + 1 }

    /// The path and kind that bytes spell, or nil where they are not a form.
    package static func decode(_ bytes: ArraySlice<UInt8>) -> (path: [UInt8], isLeaf: Bool)? {
        guard let first = bytes.first, first < 0x40 else { return nil }
        let isOdd = first & 0x10 != 0
        guard isOdd || first & 0x0F == 0 else { return nil }
        var path: [UInt8] = []
        path.reserveCapacity(bytes.count * 2)
        if isOdd { path.append(first & 0x0F) }
        for byte in bytes.dropFirst() {
            path.append(byte >> 4)
            path.append(byte & 15)
        }
        return (path, first & 0x20 != 0)
    }
}

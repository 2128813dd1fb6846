/// Why a blob carries no data of a rollup.
public enum BlobEncodingError: Error, Equatable, Sendable {
    /// Not 131,072 bytes.
    case wrongSize(Int)
    case unknownVersion(UInt8)
    /// The length says more than fits a blob.
    case lengthTooLarge(Int)
    /// A field element has one of its two highest bits set.
    case elementTooLarge(index: Int)
    /// Something follows the data.
    case trailingData
    /// The data to encode are more than `BlobEncoding.capacity` bytes.
    case tooMuchData(Int)
}

/// How a rollup's bytes lie in a blob (OP Stack specification, Ecotone, blob encoding): each element takes 31 bytes and,
/// in the six low bits of its first byte, a share of three more that four elements have together.
public enum BlobEncoding {
    /// Bytes of a blob.
    public static var blobSize: Int { 131_072 }
    /// The most bytes of data in a blob.
    public static var capacity: Int { 130_044 }
    static var version: UInt8 { 0 }
    private static var rounds: Int { 1_024 }
    /// Bytes of data that four elements hold.
    private static var roundSize: Int { 127 }

    /// The data in a blob.
    public static func decode(_ blob: [UInt8]) throws(BlobEncodingError) -> [UInt8] {
        guard blob.count == blobSize else { throw .wrongSize(blob.count) }
        guard blob[1] == version else { throw .unknownVersion(blob[1]) }
        let length = Int(blob[2]) << 16 | Int(blob[3]) << 8 | Int(blob[4])
        guard length <= capacity else { throw .lengthTooLarge(length) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rounds * roundSize)
        for round in 0..<rounds {
            let start = round * 128
            let first = blob[start]
            let second = blob[start + 32]
            let third = blob[start + 64]
            let fourth = blob[start + 96]
            for (index, element) in [first, second, third, fourth].enumerated() where element >= 0x40 {
                throw .elementTooLarge(index: round * 4 + index)
            }
            bytes.append(contentsOf: blob[start + 1..<start + 32])
            bytes.append(first | (second & 0x30) << 2)
            bytes.append(contentsOf: blob[start + 33..<start + 64])
            bytes.append(second & 0x0F | (fourth & 0x0F) << 4)
            bytes.append(contentsOf: blob[start + 65..<start + 96])
            bytes.append(third | (fourth & 0x30) << 2)
            bytes.append(contentsOf: blob[start + 97..<start + 128])
        }
        // The first four bytes are the version and the length.
        guard bytes[(4 + length)...].allSatisfy({ $0 == 0 }) else { throw .trailingData }
        return Array(bytes[4..<4 + length])
    }

    /// A blob with these data.
    public static func encode(_ data: [UInt8]) throws(BlobEncodingError) -> [UInt8] {
        guard data.count <= capacity else { throw .tooMuchData(data.count) }
        var bytes: [UInt8] = [version]
        bytes.reserveCapacity(rounds * roundSize)
        bytes.appendBigEndian(UInt64(data.count), width: 3)
        bytes.append(contentsOf: data)
        let used = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: rounds * roundSize - used))
        var blob: [UInt8] = []
        blob.reserveCapacity(blobSize)
        for round in 0..<rounds {
            let start = round * roundSize
            if start >= used { break }
            let (x, y, z) = (bytes[start + 31], bytes[start + 63], bytes[start + 95])
            blob.append(x & 0x3F)
            blob.append(contentsOf: bytes[start..<start + 31])
            blob.append(y & 0x0F | (x & 0xC0) >> 2)
            blob.append(contentsOf: bytes[start + 32..<start + 63])
            blob.append(z & 0x3F)
            blob.append(contentsOf: bytes[start + 64..<start + 95])
            blob.append((z & 0xC0) >> 2 | (y & 0xF0) >> 4)
            blob.append(contentsOf: bytes[start + 96..<start + 127])
        }
        blob.append(contentsOf: repeatElement(0, count: blobSize - blob.count))
        return blob
    }
}

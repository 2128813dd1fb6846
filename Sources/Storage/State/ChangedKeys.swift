import Primitives

/// The accounts and slots that a block changed: for each account its address, the number of its changed slots (4 bytes)
/// and the slots, 32 bytes each.
struct ChangedKeys {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next account with a reader of its slots; nil at the end.
    mutating func next() -> (address: Address, slots: UnsafeRawBufferPointer)? {
        guard offset + 24 <= bytes.count else { return nil }
        let address = bytes.loadUnaligned(fromByteOffset: offset, as: Address.self)
        let count = Int(bytes.number(at: offset + 20, as: UInt32.self)) * 32
        guard offset + 24 + count <= bytes.count else { return nil }
        let slots = UnsafeRawBufferPointer(rebasing: bytes[offset + 24..<offset + 24 + count])
        offset += 24 + count
        return (address, slots)
    }

    static func append(_ address: Address, _ slots: [UInt256], to bytes: inout [UInt8]) {
        withUnsafeBytes(of: address) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt32(slots.count).bigEndian) { bytes.append(contentsOf: $0) }
        for slot in slots { withUnsafeBytes(of: Hash256(slot)) { bytes.append(contentsOf: $0) } }
    }
}

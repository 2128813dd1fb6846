import Primitives

/// Deposits to the beacon chain, read from the logs of the deposit contract (EIP-6110).
enum DepositRequests {
    /// keccak256("DepositEvent(bytes,bytes,bytes,bytes,bytes)").
    private static var topic: Hash256 {
        Hash256(
            UInt256(
                limbs: 0xA790_803B_E390_38C5, 0xE7E1_EE91_2FC0_889A, 0xAFEA_4E5C_D82D_4049, 0x649B_BC62_D0E3_1342))
    }

    /// Public key, withdrawal credentials, amount, signature and index: offset in the log's data and width.
    private static let fields: [(offset: Int, width: Int)] = [(160, 48), (256, 32), (320, 8), (384, 96), (512, 8)]

    /// The data of all deposits, 192 bytes each, in the order of their logs.
    static func collect(_ receipts: [Receipt], contract: Address) throws(InvalidBlock) -> [UInt8] {
        var deposits: [UInt8] = []
        for receipt in receipts {
            for log in receipt.logs where log.address == contract && log.topics.first == topic {
                try append(log.data, to: &deposits)
            }
        }
        return deposits
    }

    /// Appends the fields of one log, which has no other layout than the one that the contract gives it.
    private static func append(_ data: [UInt8], to deposits: inout [UInt8]) throws(InvalidBlock) {
        guard data.count == 576 else { throw .depositLog }
        for (index, field) in fields.enumerated() {
            guard word(data, at: index * 32) == UInt256(field.offset),
                word(data, at: field.offset) == UInt256(field.width)
            else { throw .depositLog }
            deposits += data[field.offset + 32..<field.offset + 32 + field.width]
        }
    }

    private static func word(_ data: [UInt8], at offset: Int) -> UInt256 {
        UInt256(bigEndianBytes: data[offset..<offset + 32]) ?? .zero
    }
}

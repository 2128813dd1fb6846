public import Primitives

/// A payment from the beacon chain (EIP-4895).
public struct Withdrawal: Equatable, Sendable {
    public var index: UInt64
    public var validatorIndex: UInt64
    public var address: Address
    /// Gwei.
    public var amount: UInt64

    public init(index: UInt64, validatorIndex: UInt64, address: Address, amount: UInt64) {
        self.index = index
        self.validatorIndex = validatorIndex
        self.address = address
        self.amount = amount
    }

    init(reading reader: inout RLPReader) throws(RLPError) {
        var fields = try reader.readList()
        index = try fields.readUInt64()
        validatorIndex = try fields.readUInt64()
        address = try fields.readAddress()
        amount = try fields.readUInt64()
        try fields.expectEnd()
    }

    /// The RLP, as the withdrawals root commits to it.
    public var encoded: [UInt8] {
        var writer = RLPWriter(minimumCapacity: 48)
        encode(to: &writer)
        return writer.bytes
    }

    func encode(to writer: inout RLPWriter) {
        writer.appendList { list in
            list.append(index)
            list.append(validatorIndex)
            list.append(address)
            list.append(amount)
        }
    }

    /// The amount in wei.
    var wei: UInt256 { UInt256(amount) &* 1_000_000_000 }
}

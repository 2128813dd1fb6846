import Blockchain
import Cryptography
import JSONRPC
import Primitives
import StateTransition

/// What a consensus client decides about the next block (Engine API, PayloadAttributes V1 to V3; OP Stack, extended
/// payload attributes).
struct PayloadAttributes: Sendable {
    var timestamp: UInt64 = 0
    var randomness = Hash256()
    var feeRecipient = Address()
    /// From V2 on.
    var withdrawals: [Withdrawal]?
    /// From V3 on.
    var parentBeaconBlockRoot: Hash256?

    // MARK: OP Stack

    /// What the block begins with, in their canonical form.
    var transactions: [[UInt8]]?
    /// Whether nothing but `transactions` may be in the block.
    var excludesPool = false
    var gasLimit: UInt64?
    /// Denominator and elasticity, four bytes each (Holocene).
    var baseFeeParameters: [UInt8]?
    /// Wei a gas (Jovian).
    var minimumBaseFee: UInt64?

    /// Reads attributes of any version.
    ///
    /// - Returns: the attributes, and the name of a member that every version has and they do not.
    static func read(
        _ reader: inout JSONReader
    ) throws(JSONError) -> (attributes: PayloadAttributes, missing: StaticString?) {
        var attributes = PayloadAttributes()
        var (hasTimestamp, hasRandomness, hasRecipient) = (false, false, false)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "timestamp":
                attributes.timestamp = try reader.readQuantity()
                hasTimestamp = true
            case "prevRandao":
                attributes.randomness = try reader.readHash()
                hasRandomness = true
            case "suggestedFeeRecipient":
                attributes.feeRecipient = try reader.readAddress()
                hasRecipient = true
            case "withdrawals":
                attributes.withdrawals = try reader.readArray { reader throws(JSONError) in
                    try Withdrawal(json: &reader)
                }
            case "parentBeaconBlockRoot": attributes.parentBeaconBlockRoot = try reader.readHash()
            case "transactions":
                attributes.transactions = try reader.readArray { reader throws(JSONError) in try reader.readData() }
            case "noTxPool": attributes.excludesPool = try reader.readBoolean()
            case "gasLimit": attributes.gasLimit = try reader.readQuantity()
            case "eip1559Params": attributes.baseFeeParameters = try reader.readData()
            case "minBaseFee": attributes.minimumBaseFee = try reader.readQuantity()
            default: try reader.skipValue()
            }
        }
        let missing: StaticString? =
            !hasTimestamp ? "timestamp" : !hasRandomness ? "prevRandao" : !hasRecipient ? "suggestedFeeRecipient" : nil
        return (attributes, missing)
    }

    /// What a block is built of.
    ///
    /// - Throws: a text that says which transaction is none.
    func blockAttributes(isRollup: Bool) throws(MalformedPayload) -> BlockAttributes {
        var block = BlockAttributes(
            timestamp: timestamp, randomness: randomness, feeRecipient: feeRecipient, withdrawals: withdrawals,
            parentBeaconBlockRoot: parentBeaconBlockRoot)
        guard isRollup else { return block }
        block.gasLimit = gasLimit
        block.baseFeeParameters = baseFeeParameters
        block.minimumBaseFee = minimumBaseFee
        for (index, encoded) in (transactions ?? []).enumerated() {
            do throws(TransactionDecodingError) {
                block.transactions.append(try Transaction(decoding: encoded))
            } catch {
                throw MalformedPayload(reason: "transaction \(index) is not valid: \(error)")
            }
        }
        return block
    }

    /// The name of the build process: the version, and seven bytes of a hash of everything that decides the block.
    func identifier(on parent: Hash256, version: UInt8) -> PayloadID {
        var writer = RLPWriter(minimumCapacity: 512)
        writer.appendList { list in
            list.append(parent)
            list.append(timestamp)
            list.append(randomness)
            list.append(feeRecipient)
            list.appendList { items in
                for withdrawal in withdrawals ?? [] { items.append(withdrawal.encoded) }
            }
            list.append(parentBeaconBlockRoot?.bytes ?? [])
            list.appendList { items in for transaction in transactions ?? [] { items.append(transaction) } }
            // Nothing is not the same as zero.
            list.append((withdrawals == nil ? 0 : 1) | (excludesPool ? 2 : 0) | (transactions == nil ? 0 : 4) as UInt64)
            list.append(gasLimit.map { [1] + withUnsafeBytes(of: $0.bigEndian, Array.init) } ?? [])
            list.append(baseFeeParameters ?? [])
            list.append(minimumBaseFee.map { [1] + withUnsafeBytes(of: $0.bigEndian, Array.init) } ?? [])
        }
        let digest = Keccak256.hash(writer.bytes).bytes
        return PayloadID(bytes: [version] + digest[..<7])
    }
}

/// The name of a build process: eight bytes.
struct PayloadID: Hashable, Sendable {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads exactly eight bytes.
    init(json reader: inout JSONReader) throws(JSONError) {
        let start = reader.position
        bytes = try reader.readData()
        guard bytes.count == 8 else { throw JSONError(.wrongHexLength, at: start) }
    }
}

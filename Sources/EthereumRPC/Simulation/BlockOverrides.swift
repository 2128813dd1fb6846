import EVM
import JSONRPC
import Primitives
import StateTransition

/// What a caller wants a block to say of itself (execution-apis, BlockOverrides).
struct BlockOverrides {
    var number: UInt256?
    /// Only before the merge.
    var difficulty: UInt256?
    var time: UInt64?
    var gasLimit: UInt64?
    var feeRecipient: Address?
    var randomness: Hash256?
    /// Wei a gas.
    var baseFee: UInt256?
    /// Wei a blob gas.
    var blobBaseFee: UInt256?
    var beaconRoot: Hash256?
    var withdrawals: [Withdrawal]?

    /// Nothing.
    init() {}

    /// Reads an object; members that are null count as absent.
    static func read(_ reader: inout JSONReader) throws(JSONError) -> BlockOverrides {
        var overrides = BlockOverrides()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "number": overrides.number = try reader.readUInt256()
            case "difficulty": overrides.difficulty = try reader.readUInt256()
            case "time": overrides.time = try reader.readQuantity()
            case "gasLimit": overrides.gasLimit = try reader.readQuantity()
            case "feeRecipient": overrides.feeRecipient = try reader.readAddress()
            case "prevRandao": overrides.randomness = try reader.readHash()
            case "baseFeePerGas": overrides.baseFee = try reader.readUInt256()
            case "blobBaseFee": overrides.blobBaseFee = try reader.readUInt256()
            case "beaconRoot": overrides.beaconRoot = try reader.readHash()
            case "withdrawals": overrides.withdrawals = try reader.readArray(Withdrawal.read)
            default: try reader.skipValue()
            }
        }
        return overrides
    }

    /// The header with the fields that have one here.
    func apply(to header: BlockHeader) -> BlockHeader {
        var header = header
        if let number { header.number = number.asUInt64 ?? .max }
        if let difficulty { header.difficulty = difficulty }
        if let time { header.timestamp = time }
        if let gasLimit { header.gasLimit = gasLimit }
        if let feeRecipient { header.coinbase = feeRecipient }
        if let randomness { header.mixHash = randomness }
        if let baseFee { header.baseFee = baseFee }
        return header
    }

    /// Changes what instructions see of a block, apart from its rules.
    func apply(to environment: inout BlockEnvironment) throws(RPCError) {
        try verifyForCall()
        if let number { environment.number = number.asUInt64 ?? .max }
        if let time { environment.timestamp = time }
        if let gasLimit { environment.gasLimit = gasLimit }
        if let feeRecipient { environment.coinbase = feeRecipient }
        if let randomness { environment.difficultyOrRandomness = UInt256(randomness) }
        if let baseFee { environment.baseFee = baseFee }
        if let blobBaseFee { environment.blobBaseFee = blobBaseFee }
    }

    /// Throws where there is something that only a simulated block can have, or a number that no block can have.
    func verifyForCall() throws(RPCError) {
        if let number, !number.fitsUInt64 { throw .invalidParams("block override \"number\" has more than 64 bits") }
        let misplaced = beaconRoot != nil ? "beaconRoot" : withdrawals != nil ? "withdrawals" : nil
        guard let misplaced else { return }
        throw RPCError(
            code: -32_000, message: "block override \"\(misplaced)\" is not supported for this RPC method")
    }
}

extension Withdrawal {
    fileprivate static func read(_ reader: inout JSONReader) throws(JSONError) -> Withdrawal {
        var withdrawal = Withdrawal(index: 0, validatorIndex: 0, address: Address(), amount: 0)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "index": withdrawal.index = try reader.readQuantity()
            case "validatorIndex": withdrawal.validatorIndex = try reader.readQuantity()
            case "address": withdrawal.address = try reader.readAddress()
            case "amount": withdrawal.amount = try reader.readQuantity()
            default: try reader.skipValue()
            }
        }
        return withdrawal
    }
}

import Blockchain
import EthereumRPC
import JSONRPC
import Primitives
import StateTransition
import Storage

/// What the blocks to come are like.
struct BlockMethods: Sendable {
    /// Time and fees after it help nobody.
    private static let largestInterval: UInt64 = 1 << 32

    let producer: BlockProducer

    func add(to methods: inout Methods) {
        methods.add(["anvil_setCoinbase", "hardhat_setCoinbase"]) { [self] call, json throws(RPCError) in
            let address = try call.parameters.required { reader throws(JSONError) in try reader.readAddress() }
            try call.parameters.finish()
            producer.wish { $0.feeRecipient = address }
            json.boolean(true)
        }
        methods.add(["anvil_setNextBlockBaseFeePerGas", "hardhat_setNextBlockBaseFeePerGas"]) {
            [self] call, json throws(RPCError) in
            let fee = try call.parameters.required { reader throws(JSONError) in try reader.readAmount() }
            try call.parameters.finish()
            // So that what a block costs stays within the arithmetic of fees.
            guard fee <= UInt256(UInt64.max) else { throw .invalidParams("a base fee is below 2^64 wei") }
            producer.wish { $0.nextBaseFee = fee }
            json.boolean(true)
        }
        methods.add(["anvil_setPrevRandao", "hardhat_setPrevRandao"]) { [self] call, json throws(RPCError) in
            let value = try call.parameters.required(StateMethods.word)
            try call.parameters.finish()
            producer.wish { $0.nextRandomness = Hash256(value) }
            json.boolean(true)
        }
        methods.add(["evm_setBlockGasLimit", "anvil_setBlockGasLimit"]) { [self] call, json throws(RPCError) in
            let limit = try call.parameters.required { reader throws(JSONError) in try reader.readCount() }
            try call.parameters.finish()
            guard (5_000...UInt64(Int64.max)).contains(limit) else {
                throw .invalidParams("a block has from 5000 to 2^63 - 1 gas")
            }
            producer.wish { $0.gasLimit = limit }
            json.boolean(true)
        }
        methods.add("anvil_setBlockTimestampInterval") { [self] call, json throws(RPCError) in
            let seconds = try call.parameters.required { reader throws(JSONError) in try reader.readCount() }
            try call.parameters.finish()
            guard (1...Self.largestInterval).contains(seconds) else {
                throw .invalidParams("blocks are from 1 to 2^32 seconds apart")
            }
            producer.withClock { $0.spacing = seconds }
            json.boolean(true)
        }
        methods.add("anvil_removeBlockTimestampInterval") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            json.boolean(
                producer.withClock { clock in
                    defer { clock.spacing = nil }
                    return clock.spacing != nil
                })
        }
    }
}

import JSONRPC
import Primitives
import Sequencing
import StateTransition

/// What `eth_simulateV1` is asked to do.
struct SimulationRequest {
    /// A block to simulate.
    struct Block {
        var overrides = BlockOverrides()
        var stateOverrides = StateOverrides()
        var calls: [CallRequest] = []
    }

    /// Blocks that one simulation may have, those between them included.
    static let blockLimit = 256
    static let callLimitOfBlock = 5_000
    static let callLimit = 10_000
    /// Seconds from a block to the next where nothing else is said.
    static let timeStep: UInt64 = 12

    var blocks: [Block] = []
    /// Whether transfers of ether are reported as logs (ERC-7528).
    var tracesTransfers = false
    /// Whether nonces and fees are checked as those of transactions.
    var isValidating = false
    var returnsFullTransactions = false

    static func read(_ reader: inout JSONReader) throws(JSONError) -> SimulationRequest {
        var request = SimulationRequest()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "blockStateCalls": request.blocks = try reader.readArray(Block.read)
            case "traceTransfers": request.tracesTransfers = try reader.readBoolean()
            case "validation": request.isValidating = try reader.readBoolean()
            case "returnFullTransactions": request.returnsFullTransactions = try reader.readBoolean()
            default: try reader.skipValue()
            }
        }
        return request
    }

    /// Throws where it asks for nothing or for too much.
    func verify() throws(RPCError) {
        if blocks.isEmpty { throw .invalidParams("empty input") }
        if blocks.count > Self.blockLimit { throw Self.limitExceeded("too many blocks") }
        var total = 0
        for block in blocks {
            if block.calls.count > Self.callLimitOfBlock {
                throw Self.limitExceeded("too many calls in block: \(block.calls.count) > \(Self.callLimitOfBlock)")
            }
            total += block.calls.count
            if total > Self.callLimit { throw Self.limitExceeded("too many calls: \(total) > \(Self.callLimit)") }
        }
    }

    private static func limitExceeded(_ message: String) -> RPCError { RPCError(code: -38_026, message: message) }

    /// The blocks with their numbers and times, and with empty blocks where numbers were left out.
    func blocks(after base: BlockHeader) throws(RPCError) -> [Block] {
        var filled: [Block] = []
        var number = base.number
        var time = base.timestamp
        for var block in blocks {
            let wanted = block.overrides.number ?? UInt256(number) &+ 1
            guard wanted > UInt256(number) else {
                throw RPCError(
                    code: -38_020, message: "block numbers must be in order: \(wanted.limb0) <= \(number)")
            }
            guard let target = wanted.asUInt64, target &- base.number <= UInt64(Self.blockLimit) else {
                throw Self.limitExceeded("too many blocks")
            }
            while number &+ 1 < target {
                number &+= 1
                time &+= Self.timeStep
                var empty = Block()
                empty.overrides.number = UInt256(number)
                empty.overrides.time = time
                filled.append(empty)
            }
            number = target
            let wantedTime = block.overrides.time ?? time &+ Self.timeStep
            guard wantedTime > time else {
                throw RPCError(
                    code: -38_021, message: "block timestamps must be in order: \(wantedTime) <= \(time)")
            }
            time = wantedTime
            block.overrides.number = wanted
            block.overrides.time = time
            filled.append(block)
        }
        return filled
    }
}

extension SimulationRequest.Block {
    fileprivate static func read(_ reader: inout JSONReader) throws(JSONError) -> Self {
        var block = Self()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "blockOverrides": block.overrides = try BlockOverrides.read(&reader)
            case "stateOverrides": block.stateOverrides = try StateOverrides.read(&reader)
            case "calls": block.calls = try reader.readArray(CallRequest.read)
            default: try reader.skipValue()
            }
        }
        return block
    }
}

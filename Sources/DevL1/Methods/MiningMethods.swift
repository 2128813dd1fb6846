import Blockchain
import EthereumRPC
import JSONRPC
import Primitives
import StateTransition
import Storage

/// When blocks are made.
struct MiningMethods: Sendable {
    /// Blocks that one call makes at most.
    private static let blockLimit: UInt64 = 100_000
    /// The same where the blocks are the answer.
    private static let detailedLimit: UInt64 = 1_000

    let producer: BlockProducer

    func add(to methods: inout Methods) {
        methods.add("evm_mine") { [self] call, json throws(RPCError) in
            let (count, timestamp) = try Self.options(&call.parameters)
            try call.parameters.finish()
            if let timestamp { try TimeMethods(producer: producer).setNext(timestamp) }
            try mine(count, interval: nil, call)
            json.string("0x0")
        }
        methods.add("evm_mine_detailed") { [self] call, json throws(RPCError) in
            let (count, timestamp) = try Self.options(&call.parameters)
            try call.parameters.finish()
            guard count <= Self.detailedLimit else {
                throw .invalidParams("at most \(Self.detailedLimit) blocks at once")
            }
            if let timestamp { try TimeMethods(producer: producer).setNext(timestamp) }
            var made: [SealedBlock] = []
            try mine(count, interval: nil, call) { made.append($0) }
            json.beginArray()
            for block in made { json.block(block, fullTransactions: true) }
            json.endArray()
        }
        methods.add("hardhat_intervalMine") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            try mine(1, interval: nil, call)
            json.boolean(true)
        }
        methods.add(["anvil_mine", "hardhat_mine"]) { [self] call, _ throws(RPCError) in
            let count = try call.parameters.optional { reader throws(JSONError) in try reader.readCount() }
            let interval = try call.parameters.optional { reader throws(JSONError) in try reader.readCount() }
            try call.parameters.finish()
            try mine(count ?? 1, interval: interval, call)
        }
        methods.add(["evm_setAutomine", "anvil_setAutomine"]) { [self] call, json throws(RPCError) in
            let isOn = try call.parameters.required { reader throws(JSONError) in try reader.readBoolean() }
            try call.parameters.finish()
            producer.mode = isOn ? .instant : .onCommand
            json.boolean(true)
        }
        methods.add(["anvil_getAutomine", "hardhat_getAutomine"]) { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            json.boolean(producer.mode == .instant)
        }
        methods.add(["evm_setIntervalMining", "anvil_setIntervalMining"]) { [self] call, json throws(RPCError) in
            let seconds = try call.parameters.required { reader throws(JSONError) in try reader.readCount() }
            try call.parameters.finish()
            guard seconds <= 1 << 32 else { throw .invalidParams("an interval has at most 2^32 seconds") }
            producer.mode = seconds == 0 ? .onCommand : .interval(seconds: seconds)
            json.boolean(true)
        }
        methods.add("anvil_getIntervalMining") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            guard case .interval(let seconds) = producer.mode else { return }
            json.number(Int64(clamping: seconds))
        }
        methods.add("anvil_nodeInfo") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            let header = try asking { () throws(ChainError) in try producer.chain.view().headHeader }
            write(header, to: &json)
        }
    }

    /// What `evm_mine` is given: a time, or an object with `timestamp` and `blocks`, or nothing.
    private static func options(_ parameters: inout Parameters) throws(RPCError) -> (count: UInt64, timestamp: UInt64?)
    {
        var count: UInt64 = 1
        let timestamp = try parameters.optional { reader throws(JSONError) -> UInt64? in
            guard reader.peek() == .object else { return try reader.readCount() }
            var timestamp: UInt64?
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if try reader.readNull() { continue }
                switch key {
                case "timestamp": timestamp = try reader.readCount()
                case "blocks": count = try reader.readCount()
                default: try reader.skipValue()
                }
            }
            return timestamp
        }
        return (count, timestamp ?? nil)
    }

    /// - Parameter interval: seconds from each block to the next; nil leaves that to the clock.
    private func mine(
        _ count: UInt64, interval: UInt64?, _ call: Call, _ body: (SealedBlock) -> Void = { _ in }
    ) throws(RPCError) {
        guard count <= Self.blockLimit else { throw .invalidParams("at most \(Self.blockLimit) blocks at once") }
        for index in 0..<count {
            if call.isCancelled { throw .timedOut }
            let made = try asking { () throws(ChainError) in try producer.produce() }
            if let made { body(made) }
            if let interval, interval > 0, index + 1 < count, let made {
                guard interval < 1 << 40, made.header.timestamp < 1 << 40 else {
                    throw .invalidParams("time does not go on for so long")
                }
                producer.withClock { $0.next = made.header.timestamp.addingReportingOverflow(interval).partialValue }
            }
        }
    }

    private func write(_ header: BlockHeader, to json: inout JSONWriter) {
        let mode = producer.mode
        json.beginObject()
        json.member("currentBlockNumber", header.number)
        json.key("currentBlockTimestamp")
        json.number(Int64(clamping: header.timestamp))
        json.member("currentBlockHash", header.hash)
        json.key("hardFork")
        json.string("osaka")
        json.key("transactionOrder")
        json.string("fees")
        json.key("mining")
        json.string(mode == .instant ? "auto" : mode == .onCommand ? "manual" : "interval")
        json.key("environment")
        json.beginObject()
        json.member("baseFee", header.baseFee ?? 0)
        json.key("chainId")
        json.number(Int64(clamping: producer.chain.configuration.chainID))
        json.member("gasLimit", header.gasLimit)
        json.member("gasPrice", (header.baseFee ?? 0) &+ 1_000_000_000)
        json.endObject()
        json.key("forkConfig")
        json.beginObject()
        json.endObject()
        json.endObject()
    }
}

import Blockchain
import EthereumRPC
import JSONRPC
import Primitives
import StateTransition
import Storage

/// Which time it is on the chain.
struct TimeMethods: Sendable {
    /// Seconds since the Unix epoch: a time after it helps nobody, and arithmetic on it stays in its bounds.
    private static let latest: UInt64 = 1 << 40

    let producer: BlockProducer

    func add(to methods: inout Methods) {
        methods.add(["evm_increaseTime", "anvil_increaseTime"]) { [self] call, json throws(RPCError) in
            let seconds = try call.parameters.required { reader throws(JSONError) in try reader.readCount() }
            try call.parameters.finish()
            guard seconds < Self.latest else { throw .invalidParams("time does not go on for so long") }
            let head = try head()
            json.number(
                producer.withClock { clock in
                    // Where blocks came faster than time, time goes on from the last one.
                    clock.set(max(clock.now, head.timestamp) &+ seconds)
                    return clock.offset
                })
        }
        methods.add(["evm_setTime", "anvil_setTime"]) { [self] call, json throws(RPCError) in
            let time = try call.parameters.required { reader throws(JSONError) in try reader.readCount() }
            try call.parameters.finish()
            guard time < Self.latest else { throw .invalidParams("time does not go on for so long") }
            let head = try head()
            guard time >= head.timestamp else {
                throw .invalidParams(
                    "time does not go back: \(time) is before the head's timestamp (\(head.timestamp))")
            }
            json.number(
                producer.withClock { clock in
                    clock.set(time)
                    return clock.offset
                })
        }
        methods.add(["evm_setNextBlockTimestamp", "anvil_setNextBlockTimestamp"]) { [self] call, _ throws(RPCError) in
            let time = try call.parameters.required { reader throws(JSONError) in try reader.readCount() }
            try call.parameters.finish()
            try setNext(time)
        }
    }

    /// Gives the next block a time, from which time goes on.
    func setNext(_ time: UInt64) throws(RPCError) {
        let head = try head()
        guard time > head.timestamp else {
            throw .invalidParams(
                "Timestamp error: \(time) is lower than or equal to previous block's timestamp (\(head.timestamp))")
        }
        guard time < Self.latest else { throw .invalidParams("time does not go on for so long") }
        producer.withClock { $0.next = time }
    }

    private func head() throws(RPCError) -> BlockHeader {
        try asking { () throws(ChainError) in try producer.chain.view().headHeader }
    }
}

extension BlockClock {
    /// Makes it `time` now, seconds since the Unix epoch.
    mutating func set(_ time: UInt64) {
        let machine = Int64(clamping: now) &- offset
        offset = Int64(clamping: time) &- machine
        next = nil
    }
}

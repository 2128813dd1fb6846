import EVM
import Primitives
import StateTransition

/// Records the logs of a call and, where that is wanted, its transfers of ether as logs of ERC-7528's address.
struct TransferTracer: Tracer {
    /// A log with its index in the block; logs of messages that failed have taken theirs with them.
    struct Entry {
        var log: Log
        var index: Int
    }

    static var tracesMessages: Bool { true }
    static var explainsHalts: Bool { true }
    private let tracesTransfers: Bool
    /// The logs of the running call, or of the last one.
    private(set) var entries: [Entry] = []
    /// For each running message, how many logs there were before it.
    private var starts: [Int] = []
    private var nextIndex = 0
    /// Of the last message that halted.
    private(set) var halt: HaltReport?

    init(tracesTransfers: Bool) { self.tracesTransfers = tracesTransfers }

    /// Begins the next call of the block.
    mutating func reset() {
        entries.removeAll()
        starts.removeAll()
        halt = nil
    }

    mutating func didHalt(_ halt: Halt, _ cause: HaltCause) { self.halt = HaltReport(halt: halt, cause: cause) }

    mutating func didEnter(_ message: MessageSummary) {
        starts.append(entries.count)
        if message.kind == .call || message.kind.isCreation {
            recordTransfer(message.value, from: message.caller, to: message.recipient)
        }
    }

    mutating func didExit(_ result: MessageEnd) {
        guard let start = starts.popLast() else { return }
        if result.outcome != .success { entries.removeLast(entries.count - start) }
    }

    mutating func didSelfDestruct(_ account: Address, beneficiary: Address, balance: UInt256) {
        recordTransfer(balance, from: account, to: beneficiary)
    }

    mutating func didLog(_ account: Address, topics: [Hash256], data: UnsafeRawBufferPointer) {
        record(Log(address: account, topics: topics, data: Array(data)))
    }

    private mutating func recordTransfer(_ value: UInt256, from sender: Address, to recipient: Address) {
        guard tracesTransfers, !value.isZero else { return }
        let topics = [Self.transferTopic, Hash256(UInt256(sender)), Hash256(UInt256(recipient))]
        record(Log(address: Self.etherAddress, topics: topics, data: value.bytes))
    }

    private mutating func record(_ log: Log) {
        entries.append(Entry(log: log, index: nextIndex))
        nextIndex += 1
    }

    /// keccak256 of `Transfer(address,address,uint256)`.
    private static let transferTopic = Hash256(
        UInt256(limbs: 0x28F5_5A4D_F523_B3EF, 0x952B_A7F1_63C4_A116, 0x69C2_B068_FC37_8DAA, 0xDDF2_52AD_1BE2_C89B))
    /// 0xeeee...: ether itself (ERC-7528).
    private static let etherAddress = Address(
        truncating: UInt256(limbs: 0xEEEE_EEEE_EEEE_EEEE, 0xEEEE_EEEE_EEEE_EEEE, 0xEEEE_EEEE, 0))
}

public import Primitives

/// Records the tree of messages.
///
/// - Complexity: memory grows with the number of messages, which gas bounds, and with their data up to a limit: a call hands
///   the same megabyte over again for next to no gas.
public struct CallTracer: Tracer {
    /// How an entry came to be.
    public enum Kind: Equatable, Sendable {
        case message(CallKind)
        case selfDestruct
    }

    /// A log, in the order of the messages around it.
    public struct LogEntry: Equatable, Sendable {
        public var address: Address
        public var topics: [Hash256]
        public var data: [UInt8]
    }

    /// One message, or SELFDESTRUCT.
    public struct Entry: Sendable {
        public var kind: Kind
        /// 0 for the transaction's own message.
        public var depth: Int
        /// The index of the sender's entry; nil for the transaction's own message.
        public var parent: Int?
        public var from: Address
        /// The account whose code runs, the one created, or the beneficiary.
        public var to: Address
        /// Wei; in a DELEGATECALL the value that the parent saw.
        public var value: UInt256
        public var gas: Int64
        public var gasUsed: Int64
        public var input: [UInt8]
        public var output: [UInt8]
        /// Nil while it runs, which is never so at the end.
        public var outcome: Outcome?
        public var logs: [LogEntry]
    }

    public static var tracesMessages: Bool { true }
    /// The messages in the order in which they began: an entry comes before its children.
    public private(set) var entries: [Entry] = []
    /// Whether data was left out because there was too much of it.
    public private(set) var isTruncated = false
    /// The indices of the entries that run, the innermost last.
    private var running: [Int] = []
    /// The bytes of data that may still be kept.
    private var bytesLeft: Int

    /// - Parameter byteLimit: of the inputs, outputs and logged data together.
    public init(byteLimit: Int = 256 << 20) { bytesLeft = byteLimit }

    /// A copy, or nothing once there was too much.
    private mutating func copy(_ data: UnsafeRawBufferPointer) -> [UInt8] {
        guard data.count <= bytesLeft else {
            isTruncated = true
            bytesLeft = 0
            return []
        }
        bytesLeft -= data.count
        return Array(data)
    }

    public mutating func didEnter(_ message: MessageSummary) {
        entries.append(
            Entry(
                kind: .message(message.kind), depth: message.depth, parent: running.last, from: message.caller,
                to: message.codeAddress, value: message.value, gas: message.gas, gasUsed: 0,
                input: copy(message.input), output: [], outcome: nil, logs: []))
        running.append(entries.count - 1)
    }

    public mutating func didExit(_ result: MessageEnd) {
        guard let index = running.popLast() else { return }
        entries[index].gasUsed = entries[index].gas &- result.gas
        entries[index].output = copy(result.output)
        entries[index].outcome = result.outcome
    }

    public mutating func didSelfDestruct(_ account: Address, beneficiary: Address, balance: UInt256) {
        entries.append(
            Entry(
                kind: .selfDestruct, depth: running.count, parent: running.last, from: account, to: beneficiary,
                value: balance, gas: 0, gasUsed: 0, input: [], output: [], outcome: .success, logs: []))
    }

    public mutating func didLog(_ account: Address, topics: [Hash256], data: UnsafeRawBufferPointer) {
        guard let index = running.last else { return }
        entries[index].logs.append(LogEntry(address: account, topics: topics, data: copy(data)))
    }
}

import EVM
import JSONRPC
import NIOCore
import Primitives

/// Records the tree of messages for `callTracer`, within bounds.
struct CallTreeRecorder: Tracer {
    /// A message, or a SELFDESTRUCT.
    struct Node {
        var kind: CallTracer.Kind
        /// The index of the sender's node; -1 for the transaction's own message.
        var parent: Int
        var depth: Int
        var from: Address
        var to: Address
        var value: UInt256
        var gas: Int64
        var gasUsed: Int64 = 0
        var input: [UInt8]
        var output: [UInt8] = []
        var outcome = Outcome.success
        var cause = HaltCause.rule
        var logs: [LoggedEvent] = []
        var childCount = 0
    }

    /// A log with its index in the transaction and its place among the calls of its message.
    struct LoggedEvent {
        var address: Address
        var topics: [Hash256]
        var data: [UInt8]
        var index: Int
        var position: Int
    }

    static var tracesMessages: Bool { true }
    static var explainsHalts: Bool { true }

    private let options: TraceOptions
    private let deadline: NIODeadline
    /// Bytes that may still be kept.
    private var bytesLeft: Int
    /// In the order in which they began: a node comes before its children.
    private(set) var nodes: [Node] = []
    /// The indices of the nodes that run, the innermost last; -1 for a message that is not recorded.
    private var running: [Int] = []
    private var logCount = 0
    /// Of the message that is about to end, where it halts.
    private var halt: HaltReport?
    /// What ended the recording, where the trace as asked for can't be given.
    private(set) var failure: RPCError?

    init(_ options: TraceOptions, byteLimit: Int, deadline: NIODeadline) {
        self.options = options
        self.deadline = deadline
        bytesLeft = byteLimit
    }

    /// Whether another node or log with so much data may be kept.
    private mutating func admits(_ byteCount: Int) -> Bool {
        guard failure == nil else { return false }
        bytesLeft -= byteCount + MemoryLayout<Node>.size
        if bytesLeft < 0 { failure = .responseTooLarge }
        if nodes.count & 0xFF == 0xFF, NIODeadline.now() > deadline { failure = .executionTimeout }
        return failure == nil
    }

    mutating func didEnter(_ message: MessageSummary) {
        guard !(options.onlyTopCall && message.depth > 0), admits(message.input.count) else {
            return running.append(-1)
        }
        // In a DELEGATECALL the contract that delegates is the sender.
        let sender = message.kind == .delegateCall ? message.recipient : message.caller
        add(
            Node(
                kind: .message(message.kind), parent: running.last ?? -1, depth: running.count, from: sender,
                to: message.codeAddress, value: message.value, gas: message.gas, input: Array(message.input)))
        running.append(nodes.count - 1)
    }

    private mutating func add(_ node: Node) {
        nodes.append(node)
        if node.parent >= 0 { nodes[node.parent].childCount += 1 }
    }

    mutating func didHalt(_ halt: Halt, _ cause: HaltCause) { self.halt = HaltReport(halt: halt, cause: cause) }

    mutating func didExit(_ result: MessageEnd) {
        defer { halt = nil }
        guard let index = running.popLast(), index >= 0, admits(result.output.count) else { return }
        nodes[index].gasUsed = nodes[index].gas &- result.gas
        nodes[index].outcome = halt.map { .halt($0.halt) } ?? result.outcome
        nodes[index].cause = halt?.cause ?? .rule
        nodes[index].output = Array(result.output)
    }

    mutating func didSelfDestruct(_ account: Address, beneficiary: Address, balance: UInt256) {
        guard let parent = running.last, parent >= 0, !options.onlyTopCall, admits(0) else { return }
        add(
            Node(
                kind: .selfDestruct, parent: parent, depth: running.count, from: account, to: beneficiary,
                value: balance, gas: 0, input: []))
    }

    mutating func didLog(_ account: Address, topics: [Hash256], data: UnsafeRawBufferPointer) {
        guard options.withLog, let index = running.last, index >= 0, admits(data.count) else { return }
        let event = LoggedEvent(
            address: account, topics: topics, data: Array(data), index: logCount, position: nodes[index].childCount)
        nodes[index].logs.append(event)
        logCount += 1
    }

    // MARK: The answer

    /// Writes the tree.
    ///
    /// - Parameters:
    ///   - gasLimit: of the transaction, in place of its message's gas.
    ///   - gasUsed: by the transaction.
    mutating func write(to writer: inout JSONWriter, gasLimit: UInt64, gasUsed: UInt64) {
        guard !nodes.isEmpty else { return }
        nodes[0].gas = Int64(clamping: gasLimit)
        nodes[0].gasUsed = Int64(clamping: gasUsed)
        dropFailedLogs()
        var depth = -1
        for node in nodes {
            // The calls that are over since the last node began.
            while depth >= node.depth {
                writer.endObject()
                if depth > 0, depth > node.depth { writer.endArray() }
                depth -= 1
            }
            depth = node.depth
            writer.beginObject()
            write(node, to: &writer)
            if node.childCount > 0 {
                writer.key("calls")
                writer.beginArray()
            }
        }
        while depth >= 0 {
            writer.endObject()
            if depth > 0 { writer.endArray() }
            depth -= 1
        }
    }

    /// What failed has logged nothing, nor has anything that it called.
    private mutating func dropFailedLogs() {
        guard options.withLog else { return }
        var hasFailed = [Bool](repeating: false, count: nodes.count)
        for index in nodes.indices {
            let parent = nodes[index].parent
            hasFailed[index] = nodes[index].outcome != .success || parent >= 0 && hasFailed[parent]
            if hasFailed[index] { nodes[index].logs = [] }
        }
    }

    private func write(_ node: Node, to writer: inout JSONWriter) {
        writer.key("type")
        writer.string(node.kind.instruction)
        writer.member("from", node.from)
        let isFailedCreation = node.outcome != .success && node.kind.isCreation
        if !isFailedCreation { writer.member("to", node.to) }
        if node.kind != .message(.staticCall) { writer.member("value", node.value) }
        writer.member("gas", UInt64(clamping: node.gas))
        writer.member("gasUsed", UInt64(clamping: node.gasUsed))
        writer.member("input", node.input)
        switch node.outcome {
        case .success:
            if !node.output.isEmpty { writer.member("output", node.output) }
        case .revert:
            if !node.output.isEmpty { writer.member("output", node.output) }
            writer.key("error")
            writer.string("execution reverted")
            if let reason = RevertReason.read(node.output) {
                writer.key("revertReason")
                writer.string(reason)
            }
        case .halt(let halt):
            writer.key("error")
            writer.string(HaltReport(halt: halt, cause: node.cause).message)
        }
        if !node.logs.isEmpty { write(node.logs, to: &writer) }
    }

    private func write(_ logs: [LoggedEvent], to writer: inout JSONWriter) {
        writer.key("logs")
        writer.beginArray()
        for log in logs {
            writer.beginObject()
            writer.member("address", log.address)
            writer.key("topics")
            writer.beginArray()
            for topic in log.topics { writer.data(topic) }
            writer.endArray()
            writer.member("data", log.data)
            writer.member("index", UInt64(log.index))
            writer.member("position", UInt64(log.position))
            writer.endObject()
        }
        writer.endArray()
    }
}

extension CallTracer.Kind {
    /// The instruction that sends such a message.
    fileprivate var instruction: String {
        switch self {
        case .message(.call): "CALL"
        case .message(.callCode): "CALLCODE"
        case .message(.delegateCall): "DELEGATECALL"
        case .message(.staticCall): "STATICCALL"
        case .message(.create): "CREATE"
        case .message(.create2): "CREATE2"
        case .selfDestruct: "SELFDESTRUCT"
        }
    }

    fileprivate var isCreation: Bool {
        if case .message(let kind) = self { return kind.isCreation }
        return false
    }
}

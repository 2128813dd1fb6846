import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage

/// Finds logs in the blocks of the chain: by the blooms of their headers first, then in the receipts of those blocks
/// that may have some.
struct LogSearch {
    private let view: ChainView
    private let settings: RPCSettings
    /// Asked now and then whether to go on.
    private let isCancelled: () -> Bool

    /// How many headers are looked at before the question is asked again.
    private static let stride = 256

    init(_ view: ChainView, _ settings: RPCSettings, isCancelled: @escaping () -> Bool) {
        self.view = view
        self.settings = settings
        self.isCancelled = isCancelled
    }

    /// Writes the logs that match as an array, oldest first.
    ///
    /// - Complexity: O(1) for a block whose bloom says that it has none.
    func write(_ query: LogQuery, to json: inout JSONWriter) throws(RPCError) {
        var found = 0
        json.beginArray()
        switch query.place {
        case .block(let hash):
            let block = try asking { () throws(ChainError) in try view.reference(hash) }
            guard let block, try write(block, query.filter, &found, to: &json) else {
                throw RPCError(code: -32_000, message: "unknown block")
            }
        case .range(let from, let to):
            for (count, number) in try range(from: from, to: to).enumerated() {
                if count % Self.stride == Self.stride - 1, isCancelled() { throw .timedOut }
                let block = try asking { () throws(ChainError) in try view.reference(.number(number)) }
                if let block { _ = try write(block, query.filter, &found, to: &json) }
            }
        }
        json.endArray()
    }

    /// The blocks of the chain that are in the range.
    private func range(from: BlockTag?, to: BlockTag?) throws(RPCError) -> ClosedRange<UInt64> {
        // What is the wrong way round is so whatever the chain has.
        if case (.number(let first), .number(let last)) = (from, to), first > last { throw .invalidBlockRange }
        if from == .pending || to == .pending { throw .pendingLogsUnsupported }
        let (first, last) = (try number(from ?? .latest), try number(to ?? .latest))
        guard first <= last else { throw .invalidBlockRange }
        guard last <= view.head.number else {
            throw .invalidParams("block range extends beyond current head block")
        }
        guard last - first < settings.logBlockRange else {
            throw .invalidParams("exceed maximum block range: \(settings.logBlockRange)")
        }
        return first...last
    }

    private func number(_ tag: BlockTag) throws(RPCError) -> UInt64 {
        switch tag {
        case .number(let number): return number
        case .latest: return view.head.number
        case .pending: throw .pendingLogsUnsupported
        case .earliest: return 0
        case .safe:
            guard let safe = view.safe else { throw RPCError(code: -32_000, message: "safe header not found") }
            return safe.number
        case .finalized:
            guard let finalized = view.finalized else {
                throw RPCError(code: -32_000, message: "finalized header not found")
            }
            return finalized.number
        case .hash: throw .invalidBlockRange
        }
    }

    /// Writes what a block has; false where it is not known.
    private func write(
        _ reference: BlockReference, _ filter: LogFilter, _ found: inout Int, to json: inout JSONWriter
    ) throws(RPCError) -> Bool {
        let header = try asking { () throws(ChainError) in try view.header(reference) }
        guard let header else { return false }
        guard filter.mayMatch(header.logsBloom) else { return true }
        let sealed = try asking { () throws(ChainError) in try view.sealedBlock(reference) }
        guard let sealed else { return false }
        // Few logs may be as long as many.
        guard json.count < settings.logByteLimit else { throw .responseTooLarge }
        try sealed.forEachLog { log, transaction, index throws(RPCError) in
            guard filter.matches(log) else { return }
            found += 1
            guard found <= settings.logLimit else {
                throw RPCError(code: -32_005, message: "query returned more than \(settings.logLimit) results")
            }
            json.log(log, of: sealed, transaction: transaction, logIndex: index)
        }
        return true
    }
}

extension SealedBlock {
    /// Calls `body` with every log of the block, the index of its transaction, and its own index in the block.
    func forEachLog<Failure: Error>(_ body: (Log, Int, Int) throws(Failure) -> Void) throws(Failure) {
        var index = 0
        for (transaction, receipt) in receipts.enumerated() {
            for log in receipt.logs {
                try body(log, transaction, index)
                index += 1
            }
        }
    }
}

import Primitives
import StateTransition

/// Which logs somebody wants (execution-apis, Filter).
struct LogFilter: Sendable {
    /// What one place of a log may be: one of some values, or anything.
    private struct Alternatives<Value: Hashable & Sendable>: Sendable {
        private let list: [Value]
        /// Instead of the list where that is long.
        private let set: Set<Value>?
        private let probes: [LogsBloom.Probe]

        init(_ values: [Value], _ probe: (Value) -> LogsBloom.Probe) {
            list = values
            set = values.count > 8 ? Set(values) : nil
            probes = values.map(probe)
        }

        /// Bytes in memory, roughly.
        var byteCount: Int { list.count * (MemoryLayout<Value>.size * (set == nil ? 1 : 3) + 8) }

        /// Whether anything will do.
        var isAny: Bool { list.isEmpty }

        func contains(_ value: Value) -> Bool { list.isEmpty || (set?.contains(value) ?? list.contains(value)) }

        func mayBe(in bloom: LogsBloom) -> Bool { list.isEmpty || probes.contains { bloom.mayContain($0) } }
    }

    private let addresses: Alternatives<Address>
    /// By position.
    private let topics: [Alternatives<Hash256>]

    /// Bytes in memory, roughly.
    var byteCount: Int { topics.reduce(addresses.byteCount) { $0 + $1.byteCount } }

    /// - Parameters:
    ///   - addresses: any of them; none for all.
    ///   - topics: for each position any of them, none for all; logs with fewer topics do not match.
    init(addresses: [Address] = [], topics: [[Hash256]] = []) {
        self.addresses = Alternatives(addresses) { LogsBloom.Probe($0) }
        self.topics = topics.map { Alternatives($0) { LogsBloom.Probe($0) } }
    }

    func matches(_ log: Log) -> Bool {
        guard log.topics.count >= topics.count, addresses.contains(log.address) else { return false }
        for (index, alternatives) in topics.enumerated() where !alternatives.contains(log.topics[index]) {
            return false
        }
        return true
    }

    /// Whether a block with this bloom may have logs that match; if not, it has none.
    func mayMatch(_ bloom: LogsBloom) -> Bool {
        addresses.mayBe(in: bloom) && topics.allSatisfy { $0.mayBe(in: bloom) }
    }
}

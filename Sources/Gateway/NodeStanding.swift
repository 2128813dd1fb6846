/// How far a rollup's node is, from its `/metrics`: what says whether it may be stopped.
struct NodeStanding: Equatable {
    private var figures: [Substring: Double] = [:]

    init(_ metrics: String) {
        for line in metrics.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            figures[line[..<space]] = value
        }
    }

    /// The L1 block that the newest block has as its origin.
    var origin: UInt64? { figures["mayfly_l1_origin_block"].flatMap { UInt64(exactly: $0) } }

    /// Why the processes may not be stopped; nil where they may.
    ///
    /// - Parameters:
    ///   - wokenAt: when they were started, seconds since the Unix epoch; what L1 got since then is news of the rollup.
    ///   - isPublished: whether a batcher of the gateway publishes the rollup.
    ///   - neededOrigin: the L1 block with a deposit for which it was woken.
    func obstacle(wokenAt: UInt64, isPublished: Bool, neededOrigin: UInt64?) -> String? {
        if let bytes = figures["mayfly_unpublished_bytes"], bytes != 0 {
            return bytes > 0
                ? "\(Int(bytes)) bytes of transactions are not safe on L1"
                    + (isPublished ? "" : ", and it has no batcher in \(RollupDirectory.optionsName)")
                : "the sequencer has not begun"
        }
        if let pending = figures["mayfly_pool_transactions{state=\"pending\"}"], pending > 0 {
            return "\(Int(pending)) transactions wait for a block"
        }
        if let neededOrigin, origin ?? 0 < neededOrigin {
            return "the deposit in L1 block \(neededOrigin) is not in it yet"
        }
        let isWhole = figures["mayfly_head_block"] == figures["mayfly_safe_block"]
        if isPublished, !isWhole, figures["mayfly_safe_timestamp_seconds"] ?? 0 < Double(wokenAt) {
            return "L1 has no block of it since it was woken"
        }
        return nil
    }
}

/// Decides when a rollup gets another read replica and when it gives one up, by how many requests its processes have on their
/// minds. Times are milliseconds of a clock that does not go back.
struct ReplicaScaling {
    enum Change: Equatable {
        case more, fewer
    }

    let limits: ReplicaLimits
    /// Since when there has been too much to do for those that there are.
    private var busySince: UInt64?
    /// Since when one fewer would have been enough.
    private var idleSince: UInt64?

    init(_ limits: ReplicaLimits) { self.limits = limits }

    /// What is to change.
    ///
    /// - Parameters:
    ///   - load: requests that the node and its replicas had at a time, the mean since the last look.
    ///   - count: of the replicas that there are.
    ///   - areReady: whether all of them serve: how far they help is not known before.
    mutating func look(load: Double, count: Int, areReady: Bool, range: ClosedRange<Int>, at now: UInt64) -> Change? {
        if count > range.upperBound { return .fewer }
        if count < range.lowerBound { return .more }
        // The node is one of them. What one fewer can bear is well below what calls for one more: they do not come and go.
        let isBusy = load > limits.load * Double(count + 1)
        let isIdle = load < limits.load * Double(count) / 2
        busySince = isBusy && areReady ? busySince ?? now : nil
        idleSince = isIdle ? idleSince ?? now : nil
        if count < range.upperBound, let busySince, now - busySince >= limits.patience {
            self.busySince = nil
            return .more
        }
        if count > range.lowerBound, let idleSince, now - idleSince >= limits.rest {
            self.idleSince = nil
            return .fewer
        }
        return nil
    }
}

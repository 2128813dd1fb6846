/// How much somebody may ask: so much a second, and so much at once after a pause.
struct Allowance: Equatable, Sendable {
    /// Requests a second, weighted as `CallWeight` says.
    var rate: Double
    /// The most that can be saved up; at least one.
    var burst: Double
}

/// What is left of an allowance.
struct TokenBucket {
    private var level: Double
    /// Nanoseconds.
    private var time: UInt64

    /// A full one.
    init(_ allowance: Allowance, at now: UInt64) { (level, time) = (allowance.burst, now) }

    /// Takes what a request weighs.
    ///
    /// What weighs more than can be saved up is let through when all is saved up, and has to be made up for.
    ///
    /// - Returns: zero; or, where there is not enough, nanoseconds until there is, and nothing is taken.
    mutating func take(_ weight: Double, of allowance: Allowance, at now: UInt64) -> UInt64 {
        refill(allowance, now)
        let lacking = min(weight, allowance.burst) - level
        if lacking > 0 { return UInt64(min(lacking / allowance.rate * 1e9, 3.6e12)) + 1 }
        level -= weight
        return 0
    }

    /// Takes what something weighs that was let through already.
    ///
    /// - Returns: nanoseconds until it is made up for.
    mutating func charge(_ weight: Double, of allowance: Allowance, at now: UInt64) -> UInt64 {
        refill(allowance, now)
        level -= weight
        return level < 0 ? UInt64(min(-level / allowance.rate * 1e9, 3.6e12)) + 1 : 0
    }

    private mutating func refill(_ allowance: Allowance, _ now: UInt64) {
        level = min(allowance.burst, level + Double(now > time ? now - time : 0) * allowance.rate / 1e9)
        time = max(now, time)
    }
}

/// Buckets by who they are of: a bounded number, of which those that were used last are kept.
struct BucketTable<Owner: Hashable> {
    private var recent: [Owner: TokenBucket] = [:]
    private var earlier: [Owner: TokenBucket] = [:]
    private let limit: Int

    /// - Parameter limit: of owners that are known for certain; there may be twice as many.
    init(limit: Int) { self.limit = limit }

    var count: Int { recent.count + earlier.count }

    mutating func take(_ weight: Double, from owner: Owner, of allowance: Allowance, at now: UInt64) -> UInt64 {
        know(owner, allowance, now)
        return recent[owner]?.take(weight, of: allowance, at: now) ?? 0
    }

    mutating func charge(_ weight: Double, from owner: Owner, of allowance: Allowance, at now: UInt64) -> UInt64 {
        know(owner, allowance, now)
        return recent[owner]?.charge(weight, of: allowance, at: now) ?? 0
    }

    private mutating func know(_ owner: Owner, _ allowance: Allowance, _ now: UInt64) {
        if recent[owner] == nil {
            if recent.count >= limit { (earlier, recent) = (recent, [:]) }
            recent[owner] = earlier.removeValue(forKey: owner) ?? TokenBucket(allowance, at: now)
        }
    }
}

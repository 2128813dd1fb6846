import NIOCore

/// Why a request is refused although it is well-formed.
enum Shedding: Int, CaseIterable {
    /// Its sender has asked more than it may.
    case rate
    /// The rollup's process has as many requests as it may.
    case inFlight
    /// As many requests as may wait for their turn.
    case waiting
    /// No key, or an unknown one.
    case key
    /// Half of all connections.
    case connections
    /// Half of what all requests may hold.
    case memory

    var word: StaticString {
        switch self {
        case .rate: "rate"
        case .inFlight: "in_flight"
        case .waiting: "waiting"
        case .key: "key"
        case .connections: "connections"
        case .memory: "memory"
        }
    }
}

/// What comes and goes for one rollup. Confined to the gateway's loop.
final class RollupTraffic {
    let limits: TrafficLimits
    private(set) var figures = RollupFigures()
    /// Requests that the process has, or that wait for it to begin.
    var inFlight = 0
    /// What the answers of the process and its replicas have taken together, nanoseconds: per second, how many it has at a time.
    var answeringTime: Int64 = 0
    /// Connections whose last request was for the rollup.
    var connections = 0
    /// Bytes of their requests that are not answered.
    var heldBytes = 0
    private var buckets = BucketTable<Asker>(limit: 16_384)
    /// What the rollup may still do in this turn.
    private var left = 0
    private var turnBegan = NIODeadline.uptimeNanoseconds(0)
    private var line = CircularBuffer<FrontConnection>()

    enum Asker: Hashable {
        case address(ClientAddress)
        case key(String)
    }

    /// After which a turn is over, where others have nothing to do.
    private static let turnTime = TimeAmount.microseconds(100)

    init(_ limits: TrafficLimits) { self.limits = limits }

    /// How long somebody has to wait until a request of that weight is within an allowance: nanoseconds, zero for not at all.
    func take(_ weight: Double, from asker: Asker, of allowance: Allowance, at now: NIODeadline) -> UInt64 {
        buckets.take(weight, from: asker, of: allowance, at: now.uptimeNanoseconds)
    }

    /// How long somebody has to wait after what was let through already.
    func charge(_ weight: Double, to asker: Asker, of allowance: Allowance, at now: NIODeadline) -> UInt64 {
        buckets.charge(weight, from: asker, of: allowance, at: now.uptimeNanoseconds)
    }

    // MARK: Turns

    /// Whether a request may begin now; where not, its connection is in line, or refused where that is full.
    ///
    /// - Parameter size: of a turn.
    func begin(_ connection: FrontConnection, at now: NIODeadline, size: Int) -> Turn {
        if line.isEmpty {
            if now - turnBegan > Self.turnTime { (left, turnBegan) = (size, now) }
            if left > 0 {
                left -= 1
                return .now
            }
        }
        guard line.count < limits.waiting else { return .never }
        line.append(connection)
        return .later
    }

    enum Turn {
        case now, later, never
    }

    /// Begins what may begin in a turn.
    ///
    /// - Returns: whether more are in line.
    func turn(size: Int) -> Bool {
        (left, turnBegan) = (size, .now())
        while left > 0, let connection = line.popFirst() {
            // Who went away, or was told that it took too long, costs nothing.
            if connection.itsTurn() { left -= 1 }
        }
        return !line.isEmpty
    }

    /// What was begun is more work than others.
    func spend(_ weight: Int) { left -= weight }

    // MARK: Counting

    func countRequest(bytes: Int) {
        figures.requests += 1
        figures.receivedBytes += bytes
    }

    func countReceived(_ bytes: Int) { figures.receivedBytes += bytes }
    func countHit() { figures.hits += 1 }
    func countMiss() { figures.misses += 1 }
    func countShed(_ reason: Shedding) { figures.shed[reason.rawValue] += 1 }
    func countSent(_ bytes: Int) { figures.sentBytes += bytes }
    func countAnswer(after time: TimeAmount) { figures.latency.add(time.nanoseconds) }
}

/// What is counted of one rollup.
struct RollupFigures {
    var requests = 0
    var hits = 0
    var misses = 0
    /// By `Shedding`.
    var shed = [Int](repeating: 0, count: Shedding.allCases.count)
    var receivedBytes = 0
    var sentBytes = 0
    /// From a whole request to the last byte of its answer, as the gateway writes it.
    var latency = LatencyHistogram()

    mutating func add(_ other: RollupFigures) {
        requests += other.requests
        hits += other.hits
        misses += other.misses
        for index in shed.indices { shed[index] += other.shed[index] }
        receivedBytes += other.receivedBytes
        sentBytes += other.sentBytes
        latency.add(other.latency)
    }
}

/// How long things took.
struct LatencyHistogram {
    /// Upper bounds of the classes, nanoseconds; what is above them all has a class of its own.
    static let bounds: [Int64] = [
        100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000, 300_000_000, 1_000_000_000,
        3_000_000_000, 10_000_000_000,
    ]
    private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    private(set) var sum: Int64 = 0

    mutating func add(_ nanoseconds: Int64) {
        counts[Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count] += 1
        sum += nanoseconds
    }

    mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
    }
}

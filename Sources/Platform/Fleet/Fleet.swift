/// How the processes of one rollup are run: what each is told beside what follows from the rollup.
public struct RollupPrograms: Equatable, Sendable {
    public var node: [String]
    public var batcher: [String]
    public var proposer: [String]

    public init(node: [String], batcher: [String], proposer: [String]) {
        self.node = node
        self.batcher = batcher
        self.proposer = proposer
    }
}

/// The processes of a rollup.
public enum FleetProgram: String, CaseIterable, Sendable {
    case node, batcher, proposer
    /// What runs the others, where each rollup has one of its own.
    case place
}

/// A part of a log, and where the next one begins: in bytes, or for `place` in nanoseconds since the Unix epoch.
public struct LogPart: Equatable, Sendable {
    public var text: String
    public var next: UInt64
}

/// What a platform has on record: whose processes are to run, and whose may.
public struct FleetRecords: Equatable, Sendable {
    /// Names of rollups that are on L1 and not at their end.
    public var living: Set<String>
    /// Names of all that are not dissolved.
    public var known: Set<String>

    public init(living: Set<String>, known: Set<String>) {
        self.living = living
        self.known = known
    }
}

/// What a rollup's processes do at the moment.
public enum PlaceState: String, Sendable, Codable {
    case idle, waking, awake, stopping, resting, closed
    /// Whoever runs them does not say.
    case unknown
}

/// Why a fleet could not do something.
public struct FleetError: Error, Equatable, Sendable {
    /// For people.
    public let message: String

    public init(_ message: String) { self.message = message }
}

/// Where the processes of rollups run. All that it is asked may be asked again.
public protocol Fleet: Sendable {
    /// The directory with the files of a rollup.
    func directory(of name: String) -> String

    /// Says how a rollup is to be run, before its launch is complete.
    func prepare(_ name: String, _ programs: RollupPrograms) throws(FleetError)

    /// Has a rollup's processes run from now on, whenever somebody needs them. The files of its launch are there.
    func start(_ name: String) async throws(FleetError)

    /// The JSON-RPC of a rollup, which its processes are woken by.
    func endpoint(of name: String) -> String

    /// Has a rollup's processes end where nobody uses them, until somebody does.
    func rest(_ name: String) async throws(FleetError)

    /// Whether it can do that.
    var restsByOrder: Bool { get }

    /// What its processes do; asking wakes nobody.
    func state(of name: String) async -> PlaceState

    /// What the node's `/metrics` said last, seconds ago at most; nil while it does not run, or where nobody says. Asking wakes
    /// nobody and keeps nobody awake.
    func figures(of name: String) async -> String?

    /// Ends a rollup's processes for good. Its files stay, in another directory.
    ///
    /// - Returns: that directory.
    func retire(_ name: String) async throws(FleetError) -> String

    /// A part of what a process has said; nil where it has said nothing.
    ///
    /// - Parameters:
    ///   - offset: where it begins, as the part before it says; nil for the end of all.
    ///   - limit: bytes at most.
    func log(of name: String, _ program: FleetProgram, from offset: UInt64?, limit: Int) async -> LogPart?

    /// Removes what is left of a rollup that was retired, but the files of its launch, its keys and its archive.
    func clear(_ name: String) throws(FleetError)

    /// Takes over what an earlier platform has left running, and keeps watch over it until it is cancelled.
    ///
    /// - Parameters:
    ///   - records: nil where they cannot be read at the moment.
    ///   - report: is told what happens, for people.
    func keep(
        _ records: @escaping @Sendable () async -> FleetRecords?, report: @escaping @Sendable (String) -> Void) async
}

extension Fleet {
    public func start(_ name: String) async throws(FleetError) {}

    public func rest(_ name: String) async throws(FleetError) {
        throw FleetError("this fleet puts no rollup to sleep by order: it sleeps when nobody uses it")
    }

    public var restsByOrder: Bool { false }

    public func keep(
        _ records: @escaping @Sendable () async -> FleetRecords?, report: @escaping @Sendable (String) -> Void
    ) async {}
}

extension Fleet {
    /// A fleet that does not measure.
    public func figures(of name: String) async -> String? { nil }
}

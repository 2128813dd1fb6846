/// The runner of one family of fixtures. Each worker thread has its own, so that machines and buffers are reused from
/// case to case without locks.
protocol Suite: SendableMetatype {
    static var kind: ConformanceKind { get }

    init(options: SuiteOptions) throws(FixtureError)

    /// Whether a file with this path can hold fixtures of the family: decided without opening it.
    static func isCandidate(path: String) -> Bool

    /// Runs the cases of `file`, or returns what else the file is.
    mutating func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict
}

extension Suite {
    static func isCandidate(path: String) -> Bool { path.hasSuffix(".json") }
}

/// How a runner is to go about its cases.
public struct SuiteOptions: Sendable {
    /// Takes EIP-3155 lines where tracing is wanted.
    public var trace: (@Sendable (String) -> Void)?
    /// Where `op-block` writes the input of the fault-proof program and the expected hash of each case.
    public var exportFolder: String?

    public init(trace: (@Sendable (String) -> Void)? = nil, exportFolder: String? = nil) {
        self.trace = trace
        self.exportFolder = exportFolder
    }
}

/// Whether a file belongs to a family.
enum FileVerdict: Equatable {
    /// Its cases have been reported.
    case ran
    /// It holds something else: what it is, as far as can be told.
    case other(String)
}

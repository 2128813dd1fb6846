import Foundation

/// Recorded JSON-RPC exchanges (execution-apis, tests): a chain is imported, a node serves it over HTTP, and every
/// `.io` file below the folder of `chain.rlp` is played in the order of the paths, as some change the pool.
struct RPCSuite: Suite {
    static let kind = ConformanceKind.rpc

    init(options: SuiteOptions) {}

    /// What belongs to a chain is looked at with it, not by itself.
    static func isCandidate(path: String) -> Bool { true }

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        guard file.name == "chain.rlp" else {
            if file.path.hasSuffix(".io") || file.path.hasSuffix(".json") { return .ran }
            return .other("no chain.rlp")
        }
        let exchanges = try FixtureSearch.files(at: file.folder).filter { $0.path.hasSuffix(".io") }
        var node: Result<RPCNode, any Error>?
        for found in exchanges.sorted(by: { $0.path < $1.path }) {
            reporter.run(String(found.path.dropFirst(file.folder.count + 1))) {
                // The chain is imported when the first case is selected.
                let started = node ?? Result { try RPCNode(folder: file.folder) }
                node = started
                try RecordedExchange(FixtureFile(path: found.path)).play(on: try started.get())
            }
        }
        return .ran
    }
}

import Foundation
import Synchronization

/// What became of one file.
public struct FileReport: Sendable {
    public let path: String
    public var passedCount: Int
    /// The cases that failed or were skipped.
    public var others: [CaseReporter.Named]
    public var seenCount: Int
    /// What the file is, where it holds no fixture of the family.
    public var foreign: String?
}

extension FileReport {
    /// The report on a file of which each of `shares`, at least one, ran some cases and saw all.
    fileprivate init(joining shares: [FileReport]) {
        self = shares[0]
        passedCount = shares.reduce(0) { $0 + $1.passedCount }
        others = shares.flatMap(\.others)
    }
}

/// What became of a run.
public struct RunReport: Sendable {
    public var passedCount = 0
    public var failures: [(name: String, mismatch: Mismatch)] = []
    /// The files and folders in which there was no case at all; each counts as a failure.
    public var emptyPaths: [(name: String, mismatch: Mismatch)] = []
    public var skips: [(name: String, reason: String)] = []
    /// Files that are no fixtures of the family: what they are, with their paths.
    public var foreign: [(description: String, paths: [String])] = []

    /// Whether nothing failed.
    public var isSuccess: Bool { failureCount == 0 }

    public var failureCount: Int { failures.count + emptyPaths.count }
}

/// Runs the fixtures of one family on several threads; results come in the order of the files, whatever the order in
/// which they were finished.
public struct ConformanceRun: Sendable {
    public let kind: ConformanceKind
    public var selection: CaseSelection
    public var options: SuiteOptions
    public var threadCount: Int

    /// Files from this size (in bytes) are begun first, so that no thread is left with one at the end.
    private static let largeFileSize = 4 << 20
    /// In bytes: decoders recurse to a bounded depth of 1,024.
    private static let threadStackSize = 16 << 20

    /// A run of all cases; on as many threads as there are processors where `threadCount` is nil.
    public init(
        kind: ConformanceKind, selection: CaseSelection = CaseSelection(), options: SuiteOptions = SuiteOptions(),
        threadCount: Int? = nil
    ) {
        self.kind = kind
        self.selection = selection
        self.options = options
        self.threadCount = max(1, threadCount ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Runs every fixture of the family in the files and folders `paths`, calling `onFile` in order as files finish.
    ///
    /// - Throws: `FixtureError` where a path does not exist or the selection is not well-formed.
    public func run(
        paths: [String], onFile: @Sendable @escaping (FileReport) -> Void = { _ in }
    ) throws(FixtureError) -> RunReport {
        switch kind {
        case .block: try run(BlockSuite.self, paths, onFile)
        case .transaction: try run(TransactionSuite.self, paths, onFile)
        case .rlp: try run(RLPSuite.self, paths, onFile)
        case .state: try run(StateSuite.self, paths, onFile)
        case .trie: try run(TrieSuite.self, paths, onFile)
        case .precompile: try run(PrecompileSuite.self, paths, onFile)
        case .opBlock: try run(OPBlockSuite.self, paths, onFile)
        case .bls: try run(BLSSuite.self, paths, onFile)
        case .kzg: try run(KZGSuite.self, paths, onFile)
        case .opGenesis: try run(OPGenesisSuite.self, paths, onFile)
        case .engine: try run(EngineSuite.self, paths, onFile)
        case .rpc: try run(RPCSuite.self, paths, onFile)
        }
    }

    private func run<S: Suite>(
        _ suite: S.Type, _ paths: [String], _ onFile: @Sendable @escaping (FileReport) -> Void
    ) throws(FixtureError) -> RunReport {
        _ = try CaseSelector(selection)
        _ = try S(options: options)
        var report = RunReport()
        var files: [FoundFile] = []
        var spans: [(path: String, files: Range<Int>)] = []
        for path in paths {
            let start = files.count
            files += try FixtureSearch.files(at: path)
            spans.append((path, start..<files.count))
        }
        let reports = FileReports(count: files.count, onFile: onFile)
        execute(S.self, files, reports)

        let all = reports.finished
        for file in all { report.add(file) }
        for span in spans where all[span.files].allSatisfy({ $0.seenCount == 0 }) {
            let hint = all[span.files].lazy.compactMap(\.foreign).first.map { "; its files hold \($0)" } ?? ""
            let mismatch = Mismatch(
                "fixtures", expected: "at least one \(kind.rawValue) case",
                got: "none in \(span.files.count) files\(hint)")
            report.emptyPaths.append((span.path, mismatch))
        }
        return report
    }

    /// Has every file run by one of the threads, and those whose cases take long by all of them.
    private func execute<S: Suite>(_ suite: S.Type, _ files: [FoundFile], _ reports: FileReports) {
        let slow = files.indices.filter { files[$0].isSlow }
        let large = files.indices.filter { !files[$0].isSlow && files[$0].size >= Self.largeFileSize }
            .sorted { files[$0].size > files[$1].size }
        let rest = files.indices.filter { !files[$0].isSlow && files[$0].size < Self.largeFileSize }
        let shares = slow.flatMap { file in
            (0..<threadCount).map { Work(file: file, share: CaseShare(index: $0, count: threadCount)) }
        }
        let whole = (large + rest).map { Work(file: $0, share: CaseShare(index: 0, count: 1)) }
        let queue = WorkQueue(order: shares + whole)
        let group = DispatchGroup()
        for _ in 0..<min(threadCount, max(1, files.count)) {
            group.enter()
            let thread = Thread { [self] in
                work(suite, files, queue, reports)
                group.leave()
            }
            thread.stackSize = Self.threadStackSize
            thread.start()
        }
        group.wait()
    }

    private func work<S: Suite>(_ suite: S.Type, _ files: [FoundFile], _ queue: WorkQueue, _ reports: FileReports) {
        // Both were made once before the threads began, so they can be made again.
        guard let selector = try? CaseSelector(selection), var runner = try? S(options: options) else { return }
        while let work = queue.next() {
            reports.finish(work, Self.report(on: files[work.file], work.share, &runner, selector))
        }
    }

    private static func report<S: Suite>(
        on found: FoundFile, _ share: CaseShare, _ runner: inout S, _ selector: CaseSelector
    ) -> FileReport {
        let reporter = CaseReporter(path: found.path, kind: S.kind, selector: selector, share: share)
        var foreign: String?
        if S.isCandidate(path: found.path) || found.isNamedDirectly {
            do {
                let file = try FixtureFile(path: found.path)
                if case .other(let description) = try runner.run(file, reporter) {
                    foreign = description
                    if found.isNamedDirectly {
                        reporter.failFile(FixtureError(place: "", problem: "it is \(description)"))
                    }
                }
            } catch {
                reporter.failFile(error)
            }
        } else {
            foreign = "no fixture by its name"
        }
        return FileReport(
            path: found.path, passedCount: reporter.passedCount, others: reporter.others,
            seenCount: reporter.seenCount, foreign: foreign)
    }
}

extension RunReport {
    mutating func add(_ file: FileReport) {
        passedCount += file.passedCount
        for other in file.others {
            switch other.outcome {
            case .passed: passedCount += 1
            case .failed(let mismatch): failures.append((other.name, mismatch))
            case .skipped(let reason): skips.append((other.name, reason))
            }
        }
        guard let description = file.foreign else { return }
        if let index = foreign.firstIndex(where: { $0.description == description }) {
            foreign[index].paths.append(file.path)
        } else {
            foreign.append((description, [file.path]))
        }
    }
}

/// The cases of a file that one thread runs in one go.
private struct Work {
    /// The place of the file in the list of all.
    let file: Int
    let share: CaseShare
}

/// Hands out the work, each piece once.
private final class WorkQueue: Sendable {
    private let order: [Work]
    private let position = Atomic<Int>(0)

    init(order: [Work]) { self.order = order }

    func next() -> Work? {
        let index = position.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < order.count ? order[index] : nil
    }
}

/// Gathers the reports and passes them on in the order of the files.
private final class FileReports: Sendable {
    private struct State {
        var reports: [FileReport?]
        /// The reports on shares of files of which others are still being run.
        var shares: [Int: [FileReport?]] = [:]
        var announcedCount = 0
    }

    private let state: Mutex<State>
    private let onFile: @Sendable (FileReport) -> Void

    init(count: Int, onFile: @Sendable @escaping (FileReport) -> Void) {
        state = Mutex(State(reports: Array(repeating: nil, count: count)))
        self.onFile = onFile
    }

    func finish(_ work: Work, _ report: FileReport) {
        state.withLock { state in
            var shares = state.shares[work.file] ?? Array(repeating: nil, count: work.share.count)
            shares[work.share.index] = report
            let finished = shares.compactMap { $0 }
            guard finished.count == work.share.count else {
                state.shares[work.file] = shares
                return
            }
            state.shares[work.file] = nil
            state.reports[work.file] = FileReport(joining: finished)
            while state.announcedCount < state.reports.count, let next = state.reports[state.announcedCount] {
                onFile(next)
                state.announcedCount += 1
            }
        }
    }

    var finished: [FileReport] { state.withLock { $0.reports.compactMap { $0 } } }
}

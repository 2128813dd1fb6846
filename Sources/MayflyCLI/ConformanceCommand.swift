import ArgumentParser
import Conformance
import Foundation

struct ConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Runs official test fixtures.",
        discussion: """
            Prints one line for each failure, saying what was expected and what came out, and last
            "N passed, M failed", with ", K skipped" where the committed list leaves cases out.
            Exits with 0 where all passed, 1 where one failed, 2 where the command was wrong.

            Kinds:
            \(ConformanceKind.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))
            """)

    @Argument(help: ArgumentHelp("Which family of fixtures.", valueName: "kind"), transform: Self.kind(named:))
    var kind: ConformanceKind

    @Argument(help: ArgumentHelp("Fixture files, or folders to search for them.", valueName: "path"))
    var paths: [String]

    @Option(help: "Run only cases of this fork, as the fixtures name it (Cancun, EIP158, PragueToOsakaAtTime15k).")
    var fork: String?

    @Option(
        name: .customLong("run"), help: ArgumentHelp("Run only cases whose name holds a match.", valueName: "regex"))
    var pattern: String?

    @Option(help: "How many threads to run files on; all processors if not given.")
    var threads: Int?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    @Flag(help: "Print an EIP-3155 line for each instruction of state cases; to standard error with --json.")
    var trace = false

    @Option(
        help: ArgumentHelp(
            "Write the input of the fault-proof program and the expected block hash of each op-block case.",
            valueName: "folder"))
    var export: String?

    func validate() throws {
        if paths.isEmpty { throw ValidationError("Give at least one fixture file or folder.") }
        if let threads, threads < 1 { throw ValidationError("--threads takes a number from 1 on, not \(threads).") }
        if export != nil && kind != .opBlock { throw ValidationError("--export works for op-block fixtures only.") }
        if trace && kind != .state { throw ValidationError("--trace works for state fixtures only.") }
    }

    func run() throws {
        var options = SuiteOptions(exportFolder: export)
        let printsText = !json
        if trace { options.trace = { line in printsText ? print(line) : StandardStreams.writeError(line) } }
        var run = ConformanceRun(kind: kind, selection: CaseSelection(fork: fork, pattern: pattern), options: options)
        if let threads { run.threadCount = threads }
        if trace { run.threadCount = 1 }
        let report: RunReport
        do {
            report = try run.run(paths: paths) { file in
                guard printsText else { return }
                for other in file.others { if let line = other.line { print(line) } }
            }
        } catch {
            throw ValidationError(error.description)
        }
        if json { print(try report.json(kind: kind)) } else { report.printSummary() }
        if !report.isSuccess { throw ExitCode(1) }
    }
}

extension ConformanceCommand {
    private static func kind(named name: String) throws -> ConformanceKind {
        if let kind = ConformanceKind(rawValue: name) { return kind }
        let names = ConformanceKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("there is no kind \"\(name)\"; the kinds are \(names).")
    }
}

extension CaseReporter.Named {
    /// The line that says what became of the case; nil where it passed.
    fileprivate var line: String? {
        switch outcome {
        case .passed: nil
        case .failed(let mismatch): mismatch.line(name: name)
        case .skipped(let reason): "SKIP \(name): \(reason)"
        }
    }
}

extension Mismatch {
    fileprivate func line(name: String) -> String { "FAIL \(name): \(subject): expected \(expected), got \(got)" }
}

extension RunReport {
    /// Files that were no fixtures go to standard error; what belongs to no file, and the totals, to standard output.
    fileprivate func printSummary() {
        for (description, paths) in foreign {
            let others = paths.count == 1 ? "" : " and \(paths.count - 1) more"
            StandardStreams.writeError("note: left out \(paths[0])\(others): \(description)")
        }
        for (path, mismatch) in emptyPaths { print(mismatch.line(name: path)) }
        print(summary)
    }

    /// `N passed, M failed`, and the skips where there are any.
    fileprivate var summary: String {
        "\(passedCount) passed, \(failureCount) failed" + (skips.isEmpty ? "" : ", \(skips.count) skipped")
    }

    fileprivate func json(kind: ConformanceKind) throws -> String {
        struct Output: Encodable {
            struct Failure: Encodable {
                let name, subject, expected, got: String
            }
            struct Skip: Encodable {
                let name, reason: String
            }
            struct LeftOut: Encodable {
                let description: String
                let paths: [String]
            }
            let kind: String
            let passed, failed, skipped: Int
            let failures: [Failure]
            let skips: [Skip]
            let leftOut: [LeftOut]
        }
        let output = Output(
            kind: kind.rawValue, passed: passedCount, failed: failureCount, skipped: skips.count,
            failures: (failures + emptyPaths).map {
                .init(
                    name: $0.name, subject: $0.mismatch.subject, expected: $0.mismatch.expected, got: $0.mismatch.got)
            },
            skips: skips.map { .init(name: $0.name, reason: $0.reason) },
            leftOut: foreign.map { .init(description: $0.description, paths: $0.paths) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(output), as: UTF8.self)
    }
}

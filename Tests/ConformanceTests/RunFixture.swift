import Foundation
import Testing

import Conformance

/// Runs fixtures that a test holds as text.
enum RunFixture {
    /// Writes `files` to a fresh folder, runs `body` with its path, and removes it.
    static func withFolder<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "conformance-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return try body(folder.path)
    }

    /// The report on one file with this text.
    static func report(
        _ kind: ConformanceKind, _ text: String, name: String = "fixture.json",
        selection: CaseSelection = CaseSelection()
    ) throws -> RunReport {
        try withFolder([name: text]) { folder in
            try ConformanceRun(kind: kind, selection: selection, threadCount: 1).run(paths: [folder])
        }
    }
}

/// Where the official vectors are unpacked; tests that need them are off without it.
enum Vectors {
    static let folder = ProcessInfo.processInfo.environment["MAYFLY_VECTORS"]

    /// Runs what is at `path` below the folder and expects no failure and at least `count` cases.
    static func expectAllPass(_ kind: ConformanceKind, _ path: String, atLeast count: Int) throws {
        let folder = try #require(folder)
        let report = try ConformanceRun(kind: kind).run(paths: [folder + "/" + path])
        for failure in (report.failures + report.emptyPaths).prefix(20) {
            Issue.record(
                "\(failure.name): \(failure.mismatch.subject): expected \(failure.mismatch.expected), got \(failure.mismatch.got)"
            )
        }
        #expect(report.failureCount == 0)
        #expect(report.passedCount >= count)
    }
}

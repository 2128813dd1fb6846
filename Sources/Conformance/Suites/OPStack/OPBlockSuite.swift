import Foundation
import Primitives
import StateTransition

/// Recorded blocks of OP Stack chains: each is made again from its witness, in the form in which the fault-proof program
/// gets it, and must have the recorded hash.
struct OPBlockSuite: Suite {
    static let kind = ConformanceKind.opBlock
    private let exportFolder: String?

    init(options: SuiteOptions) { exportFolder = options.exportFolder }

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        guard file.name != "witness.json" else { return .other("the witness of a recorded OP block") }
        let fields = try file.json()
        guard fields["rollup_config"] != nil, fields["executing_payload"] != nil else {
            return .other(FixtureShape.describe(fields))
        }
        let name = (file.folder as NSString).lastPathComponent
        reporter.run(name) {
            let block = try RecordedBlock(fixture: file)
            let bytes = block.input.encoded
            if let exportFolder { try Self.export(block, bytes, to: exportFolder, name) }
            let input = try RollupBlockInput(decoding: bytes)
            if input != block.input { throw Mismatch("round trip", expected: "the input", got: "another") }
            let built = try input.execute()
            try Mismatch.check("block hash", expected: block.expectedHash, got: built.block.header.hash)
        }
        return .ran
    }

    /// Writes `NAME.input`, and `NAME.hash` with what the fault-proof program prints of it.
    private static func export(_ block: RecordedBlock, _ bytes: [UInt8], to folder: String, _ name: String) throws {
        let folder = URL(fileURLWithPath: folder, isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: folder.appending(path: name + ".input"))
        try Data("\(block.input.rulesHash)\n\(block.expectedHash)\n".utf8).write(
            to: folder.appending(path: name + ".hash"))
    }
}

import ArgumentParser
import Derivation
import Foundation
import Primitives

/// Data that a rollup goes on without.
struct SkippedDataOptions: ParsableArguments {
    @Option(
        name: .customLong("skip-data"),
        help: ArgumentHelp(
            "An alt-DA commitment whose data are lost for ever, or @FILE with one a line: derived as if it had none. All nodes "
                + "of the rollup have to skip the same. May be repeated.",
            valueName: "commitment"))
    var texts: [String] = []

    func commitments() throws -> [AltDACommitment] {
        var commitments: [AltDACommitment] = []
        for text in texts {
            guard text.hasPrefix("@") else {
                commitments.append(try Self.commitment(text))
                continue
            }
            let path = String(text.dropFirst())
            let content: String
            do { content = try String(contentsOfFile: path, encoding: .utf8) } catch {
                throw CommandFailure("--skip-data: \(path) cannot be read: \(error.localizedDescription)")
            }
            for line in content.split(whereSeparator: { $0.isWhitespace }) {
                commitments.append(try Self.commitment(String(line)))
            }
        }
        return commitments
    }

    private static func commitment(_ text: String) throws -> AltDACommitment {
        guard let bytes = try? Hex.decode(text),
            let commitment = AltDACommitment(batcherData: [AltDACommitment.version] + bytes)
        else {
            throw CommandFailure(
                "--skip-data: \(text) is no commitment: 0x, the byte of its type and the commitment itself")
        }
        return commitment
    }
}

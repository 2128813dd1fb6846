import ArgumentParser
import Conformance
import EVM
import Foundation
import Primitives
import StateTransition

struct EVMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evm", abstract: "Executes bytecode.", subcommands: [Run.self])
}

extension EVMCommand {
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Executes bytecode as one message call and prints what came of it.",
            discussion: """
                Prints how the call ended, its output, the gas it used and its logs. The gas is that of the call alone,
                without what a transaction costs before it. With --bench the call is made many times, each time on the
                same state, and the time of a run and the gas a second follow.

                Exits with 0 where the call succeeded, 1 where it was reverted or halted, 2 where the command was wrong.
                """)

        @Option(help: ArgumentHelp("The bytecode.", valueName: "hex"))
        var code: String?

        @Option(help: ArgumentHelp("The call data.", valueName: "hex"))
        var input: String?

        @Option(help: "The gas that the call may use. (default: 30000000, or what the file says)")
        var gas: UInt64?

        @Option(
            name: .customLong("case"),
            help: ArgumentHelp(
                "A file with the call and the accounts it meets: lines 'to', 'caller', 'gas', 'input', 'code', 'store'.",
                valueName: "file"))
        var file: String?

        @Option(help: "The rules, by the name of their fork: frontier to osaka.")
        var fork = "osaka"

        @Option(help: ArgumentHelp("Time this many runs.", valueName: "n"))
        var bench: Int?

        @Flag(help: "Print one JSON object instead of text.")
        var json = false

        func validate() throws {
            if (code == nil) == (file == nil) {
                throw ValidationError("Give either --code or --case: the one holds bytecode, the other names a file.")
            }
            if let bench, bench < 1 { throw ValidationError("--bench takes a number from 1 on, not \(bench).") }
            _ = try revision()
            _ = try message()
        }

        func run() throws {
            var run = BytecodeRun(try message(), revision: try revision())
            let outcome: BytecodeOutcome
            let timing: BytecodeTiming?
            do {
                outcome = try run.execute()
                timing = try bench.map { try run.time(runs: $0) }
            } catch {
                throw ValidationError("the state could not be read: \(error)")
            }
            print(json ? try outcome.json(timing) : outcome.text(timing))
            if !outcome.isSuccess { throw ExitCode(1) }
        }

        private func revision() throws -> Revision {
            if let revision = ForkName.revision(named: fork) { return revision }
            throw ValidationError("There is no fork \"\(fork)\"; the forks are \(ForkName.examples).")
        }

        private func message() throws -> MessageCase {
            var message = MessageCase()
            if let file {
                guard let data = FileManager.default.contents(atPath: file) else {
                    throw ValidationError("Cannot read the file \(file).")
                }
                do { message = try MessageCase(String(decoding: data, as: UTF8.self)) } catch {
                    throw ValidationError("\(file), \(error.place): \(error.problem)")
                }
            }
            if let code {
                message.recipient = MessageCase.defaultRecipient
                message.caller = MessageCase.defaultCaller
                message.codes = [(message.recipient, try Self.bytes(code, of: "--code"))]
            }
            if let input { message.input = try Self.bytes(input, of: "--input") }
            if let gas { message.gas = gas }
            guard message.gas <= UInt64(Int64.max) else {
                throw ValidationError("--gas takes at most \(Int64.max), not \(message.gas).")
            }
            return message
        }

        private static func bytes(_ text: String, of option: String) throws -> [UInt8] {
            do { return try Hex.decode(text) } catch {
                let reason =
                    switch error {
                    case .oddLength(let count): "it has \(count) digits, and two make a byte"
                    case .invalidDigit(let offset): "the character at offset \(offset) is no hexadecimal digit"
                    case .wrongLength(let expected, let actual): "it has \(actual) bytes, not \(expected)"
                    }
                throw ValidationError("\(option) takes hexadecimal bytes, with or without 0x: \(reason).")
            }
        }
    }
}

extension BytecodeOutcome {
    fileprivate func text(_ timing: BytecodeTiming?) -> String {
        var lines = [
            "result: \(result)", "output: \(Hex.encode(output))", "gas used: \(gasUsed)", "gas left: \(gasLeft)",
            "gas refund: \(gasRefund)", "logs: \(logs.count)",
        ]
        for log in logs {
            lines.append("  \(log.address) data \(Hex.encode(log.data))")
            lines += log.topics.map { "    topic \($0)" }
        }
        if let timing {
            lines.append("runs: \(timing.runs)")
            lines.append("time per run: \(timing.medianNanoseconds) ns (median), \(timing.leastNanoseconds) ns (least)")
            lines.append("gas per second: \(timing.gasPerSecond(gasUsed))")
        }
        return lines.joined(separator: "\n")
    }

    fileprivate func json(_ timing: BytecodeTiming?) throws -> String {
        struct Output: Encodable {
            struct LogOutput: Encodable {
                let address: String
                let topics: [String]
                let data: String
            }
            struct Bench: Encodable {
                let runs: Int
                let medianNanoseconds, leastNanoseconds, gasPerSecond: UInt64
            }
            let result, output: String
            let gasUsed, gasLeft: UInt64
            let gasRefund: Int64
            let logs: [LogOutput]
            let bench: Bench?
        }
        let value = Output(
            result: result, output: Hex.encode(output), gasUsed: gasUsed, gasLeft: gasLeft, gasRefund: gasRefund,
            logs: logs.map {
                .init(
                    address: $0.address.description, topics: $0.topics.map(\.description), data: Hex.encode($0.data))
            },
            bench: timing.map {
                .init(
                    runs: $0.runs, medianNanoseconds: $0.medianNanoseconds, leastNanoseconds: $0.leastNanoseconds,
                    gasPerSecond: $0.gasPerSecond(gasUsed))
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

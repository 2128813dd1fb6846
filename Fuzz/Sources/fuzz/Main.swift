/// Every fuzzer there is. A new one is a file of its own and a name here.
private let fuzzers: [Fuzzer] = [
    rlpFuzzer, transactionFuzzer, headerFuzzer, blockFuzzer, hexFuzzer, arithmeticFuzzer, trieFuzzer,
    networkFormFuzzer, hostileTrieFuzzer, witnessFuzzer, precompileFuzzer, pointFuzzer, signatureFuzzer, textFuzzer,
    interpreterFuzzer,
    frameFuzzer, batchFuzzer, decompressionFuzzer, pipelineFuzzer,
    contractFuzzer, messageFuzzer, methodFuzzer, connectionFuzzer,
]

/// Runs each fuzzer for a time; exits with 1 where a property failed, with 3 at a trap or a hang.
@main
struct Main {
    private static let help = """
        usage: fuzz [NAME...] [--seconds N] [--seed N] [--round N]
        Runs the fuzzers named, or all. Those of decoders share N seconds (default 60), and so do those that compare
        two implementations. --round repeats one round, by the seed that a finding names.
        fuzz stack-safety [--verbose] runs every instruction often enough to show a lost tail call.
        fuzzers: \(fuzzers.map(\.name).joined(separator: " "))
        """

    static func main() {
        var names: [String] = []
        var seconds = 60
        var seed: UInt64 = 1
        var only: UInt64?
        var arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "stack-safety" {
            exitProcess(StackSafety.run(verbose: arguments.contains("--verbose")) ? 0 : 1)
        }
        while let argument = arguments.popFirst() {
            switch argument {
            case "--seconds": seconds = Int(clamping: number(arguments.popFirst(), after: argument))
            case "--seed": seed = number(arguments.popFirst(), after: argument)
            case "--round": only = number(arguments.popFirst(), after: argument)
            case let name where fuzzers.contains { $0.name == name }: names.append(name)
            default: usage("no fuzzer and no option is called '\(argument)'")
            }
        }
        let chosen = fuzzers.indices.filter { names.isEmpty || names.contains(fuzzers[$0].name) }
        Watch.start(fuzzers.map(\.name))
        var failed = false
        for index in chosen {
            if let only {
                if !repeatRound(index, only) { failed = true }
                continue
            }
            let sharing = chosen.filter { fuzzers[$0].isDifferential == fuzzers[index].isDifferential }.count
            let time = Duration.seconds(seconds) / sharing
            if !run(index, for: time, seed: seed) { failed = true }
        }
        Watch.stop()
        if failed { exitProcess(1) }
    }

    private static func run(_ index: Int, for time: Duration, seed: UInt64) -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + time
        var rounds: UInt64 = 0
        repeat {
            Watch.batch(index)
            // Looking at the clock costs more than a short round.
            for _ in 0..<16 {
                if !repeatRound(index, seed &* 1_000_000_007 &+ rounds) { return false }
                rounds += 1
            }
        } while clock.now < end
        report("\(fuzzers[index].name): \(rounds) rounds from seed \(seed), nothing found")
        return true
    }

    private static func repeatRound(_ index: Int, _ seed: UInt64) -> Bool {
        Watch.round(seed)
        var random = SplitMix(seed: seed)
        do {
            try fuzzers[index].round(&random)
            return true
        } catch {
            report("\(fuzzers[index].name): \(error)\n(again with: fuzz \(fuzzers[index].name) --round \(seed))")
            return false
        }
    }

    private static func number(_ text: String?, after option: String) -> UInt64 {
        guard let text, let value = UInt64(text) else { usage("\(option) needs a number") }
        return value
    }

    private static func usage(_ problem: String) -> Never {
        print("fuzz: \(problem)\n\(help)")
        exitProcess(2)
    }
}

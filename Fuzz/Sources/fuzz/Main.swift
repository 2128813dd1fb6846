/// Every fuzzer there is. A new one is a file of its own and a name here.
private let fuzzers: [Fuzzer] = [rlpFuzzer, transactionFuzzer, blockFuzzer, interpreterFuzzer]

/// `fuzz [NAME...] [--seconds N] [--seed N] [--verbose]`: runs each fuzzer for N seconds.
/// `fuzz stack-safety [--verbose]`: runs every instruction often enough to show a lost tail call.
@main
struct Main {
    static func main() {
        var names: [String] = []
        var seconds = 60
        var seed: UInt64 = 1
        var verbose = false
        var arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "stack-safety" {
            exitProcess(StackSafety.run(verbose: arguments.contains("--verbose")) ? 0 : 1)
        }
        while let argument = arguments.popFirst() {
            switch argument {
            case "--seconds": seconds = number(arguments.popFirst(), after: argument)
            case "--seed": seed = UInt64(number(arguments.popFirst(), after: argument))
            case "--verbose": verbose = true
            case let name where fuzzers.contains { $0.name == name }: names.append(name)
            default: usage("no fuzzer and no option is called '\(argument)'")
            }
        }
        var failed = false
        for fuzzer in fuzzers where names.isEmpty || names.contains(fuzzer.name) {
            if !run(fuzzer, seconds: seconds, seed: seed, verbose: verbose) { failed = true }
        }
        if failed { exitProcess(1) }
    }

    private static func run(_ fuzzer: Fuzzer, seconds: Int, seed: UInt64, verbose: Bool) -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var rounds: UInt64 = 0
        while clock.now < end {
            // Looking at the clock costs more than a short round.
            for _ in 0..<64 {
                let roundSeed = seed &* 1_000_003 &+ rounds
                if verbose { print("\(fuzzer.name) seed \(roundSeed)") }
                var random = SplitMix(seed: roundSeed)
                do {
                    try fuzzer.round(&random)
                } catch {
                    print("\(fuzzer.name): round \(rounds) of seed \(seed): \(error)")
                    return false
                }
                rounds += 1
            }
        }
        print("\(fuzzer.name): \(rounds) rounds from seed \(seed), nothing found")
        return true
    }

    private static func number(_ text: String?, after option: String) -> Int {
        guard let text, let value = Int(text), value >= 0 else { usage("\(option) needs a number") }
        return value
    }

    private static func usage(_ problem: String) -> Never {
        print("fuzz: \(problem)\nusage: fuzz [NAME...] [--seconds N] [--seed N] [--verbose]")
        print("fuzzers: \(fuzzers.map(\.name).joined(separator: " "))")
        exitProcess(2)
    }
}

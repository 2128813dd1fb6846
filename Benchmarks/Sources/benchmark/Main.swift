import Foundation

/// Every benchmark there is. A new area is a file of its own and a name here.
private let benchmarks: [Benchmark] = [
    primitivesBenchmarks, hashBenchmarks, curveBenchmarks, kzgBenchmarks, blockBenchmarks, evmBenchmarks,
    bls12381Benchmarks, trieBenchmarks, mempoolBenchmarks, storageBenchmarks,
].flatMap { $0 }

/// `benchmark [PREFIX...]`: prints the median times of each benchmark whose name begins with one of the prefixes.
///
/// `benchmark precompiles [all]`: prints the slowest call of each precompile, or all that were tried.
///
/// `benchmark mempool-memory`: prints what a pooled transfer takes.
///
/// `benchmark signature-batch`: prints what 200 BN254 signatures cost together and one by one.
@main
struct Main {
    static func main() {
        let prefixes = CommandLine.arguments.dropFirst()
        if prefixes.first == "precompiles" {
            PrecompileReport.print(all: prefixes.contains("all"))
            return
        }
        if prefixes.first == "mempool-memory" {
            printMempoolMemory()
            return
        }
        if prefixes.first == "signature-batch" {
            printSignatureBatch()
            return
        }
        let chosen = benchmarks.filter { benchmark in
            prefixes.isEmpty || prefixes.contains { benchmark.name.hasPrefix($0) }
        }
        if chosen.isEmpty {
            print("no benchmark begins so; there are:\n" + benchmarks.map(\.name).joined(separator: "\n"))
        }
        for benchmark in chosen {
            let time = benchmark.medianNanoseconds()
            var line = "\(benchmark.name): \(rounded(time.wall / 1000)) us"
            line += " (\(rounded(time.processor / 1000)) us of the processor)"
            if let gas = benchmark.gas { line += ", \(rounded(Double(gas) / time.wall * 1000)) Mgas/s" }
            print(line)
        }
    }

    /// Three decimals.
    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

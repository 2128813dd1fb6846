import EVM
import Foundation
import Primitives

/// A call that is slow for its gas.
struct PrecompileCase {
    let name: String
    let precompile: Precompile
    let revision: Revision
    let input: [UInt8]
}

/// Runs every precompile on inputs that are slow for their gas, and prints for each the slowest one: how long a block of
/// 60 million gas would take that did nothing else.
enum PrecompileReport {
    private static let blockGas = 60_000_000.0
    /// What the cheapest call costs besides.
    private static func callGas(_ revision: Revision) -> Double { revision >= .berlin ? 100 : 700 }

    static func print(all: Bool) {
        var worst: [(name: String, seconds: Double)] = []
        for group in PrecompileCases.groups {
            var slowest: (name: String, seconds: Double)?
            for item in group.makeCases() {
                guard let seconds = secondsForBlock(item) else {
                    report(item, "fails")
                    continue
                }
                if all { report(item, line(seconds)) }
                if seconds > slowest?.seconds ?? 0 { slowest = (item.name, seconds) }
            }
            if let slowest { worst.append(("\(group.name): \(slowest.name)", slowest.seconds)) }
        }
        if all { Swift.print("") }
        for entry in worst { Swift.print("\(entry.name): \(line(entry.seconds))") }
        if let slowest = worst.max(by: { $0.seconds < $1.seconds }) {
            Swift.print("slowest: \(slowest.name), \(line(slowest.seconds))")
        }
    }

    private static func report(_ item: PrecompileCase, _ text: String) {
        Swift.print("  \(item.precompile) \(item.revision) \(item.name): \(text)")
    }

    private static func line(_ seconds: Double) -> String {
        String(format: "%.1f Mgas/s, %.3f s for 60 Mgas", blockGas / seconds / 1e6, seconds)
    }

    /// The time of a block full of the call, from as many calls as fit into a fifth of a second; nil where it fails.
    private static func secondsForBlock(_ item: PrecompileCase) -> Double? {
        item.input.withUnsafeBytes { input in
            guard let gas = item.precompile.gas(for: input, rules: Rules(item.revision)) else { return nil }
            guard let output = item.precompile.run(input) else { return nil }
            consume(output)
            let calls = blockGas / (Double(gas) + callGas(item.revision))
            let clock = ContinuousClock()
            var best = Double.infinity
            for _ in 0..<3 {
                var count = 0.0
                let start = clock.now
                var elapsed = Duration.zero
                repeat {
                    consume(item.precompile.run(input))
                    count += 1
                    if count >= calls.rounded(.up) { break }
                    elapsed = clock.now - start
                } while elapsed < .milliseconds(60)
                elapsed = clock.now - start
                best = min(
                    best,
                    Double(elapsed.components.attoseconds) / 1e18 / count + Double(elapsed.components.seconds) / count)
            }
            return best * calls
        }
    }
}

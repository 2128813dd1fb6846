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
        var slowest = (text: "", seconds: 0.0)
        for group in PrecompileCases.groups {
            // All cases for a short time, then the slowest of them for a longer one.
            var timed: [(item: PrecompileCase, seconds: Double)] = []
            for item in group.makeCases() {
                guard let seconds = secondsForBlock(item, milliseconds: 4) else {
                    Swift.print("\(group.name), \(item.name): fails")
                    continue
                }
                if all { Swift.print("  \(group.name), \(item.name): \(line(seconds))") }
                timed.append((item, seconds))
            }
            let again = timed.sorted { $0.seconds > $1.seconds }.prefix(4).map { entry in
                (entry.item, secondsForBlock(entry.item, milliseconds: 250) ?? entry.seconds)
            }
            guard let worst = again.max(by: { $0.1 < $1.1 }) else { continue }
            let text = "\(group.name), \(worst.0.name): \(line(worst.1))"
            Swift.print(text)
            if worst.1 > slowest.seconds { slowest = (text, worst.1) }
        }
        Swift.print("slowest of all: \(slowest.text)")
    }

    private static func line(_ seconds: Double) -> String {
        String(format: "%.1f Mgas/s, %.3f s for 60 Mgas", blockGas / seconds / 1e6, seconds)
    }

    /// The processor's time for a block full of the call, from as many calls as fit into some milliseconds; nil where it
    /// fails.
    private static func secondsForBlock(_ item: PrecompileCase, milliseconds: Double) -> Double? {
        item.input.withUnsafeBytes { input in
            guard let gas = item.precompile.gas(for: input, rules: Rules(item.revision)),
                let output = item.precompile.run(input)
            else { return nil }
            consume(output)
            let calls = blockGas / (Double(gas) + callGas(item.revision))
            let start = processorNanoseconds()
            var count = 0.0
            var elapsed = 0.0
            repeat {
                consume(item.precompile.run(input))
                count += 1
                elapsed = processorNanoseconds() - start
            } while elapsed < milliseconds * 1e6
            return elapsed / count * calls / 1e9
        }
    }
}

import EVM
import Primitives

/// Every precompile on inputs of any length and of nearly the right form: it answers the same twice, in a time that its
/// gas pays for. A trap or a hang ends the run.
let precompileFuzzer = Fuzzer(name: "precompile") { random in
    let precompile = random.pick(Precompile.allCases)
    let rules = Rules(random.pick([.frontier, .byzantium, .istanbul, .berlin, .cancun, .prague, .osaka]))
    let input = PrecompileInput.random(for: precompile, &random)
    let gas = input.withUnsafeBytes { precompile.gas(for: $0, rules: rules) }
    guard let gas, gas <= 3_000_000 else { return }
    guard gas >= 0 else { throw Finding("\(precompile) on \(Hex.encode(input)) has negative gas") }
    let clock = ContinuousClock()
    let began = clock.now
    let output = input.withUnsafeBytes { precompile.run($0) }
    let time = clock.now - began
    // Very slow is a tenth of a million gas a second, on a machine that may be doing something else.
    guard time < .milliseconds(200) + .nanoseconds(10_000 * gas) else {
        throw Finding("\(precompile) takes \(time) for \(gas) gas on \(Hex.encode(input))")
    }
    guard input.withUnsafeBytes({ precompile.run($0) }) == output else {
        throw Finding("\(precompile) on \(Hex.encode(input)) answers differently the second time")
    }
    if precompile == .modularExponentiation { try checkPower(input, output) }
}

/// A modular power of numbers of up to 32 bytes, by squaring and multiplying words.
private func checkPower(_ input: [UInt8], _ output: [UInt8]?) throws {
    func number(_ offset: Int, _ count: Int) -> UInt256 {
        let padded = input.dropFirst(offset).prefix(count) + [UInt8](repeating: 0, count: 64)
        return UInt256(bigEndianBytes: padded.prefix(count)) ?? 0
    }
    let counts = (0..<3).map { number(32 * $0, 32) }
    guard counts.allSatisfy({ $0 <= 32 }) else { return }
    let (baseCount, exponentCount, modulusCount) = (
        Int(counts[0].limb0), Int(counts[1].limb0), Int(counts[2].limb0)
    )
    let base = number(96, baseCount)
    let exponent = number(96 + baseCount, exponentCount)
    let modulus = number(96 + baseCount + exponentCount, modulusCount)
    var power = UInt256.one % modulus
    for bit in (0..<256).reversed() {
        power = power.multiplying(by: power, modulo: modulus)
        if exponent.bit(bit) { power = power.multiplying(by: base, modulo: modulus) }
    }
    guard output == Array(power.bytes.suffix(modulusCount)) else {
        throw Finding("\(base) to the power of \(exponent) modulo \(modulus) is not \(output ?? [])")
    }
}

/// One fuzzer: `round` makes one input from the generator, feeds it to the code under test and throws where a property
/// fails. A trap or a hang is a failure too.
struct Fuzzer: Sendable {
    let name: String
    /// Whether it compares two implementations rather than checking one.
    let isDifferential: Bool
    let round: @Sendable (inout SplitMix) throws -> Void

    init(name: String, isDifferential: Bool = false, _ round: @escaping @Sendable (inout SplitMix) throws -> Void) {
        self.name = name
        self.isDifferential = isDifferential
        self.round = round
    }
}

/// A property that did not hold, with what is needed to see it.
struct Finding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A small generator with one word of state, so that a seed is all there is to repeat a round.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// `count` random bytes.
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

    /// A copy of `bytes` with a few bytes changed, inserted, removed, doubled or cut off.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0...below(4) {
            let position = result.isEmpty ? 0 : below(result.count)
            switch below(6) {
            case 0 where !result.isEmpty: result[position] = UInt8(truncatingIfNeeded: next())
            case 1 where !result.isEmpty: result[position] ^= 1 << UInt8(below(8))
            case 2: result.insert(UInt8(truncatingIfNeeded: next()), at: position)
            case 3 where !result.isEmpty: result.remove(at: position)
            case 4 where !result.isEmpty: result.removeLast(result.count - position)
            default: result.insert(contentsOf: result.suffix(below(16)), at: position)
            }
        }
        return result
    }
}

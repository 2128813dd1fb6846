public import Primitives

/// The contracts that every client carries out natively.
public enum Precompile: UInt8, Sendable {
    case identity = 4

    /// The precompile at `address` under `rules`, if there is one.
    @inlinable @inline(__always)
    public static func at(_ address: Address, rules: Rules) -> Precompile? {
        if address.word0 != 0 || address.word1 != 0 { return nil }
        return at(number: UInt32(bigEndian: address.word2), rules: rules)
    }

    @usableFromInline
    static func at(number: UInt32, rules: Rules) -> Precompile? {
        number == 4 ? .identity : nil
    }

    /// The gas of a call with `input`, or nil where the input is one that must fail whatever gas there is.
    public func gas(for input: UnsafeRawBufferPointer, rules: Rules) -> Int64? {
        15 &+ 3 &* GasSchedule.words(input.count)
    }

    /// The output for `input`, or nil where the call fails.
    public func run(_ input: UnsafeRawBufferPointer) -> [UInt8]? { Array(input) }
}

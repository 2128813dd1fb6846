public import EVM

/// What the extra data of a rollup's header says about the base fee of the next block: nine bytes since Holocene,
/// seventeen since Jovian.
public struct RollupExtraData: Equatable, Sendable {
    public var denominator: UInt32
    public var elasticity: UInt32
    /// Wei a gas; nil before Jovian.
    public var minimumBaseFee: UInt64?

    public init(denominator: UInt32, elasticity: UInt32, minimumBaseFee: UInt64? = nil) {
        self.denominator = denominator
        self.elasticity = elasticity
        self.minimumBaseFee = minimumBaseFee
    }

    /// Reads the extra data of a header of `upgrade`; nil where it has none or is malformed.
    public init?(_ bytes: [UInt8], upgrade: OptimismRevision) {
        guard upgrade >= .holocene else { return nil }
        let isJovian = upgrade >= .jovian
        guard bytes.count == (isJovian ? 17 : 9), bytes[0] == (isJovian ? 1 : 0) else { return nil }
        denominator = UInt32(truncatingIfNeeded: Self.number(bytes[1..<5]))
        elasticity = UInt32(truncatingIfNeeded: Self.number(bytes[5..<9]))
        minimumBaseFee = isJovian ? Self.number(bytes[9..<17]) : nil
        guard denominator != 0, elasticity != 0 else { return nil }
    }

    /// The bytes in a header.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = [minimumBaseFee == nil ? 0 : 1]
        Self.append(UInt64(denominator), width: 4, to: &bytes)
        Self.append(UInt64(elasticity), width: 4, to: &bytes)
        if let minimumBaseFee { Self.append(minimumBaseFee, width: 8, to: &bytes) }
        return bytes
    }

    var baseFeeParameters: BaseFeeParameters {
        BaseFeeParameters(elasticity: UInt64(elasticity), denominator: UInt64(denominator))
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    private static func append(_ value: UInt64, width: Int, to bytes: inout [UInt8]) {
        for index in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }
}

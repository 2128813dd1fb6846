public import EVM

/// What holds for the blocks of a rollup besides the rules of Ethereum.
public enum RollupRules {
    /// The selector of `setL1BlockValuesJovian()`.
    private static var jovianSelector: [UInt8] { [0x3D, 0xB6, 0xBE, 0x2B] }
    /// The bytes of the attributes since Jovian, and of those since Isthmus, which the first block of Jovian still has.
    private static var jovianAttributes: Int { 178 }
    private static var isthmusAttributes: Int { 176 }

    /// Checks a block's upgrade, and that its first transaction says what data costs (Jovian, execution engine).
    public static func verify(_ transactions: [Transaction], _ upgrade: OptimismRevision) throws(InvalidBlock) {
        guard upgrade >= .fjord else { throw .upgradeNotSupported }
        guard upgrade >= .jovian else { return }
        guard let first = transactions.first, first.kind == .deposit else { throw .l1Attributes }
        if first.input.count == isthmusAttributes {
            guard transactions.last?.kind == .deposit else { throw .l1Attributes }
        } else {
            guard first.input.count >= jovianAttributes, first.input.starts(with: jovianSelector) else {
                throw .l1Attributes
            }
        }
    }
}

public import Primitives
public import StateTransition

/// The rollup's contracts that exits have to do with: those at known addresses, and the codes of those that factories make.
public enum PinnedContract {
    public static let weth = predeploy(0x06)
    public static let messagePasser = predeploy(0x16)
    public static let dissolver = predeploy(0x7D0)
    static let l1Block = predeploy(0x15)
    static let standardBridge = predeploy(0x10)
    static let erc721Bridge = predeploy(0x14)

    /// The codes that Claims knows; a test compares them with the contracts.
    public static let tokenCode = hash(
        0x6d4f_69a8_7091_082b, 0xb978_d77d_dafe_570a, 0xeb27_48dd_b7c2_3b73, 0x988c_f5e3_2527_b476)
    public static let collectionCode = hash(
        0x35dc_1d55_24ee_34f6, 0x9d07_ecc0_e7bf_1968, 0x1893_f0cf_0305_eb2d, 0x93a3_4ff5_4014_26e2)
    public static let mintedCode = hash(
        0xe17661016767ad2d, 0x1fcc4a047c917a42, 0xec5d7bcad4d07a4a, 0x0b0cd267088d33c3)
    public static let multiTokenCode = hash(
        0x7f32_751c_1e70_c67d, 0x893d_684a_a684_87ab, 0xb2d5_eee2_f472_5431, 0xdf5c_0176_9446_428d)

    private static func predeploy(_ number: UInt64) -> Address {
        Address(truncating: UInt256(limbs: number, 0, 0x4200_0000, 0))
    }

    private static func hash(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) -> Hash256 {
        Hash256(UInt256(limbs: fourth, third, second, first))
    }
}

extension StateSource {
    /// Whether the rollup has ended with this state.
    public func isLastOfRollup() throws(StateError) -> Bool {
        try storage(PinnedContract.dissolver, UInt256(PinnedStorage.finished)) == 1
    }

    /// The number of the L1 block up to which deposits are executed.
    public func l1Origin() throws(StateError) -> UInt64 {
        try storage(PinnedContract.l1Block, UInt256(PinnedStorage.l1Origin)).limb0
    }

    /// The address on L1 that a contract of the rollup has named for what it holds; nil for none.
    public func resolver(of contract: Address) throws(StateError) -> Address? {
        let word = try storage(PinnedContract.dissolver, PinnedStorage.slot(PinnedStorage.resolvers, contract))
        let address = Address(truncating: word)
        return address.isZero ? nil : address
    }
}

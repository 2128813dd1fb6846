public import Primitives

/// The contracts at fixed addresses that a rollup's rules deal with (OP Stack specification, predeploys).
public enum Predeploy {
    /// Collects the priority fees: every block's fee recipient.
    public static var sequencerFeeVault: Address { address(0x11) }
    /// Has the L1 attributes.
    public static var l1Block: Address { address(0x15) }
    /// Its storage root commits to the withdrawals.
    public static var messagePasser: Address { address(0x16) }
    static var baseFeeVault: Address { address(0x19) }
    static var l1FeeVault: Address { address(0x1A) }
    static var operatorFeeVault: Address { address(0x1B) }

    private static func address(_ number: UInt64) -> Address {
        Address(truncating: UInt256(limbs: number, 0, 0x4200_0000, 0))
    }
}

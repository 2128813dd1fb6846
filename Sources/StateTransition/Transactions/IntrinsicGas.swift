public import EVM
import Primitives

/// The gas that a transaction costs before any code runs.
public struct IntrinsicGas: Equatable, Sendable {
    /// What is taken before execution.
    public var gas: UInt64
    /// What the transaction costs at least, whatever execution takes (EIP-7623); zero before Prague.
    public var floor: UInt64

    public static var transaction: UInt64 { 21_000 }
    public static var creation: UInt64 { 32_000 }
    public static var zeroByte: UInt64 { 4 }
    /// From Istanbul on (EIP-2028); 68 before.
    public static var nonZeroByte: UInt64 { 16 }
    public static var nonZeroByteBeforeIstanbul: UInt64 { 68 }
    /// EIP-2930.
    public static var accessListAddress: UInt64 { 2_400 }
    public static var accessListSlot: UInt64 { 1_900 }
    /// For 32 bytes of initialisation code (EIP-3860).
    public static var initCodeWord: UInt64 { 2 }
    /// For an authorisation, as if its account were new (EIP-7702).
    public static var authorization: UInt64 { 25_000 }
    /// What is given back where the account of an authorisation was there (EIP-7702).
    public static var existingAuthorityRefund: Int64 { 12_500 }
    /// For a token of call data: a zero byte is one, any other four (EIP-7623).
    public static var floorToken: UInt64 { 10 }

    /// The intrinsic gas of a transaction.
    ///
    /// - Complexity: O(*n*) in the call data and lists. Nothing can overflow: what is counted is in memory.
    public init(of transaction: Transaction, revision: Revision) {
        var nonZero: UInt64 = 0
        for byte in transaction.input where byte != 0 { nonZero &+= 1 }
        let zero = UInt64(transaction.input.count) &- nonZero
        let perNonZero = revision >= .istanbul ? Self.nonZeroByte : Self.nonZeroByteBeforeIstanbul
        gas = Self.transaction &+ zero &* Self.zeroByte &+ nonZero &* perNonZero
        if transaction.to == nil && revision >= .homestead {
            gas &+= Self.creation
            if revision >= .shanghai {
                gas &+= Self.initCodeWord &* ((UInt64(transaction.input.count) &+ 31) / 32)
            }
        }
        for entry in transaction.accessList {
            gas &+= Self.accessListAddress &+ Self.accessListSlot &* UInt64(entry.slots.count)
        }
        gas &+= Self.authorization &* UInt64(transaction.authorizations.count)
        floor = revision >= .prague ? Self.transaction &+ (zero &+ 4 &* nonZero) &* Self.floorToken : 0
    }
}

public import Primitives

/// The gas that depends on operands or on state, by revision. Constant gas is in `InstructionTraits`.
@frozen
public struct GasSchedule: Sendable {
    public let revision: Revision
    /// Over the warm price, for the first access to an account (EIP-2929).
    public let coldAccountSurcharge: Int64
    /// Over the warm price, for the first access to a slot.
    public let coldSlotSurcharge: Int64
    /// What SELFDESTRUCT pays for a cold beneficiary, there being no warm price.
    public let coldBeneficiary: Int64
    /// The refund of SELFDESTRUCT, removed by EIP-3529.
    public let selfDestructRefund: Int64
    /// For each word of initialisation code (EIP-3860).
    public let initCodeWord: Int64
    /// Prices of SSTORE: nothing to write or written before; zero to non-zero; another change; the refund for clearing.
    public let storageNoChange: Int64
    public let storageSet: Int64
    public let storageReset: Int64
    public let storageClearRefund: Int64
    /// Whether SSTORE compares with the value at the start of the transaction (EIP-1283, EIP-2200).
    public let metersStorageNet: Bool

    public init(_ revision: Revision) {
        self.revision = revision
        let hasWarmth = revision >= .berlin
        coldAccountSurcharge = hasWarmth ? 2_500 : 0
        coldSlotSurcharge = hasWarmth ? 2_000 : 0
        coldBeneficiary = hasWarmth ? 2_600 : 0
        selfDestructRefund = revision < .london ? 24_000 : 0
        initCodeWord = revision >= .shanghai ? 2 : 0
        metersStorageNet = revision == .constantinople || revision >= .istanbul
        storageSet = 20_000
        storageReset = hasWarmth ? 2_900 : 5_000
        storageClearRefund = revision >= .london ? 4_800 : 15_000
        if hasWarmth {
            storageNoChange = 100
        } else if revision >= .istanbul {
            storageNoChange = 800
        } else {
            storageNoChange = revision == .constantinople ? 200 : 5_000
        }
    }

    // MARK: The same in every revision

    /// What CALL adds for moving value, and what of it the callee gets.
    @inlinable public static var callValue: Int64 { 9_000 }
    @inlinable public static var callStipend: Int64 { 2_300 }
    @inlinable public static var newAccount: Int64 { 25_000 }
    /// The price of a warm access to a delegation's target (EIP-7702).
    @inlinable public static var warmAccess: Int64 { 100 }
    @inlinable public static var codeDepositByte: Int64 { 200 }
    @inlinable public static var logByte: Int64 { 8 }

    /// The gas of a memory of `words` words in all: 3 a word and a quadratic part.
    @inlinable @inline(__always)
    public static func memory(words: Int) -> Int64 {
        let words = Int64(words)
        return 3 &* words &+ (words &* words) / 512
    }

    /// The number of words that `bytes` bytes fill.
    @inlinable @inline(__always)
    public static func words(_ bytes: Int) -> Int64 { Int64((bytes &+ 31) / 32) }

    /// The gas of copying `bytes` bytes.
    @inlinable @inline(__always)
    public static func copy(_ bytes: Int) -> Int64 { 3 &* words(bytes) }

    /// The gas of hashing `bytes` bytes, apart from the constant part.
    @inlinable @inline(__always)
    public static func hash(_ bytes: Int) -> Int64 { 6 &* words(bytes) }

    // MARK: By revision

    /// The gas of EXP apart from the constant part: for each byte of the exponent (EIP-160).
    @inlinable @inline(__always)
    public static func exponent(_ exponent: UInt256, in revision: Revision) -> Int64 {
        (revision >= .spuriousDragon ? 50 : 10) &* Int64(exponent.byteWidth)
    }

    /// The most that a frame with `gas` left may hand to a callee (EIP-150).
    @inlinable @inline(__always)
    public func mostForCallee(of gas: Int64) -> Int64 {
        revision >= .tangerineWhistle ? gas &- gas / 64 : gas
    }

    /// The gas of SSTORE apart from coldness, and what it adds to the refund counter.
    @inlinable
    public func storageWrite(original: UInt256, current: UInt256, new: UInt256) -> (gas: Int64, refund: Int64) {
        if !metersStorageNet {
            if current.isZero && !new.isZero { return (storageSet, 0) }
            return (storageReset, !current.isZero && new.isZero ? storageClearRefund : 0)
        }
        if current == new { return (storageNoChange, 0) }
        if original == current {
            if original.isZero { return (storageSet, 0) }
            return (storageReset, new.isZero ? storageClearRefund : 0)
        }
        var refund: Int64 = 0
        if !original.isZero {
            if current.isZero { refund &-= storageClearRefund }
            if new.isZero { refund &+= storageClearRefund }
        }
        if original == new { refund &+= (original.isZero ? storageSet : storageReset) &- storageNoChange }
        return (storageNoChange, refund)
    }
}

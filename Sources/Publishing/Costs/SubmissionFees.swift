public import Primitives

/// What a transaction offers L1, wei a gas and wei a blob gas.
public struct SubmissionFees: Equatable, Sendable {
    public var maxFeePerGas: UInt256
    public var maxPriorityFeePerGas: UInt256
    /// Zero where the transaction has no blobs.
    public var maxFeePerBlobGas: UInt256

    public init(maxFeePerGas: UInt256, maxPriorityFeePerGas: UInt256, maxFeePerBlobGas: UInt256 = 0) {
        self.maxFeePerGas = maxFeePerGas
        self.maxPriorityFeePerGas = maxPriorityFeePerGas
        self.maxFeePerBlobGas = maxFeePerBlobGas
    }
}

/// What may be paid at most, wei a gas and wei a blob gas.
public struct FeeLimits: Equatable, Sendable {
    public var maxFeePerGas: UInt256
    public var maxPriorityFeePerGas: UInt256
    public var maxFeePerBlobGas: UInt256

    public init(
        maxFeePerGas: UInt256 = 1_000_000_000_000, maxPriorityFeePerGas: UInt256 = 100_000_000_000,
        maxFeePerBlobGas: UInt256 = 10_000_000_000_000
    ) {
        self.maxFeePerGas = maxFeePerGas
        self.maxPriorityFeePerGas = maxPriorityFeePerGas
        self.maxFeePerBlobGas = maxFeePerBlobGas
    }

    /// What a new transaction offers: twice the base fees, so that several full blocks may come before it; nil where not
    /// even the prices as they are lie within the limits.
    func fees(_ prices: L1Prices, hasBlobs: Bool) -> SubmissionFees? {
        let tip = min(max(prices.tip, 1), maxPriorityFeePerGas)
        let blobFee = max(prices.blobBaseFee, 1)
        guard prices.baseFee <= maxFeePerGas, prices.baseFee &+ tip <= maxFeePerGas,
            !hasBlobs || blobFee <= maxFeePerBlobGas
        else { return nil }
        return SubmissionFees(
            maxFeePerGas: min(prices.baseFee &* 2 &+ tip, maxFeePerGas), maxPriorityFeePerGas: tip,
            maxFeePerBlobGas: hasBlobs ? min(blobFee &* 2, maxFeePerBlobGas) : 0)
    }

    /// What takes the place of a transaction in the pools: all that it offers raised by a tenth, or doubled where it has
    /// blobs, and what a new one would offer where that is more; nil where that is over the limits.
    func replacement(of fees: SubmissionFees, _ prices: L1Prices, hasBlobs: Bool) -> SubmissionFees? {
        func raised(_ fee: UInt256) -> UInt256 {
            hasBlobs ? fee &* 2 : fee &+ (fee &+ 9) / 10
        }
        let fresh = self.fees(prices, hasBlobs: hasBlobs)
        let tip = max(raised(max(fees.maxPriorityFeePerGas, 1)), fresh?.maxPriorityFeePerGas ?? 0)
        let made = SubmissionFees(
            maxFeePerGas: max(raised(max(fees.maxFeePerGas, 1)), fresh?.maxFeePerGas ?? 0, tip),
            maxPriorityFeePerGas: tip,
            maxFeePerBlobGas: hasBlobs ? max(raised(max(fees.maxFeePerBlobGas, 1)), fresh?.maxFeePerBlobGas ?? 0) : 0)
        let isWithin =
            made.maxFeePerGas <= maxFeePerGas && made.maxPriorityFeePerGas <= maxPriorityFeePerGas
            && made.maxFeePerBlobGas <= maxFeePerBlobGas
        return isWithin ? made : nil
    }
}

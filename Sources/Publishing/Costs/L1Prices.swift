public import Primitives
import Derivation
import StateTransition

/// What L1's next block asks for.
public struct L1Prices: Equatable, Sendable {
    /// Wei a gas.
    public var baseFee: UInt256
    /// Wei a blob gas.
    public var blobBaseFee: UInt256
    /// Wei a gas, to be included soon.
    public var tip: UInt256

    public init(baseFee: UInt256, blobBaseFee: UInt256, tip: UInt256) {
        self.baseFee = baseFee
        self.blobBaseFee = blobBaseFee
        self.tip = tip
    }

    /// Gas of a transaction with these call data and nothing to run: at least the floor (EIP-7623), which is above the
    /// price of the bytes.
    ///
    /// - Complexity: O(*n*) in the bytes.
    public static func calldataGas(_ data: [UInt8]) -> UInt64 {
        var tokens: UInt64 = 0
        for byte in data { tokens &+= byte == 0 ? 1 : 4 }
        return IntrinsicGas.transaction &+ tokens &* IntrinsicGas.floorToken
    }

    /// Wei for `byteCount` compressed bytes in call data, `largest` bytes a transaction.
    public func calldataCost(_ byteCount: Int, largest: Int) -> UInt256 {
        let transactions = UInt64(max(1, (byteCount + largest - 1) / largest))
        // One of 256 bytes is zero, as far as compression leaves no pattern.
        let tokens = UInt64(byteCount) &* 4 &- UInt64(byteCount) &* 3 / 256
        let gas = transactions &* IntrinsicGas.transaction &+ tokens &* IntrinsicGas.floorToken
        return UInt256(gas) &* (baseFee &+ tip)
    }

    /// Wei for `byteCount` bytes in blobs, `perTransaction` blobs a transaction.
    public func blobCost(_ byteCount: Int, perTransaction: Int) -> UInt256 {
        let room = BlobEncoding.capacity - 1 - Frame.overhead
        let blobs = max(1, (byteCount + room - 1) / room)
        let transactions = UInt64((blobs + perTransaction - 1) / max(1, perTransaction))
        return UInt256(transactions &* IntrinsicGas.transaction) &* (baseFee &+ tip)
            &+ UInt256(UInt64(blobs) &* BlobParameters.gasPerBlob) &* blobBaseFee
    }

    /// The cheaper of the two carriers that need nobody but L1.
    public func cheapest(_ byteCount: Int, largestCalldata: Int, blobsPerTransaction: Int) -> DataCarrier {
        let calldata = calldataCost(byteCount, largest: largestCalldata)
        return calldata < blobCost(byteCount, perTransaction: blobsPerTransaction) ? .calldata : .blobs
    }
}

/// Why derivation stopped.
public enum DerivationError: Error, Equatable, Sendable {
    /// What the driver should do.
    public enum Severity: Equatable, Sendable {
        /// Give the same thing again, from another source where there is one.
        case retry
        /// Find where the chains agree, and begin again from there.
        case reset
        /// Stop: a person must look.
        case fatal
    }

    /// The L1 block does not follow the one before: L1 has been reorganised, or an endpoint lags.
    case reorganised(expectedParent: BlockID)
    /// The L1 block to begin with is not the one that was named.
    case wrongBase(expected: BlockID)
    /// The rollup's genesis has an L1 origin that L1 does not have.
    case genesisNotOnL1(BlockID)
    /// A block's L1 origin is not that of the block before, and does not follow it.
    case originMismatch(BlockID)
    /// A block would be earlier than its L1 origin.
    case beforeOrigin(BlockID)
    /// The L1 blocks held do not go with the safe head.
    case originsDoNotFollowSafeHead
    /// The block that was made does not follow the safe head, or has other attributes than were given.
    case wrongBlock(expectedNumber: UInt64)
    /// There are not as many blobs as were asked for, or one is not of a blob's size.
    case wrongBlobs
    /// The data are not what the commitment says.
    case wrongAltDAData
    /// Another L2 block than the one asked for.
    case wrongL2Block(expectedNumber: UInt64)
    /// A log of the deposit contract is no deposit.
    case malformedDeposit(BlockID, DepositLogError)
    /// A block of deposits alone was found invalid.
    case depositsOnlyInvalid
    /// Something came that was not asked for.
    case unexpectedInput

    public var severity: Severity {
        switch self {
        case .wrongBlobs, .wrongAltDAData, .wrongL2Block: .retry
        case .reorganised, .wrongBase, .originMismatch, .beforeOrigin, .originsDoNotFollowSafeHead, .wrongBlock: .reset
        case .genesisNotOnL1, .malformedDeposit, .depositsOnlyInvalid, .unexpectedInput: .fatal
        }
    }
}

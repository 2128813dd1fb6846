public import Primitives

/// The rule that a block breaks.
public enum InvalidBlock: Error, Equatable, Sendable {
    // MARK: Header

    case parentHash
    case number
    /// Not later than the parent.
    case timestamp
    /// Over 32 bytes, or not what the DAO fork or the OP Stack wants.
    case extraData
    case gasLimit
    case gasUsedAboveLimit
    case difficulty
    /// The nonce of a proof-of-stake block is not zero.
    case nonce
    case baseFee
    /// A field is missing that the revision has, or there that it does not have.
    case fields
    case excessBlobGas
    case blobGasUsed

    // MARK: Body

    /// The RLP of the block is larger than 8,388,608 bytes (EIP-7934).
    case tooLarge
    case unclesHash
    case transactionsRoot
    case withdrawalsRoot
    /// There are uncles in a proof-of-stake block, or more than two.
    case tooManyUncles
    /// The uncle is there twice, was there before, or is an ancestor.
    case uncleKnown
    /// The uncle's parent is no ancestor of the last seven, or is the block's own parent.
    case uncleUnrelated
    indirect case uncle(InvalidBlock)
    case withdrawals
    /// The block is of an upgrade before Fjord, whose fees are not known here.
    case upgradeNotSupported
    /// The first transaction of a block since Jovian is not the deposit with the attributes of L1.
    case l1Attributes

    // MARK: Execution

    case transaction(index: Int, InvalidTransaction)
    /// The contract of a system call has no code, or the call failed (EIP-7002, EIP-7251).
    case systemCall(Address)
    /// A log of the deposit contract is no deposit (EIP-6110).
    case depositLog
    case gasUsed
    case logsBloom
    case receiptsRoot
    case stateRoot
    case requestsHash

    // MARK: No verdict

    /// The state could not be read: the block may be valid or not.
    case state(StateError)
}

public import Primitives

/// How a block is named from outside (execution-apis, BlockNumberOrTagOrHash; EIP-1898).
public enum BlockTag: Equatable, Sendable {
    case latest
    /// The block that would come next.
    case pending
    case safe
    case finalized
    case earliest
    case number(UInt64)
    /// `requiresCanonical`: only where the block is in the chain.
    case hash(Hash256, requiresCanonical: Bool)
}

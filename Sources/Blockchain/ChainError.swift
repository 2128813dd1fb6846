public import Primitives
public import StateTransition
public import Storage

/// Why the chain did not do what it was asked.
public enum ChainError: Error, Equatable, Sendable {
    case storage(StorageError)
    case unknownBlock(Hash256)
    /// The parent of the block is not known, so nothing can be said about it.
    case unknownParent(Hash256)
    /// The state that the block left is not kept any more, or never was here.
    case stateUnavailable(BlockReference)
    /// There are so many blocks between the chain and this one that its head has to move before another is taken.
    case unadoptedAncestors(BlockReference)
    /// The block breaks a rule.
    case invalid(InvalidBlock)
    /// The safe or final block is not an ancestor of the head.
    case invalidForkChoice(String)
    /// No block can be built of these attributes.
    case attributes(String)
    /// The head of the chain is another now than that which the block was opened on, or the block was given up.
    case blockClosed
    /// What somebody else's block was said to consist of makes another block.
    case unexpectedHash(computed: Hash256)
}

extension ChainError {
    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .storage(let error): error.description
        case .unknownBlock(let hash): "unknown block \(hash)"
        case .unknownParent(let hash): "unknown parent block \(hash)"
        case .stateUnavailable(let block):
            "state of block \(block.number) (\(block.hash)) is not available: a node with a longer --history has it"
        case .unadoptedAncestors(let block):
            "too many blocks beside the chain up to block \(block.number) (\(block.hash)): make one of them the head first"
        case .invalid(let rule): "invalid block: \(rule)"
        case .invalidForkChoice(let why): "invalid fork choice state: \(why)"
        case .attributes(let why): "invalid block attributes: \(why)"
        case .blockClosed: "the block is not open any more"
        case .unexpectedHash(let hash): "what came of the block makes another one, \(hash)"
        }
    }
}

/// Runs a body of database reads with the chain's error.
func storing<Result>(_ body: () throws(StorageError) -> Result) throws(ChainError) -> Result {
    do throws(StorageError) {
        return try body()
    } catch {
        throw .storage(error)
    }
}

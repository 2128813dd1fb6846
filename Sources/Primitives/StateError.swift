/// Why a read of chain state could not be answered. It is never the fault of a transaction: execution that meets one
/// stops without a result.
public enum StateError: Error, Equatable, Sendable {
    /// A trie node with this hash is not in the database or witness.
    case missingNode(Hash256)
    /// A contract's code with this hash is not in the database or witness.
    case missingCode(Hash256)
    /// The bytes of the node with this hash are not a trie node.
    case malformedNode(Hash256)
    /// The hash of an ancestor block is not known.
    case missingBlockHash(number: UInt64)
    /// The store failed; the code is its own.
    case backend(code: Int32)
}

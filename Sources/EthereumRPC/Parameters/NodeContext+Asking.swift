package import Blockchain
package import JSONRPC
import Primitives
package import StateTransition
package import Storage

extension NodeContext {
    /// Everything as it is now.
    package func view() throws(RPCError) -> ChainView {
        try asking { () throws(ChainError) in try chain.view() }
    }

    /// The state that a block left.
    ///
    /// - Throws: where there is no such block, or its state is not kept.
    package func state(_ tag: BlockTag, in view: ChainView) throws(RPCError) -> StateSource {
        let reference = try reference(tag, in: view)
        return try asking { () throws(ChainError) in try view.state(reference) }
    }

    /// The block that a tag names.
    ///
    /// - Throws: where there is none.
    package func reference(_ tag: BlockTag, in view: ChainView) throws(RPCError) -> BlockReference {
        guard let reference = try find(tag, in: view) else {
            if case .hash = tag { throw RPCError(code: -32_000, message: "header for hash not found") }
            throw .headerNotFound
        }
        return reference
    }

    /// The block that a tag names; nil where there is none.
    ///
    /// - Throws: where the tag stands for a block that nobody has named yet, or asks for one of the chain that is not.
    package func find(_ tag: BlockTag, in view: ChainView) throws(RPCError) -> BlockReference? {
        if let reference = try asking({ () throws(ChainError) in try view.reference(tag) }) { return reference }
        switch tag {
        case .safe: throw RPCError(code: -32_000, message: "safe block not found")
        case .finalized: throw RPCError(code: -32_000, message: "finalized block not found")
        case .hash(let hash, requiresCanonical: true):
            let known = try asking { () throws(ChainError) in try view.reference(hash) }
            if known != nil { throw RPCError(code: -32_000, message: "hash is not currently canonical") }
            return nil
        default: return nil
        }
    }

    /// The block that a tag names, with what its execution gave; nil where there is none.
    package func sealedBlock(_ tag: BlockTag, in view: ChainView) throws(RPCError) -> SealedBlock? {
        guard let reference = try find(tag, in: view) else { return nil }
        return try asking { () throws(ChainError) in try view.sealedBlock(reference) }
    }
}

/// Runs a body that reads a state, with its error as JSON-RPC gives it.
func reading<Result>(_ body: () throws(StateError) -> Result) throws(RPCError) -> Result {
    do throws(StateError) {
        return try body()
    } catch {
        throw .internalError("the state cannot be read: \(error)")
    }
}

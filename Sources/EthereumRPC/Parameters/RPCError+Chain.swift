package import Blockchain
package import JSONRPC
import Primitives
import StateTransition
import Storage

extension RPCError {
    /// The chain's error as the common clients give it.
    package init(_ error: ChainError) {
        switch error {
        case .storage, .invalid(InvalidBlock.state): self = .internalError(error.message)
        case .invalid, .unknownBlock, .unknownParent, .unadoptedAncestors, .stateUnavailable, .invalidForkChoice,
            .attributes, .blockClosed, .unexpectedHash:
            self.init(code: -32_000, message: error.message)
        }
    }

    package init(_ error: SubmissionError) { self.init(code: error.code, message: error.message) }

    /// There is no such block, where the method needs one.
    package static let headerNotFound = RPCError(code: -32_000, message: "header not found")
    /// There is no such block, where the method needs one.
    package static let unknownBlock = RPCError(code: -32_001, message: "block not found")
}

/// Runs a body that asks the chain, with its error as JSON-RPC gives it.
package func asking<Result>(_ body: () throws(ChainError) -> Result) throws(RPCError) -> Result {
    do throws(ChainError) {
        return try body()
    } catch {
        throw RPCError(error)
    }
}

import Blockchain
import EthereumRPC
import Foundation
import JSONRPC
import Storage

/// What went wrong, for the person at the terminal: what, where, and how to mend it.
struct CommandFailure: LocalizedError, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// From an error of a part of the node.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let chain as ChainError: self.init(chain.message)
        case let storage as StorageError: self.init(storage.description)
        case let secret as EngineSecretError: self.init(secret.description)
        default: self.init("\(error)")
        }
    }

    var errorDescription: String? { description }
}

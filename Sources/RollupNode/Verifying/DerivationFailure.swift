public import Blockchain
public import Derivation
public import EthereumClient
import Primitives

/// Why derivation does not go on.
public enum DerivationFailure: Error, Equatable, Sendable {
    /// L1 or a provider of data could not be asked, or does not have what it should.
    case source(EthereumClientError)
    /// L1's endpoint does not have a block that it had before, or another one had: it may catch up.
    case behind(l1: UInt64)
    case derivation(DerivationError)
    case chain(ChainError)
    /// Data lie with an alt-DA provider and none was named, or it does not have them.
    case data(String)
    /// L1 was reorganised where it had been called final.
    case reorganisedFinal(BlockID)
    /// L1 was reorganised while a chain was derived once.
    case reorganised
    /// The file of safe heads cannot be written.
    case log(String)

    /// Whether to try the same again later.
    var isTransient: Bool {
        switch self {
        case .source(let error): error.isTransient
        case .derivation(let error): error.severity == .retry
        // The chain moves under other hands too: what does not fit now may the next time.
        case .chain, .data, .log, .behind: true
        case .reorganisedFinal, .reorganised: false
        }
    }

    /// Whether to find anew where to begin.
    var needsReset: Bool {
        if case .derivation(let error) = self { return error.severity == .reset }
        return false
    }

    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .source(let error): error.message
        case .behind(let number): "L1 block \(number) was there before and is not known to the endpoint any more"
        case .derivation(let error): "derivation: \(error)"
        case .chain(let error): error.message
        case .data(let why): why
        case .reorganisedFinal(let block):
            "L1 no longer has block \(block.number) (\(block.hash)), which it had called final: is --l1 the right chain?"
        case .reorganised: "L1 was reorganised meanwhile: run it again"
        case .log(let why): "the record of safe heads cannot be written: \(why)"
        }
    }
}

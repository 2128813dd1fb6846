public import Derivation
public import Layers
import Primitives

/// Why derivation does not go on.
public enum DerivationFailure: Error, Equatable, Sendable {
    /// A layer did not do its part.
    case layer(LayerError)
    /// L1's endpoint does not have a block that it had before, or another one had: it may catch up.
    case behind(l1: UInt64)
    case derivation(DerivationError)
    /// One endpoint of L1 has a block and another has not.
    case disputed(BlockID)
    /// L1 was reorganised where it had been called final.
    case reorganisedFinal(BlockID)
    /// L1 was reorganised while a chain was derived once.
    case reorganised
    /// The file of safe heads cannot be written.
    case log(String)

    /// What to do about it: try the same again later, find anew where to begin, or stop.
    public var severity: LayerError.Severity {
        switch self {
        case .layer(let error): error.severity
        case .derivation(let error): error.severity
        case .log, .behind, .disputed: .retry
        case .reorganisedFinal, .reorganised: .fatal
        }
    }

    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .layer(let error): error.message
        case .behind(let number): "L1 block \(number) was there before and is not known to the endpoint any more"
        case .derivation(let error): error.message
        case .disputed(let block):
            "one endpoint of L1 has block \(block.number) (\(block.hash)), and another says that it has not: one of them lags, or "
                + "is of another chain"
        case .reorganisedFinal(let block):
            "L1 no longer has block \(block.number) (\(block.hash)), which it had called final: is --l1 the right chain?"
        case .reorganised: "L1 was reorganised meanwhile: run it again"
        case .log(let why): "the record of safe heads cannot be written: \(why)"
        }
    }
}

extension DerivationError {
    /// What is the matter, for people, and what helps where a person has to.
    var message: String {
        switch self {
        case .reorganised(let parent):
            "the L1 block after \(parent.number) does not follow \(parent.hash): L1 was reorganised, or an endpoint lags"
        case .wrongBase(let expected): "L1 has another block \(expected.number) than \(expected.hash)"
        case .genesisNotOnL1(let block):
            "L1 has another block \(block.number) than the rollup's genesis names (\(block.hash)): give the --l1 that the rollup "
                + "was launched on. An embedded L1 that was started anew without --data is another chain: launch again."
        case .originMismatch(let block): "block \(block.number) (\(block.hash)) has an L1 origin that L1 does not have"
        case .beforeOrigin(let block): "block \(block.number) (\(block.hash)) is earlier than its L1 origin"
        case .originsDoNotFollowSafeHead: "the L1 blocks that are held do not go with the safe head"
        case .wrongBlock(let number): "block \(number) that was made is another than L1 gives"
        case .wrongBlobs: "the blobs are others than the batcher's transactions name"
        case .wrongAltDAData: "the data are not what the alt-DA commitment says"
        case .wrongL2Block(let number): "another block was read in place of block \(number)"
        case .malformedDeposit(let block, let error):
            "L1 block \(block.number) (\(block.hash)) has a log of the deposit contract that is no deposit (\(error)): the "
                + "deposit contract of rollup.json is another than an OptimismPortal"
        case .depositsOnlyInvalid:
            "a block of deposits alone is invalid: the database is damaged or was made with another genesis. Derive anew "
                + "into an empty --data; where that ends the same, it is a fault of this program."
        case .unexpectedInput: "derivation was given what it had not asked for, which is a fault of this program"
        }
    }
}

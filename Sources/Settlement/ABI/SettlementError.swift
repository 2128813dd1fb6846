import Derivation
public import EthereumClient
public import Layers
public import Primitives

/// Why something on L1 or on the rollup could not be done.
public enum SettlementError: Error, Equatable, Sendable {
    /// The chain could not be asked, or would not answer.
    case client(EthereumClientError)
    /// A call of a contract fails, with the reason that it gives.
    case reverted(String)
    /// There is no contract where one was expected.
    case noContract(Address)
    /// A contract answers what its interface does not allow.
    case answer(Address, ABIError)
    /// A transaction was not taken into a block in time; it may be still.
    case notIncluded(Hash256, seconds: UInt64)
    /// A transaction was sent, and then the chain could not be asked what became of it.
    case unknown(Hash256, EthereumClientError)
    /// Another transaction of the same account took its place.
    case replaced(Hash256)
    /// The account has not enough wei for a transaction.
    case poor(Address, needs: UInt256, has: UInt256)
    /// A rule of settlement is broken; the text says which, and what helps.
    case rule(String)
    /// It is too early; the text says what for.
    case early(String)
    /// Another module than the one with this number says what is final.
    case otherModule(UInt32)

    /// From a client's error, with the reason of a revert by its name.
    public init(_ error: EthereumClientError) {
        if case .refused(_, let message, let data?) = error, data.count >= 4 {
            self = .reverted(RevertReason.text(data) ?? "\(message), \(Hex.encode(data.prefix(68)))")
        } else if case .refused(3, let message, _) = error {
            self = .reverted(message)
        } else {
            self = .client(error)
        }
    }
}

extension SettlementError {
    /// Whether the same may be done later without anybody doing anything else.
    public var isWaiting: Bool { if case .early = self { true } else { false } }

    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .client(let error): error.message
        case .reverted(let reason): "the contract refuses: \(reason)"
        case .noContract(let address): "there is no contract at \(address) on this chain: is it the right one?"
        case .answer(let address, let error): "\(address) is not the contract that it should be: its answer is \(error)"
        case .notIncluded(let hash, let seconds):
            "transaction \(hash) was sent and is in no block after \(seconds) s. It may come into one still: look for it before you "
                + "do the same again."
        case .unknown(let hash, let error):
            "transaction \(hash) was sent, and what became of it is not known (\(error.message)): look for it before you do the "
                + "same again."
        case .replaced(let hash):
            "another transaction of the account took the place of \(hash). Use the account for one thing at a time, and "
                + "run the command again."
        case .poor(let address, let needs, let has):
            "\(address) has \(Wei.ether(has)) ETH, and \(Wei.ether(needs)) may be needed: send it some"
        case .rule(let text), .early(let text): text
        case .otherModule(let kind):
            "the timelock has chosen another finality module than \(kind): this version cannot propose to it"
        }
    }
}

extension LayerError {
    /// What could not be done on L1 or the rollup, as the layer that wanted it says it.
    ///
    /// Other contracts than there should be do not become the right ones by waiting.
    public init(_ layer: Layer, _ error: SettlementError) {
        switch error {
        case .client(let error): self.init(layer, error)
        case .unknown: self.init(layer, .retry, error.message)
        case .noContract, .otherModule: self.init(layer, .fatal, error.message)
        case .reverted, .answer, .notIncluded, .replaced, .poor, .rule, .early: self.init(layer, .retry, error.message)
        }
    }
}

extension EthereumClient {
    /// Runs what throws a client's error, and throws it as settlement's.
    static func telling<Result>(
        _ body: () async throws(EthereumClientError) -> Result
    ) async throws(SettlementError) -> Result {
        do throws(EthereumClientError) {
            return try await body()
        } catch {
            throw SettlementError(error)
        }
    }
}

public import EthereumClient
import JSONRPC
import Primitives

/// Brings the shared contracts to an L1, as far as they are not there.
///
/// Nobody can come in between: each contract's address follows from its code and its arguments, the timelock among them, and
/// registry and factory are made and set up in one transaction. It does not matter who else does the same at the same time,
/// nor how far a deployment came before.
public struct SharedDeployment: Sendable {
    public let addresses: SharedAddresses
    public let client: EthereumClient

    public init(_ addresses: SharedAddresses, client: EthereumClient) {
        self.addresses = addresses
        self.client = client
    }

    /// The names of the contracts that are not there.
    public func missing() async throws(SettlementError) -> [String] { try await absent().map { $0.name } }

    private func absent() async throws(SettlementError) -> [SharedAddresses.Creation] {
        // The last one comes last: where it is, the others are, or were never needed.
        var absent: [SharedAddresses.Creation] = []
        for creation in addresses.creations where try await !client.hasCode(creation.address) {
            absent.append(creation)
        }
        return absent
    }

    /// Deploys what is missing.
    ///
    /// - Returns: the names of what was deployed.
    /// - Throws: `rule` where the chain has no deployer.
    @discardableResult
    public func deploy(by sender: TransactionSender) async throws(SettlementError) -> [String] {
        let absent = try await absent()
        if absent.isEmpty { return [] }
        guard try await client.hasCode(SharedAddresses.deployer) else {
            throw .rule(
                "the chain has no deployer of contracts at \(SharedAddresses.deployer): have the transaction sent that makes "
                    + "it (github.com/Arachnid/deterministic-deployment-proxy), and run the command again")
        }
        let requests = absent.map { creation in
            // Storing takes 200 gas a byte, the input up to 40; the rest is for the constructors.
            TransactionRequest(
                to: SharedAddresses.deployer, input: [UInt8](repeating: 0, count: 32) + creation.code,
                gasLimit: UInt64(creation.code.count * 250 + 500_000))
        }
        var failure: SettlementError?
        for sent in try await sender.send(requests) {
            do throws(SettlementError) {
                _ = try await sender.wait(for: sent)
            } catch {
                // Somebody else may have deployed the same a moment before.
                failure = error
            }
        }
        if let left = try await self.absent().first {
            throw failure ?? .rule("\(left.name) was deployed, and is not at \(left.address)")
        }
        return absent.map { $0.name }
    }
}

extension EthereumClient {
    /// Whether there is a contract at an address, by the node's word.
    func hasCode(_ address: Address) async throws(SettlementError) -> Bool {
        try await Self.telling { () throws(EthereumClientError) in
            try await call(
                "eth_getCode",
                { json in
                    json.data(address)
                    json.string("latest")
                }, read: { reader in !(try reader.readData().isEmpty) })
        }
    }
}

extension EthereumClient {
    /// The chain id of embedded L1s.
    private static let developmentChainID: UInt64 = 1337

    /// Has an embedded L1 make a block, which it does not by itself: its head may be older than the time is. Other chains are
    /// left alone.
    func freshen(chainID: UInt64) async {
        guard chainID == Self.developmentChainID else { return }
        _ = try? await call("evm_mine", read: { reader in try reader.skipValue() })
    }
}

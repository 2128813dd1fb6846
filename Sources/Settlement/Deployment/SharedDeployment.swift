public import EthereumClient
import JSONRPC
import Primitives
import StateTransition

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

    /// Has an embedded L1 make a block where it makes them on demand only and its head is older than its time is. All other
    /// chains, and one that makes its blocks by the clock, are left alone.
    public func freshen(chainID: UInt64) async {
        guard chainID == Self.developmentChainID,
            (try? await call("anvil_getAutomine", read: { reader in try reader.readBoolean() })) == true,
            let newest = try? await timestamp(of: "latest"), let next = try? await timestamp(of: "pending"),
            // The time of the next block is at least a second later, whatever time it is: a block for each look at it would
            // let the chain's time run away.
            next > newest &+ 1
        else { return }
        _ = try? await call("evm_mine", read: { reader in try reader.skipValue() })
    }

    /// Seconds from one block to the next; nil where they are made on demand, or there are too few to tell.
    func blockInterval(chainID: UInt64) async throws(SettlementError) -> Double? {
        if chainID == Self.developmentChainID {
            let seconds = try? await call(
                "anvil_getIntervalMining", read: { reader in try reader.readNull() ? nil : try reader.readUInt64() })
            return seconds.flatMap { $0 }.map { Double($0) }
        }
        return try await Self.telling { () throws(EthereumClientError) in
            let newest = try await header(.latest).header
            guard newest.number >= 8 else { return nil }
            let span = min(100, newest.number)
            let oldest = try await header(.number(newest.number - span)).header
            return Double(newest.timestamp - oldest.timestamp) / Double(span)
        }
    }

    private func timestamp(of block: String) async throws(EthereumClientError) -> UInt64 {
        try await call(
            "eth_getBlockByNumber",
            { json in
                json.string(block)
                json.boolean(false)
            },
            read: { reader in
                var timestamp: UInt64 = 0
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if key == "timestamp" { timestamp = try reader.readQuantity() } else { try reader.skipValue() }
                }
                return timestamp
            })
    }
}

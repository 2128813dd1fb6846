import Blockchain
import DevL1
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import Layers
import Primitives
import Settlement
import StateTransition

/// An embedded L1 with a client and funded accounts, for tests of what settles on it.
struct SettlementBench {
    let served: ServedL1
    let client: EthereumClient
    let directory: String

    /// Runs `body` with an L1 and stops it.
    static func run(_ body: (SettlementBench) async throws -> Void) async throws {
        let served = try await ServedL1()
        let client = try EthereumClient([Endpoint(served.url)])
        let directory = NSTemporaryDirectory() + "/mayfly-launch-" + UUID().uuidString
        let bench = SettlementBench(served: served, client: client, directory: directory)
        let result = await Result { () async throws in try await body(bench) }
        await client.close()
        await served.stop()
        try? FileManager.default.removeItem(atPath: directory)
        try result.get()
    }

    /// Of a development account.
    func sender(_ index: Int = 0) -> TransactionSender {
        let key = SigningKey(served.l1.accounts[index].privateKey)!
        return TransactionSender(client: client, signer: .key(key), chainID: 1337)
    }

    var timelock: Address { served.l1.accounts[9].address }

    func manifest(_ name: String = "arcade") -> RollupManifest {
        RollupManifest(name: name, accounts: .init(owner: served.l1.accounts[0].address), l1ChainID: 1337)
    }

    func options(_ name: String = "arcade") -> Launch.Options {
        var options = Launch.Options(manifest: manifest(name), terms: .development, timelock: timelock)
        options.origin = .latest
        options.deploysShared = true
        options.refreshesL1 = true
        return options
    }

    func files(_ name: String = "arcade") -> LaunchDirectory {
        LaunchDirectory(directory + "/" + name) { genesis in
            try Genesis(configuration: genesis.configuration, header: genesis.header, state: genesis.state).json
        }
    }

    func launch(_ name: String = "arcade", by index: Int = 0) async throws -> Launch.Launched {
        try await Launch(options(name), sender: sender(index), directory: files(name)).run()
    }

    /// Lets time pass on L1.
    func wait(seconds: UInt64) async throws {
        try await client.call("evm_increaseTime", { $0.quantity(seconds) }, read: { reader in try reader.skipValue() })
        try await client.call("evm_mine", read: { reader in try reader.skipValue() })
    }
}

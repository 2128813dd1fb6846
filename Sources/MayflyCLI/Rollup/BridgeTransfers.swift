import ArgumentParser
import Derivation
import EthereumClient
import Foundation
import Primitives
import Settlement

struct BridgeDepositCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deposit", abstract: "Moves something from L1 to the rollup, or calls a contract there.",
        discussion: "The rollup executes it within its sequencing window, whatever its sequencer wants.")

    @OptionGroup var rollup: RollupOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var asset: AssetOptions

    @Option(help: ArgumentHelp("The rollup's JSON-RPC, to wait until it is there.", valueName: "url"))
    var node: String?

    @Option(help: ArgumentHelp("Seconds to wait for it, with --node.", valueName: "n"))
    var wait: UInt64 = 120

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() async throws {
        let configuration = try rollup.configuration()
        let signer = try key.signer(chainID: configuration.l1ChainID)
        let recipient = try asset.recipient(default: signer.address)
        try await rollup.withClients(node: node) { l1, l2 in
            let bridge = try await Bridge(configuration, l1: l1, l2: l2)
            let deposit = try await bridge.deposit(
                try await asset.asset(l1, isOnL1: true), to: recipient,
                by: TransactionSender(client: l1, signer: signer, chainID: configuration.l1ChainID))
            if !json {
                print(
                    "deposited in L1 block \(deposit.l1Block.number), transaction on the rollup: \(deposit.l2Transaction)"
                )
                fflush(nil)
            }
            // What is on L1 is told in any case: whoever does not know of it would deposit again.
            var there: Result<Inclusion?, any Error> = .success(nil)
            if l2 != nil {
                do { there = .success(try await bridge.wait(for: deposit, seconds: wait)) } catch {
                    there = .failure(error)
                }
            }
            let inclusion = try? there.get()
            if json {
                let block = inclusion.map { ", \"l2Block\": \($0.blockNumber)" } ?? ""
                print(
                    """
                    {"l1Block": \(deposit.l1Block.number), "l2Transaction": "\(deposit.l2Transaction)"\(block)}
                    """)
            } else if let inclusion {
                print("executed on the rollup in block \(inclusion.blockNumber)")
            }
            fflush(nil)
            _ = try there.get()
        }
    }
}

struct BridgeWithdrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Starts to move something from the rollup to L1, or to call a contract there.")

    @OptionGroup var rollup: RollupOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var asset: AssetOptions

    @Option(help: ArgumentHelp("The rollup's JSON-RPC.", valueName: "url"))
    var node = "http://127.0.0.1:9545"

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() async throws {
        let configuration = try rollup.configuration()
        let signer = try key.signer(chainID: configuration.l1ChainID)
        let recipient = try asset.recipient(default: signer.address)
        try await rollup.withClients(node: node) { l1, l2 in
            guard let l2 else { return }
            let bridge = try await Bridge(configuration, l1: l1, l2: l2)
            let (initiated, transaction) = try await bridge.withdraw(
                try await asset.asset(l2, isOnL1: false), to: recipient,
                by: TransactionSender(client: l2, signer: signer, chainID: configuration.l2ChainID))
            if json {
                print(
                    """
                    {"transaction": "\(transaction)", "l2Block": \(initiated.blockNumber), \
                    "withdrawal": "\(initiated.withdrawal.hash)"}
                    """)
            } else {
                print(
                    """
                    withdrawn in block \(initiated.blockNumber) of the rollup, transaction \(transaction)
                    Next:  mayfly bridge prove --rollup \(rollup.rollup) --l1 \(rollup.l1.firstForPeople) --node \(node) \
                    --transaction \(transaction) --wait 600
                    """)
            }
        }
    }
}

import ArgumentParser
import Derivation
import EthereumClient
import Foundation
import Primitives
import Settlement

/// Which withdrawal, and where its chains are asked.
struct WithdrawalOptions: ParsableArguments {
    @OptionGroup var rollup: RollupOptions
    @OptionGroup var key: KeyOptions

    @Option(help: ArgumentHelp("The rollup's JSON-RPC.", valueName: "url"))
    var node = "http://127.0.0.1:9545"

    @Option(help: ArgumentHelp("The transaction of the rollup that withdrew.", valueName: "hash"))
    var transaction: String

    @Option(help: ArgumentHelp("Which withdrawal of the transaction, from 0.", valueName: "n"))
    var index = 0

    @Option(
        name: .customLong("proven-by"),
        help: ArgumentHelp("The account that proved it. Default: that of the key.", valueName: "address"))
    var prover: String?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        if (try? Hash256(hex: transaction)) == nil {
            throw ValidationError("--transaction takes a hash of 0x and 64 hexadecimal digits.")
        }
        if index < 0 { throw ValidationError("--index counts from 0.") }
    }

    /// What a command needs of the withdrawal.
    struct Found {
        let bridge: Bridge
        let withdrawal: InitiatedWithdrawal
        let prover: Address
        /// Of L1; nil where nothing is sent.
        let sender: TransactionSender?
    }

    /// - Parameter sends: whether a key is needed; one that only looks needs no more than who proved it.
    func withWithdrawal(sends: Bool = true, _ body: (Found) async throws -> Void) async throws {
        let configuration = try rollup.configuration()
        let signer = sends || prover == nil ? try key.signer(chainID: configuration.l1ChainID) : nil
        let hash = try Hash256(hex: transaction)
        guard let prover = try prover.map({ try AssetOptions.address($0, "--proven-by") }) ?? signer?.address else {
            return
        }
        try await rollup.withClients(node: node) { l1, l2 in
            let bridge = try await Bridge(configuration, l1: l1, l2: l2)
            let all = try await bridge.withdrawals(of: hash)
            guard all.indices.contains(index) else {
                throw CommandFailure("the transaction has \(all.count) withdrawals, and none with --index \(index)")
            }
            try await body(
                Found(
                    bridge: bridge, withdrawal: all[index], prover: prover,
                    sender: signer.map { TransactionSender(client: l1, signer: $0, chainID: configuration.l1ChainID) }))
        }
    }

    /// Repeats what has to wait for something, until it is done or the time is up.
    static func retry<Result>(seconds: UInt64, _ body: () async throws -> Result) async throws -> Result {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        while true {
            do {
                return try await body()
            } catch let error as SettlementError where error.isWaiting && clock.now < end {
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    func tell(_ stage: String, _ text: String) {
        print(json ? "{\"stage\": \"\(stage)\"}" : text)
    }
}

struct BridgeStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says how far a withdrawal has come, and what it waits for.")

    @OptionGroup var options: WithdrawalOptions

    func run() async throws {
        try await options.withWithdrawal(sends: false) { found in
            switch try await found.bridge.stage(of: found.withdrawal, provenBy: found.prover) {
            case .notProposed(let newest, let needs):
                options.tell(
                    "not proposed", "waits for a proposal: it is in block \(needs), the newest proposal is of \(newest)"
                )
            case .provable(let game):
                options.tell("provable", "can be proven, against the proposal of block \(game.blockNumber)")
            case .proven(let seconds): options.tell("proven", "proven; can be finalised in about \(seconds) s")
            case .disputed: options.tell("disputed", "proven, and the output that it is proven against is disputed")
            case .finalizable: options.tell("finalizable", "can be finalised")
            case .finalized: options.tell("finalized", "finalised")
            }
        }
    }
}

struct BridgeProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Proves a withdrawal on L1, against a proposed output of the rollup.")

    @OptionGroup var options: WithdrawalOptions

    @Option(help: ArgumentHelp("Seconds to wait for an output that holds it.", valueName: "n"))
    var wait: UInt64 = 0

    func run() async throws {
        try await options.withWithdrawal { found in
            guard let sender = found.sender else { return }
            let game = try await WithdrawalOptions.retry(seconds: wait) {
                try await found.bridge.prove(found.withdrawal, by: sender)
            }
            options.tell("proven", "proven against the proposal of block \(game.blockNumber) (\(game.address))")
        }
    }
}

struct BridgeFinalizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finalize", abstract: "Executes a proven withdrawal on L1 when its output is final.")

    @OptionGroup var options: WithdrawalOptions

    @Option(help: ArgumentHelp("Seconds to wait until it is final.", valueName: "n"))
    var wait: UInt64 = 0

    func run() async throws {
        try await options.withWithdrawal { found in
            guard let sender = found.sender else { return }
            let success = try await WithdrawalOptions.retry(seconds: wait) {
                try await found.bridge.finalize(found.withdrawal, provenBy: found.prover, by: sender)
            }
            guard success else {
                let messenger = found.bridge.contracts.l1CrossDomainMessenger
                throw CommandFailure(
                    "the withdrawal is finalised, and its call failed on L1: "
                        + (found.bridge.canBeRelayedAgain(found.withdrawal.withdrawal)
                            ? "the message is kept, and anybody can have \(messenger) relay it again when the reason is gone"
                            : "a call of one's own has one try"))
            }
            options.tell("finalized", "finalised")
        }
    }
}

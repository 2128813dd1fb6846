import ArgumentParser

/// Moves assets between L1 and a rollup.
struct BridgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bridge",
        abstract: "Moves ether, tokens and messages between L1 and a rollup.",
        discussion: """
            To the rollup it takes one step, deposit. Back it takes three: withdraw on the rollup, prove on L1 when an output of \
            the rollup that holds the withdrawal is proposed, finalize when that output is final.
            """,
        subcommands: [
            BridgeDepositCommand.self, BridgeWithdrawCommand.self, BridgeStatusCommand.self, BridgeProveCommand.self,
            BridgeFinalizeCommand.self,
        ])
}

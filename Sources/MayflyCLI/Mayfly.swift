import ArgumentParser
import Foundation

/// The root of all commands.
struct Mayfly: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mayfly",
        abstract: "Launches a rollup when someone needs one and dissolves it when they don't.",
        version: Version.number,
        subcommands: [
            UpCommand.self, PlatformCommand.self, ListCommand.self, StatusCommand.self, LogsCommand.self,
            L1Command.self, NodeCommand.self, ImportCommand.self, SnapshotCommand.self, DeriveCommand.self,
            LaunchCommand.self, IdleCommand.self, WakeCommand.self, BatcherCommand.self, LayerCommand.self,
            BridgeCommand.self, ExtendCommand.self,
            DissolveCommand.self, ExitsCommand.self, ClaimCommand.self, ProposerCommand.self,
            DACommand.self, GatewayCommand.self, KeyCommand.self, HealthCommand.self, ConformanceCommand.self,
            EVMCommand.self, TopCommand.self, EstimateCommand.self, CompletionsCommand.self, FleetCommand.self,
            MemberCommand.self, APIKeyCommand.self, WithdrawalsCommand.self,
        ])
}

/// Exit codes are a promise: 0 for success, 1 where something failed, 2 where the command was wrong.
@main
enum Main {
    static func main() async {
        Leash.hold()
        do {
            var command = try await Mayfly.asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            await TraceOptions.end()
        } catch {
            await TraceOptions.end()
            let code = Mayfly.exitCode(for: error)
            let message = Mayfly.fullMessage(for: error)
            if !message.isEmpty { code.isSuccess ? print(message) : StandardStreams.writeError(message) }
            exit(code == .validationFailure ? 2 : code.rawValue)
        }
    }
}

import ArgumentParser
import DevL1
import EthereumClient
import EthereumRPC
import Foundation
import Gateway
import JSONRPC
import Lifecycles
import NIOCore
import Platform
import Primitives
import Settlement
import Storage

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Runs all of it on this machine: an L1, the platform, and the gateway with its rollups.",
        discussion: """
            With --l1 it uses that L1 in place of one of its own. Everything is kept in --data: what ran when it was stopped goes \
            on when it is started again.
            """)

    @Option(help: ArgumentHelp("The directory that everything is kept in.", valueName: "dir"))
    var data = "mayfly-data"

    @Option(help: ArgumentHelp("Where the platform is served.", valueName: "addr:port"))
    var http = ListenAddress(host: "127.0.0.1", port: 8_700)

    @Option(name: .customLong("gateway-http"), help: ArgumentHelp("Where rollups are served.", valueName: "addr:port"))
    var gatewayHTTP = ListenAddress(host: "127.0.0.1", port: 8_600)

    @Option(name: .customLong("l1-http"), help: ArgumentHelp("Where the L1 is served.", valueName: "addr:port"))
    var l1HTTP = ListenAddress(host: "127.0.0.1", port: 8_545)

    @Option(
        name: .customLong("block-time"), help: ArgumentHelp("Seconds from block to block of the L1.", valueName: "n"))
    var blockTime: UInt64 = 2

    @Option(
        name: .customLong("idle-after"),
        help: ArgumentHelp("From a rollup's last answer to the stop of its processes.", valueName: "time"))
    var idleAfter = LengthOfTime(milliseconds: 300_000)

    @Flag(help: "Launch a sample rollup, arcade, where there is none.")
    var demo = false

    @OptionGroup var timelock: TimelockOption
    @OptionGroup var l1: L1Options
    @OptionGroup var key: KeyOptions
    @OptionGroup var tracing: TraceOptions

    func validate() throws {
        if !(1...86_400).contains(blockTime) { throw ValidationError("--block-time takes a number from 1 to 86400.") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        try tracing.begin("up")
        NodeService.raiseFileLimit()
        let signals = StopSignals()
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let lock = try DirectoryLock(data)
        let chain = l1.endpoints.isEmpty ? try await OwnL1(data + "/l1", http: l1HTTP, blockTime: blockTime) : nil
        var l1 = l1
        if let chain { l1.endpoints = [chain.url] }
        let client = try l1.client()
        try await L1Options.reach(client, "L1", "--l1")
        let chainID: UInt64
        do throws(EthereumClientError) { chainID = try await client.chainID() } catch {
            throw CommandFailure("--l1: \(error.message)")
        }
        let say = { @Sendable (text: String) in
            print(text)
            fflush(nil)
        }
        say("up: L1 (chain \(chainID)) \(chain == nil ? "is used" : "runs") at \(l1.firstForPeople)")
        let rollups = data + "/platform/rollups"
        try FileManager.default.createDirectory(atPath: rollups, withIntermediateDirectories: true)
        var settings = GatewaySettings(directory: rollups, executable: try OwnProgram.path())
        (settings.host, settings.port) = (gatewayHTTP.host, gatewayHTTP.port)
        settings.idling.idleAfter = idleAfter.milliseconds
        settings.l1Arguments = l1.arguments
        settings.replicas.total = ReplicaLimits.machineTotal
        let gateway = Gateway(settings, report: say)
        let address: SocketAddress
        do { address = try await gateway.start() } catch {
            throw ListeningFailure.failure(
                error, host: gatewayHTTP.host, port: gatewayHTTP.port, option: "--gateway-http")
        }
        let gatewayURL = "http://" + ListenAddress.text(gatewayHTTP.host, address.port ?? gatewayHTTP.port)
        let watch = Task { [interval = l1.pollInterval] in
            await ForcedDepositWatch(client, gateway).run(every: interval) { _ in }
        }
        say("up: gateway at \(gatewayURL)/NAME")
        let plan = PlatformProcess.Plan(
            directory: data + "/platform", http: http, gatewayURL: gatewayURL, publicURL: gatewayURL, l1: l1,
            signer: try key.signer(chainID: chainID), timelock: try PlatformCommand.address(timelock, chainID: chainID))
        let platform = try await PlatformProcess(plan, client: client, chainID: chainID, report: say)
        say("up: platform at http://\(http.host):\(http.port)")
        if demo { try await launchSample(platform.service, signals) }
        tell(platform.service, l1.firstForPeople, start)
        await signals.wait()
        say("up: stopping; what is there is kept in \(data)")
        watch.cancel()
        await watch.value
        await platform.stop()
        await gateway.stop()
        try await chain?.stop()
        withExtendedLifetime((signals, lock)) {}
    }

    /// Launches the sample and waits until it answers.
    private func launchSample(_ service: PlatformService, _ signals: StopSignals) async throws {
        let caller = Caller(organisation: PlatformProcess.localOrganisation, role: .administrator, name: "up")
        var order = LaunchOrder(name: "arcade")
        order.template = "game"
        do throws(PlatformProblem) {
            _ = try await service.launch(order, by: caller, idempotencyKey: "up's sample")
            print("up: launching the sample rollup arcade")
            fflush(nil)
            var step = ""
            while true {
                let rollup = try await service.rollup(order.name, for: caller)
                if rollup.state == .failed { throw PlatformProblem(rollup.failure ?? "it failed") }
                if rollup.state != .launching { return }
                let now = try await service.job(of: order.name, for: caller)?.step ?? ""
                if now != step { print("up:   \(now)") }
                step = now
                fflush(nil)
                try? await Task.sleep(for: .milliseconds(50))
            }
        } catch {
            StandardStreams.writeError("warning: the sample rollup was not launched: \(error.detail)")
        }
    }

    private func tell(_ service: PlatformService, _ l1: String, _ start: ContinuousClock.Instant) {
        let seconds = String(format: "%.1f", (ContinuousClock.now - start) / .seconds(1))
        let account = DevelopmentAccount.accounts(mnemonic: DevL1Settings().mnemonic, count: 10)[9]
        let site = "http://\(http.host):\(http.port)"
        print(
            """

            Mayfly is up, after \(seconds) s.

              dashboard   \(site)
              L1 RPC      \(l1)
            """)
        if demo { print("  rollup RPC  \(service.urls(of: "arcade").http)") }
        if self.l1.endpoints.isEmpty {
            print(
                """
                  account     \(account.checksummedAddress), 10000 ETH on L1
                              key \(Hash256(account.privateKey)) (everybody knows it)
                """)
        }
        print("\nNext:  mayfly launch fair --platform \(site) --ephemeral 2h")
        fflush(nil)
    }
}

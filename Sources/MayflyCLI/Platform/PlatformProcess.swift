import Blockchain
import DevL1
import EthereumClient
import Foundation
import Hummingbird
import HummingbirdCore
import Layers
import Logging
import Platform
import Primitives
import RollupNode
import SQLStore
import ServiceLifecycle
import Settlement
import Synchronization

/// A platform that serves: its records, its jobs and its REST interface.
final class PlatformProcess: Sendable {
    /// What is asked for.
    struct Plan {
        var directory: String
        /// Of a PostgreSQL database, which several platforms may share; nil for a file in the directory.
        var databaseURL: String?
        var http: ListenAddress
        var gatewayURL: String
        var publicURL: String
        var hosts: [String] = []
        var l1: L1Options
        var signer: AccountSigner
        var timelock: Address
        var allowsPrivateWebhooks = false
        var isOpenToAll = false
        var retention = Retention()
        /// Who runs the rollups; nil for the gateway.
        var fleet: FleetOptions?
    }

    /// Connections at a time.
    private static let connectionLimit = 2_048

    /// Whom requests without a key speak for, where they may.
    static let localOrganisation = "local"

    let service: PlatformService
    let client: EthereumClient
    private let lock: DirectoryLock
    private let database: any SQLDatabase
    private let serving: ServiceGroup
    private let tasks: [Task<Void, Never>]

    /// Opens the records and begins to serve.
    ///
    /// - Parameter client: of L1; closed with the process.
    init(_ plan: Plan, client: EthereumClient, chainID: UInt64, report: @escaping @Sendable (String) -> Void)
        async throws
    {
        self.client = client
        let isDevelopment = chainID == DevL1Settings().chainID
        try Self.makeDirectory(plan.directory)
        lock = try DirectoryLock(plan.directory, isShared: plan.databaseURL != nil)
        database = try await Self.database(plan)
        let fleet: any Fleet
        do throws(FleetError) {
            if let options = plan.fleet {
                fleet = try await options.make(directory: plan.directory, gateway: plan.gatewayURL, l1: plan.l1)
            } else {
                fleet = try LocalFleet(directory: plan.directory, gateway: plan.gatewayURL)
            }
        } catch { throw CommandFailure(error.message) }
        let program = try OwnProgram.path()
        var settings = PlatformSettings(
            l1: client, l1ChainID: chainID, signer: plan.signer, timelock: plan.timelock,
            terms: isDevelopment ? .development : .ethereum, isDevelopment: isDevelopment, directory: plan.directory,
            genesisText: GenesisText.make,
            describeL1: { directory throws(SettlementError) in
                try Self.makeDirectory(directory)
                try await L1File.make(for: chainID, client, in: directory)?.write()
            },
            archive: { [l1 = plan.l1.arguments] directory throws(SettlementError) in
                try await Self.archive(directory, program, l1)
            })
        if isDevelopment { settings.home = Self.localOrganisation }
        settings.names = Set(plan.hosts).subtracting(["*"])
        settings.retention = plan.retention
        if plan.isOpenToAll { settings.isOpenToAll = true }
        if plan.allowsPrivateWebhooks { settings.allowsPrivateWebhooks = true }
        do throws(SQLStoreError) {
            service = try await PlatformService(
                settings, database: database, fleet: fleet, publicURL: plan.publicURL, report: report)
        } catch { throw CommandFailure("--data: \(error.message)") }
        var policy = PlatformAPI.Policy()
        policy.hosts = Set(plan.hosts)
        if isDevelopment {
            do throws(PlatformProblem) {
                try await service.makeOrganisation(Self.localOrganisation, name: "This machine")
            } catch { throw CommandFailure(error.detail) }
            if plan.http.isLoopback {
                policy.local = Caller(organisation: Self.localOrganisation, role: .administrator, name: "this machine")
            } else {
                StandardStreams.writeError(
                    "warning: others can reach \(plan.http.host): pages and requests take API keys only")
            }
        }
        let router = Router()
        let api = PlatformAPI(service, policy: policy)
        api.add(to: router)
        DashboardSite(
            service: service, api: api, l1Name: isDevelopment ? "the embedded L1" : "chain \(chainID)",
            l1URL: isDevelopment ? plan.l1.firstForPeople : nil
        ).add(to: router)
        var logger = Logger(label: "platform")
        logger.logLevel = .error
        let (bound, binding) = AsyncStream.makeStream(of: Void.self)
        let application = Application(
            router: router, server: .http1(configuration: .init(idleTimeout: .seconds(180))),
            configuration: ApplicationConfiguration(
                address: .hostname(plan.http.host, port: plan.http.port), serverName: "mayfly",
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { _ in binding.yield() }, logger: logger)
        serving = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [.init(service: application)], logger: logger))
        let failure = Failure()
        let web = Task { [serving] in
            do { try await serving.run() } catch { failure.set(error) }
            binding.finish()
        }
        for await _ in bound { break }
        if let error = failure.error {
            throw ListeningFailure.failure(error, host: plan.http.host, port: plan.http.port, option: "--http")
        }
        tasks = [web, Task { [service] in await service.run() }]
    }

    /// Ends what is under way; jobs are left as they are, and go on when a platform is there again.
    func stop() async {
        tasks[1].cancel()
        await tasks[1].value
        await serving.triggerGracefulShutdown()
        // Streams of events have no end of their own.
        let end = Task { [tasks] in
            try? await Task.sleep(for: .seconds(1))
            tasks[0].cancel()
        }
        await tasks[0].value
        end.cancel()
        await database.close()
        await client.close()
    }

    private final class Failure: Sendable {
        private let box = Mutex<(any Error)?>(nil)
        var error: (any Error)? { box.withLock { $0 } }
        func set(_ error: any Error) { box.withLock { $0 = error } }
    }

    private static func database(_ plan: Plan) async throws -> any SQLDatabase {
        do throws(SQLStoreError) {
            if let url = plan.databaseURL { return try await PostgreSQLDatabase(url: url) }
            return try SQLiteDatabase(path: plan.directory + "/platform.sqlite")
        } catch { throw CommandFailure("\(plan.databaseURL == nil ? "--data" : "--database"): \(error.message)") }
    }

    private static func makeDirectory(_ path: String) throws(SettlementError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .rule("cannot make the directory \(path): \((error as NSError).localizedDescription)")
        }
    }

    /// The archive of a rollup's last state, made anew from L1 and its data.
    private static func archive(_ directory: String, _ program: String, _ l1: [String]) async throws(SettlementError)
        -> String
    {
        struct Summary: Decodable {
            var hash: String
            var isLast: Bool
        }
        let said = try await OwnProgram.run(
            program, ["derive", "--rollup", "rollup.json", "--archive", "state.archive", "--json"] + l1, in: directory)
        guard let line = said.split(separator: "\n").last,
            let summary = try? JSONDecoder().decode(Summary.self, from: Data(line.utf8))
        else { throw .early("derive has not said what it archived") }
        guard summary.isLast else { throw .early("L1 has more blocks of the rollup than were derived") }
        return summary.hash
    }
}

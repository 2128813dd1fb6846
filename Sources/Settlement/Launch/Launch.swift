import Derivation
import EthereumClient
public import Layers
public import Primitives
import StateTransition

/// Launches a rollup on an L1: everything that has to be done, in steps that may each be done again.
public struct Launch: Sendable {
    /// A step, in the order in which they come.
    public enum Step: String, CaseIterable, Sendable {
        case sharedContracts = "shared contracts"
        case l1Block = "L1 block"
        case genesis = "genesis"
        /// Where the rollup has one.
        case budget = "budget"
        case transaction = "launch transaction"
        case verification = "verification"
        case files = "files"
    }

    /// Which L1 block the genesis names.
    public enum Origin: String, CaseIterable, Sendable {
        /// Never taken back.
        case finalized
        case safe
        /// For a chain of which no block is taken back.
        case latest
    }

    /// What is asked for.
    public struct Options: Sendable {
        public var manifest: RollupManifest
        public var terms: SecurityTerms
        public var timelock: Address
        public var origin = Origin.finalized
        /// Whether the shared contracts are deployed where they are missing.
        public var deploysShared = false
        /// Whether L1 is asked for a new block where its newest is old: an embedded L1 makes none by itself.
        public var refreshesL1 = false

        public init(manifest: RollupManifest, terms: SecurityTerms, timelock: Address) {
            self.manifest = manifest
            self.terms = terms
            self.timelock = timelock
        }
    }

    /// A rollup that is there.
    public struct Launched: Sendable {
        public let plan: LaunchPlan
        public let genesis: RollupGenesis
        /// In the registry of its L1.
        public let id: UInt256
        /// False where it was there before.
        public let isNew: Bool
    }

    private let options: Options
    private let sender: TransactionSender
    private let directory: LaunchDirectory
    private let report: @Sendable (Step, Duration) -> Void
    private var client: EthereumClient { sender.client }

    /// - Parameters:
    ///   - sender: of the account that launches, on L1.
    ///   - report: is told of each step when it is done, and how long it took.
    public init(
        _ options: Options, sender: TransactionSender, directory: LaunchDirectory,
        report: @escaping @Sendable (Step, Duration) -> Void = { _, _ in }
    ) {
        self.options = options
        self.sender = sender
        self.directory = directory
        self.report = report
    }

    /// Launches the rollup, or finishes a launch that was interrupted.
    ///
    /// - Throws: `rule` with what is wrong and what helps.
    public func run() async throws(SettlementError) -> Launched {
        try Self.check(options.manifest, l1ChainID: sender.chainID)
        try await checkPace()
        let begun = try directory.plan(options.manifest)
        if let begun { try checkSame(begun) }
        let shared = SharedAddresses(timelock: options.timelock)
        try await timed(.sharedContracts) { () throws(SettlementError) in try await provide(shared) }
        let plan = try await timed(.l1Block) { () throws(SettlementError) in try await self.plan(begun, shared) }
        let genesis = try await timed(.genesis) { () throws(SettlementError) in
            let genesis = try Self.genesis(plan)
            try directory.keep(plan)
            return genesis
        }
        if let budget = plan.budget {
            try await timed(.budget) { () throws(SettlementError) in
                if try await !isUsed(plan) { try await budget.provide(by: sender) }
            }
        }
        let isNew = try await timed(.transaction) { () throws(SettlementError) in try await launch(plan, genesis) }
        let id = try await timed(.verification) { () throws(SettlementError) in try await verify(plan, genesis) }
        try await timed(.files) { () throws(SettlementError) in try directory.write(plan, genesis) }
        return Launched(plan: plan, genesis: genesis, id: id, isNew: isNew)
    }

    private func timed<Result>(
        _ step: Step, _ body: () async throws(SettlementError) -> Result
    ) async throws(SettlementError) -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await body()
        report(step, clock.now - start)
        return result
    }

    // MARK: What is asked for

    /// Refuses what this version cannot launch on an L1 with this chain id.
    public static func check(_ manifest: RollupManifest, l1ChainID: UInt64) throws(SettlementError) {
        if let breach = manifest.breaches.first { throw .rule(breach.description) }
        var missing: [String] = []
        if manifest.execution != .evm { missing.append("execution: \(manifest.execution.rawValue)") }
        if manifest.dataAvailability == .operators { missing.append("data-availability: operators") }
        if manifest.security != .optimistic { missing.append("security: \(manifest.security.rawValue)") }
        if manifest.sequencing != .single { missing.append("sequencing: \(manifest.sequencing.rawValue)") }
        if manifest.gasToken != .eth { missing.append("gas-token: \(manifest.gasToken.rawValue)") }
        if !missing.isEmpty {
            throw .rule("this version cannot launch a rollup with \(missing.joined(separator: ", ")) yet")
        }
        if manifest.chainID == l1ChainID { throw .rule("a rollup needs another chain id than its L1's") }
    }

    private func checkSame(_ begun: LaunchPlan) throws(SettlementError) {
        guard begun.l1ChainID == sender.chainID else {
            throw directory.holdsAnother("for the L1 with chain id \(begun.l1ChainID)")
        }
        guard begun.launcher == sender.address else { throw directory.holdsAnother("by \(begun.launcher)") }
        guard begun.timelock == options.timelock else {
            throw directory.holdsAnother("with the timelock \(begun.timelock)")
        }
        guard begun.terms == options.terms else { throw directory.holdsAnother("with other terms of finality") }
    }

    /// A block of the rollup moves its L1 origin by one L1 block at most, so on an L1 that is faster deposits come later and
    /// later, until the sequencing window has passed and nothing but deposits counts.
    private func checkPace() async throws(SettlementError) {
        guard let pace = try await client.blockInterval(chainID: sender.chainID) else { return }
        let blockTime = Double(options.manifest.blockTime)
        guard pace * 1.05 < blockTime else { return }
        let most = max(1, Int(pace))
        throw .rule(
            "L1 makes a block every \(Int(pace.rounded())) s and the rollup every \(options.manifest.blockTime) s: it could not keep "
                + "up. Give the rollup a block time of \(most) s (--block-time \(most)), or an embedded L1 a longer one."
        )
    }

    // MARK: Steps

    private func provide(_ shared: SharedAddresses) async throws(SettlementError) {
        let deployment = SharedDeployment(shared, client: client)
        if options.deploysShared {
            try await deployment.deploy(by: sender)
        } else {
            let missing = try await deployment.missing()
            guard missing.isEmpty else {
                throw .rule(
                    "the contracts that rollups share are not on this L1 for the timelock \(shared.timelock) (missing: "
                        + "\(missing.joined(separator: ", "))). Give the timelock that they were deployed with, or "
                        + "deploy them once with --deploy-shared.")
            }
        }
        let registry = shared.registry
        guard try await client.read(RollupRegistry.isFactory(shared.factory), from: registry) else {
            throw .rule("the timelock has taken the factory \(shared.factory) out of the registry \(registry)")
        }
    }

    /// A plan that was begun, where it can still be followed; else one of now.
    private func plan(_ begun: LaunchPlan?, _ shared: SharedAddresses) async throws(SettlementError) -> LaunchPlan {
        if let begun {
            if try await isOnL1(begun.l1) { return begun }
            if directory.isComplete {
                throw .rule(
                    "\(directory.path) holds a rollup that was launched from L1 block \(begun.l1.number) \(begun.l1.hash), which "
                        + "this L1 does not have: give the --l1 that it is on, or another --out for a rollup on this one "
                        + "(an embedded L1 that was started anew without --data is another one)")
            }
            if try await isUsed(begun) {
                throw .rule(
                    "L1 has taken back block \(begun.l1.number), which the rollup's genesis names, after its launch: "
                        + "launch it again into another --out")
            }
        }
        if options.refreshesL1 { await client.freshen(chainID: sender.chainID) }
        let name: BlockName =
            switch options.origin {
            case .finalized: .finalized
            case .safe: .safe
            case .latest: .latest
            }
        let header = try await EthereumClient.telling { () throws(EthereumClientError) in try await client.header(name)
        }
        let expiresAt = try await expiry()
        return LaunchPlan(
            manifest: options.manifest, terms: options.terms, l1ChainID: sender.chainID,
            l1: BlockID(number: header.header.number, hash: header.hash), l1Time: header.header.timestamp,
            timelock: options.timelock, launcher: sender.address, expiresAt: expiresAt)
    }

    /// When the rollup ends by its terms, counted from now; zero for never.
    private func expiry() async throws(SettlementError) -> UInt64 {
        if case .permanent = options.manifest.lifetime { return 0 }
        let now = try await l1Time()
        switch options.manifest.lifetime {
        case .permanent: return 0
        case .duration(let seconds): return now &+ seconds
        case .until(let time):
            try check(expiry: time, now)
            return time
        }
    }

    private func l1Time() async throws(SettlementError) -> UInt64 {
        try await EthereumClient.telling { () throws(EthereumClientError) in
            try await client.header(.latest).header.timestamp
        }
    }

    /// What the contract would refuse.
    private func check(expiry: UInt64, _ now: UInt64) throws(SettlementError) {
        if expiry <= now {
            throw .rule(
                "the rollup would end at \(LifetimeText.text(expiry)), and L1's time is \(LifetimeText.text(now)) already"
            )
        }
        if expiry - now > RollupManifest.Bounds.duration.upperBound {
            throw .rule("the rollup would end at \(LifetimeText.text(expiry)): a life is ten years at most")
        }
    }

    private func isOnL1(_ block: BlockID) async throws(SettlementError) -> Bool {
        do throws(EthereumClientError) {
            return try await client.header(.number(block.number)).hash == block.hash
        } catch {
            guard case .notFound = error else { throw SettlementError(error) }
            return false
        }
    }

    private func isUsed(_ plan: LaunchPlan) async throws(SettlementError) -> Bool {
        try await client.read(RollupFactory.isUsed(launcher: plan.launcher, salt: plan.salt), from: plan.shared.factory)
    }

    /// - Returns: whether it was not there before.
    private func launch(_ plan: LaunchPlan, _ genesis: RollupGenesis) async throws(SettlementError) -> Bool {
        if try await isUsed(plan) { return false }
        if !plan.isPermanent {
            let now = try await l1Time()
            do throws(SettlementError) { try check(expiry: plan.expiresAt, now) } catch {
                throw .rule(
                    "\(error.message). Where a launch that was begun came to nothing before, remove \(directory.path) and begin "
                        + "again")
            }
        }
        let call = RollupFactory.launch(salt: plan.salt, launch: plan.request(genesis))
        do throws(SettlementError) {
            try await sender.perform(TransactionRequest(call, to: plan.shared.factory))
        } catch {
            // A launch from before that was on its way has come first: it is this one.
            guard case .reverted = error, try await isUsed(plan) else { throw error }
            return false
        }
        return true
    }

    static func genesis(_ plan: LaunchPlan) throws(SettlementError) -> RollupGenesis {
        do throws(RollupGenesis.Failure) {
            return try RollupGenesis(plan.manifest, at: plan.place)
        } catch {
            throw .rule("there is no genesis: \(error)")
        }
    }

    /// Compares what L1 says of the rollup with what was asked for.
    ///
    /// - Returns: the rollup's number in the registry.
    private func verify(_ plan: LaunchPlan, _ genesis: RollupGenesis) async throws(SettlementError) -> UInt256 {
        let (shared, contracts) = (plan.shared, plan.contracts)
        let id = try await client.read(RollupRegistry.idOf(systemConfig: contracts.systemConfig), from: shared.registry)
        let record = try await client.read(RollupRegistry.rollups(id), from: shared.registry)
        let expected = RegisteredRollup(
            systemConfig: contracts.systemConfig, launcher: plan.launcher, genesisHash: genesis.header.hash,
            configurationHash: plan.configurationHash, lifecycle: contracts.lifecycle)
        guard record == expected else {
            throw .rule("rollup \(Wei.digits(id)) of the registry \(shared.registry) is another than was launched")
        }
        let (root, number) = try await client.read(
            AnchorStateRegistry.getAnchorRoot(), from: contracts.anchorStateRegistry)
        guard !number.isZero || root == genesis.outputRoot else {
            throw .rule("the first anchor of \(contracts.anchorStateRegistry) is not the output of the genesis")
        }
        let lifecycle = contracts.lifecycle
        let life = LifeTerms(
            // Its owner may have put it off since.
            expiresAt: try await client.read(Lifecycle.expiresAt(), from: lifecycle).isZero ? 0 : plan.expiresAt,
            idleBlocks: try await client.read(Lifecycle.idleBlocks(), from: lifecycle).clampedToUInt64,
            drainBlocks: try await client.read(Lifecycle.drainBlocks(), from: lifecycle).clampedToUInt64,
            budget: try await client.read(Lifecycle.budget(), from: lifecycle))
        guard life == plan.life else { throw .rule("the terms of \(lifecycle) are not those that were asked for") }
        return id
    }
}

import Cryptography
public import Derivation
import Foundation
public import Layers
public import Primitives
import StateTransition

/// All that a launch is: from it follow the rollup's addresses, its genesis and the transaction that launches it.
///
/// It is kept before the transaction is sent, so that a launch that was interrupted goes on with the same one.
public struct LaunchPlan: Equatable, Sendable {
    public var manifest: RollupManifest
    public var terms: SecurityTerms
    public var l1ChainID: UInt64
    /// The L1 block that the genesis names.
    public var l1: BlockID
    /// Of that block, seconds since the Unix epoch.
    public var l1Time: UInt64
    public var timelock: Address
    public var launcher: Address
    /// When anybody may close the rollup, seconds since the Unix epoch; zero for never.
    public var expiresAt: UInt64

    public init(
        manifest: RollupManifest, terms: SecurityTerms, l1ChainID: UInt64, l1: BlockID, l1Time: UInt64,
        timelock: Address, launcher: Address, expiresAt: UInt64 = 0
    ) {
        self.manifest = manifest
        self.terms = terms
        self.l1ChainID = l1ChainID
        self.l1 = l1
        self.l1Time = l1Time
        self.timelock = timelock
        self.launcher = launcher
        self.expiresAt = expiresAt
    }

    /// The hash of the manifest's document.
    public var configurationHash: Hash256 { Keccak256.hash(Array(manifest.document.utf8)) }

    /// Another for each launch: of the configuration, and of the L1 block that it was planned at.
    public var salt: Hash256 { Keccak256.hash(configurationHash.bytes + l1.hash.bytes) }

    public var shared: SharedAddresses { SharedAddresses(timelock: timelock) }
    public var contracts: RollupContracts { shared.contracts(launcher: launcher, salt: salt) }

    /// Where the rollup settles.
    public var place: SettlementPlace {
        let contracts = contracts
        return SettlementPlace(
            l1ChainID: l1ChainID, l1: l1, l1Time: l1Time, governor: timelock, systemConfig: contracts.systemConfig,
            portal: contracts.optimismPortal, messenger: contracts.l1CrossDomainMessenger,
            standardBridge: contracts.l1StandardBridge, erc721Bridge: contracts.l1ERC721Bridge,
            lifecycle: isPermanent ? nil : contracts.lifecycle,
            batchInbox: manifest.ending.idleBlocks == 0 ? nil : contracts.batchInbox)
    }

    public var isPermanent: Bool { manifest.lifetime == .permanent }

    /// What the rollup's lifecycle contract is told of its end.
    public var life: LifeTerms {
        if isPermanent { return LifeTerms(expiresAt: 0, idleBlocks: 0, drainBlocks: 0, budget: Address()) }
        return LifeTerms(
            expiresAt: expiresAt, idleBlocks: manifest.ending.idleBlocks, drainBlocks: manifest.ending.drainBlocks,
            budget: budget?.address ?? Address())
    }

    /// The contract that pays for the rollup's time; nil for none.
    var budget: LaunchBudget? {
        manifest.ending.budget.map { terms in
            LaunchBudget(
                terms, lifecycle: contracts.lifecycle, payee: terms.payee ?? manifest.accounts.batcher,
                owner: manifest.accounts.owner)
        }
    }

    /// What the factory is asked for.
    public func request(_ genesis: RollupGenesis) -> LaunchRequest {
        let system = genesis.rollup.genesis.systemConfig
        return LaunchRequest(
            owner: manifest.accounts.owner,
            parameters: LaunchParameters(
                basefeeScalar: system.baseFeeScalar, blobbasefeeScalar: system.blobBaseFeeScalar,
                batcherHash: Hash256(UInt256(system.batcher)), gasLimit: system.gasLimit,
                unsafeBlockSigner: manifest.accounts.sequencer, eip1559Denominator: system.eip1559Denominator,
                eip1559Elasticity: system.eip1559Elasticity, operatorFeeScalar: system.operatorFeeScalar,
                operatorFeeConstant: system.operatorFeeConstant, minBaseFee: system.minimumBaseFee,
                daFootprintGasScalar: system.footprintGasScalar, maxResourceLimit: 20_000_000,
                batchInbox: genesis.rollup.batchInbox, l2ChainId: UInt256(manifest.chainID), guardian: Address(),
                customGasToken: false),
            genesisHash: genesis.header.hash, genesisOutputRoot: genesis.outputRoot,
            configurationHash: configurationHash, proposalBond: UInt256(terms.proposalBond),
            challengeWindow: terms.challengeWindow, resolutionWindow: terms.resolutionWindow, resolver: Address(),
            finalityDelay: terms.finalityDelay, maturityDelay: terms.maturityDelay,
            genesisTime: genesis.header.timestamp, blockTime: genesis.rollup.blockTime,
            life: life)
    }
}

extension LaunchPlan {
    /// The plan as a file has it; the manifest is a file of its own.
    private struct Fields: Codable {
        var l1ChainId: UInt64
        var l1BlockNumber: UInt64
        var l1BlockHash: String
        var l1BlockTime: UInt64
        var timelock: String
        var launcher: String
        var terms: SecurityTerms
        var configurationHash: String
        /// Files of permanent rollups may lack it.
        var expiresAt: UInt64?
    }

    /// JSON, the same for the same plan.
    public var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let fields = Fields(
            l1ChainId: l1ChainID, l1BlockNumber: l1.number, l1BlockHash: "\(l1.hash)", l1BlockTime: l1Time,
            timelock: "\(timelock)", launcher: "\(launcher)", terms: terms, configurationHash: "\(configurationHash)",
            expiresAt: isPermanent ? nil : expiresAt)
        guard let data = try? encoder.encode(fields) else { return "" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// - Throws: `rule` where the text is no plan, or of another manifest.
    public init(text: String, manifest: RollupManifest) throws(SettlementError) {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(text.utf8)),
            let hash = try? Hash256(hex: fields.l1BlockHash), let timelock = try? Address(hex: fields.timelock),
            let launcher = try? Address(hex: fields.launcher)
        else { throw .rule("the plan of a launch cannot be read") }
        self.init(
            manifest: manifest, terms: fields.terms, l1ChainID: fields.l1ChainId,
            l1: BlockID(number: fields.l1BlockNumber, hash: hash), l1Time: fields.l1BlockTime, timelock: timelock,
            launcher: launcher, expiresAt: fields.expiresAt ?? 0)
        guard "\(configurationHash)" == fields.configurationHash else {
            throw .rule("the plan of a launch is of another configuration")
        }
        guard isPermanent == (expiresAt == 0) else { throw .rule("the plan of a launch does not say when it ends") }
    }
}

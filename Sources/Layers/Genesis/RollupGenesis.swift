import Cryptography
public import Derivation
import EVM
public import Primitives
public import StateTransition

/// What a rollup begins with: it follows from the manifest and from where on L1 the rollup was launched, and from nothing
/// else.
public struct RollupGenesis: Sendable {
    /// The rules of execution: Jovian, and all before it, from the first block on.
    public let configuration: ChainConfiguration
    /// The first block's header, whole.
    public let header: BlockHeader
    /// What leads from an empty state to the first.
    public let state: StateDiff
    /// What derivation has to know.
    public let rollup: RollupConfiguration

    /// Why there is no genesis.
    public enum Failure: Error, Equatable, Sendable {
        case manifest(ManifestError)
        case predeploys(PredeployGenesis.Failure)
        case state(StateError)
    }

    /// - Complexity: O(*n*) hashes in the accounts: 2,080 and those of the manifest.
    public init(_ manifest: RollupManifest, at place: SettlementPlace) throws(Failure) {
        if let breach = manifest.breaches.first { throw .manifest(breach) }
        let state = try Self.state(manifest, place)
        let header = try Self.header(manifest, place, state)
        let denominator = UInt64(manifest.fees.baseFeeDenominator)
        let rules = OPStackConfiguration(
            activations: OptimismRevision.allCases.filter { $0 > .bedrock }.map { .init($0, 0) },
            baseFeeParameters: BaseFeeParameters(
                elasticity: UInt64(manifest.fees.baseFeeElasticity), denominator: denominator))
        var configuration = ChainConfiguration.always(.prague, chainID: manifest.chainID)
        configuration.opStack = rules
        let rollup = RollupConfiguration(
            genesis: RollupConfiguration.Genesis(
                l1: place.l1, l2: BlockID(number: 0, hash: header.hash), l2Time: place.l1Time,
                systemConfig: Self.systemConfig(manifest)),
            blockTime: manifest.blockTime, sequencingWindow: manifest.sequencingWindow, l1ChainID: place.l1ChainID,
            l2ChainID: manifest.chainID, batchInbox: place.batchInbox ?? Self.batchInbox(chainID: manifest.chainID),
            depositContract: place.portal, systemConfigContract: place.systemConfig, allowsAltDA: true,
            lifecycleContract: place.lifecycle)
        guard let rollup else { throw .manifest(ManifestError("block-time", "at least 1 s")) }
        (self.state, self.header, self.configuration, self.rollup) = (state, header, configuration, rollup)
    }

    /// Where a rollup's batches go: an address of which nobody has the key, of its chain id's hash.
    public static func batchInbox(chainID: UInt64) -> Address {
        let hash = Keccak256.hash(Hash256(UInt256(chainID))).bytes
        return Address([0] + hash.prefix(19)) ?? Address()
    }

    /// What the owner sets on L1, as it is at the launch.
    public static func systemConfig(_ manifest: RollupManifest) -> SystemConfig {
        let fees = manifest.fees
        return SystemConfig(
            batcher: manifest.accounts.batcher, gasLimit: manifest.gasLimit, baseFeeScalar: fees.baseFeeScalar,
            blobBaseFeeScalar: fees.blobBaseFeeScalar, eip1559Denominator: fees.baseFeeDenominator,
            eip1559Elasticity: fees.baseFeeElasticity, operatorFeeScalar: fees.operatorFeeScalar,
            operatorFeeConstant: fees.operatorFeeConstant, minimumBaseFee: fees.minimumBaseFee,
            footprintGasScalar: fees.dataFootprintGasScalar, unsafeBlockSigner: manifest.accounts.sequencer)
    }

    // MARK: State and header

    private static func state(_ manifest: RollupManifest, _ place: SettlementPlace) throws(Failure) -> StateDiff {
        var parameters: [String: UInt256] = [
            "governor": UInt256(place.governor), "l1ChainID": UInt256(place.l1ChainID),
            "l1CrossDomainMessenger": UInt256(place.messenger), "l1StandardBridge": UInt256(place.standardBridge),
            "l1ERC721Bridge": UInt256(place.erc721Bridge),
        ]
        for vault in ["sequencerFeeVault", "baseFeeVault", "l1FeeVault", "operatorFeeVault"] {
            parameters["\(vault)Recipient"] = UInt256(manifest.accounts.feeRecipient)
            parameters["\(vault)MinimumWithdrawalAmount"] = 1_000_000_000_000_000_000
            parameters["\(vault)WithdrawalNetwork"] = 0
        }
        var state: StateDiff
        do throws(PredeployGenesis.Failure) {
            state = try PredeployGenesis().state(parameters)
        } catch {
            throw .predeploys(error)
        }
        for contract in Preinstall.all(chainID: manifest.chainID) {
            add(Allocation(address: contract.address, nonce: 1, code: contract.code), to: &state)
        }
        for sender in Preinstall.senders { add(Allocation(address: sender, nonce: 1), to: &state) }
        for allocation in manifest.allocations { add(allocation, to: &state) }
        return state
    }

    private static func add(_ allocation: Allocation, to state: inout StateDiff) {
        var record = AccountRecord(nonce: allocation.nonce, balance: 0)
        if !allocation.code.isEmpty {
            record.codeHash = Keccak256.hash(allocation.code)
            if !state.codes.contains(where: { $0.hash == record.codeHash }) {
                state.codes.append(StateDiff.NewCode(hash: record.codeHash, bytes: allocation.code))
            }
        }
        let start = state.slots.count
        for slot in allocation.storage {
            state.slots.append(StateDiff.SlotChange(key: slot.key, value: slot.value))
        }
        state.accounts.append(
            StateDiff.AccountChange(
                address: allocation.address, record: record, slots: start..<state.slots.count))
    }

    private static func header(
        _ manifest: RollupManifest, _ place: SettlementPlace, _ state: StateDiff
    ) throws(Failure) -> BlockHeader {
        let empty = MemoryState()
        do throws(StateError) {
            return BlockHeader(
                coinbase: Predeploy.sequencerFeeVault, stateRoot: try empty.root(after: state),
                gasLimit: manifest.gasLimit,
                timestamp: place.l1Time,
                extraData: RollupExtraData(
                    denominator: manifest.fees.baseFeeDenominator, elasticity: manifest.fees.baseFeeElasticity,
                    minimumBaseFee: manifest.fees.minimumBaseFee
                ).encoded,
                baseFee: BaseFeeParameters.initialFee,
                withdrawalsRoot: try empty.storageRoot(Predeploy.messagePasser, after: state), blobGasUsed: 0,
                excessBlobGas: 0,
                parentBeaconBlockRoot: Hash256(), requestsHash: EmptyHash.requests)
        } catch {
            throw .state(error)
        }
    }
}

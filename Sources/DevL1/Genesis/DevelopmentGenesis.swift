public import Blockchain
import Cryptography
import EVM
import Layers
public import Primitives
import StateTransition

/// The genesis of an embedded L1: today's rules from the first block on, funded accounts, and the contracts that the rules
/// and most tools take for granted.
public struct DevelopmentGenesis {
    /// Wei: ten thousand ether.
    public static var balance: UInt256 { UInt256(10_000) &* 1_000_000_000_000_000_000 }

    public var chainID: UInt64
    public var gasLimit: UInt64
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    public var accounts: [Address]

    public init(chainID: UInt64, gasLimit: UInt64, timestamp: UInt64, accounts: [Address]) {
        self.chainID = chainID
        self.gasLimit = gasLimit
        self.timestamp = timestamp
        self.accounts = accounts
    }

    public var genesis: Genesis {
        var state = StateDiff()
        for address in accounts {
            state.accounts.append(
                StateDiff.AccountChange(address: address, record: AccountRecord(balance: Self.balance)))
        }
        for contract in [
            Predeployed.beaconRoots, Predeployed.blockHashes, Predeployed.withdrawalRequests,
            Predeployed.consolidationRequests, Predeployed.deterministicDeployer,
        ] {
            Self.add(contract, slots: [], to: &state)
        }
        for contract in Preinstall.all(chainID: chainID) where Self.tools.contains(contract.name) {
            Self.add(contract.address, contract.code, slots: [], to: &state)
        }
        Self.add(Predeployed.depositContract, slots: Self.depositContractSlots, to: &state)
        let header = BlockHeader(
            gasLimit: gasLimit, timestamp: timestamp, extraData: Array("mayfly l1".utf8),
            baseFee: BaseFeeParameters.initialFee)
        return Genesis(
            configuration: .always(.osaka, chainID: chainID, blobs: .bpo2), header: header, state: state)
    }

    /// Contracts at the addresses of other chains that libraries and deployment tools call.
    private static let tools = ["Multicall3", "Create2Deployer", "CreateX"]

    private static func add(
        _ contract: Predeployed.Contract, slots: [StateDiff.SlotChange], to state: inout StateDiff
    ) {
        guard let address = try? Address(hex: contract.address), let code = try? Hex.decode(contract.code) else {
            preconditionFailure("the codes of \(Predeployed.self) are constants of this program")
        }
        add(address, code, slots: slots, to: &state)
    }

    private static func add(
        _ address: Address, _ code: [UInt8], slots: [StateDiff.SlotChange], to state: inout StateDiff
    ) {
        let hash = Keccak256.hash(code)
        state.codes.append(StateDiff.NewCode(hash: hash, bytes: code))
        let start = state.slots.count
        state.slots += slots
        state.accounts.append(
            StateDiff.AccountChange(
                address: address, record: AccountRecord(nonce: 1, codeHash: hash, hasStorage: !slots.isEmpty),
                slots: start..<state.slots.count))
    }

    /// What the constructor of the deposit contract stores: the roots of empty trees of heights 1 to 31.
    private static var depositContractSlots: [StateDiff.SlotChange] {
        var root = Hash256()
        return (0x22...0x40).map { (slot: UInt64) in
            root = SHA256.hash(root.bytes + root.bytes)
            return StateDiff.SlotChange(key: UInt256(slot), value: UInt256(root))
        }
    }
}

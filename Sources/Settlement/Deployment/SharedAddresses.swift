import Cryptography
import EVM
public import Primitives

/// Where on an L1 the contracts are that all its rollups share: the timelock and this program's codes decide it, so that
/// they are at the same addresses on every L1 with the same timelock.
public struct SharedAddresses: Equatable, Sendable {
    /// The number of `BondedProposal` among finality modules.
    public static let gameType: UInt32 = 2026

    /// The deployer that everybody may use; on most chains.
    public static var deployer: Address {
        Address(truncating: UInt256(limbs: 0xA78F_BF26_C0B4_956C, 0x47B3_7957_8588_920C, 0x4E59_B448, 0))
    }

    /// Who may upgrade contracts.
    public let timelock: Address
    public let implementations: Implementations
    /// What made the next two.
    public let origin: Address
    public let registry: Address
    public let factory: Address

    /// The contracts that are made by the deployer, in this order.
    let creations: [Creation]

    /// One of them.
    struct Creation: Equatable, Sendable {
        var name: String
        var address: Address
        /// With the constructor's arguments.
        var code: [UInt8]

        init(_ name: String, _ code: [UInt8]) {
            self.name = name
            self.code = code
            address = ContractAddress.create2(
                sender: SharedAddresses.deployer, salt: Hash256(), initCodeHash: Keccak256.hash(code))
        }
    }

    public init(timelock: Address) {
        let collection = Creation("SettledERC721", CreationCode.settledERC721.bytes)
        let multiCollection = Creation("SettledERC1155", CreationCode.settledERC1155.bytes)
        let parts = [
            Creation("Proxy", CreationCode.proxy.bytes), Creation("SystemConfig", CreationCode.systemConfig.bytes),
            Creation("OptimismPortal", CreationCode.optimismPortal.bytes),
            Creation("L1CrossDomainMessenger", CreationCode.l1CrossDomainMessenger.bytes),
            Creation("L1StandardBridge", CreationCode.l1StandardBridge.bytes),
            Creation("L1ERC721Bridge", CreationCode.l1ERC721Bridge.bytes),
            Creation("AnchorStateRegistry", CreationCode.anchorStateRegistry.bytes),
            Creation("DisputeGameFactory", CreationCode.disputeGameFactory.bytes),
            Creation("BondedProposal", CreationCode.bondedProposal.bytes),
            Creation("Lifecycle", CreationCode.lifecycle.bytes), collection, multiCollection,
            Creation(
                "Claims",
                CreationCode.claims.bytes
                    + Claims.constructorArguments(
                        settledERC721: collection.address, settledERC1155: multiCollection.address)),
        ]
        let implementations = Implementations(
            proxy: parts[0].address, systemConfig: parts[1].address, optimismPortal: parts[2].address,
            l1CrossDomainMessenger: parts[3].address, l1StandardBridge: parts[4].address,
            l1ERC721Bridge: parts[5].address, anchorStateRegistry: parts[6].address,
            disputeGameFactory: parts[7].address, finalityModule: parts[8].address, lifecycle: parts[9].address,
            claims: parts[12].address)
        let last = Creation(
            "SharedContracts",
            CreationCode.sharedContracts.bytes
                + SharedContracts.constructorArguments(
                    registryCode: CreationCode.rollupRegistry.bytes, factoryCode: CreationCode.rollupFactory.bytes,
                    timelock: timelock, gameType: Self.gameType, implementations: implementations,
                    batchInboxCode: CreationCode.batchInbox.bytes))
        self.timelock = timelock
        self.implementations = implementations
        origin = last.address
        registry = ContractAddress.create(sender: last.address, nonce: 1)
        factory = ContractAddress.create(sender: last.address, nonce: 2)
        creations = parts + [last]
    }

    /// The contracts of the rollup that an account launches with a salt: what `RollupFactory.predict` says.
    public func contracts(launcher: Address, salt: Hash256) -> RollupContracts {
        let own = Keccak256.hash(UInt256(launcher).bytes + salt.bytes)
        let codeHash = Keccak256.hash(proxyClone)
        func address(_ index: Int, _ codeHash: Hash256) -> Address {
            ContractAddress.create2(
                sender: factory, salt: Keccak256.hash(own.bytes + UInt256(index).bytes), initCodeHash: codeHash)
        }
        var addresses = (0..<8).map { address($0, codeHash) }
        // Claims has no proxy, and behind its code the contracts that it asks.
        let asked = [addresses[7], addresses[1], addresses[3], addresses[4], addresses[5]]
        addresses.append(address(8, Keccak256.hash(clone(of: implementations.claims, behind: asked))))
        let inboxCode = CreationCode.batchInbox.bytes + BatchInbox.constructorArguments(lifecycle: addresses[7])
        return RollupContracts(
            systemConfig: addresses[0], optimismPortal: addresses[1], l1CrossDomainMessenger: addresses[2],
            l1StandardBridge: addresses[3], l1ERC721Bridge: addresses[4], anchorStateRegistry: addresses[5],
            disputeGameFactory: addresses[6], lifecycle: addresses[7], claims: addresses[8],
            batchInbox: address(9, Keccak256.hash(inboxCode)))
    }

    /// The creation code of a clone that runs its implementation and leaves its administration to `Proxy`: what
    /// `RollupFactory` has, which tells the instructions.
    private var proxyClone: [UInt8] {
        let head = CreationCode(
            """
            607d8060095f395ff3365f5f375f5f365f7f360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc547c\
            02008000000000404080000000000000000000000000000000004000005f3560011a1b60ff1d8111606c575073
            """)
        let tail = CreationCode("5b5af43d5f5f3e6079573d5ffd5b3d5ff3")
        return head.bytes + implementations.proxy.bytes + tail.bytes
    }

    /// The creation code of an EIP-1167 clone, as the factory has it, with addresses behind the clone's code.
    private func clone(of code: Address, behind addresses: [Address]) -> [UInt8] {
        let size = UInt8(truncatingIfNeeded: 45 + 20 * addresses.count)
        let creation: [UInt8] = [0x3D, 0x60, size, 0x80, 0x60, 0x0A, 0x3D, 0x39, 0x81, 0xF3]
        let call: [UInt8] = [0x36, 0x3D, 0x3D, 0x37, 0x3D, 0x3D, 0x3D, 0x36, 0x3D, 0x73]
        let rest: [UInt8] = [0x5A, 0xF4, 0x3D, 0x82, 0x80, 0x3E, 0x90, 0x3D, 0x91, 0x60, 0x2B, 0x57, 0xFD, 0x5B, 0xF3]
        return creation + call + code.bytes + rest + addresses.flatMap(\.bytes)
    }
}

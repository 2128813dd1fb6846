import Cryptography
import Lifecycles
import Primitives

/// What a withdrawal takes to L1 beside its ether, by the message in it.
enum RelayedAsset: Equatable, Sendable {
    /// The token on the rollup, and the one on L1.
    case token(Address, remote: Address, amount: UInt256)
    case item(Address, remote: Address, id: UInt256)

    /// `finalizeBridgeERC20(address,address,address,address,uint256,bytes)`
    private static let finalizeToken: [UInt8] = [0x01, 0x66, 0xA0, 0x7A]
    /// `finalizeBridgeERC721(address,address,address,address,uint256,bytes)`
    private static let finalizeItem: [UInt8] = [0x76, 0x1F, 0x44, 0x93]

    /// Nil where it takes none to a bridge of L1, or is not the rollup's messenger's.
    init?(_ withdrawal: PassedWithdrawal, _ contracts: RollupContracts) {
        guard let relayed = RelayedMessage(withdrawal, contracts) else { return nil }
        let (sender, target, message) = (relayed.sender, relayed.target, relayed.data)
        do throws(ABIError) {
            var arguments = ABIReader(Array(message.dropFirst(4)))
            let (remote, local) = (try arguments.address(), try arguments.address())
            _ = (try arguments.address(), try arguments.address())
            let number = try arguments.word()
            if sender == Bridge.standardBridge, target == contracts.l1StandardBridge,
                message.starts(with: Self.finalizeToken)
            {
                self = .token(local, remote: remote, amount: number)
            } else if sender == Bridge.erc721Bridge, target == contracts.l1ERC721Bridge,
                message.starts(with: Self.finalizeItem)
            {
                self = .item(local, remote: remote, id: number)
            } else {
                return nil
            }
        } catch {
            return nil
        }
    }

    /// What the messenger on L1 knows a message by.
    static func messageHash(_ withdrawal: PassedWithdrawal) -> Hash256 { Keccak256.hash(withdrawal.data) }
}

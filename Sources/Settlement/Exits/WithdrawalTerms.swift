public import Lifecycles
public import Primitives

/// What a withdrawal takes to L1, whose it is and whom it is for, as its own call says.
public struct WithdrawalTerms: Equatable, Sendable {
    public enum Asset: Equatable, Sendable {
        /// Wei.
        case ether(UInt256)
        /// Smallest units of a token on L1.
        case token(Address, amount: UInt256)
        /// A token of a collection on L1.
        case item(Address, id: UInt256)
        /// A call on L1, with wei.
        case call(UInt256)
    }

    /// Who began it on the rollup.
    public let from: Address
    /// Who gets it on L1, or is called there.
    public let to: Address
    public let asset: Asset

    /// `finalizeBridgeETH(address,address,uint256,bytes)`
    private static let finalizeEther: [UInt8] = [0x16, 0x35, 0xF5, 0xFD]

    public init(_ initiated: InitiatedWithdrawal, _ contracts: RollupContracts) {
        let its = initiated.withdrawal
        self.init(
            PassedWithdrawal(
                blockNumber: initiated.blockNumber, nonce: its.nonce, sender: its.sender, target: its.target,
                value: its.value, gasLimit: its.gasLimit, data: its.data), contracts)
    }

    public init(_ withdrawal: PassedWithdrawal, _ contracts: RollupContracts) {
        guard let message = RelayedMessage(withdrawal, contracts) else {
            (from, to, asset) = (withdrawal.sender, withdrawal.target, .call(withdrawal.value))
            return
        }
        if let relayed = RelayedAsset(withdrawal, contracts), let ends = Self.ends(message, after: 2) {
            (from, to) = ends
            switch relayed {
            case .token(_, let remote, let amount): asset = .token(remote, amount: amount)
            case .item(_, let remote, let id): asset = .item(remote, id: id)
            }
        } else if message.sender == Bridge.standardBridge, message.target == contracts.l1StandardBridge,
            message.data.starts(with: Self.finalizeEther), let ends = Self.ends(message, after: 0)
        {
            (from, to) = ends
            asset = .ether(message.value)
        } else {
            (from, to, asset) = (message.sender, message.target, .call(message.value))
        }
    }

    /// Who sends and who gets, of a call of a bridge with so many words before these.
    private static func ends(_ message: RelayedMessage, after count: Int) -> (from: Address, to: Address)? {
        do throws(ABIError) {
            var arguments = ABIReader(Array(message.data.dropFirst(4)))
            for _ in 0..<count { _ = try arguments.word() }
            return (try arguments.address(), try arguments.address())
        } catch {
            return nil
        }
    }

    /// Whether it is of this account, or for it.
    public func concerns(_ account: Address) -> Bool { from == account || to == account }
}

import Lifecycles
import Primitives

/// The message that a withdrawal of the rollup's messenger brings to L1.
struct RelayedMessage: Equatable, Sendable {
    /// On the rollup.
    var sender: Address
    /// On L1.
    var target: Address
    /// Wei.
    var value: UInt256
    var data: [UInt8]

    /// `relayMessage(uint256,address,address,uint256,uint256,bytes)`
    private static let relay: [UInt8] = [0xD7, 0x64, 0xAD, 0x0B]

    /// Nil where the withdrawal is not of the rollup's messenger to the one on L1.
    init?(_ withdrawal: PassedWithdrawal, _ contracts: RollupContracts) {
        guard withdrawal.sender == Bridge.messenger, withdrawal.target == contracts.l1CrossDomainMessenger,
            withdrawal.data.starts(with: Self.relay)
        else { return nil }
        do throws(ABIError) {
            var call = ABIReader(Array(withdrawal.data.dropFirst(4)))
            _ = try call.word()
            (sender, target) = (try call.address(), try call.address())
            value = try call.word()
            _ = try call.word()
            data = try call.bytes()
        } catch {
            return nil
        }
    }
}

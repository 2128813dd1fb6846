import EthereumClient
public import Lifecycles
import Primitives
import StateTransition
import Trie

/// The output of a rollup's last block with proofs of withdrawals by it, for whom no node of the rollup is there any more.
public struct LastOutput: Sendable {
    let header: HashedHeader
    /// Trie nodes of the message passer's storage, by withdrawal.
    private let proofs: [Hash256: [[UInt8]]]

    /// - Parameters:
    ///   - archive: of the rollup's last state.
    ///   - withdrawals: those that are to be proven.
    /// - Throws: `rule` where the archive is of another state.
    public init(_ archive: ArchivedState, proving withdrawals: [PassedWithdrawal]) throws(SettlementError) {
        var proofs: [Hash256: [[UInt8]]] = [:]
        let isLast: Bool
        do throws(StateError) {
            isLast = try archive.isLastOfRollup()
            let proof = try archive.proof(of: Bridge.messagePasser, slots: withdrawals.map(\.slot))
            for (withdrawal, slot) in zip(withdrawals, proof.slots) { proofs[withdrawal.hash] = slot.nodes }
        } catch {
            throw .rule("the archive's state cannot be read")
        }
        guard isLast else {
            throw .rule(
                "block \(archive.header.number) is not the rollup's last: it has not ended, or its end is not on L1 yet"
            )
        }
        header = HashedHeader(archive.header)
        self.proofs = proofs
    }

    /// Whether a proposal is of this output.
    func isProposed(by game: OutputGame) -> Bool {
        game.blockNumber == header.header.number && game.rootClaim == header.output.hash
    }

    /// The trie nodes that prove a withdrawal.
    func nodes(of withdrawal: WithdrawalTransaction) throws(SettlementError) -> [[UInt8]] {
        guard let nodes = proofs[withdrawal.hash] else {
            throw .rule("the rollup's last state does not hold the withdrawal \(withdrawal.hash)")
        }
        return nodes
    }
}

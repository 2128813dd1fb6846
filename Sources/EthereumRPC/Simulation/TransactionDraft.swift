import Blockchain
package import JSONRPC
package import NIOCore
package import Primitives
import Sequencing
package import StateTransition

/// A transaction that a caller leaves to the node to complete and sign: what it does not say, the node does.
package struct TransactionDraft {
    private var request: CallRequest

    package static func read(_ reader: inout JSONReader) throws(JSONError) -> TransactionDraft {
        TransactionDraft(request: try CallRequest.read(&reader))
    }

    package var sender: Address? { request.from }

    /// The whole transaction but for its signature: with the next nonce, fees that the next blocks take, and as much gas as
    /// it needs now.
    ///
    /// - Throws: what `eth_estimateGas` would, where no gas is named and the transaction would fail.
    package func transaction(
        _ context: NodeContext, from sender: Address, deadline: NIODeadline
    ) throws(RPCError) -> Transaction {
        let view = try context.view()
        let header = try asking { () throws(ChainError) in try view.headHeader }
        var request = request
        request.from = sender
        if request.gasPrice == nil, let baseFee = header.baseFee {
            let tip = request.maxPriorityFeePerGas ?? context.settings.suggestedTip
            let fee = request.maxFeePerGas ?? (baseFee &+ baseFee &+ tip)
            (request.maxFeePerGas, request.maxPriorityFeePerGas) = (fee, min(tip, fee))
        }
        if request.gas == nil {
            var estimation = try GasEstimation(
                CallParameters(request), context, CodeCache(byteLimit: 16 << 20), deadline: deadline)
            request.gas = try estimation.run()
        }
        var transaction = try request.transaction(
            hasBaseFee: header.baseFee != nil, gas: 0, nonce: try nonce(of: sender, context, view),
            chainID: context.chain.configuration.chainID)
        transaction.chainID = context.chain.configuration.chainID
        if transaction.kind == .legacy && request.accessList != nil { transaction.kind = .accessList }
        return transaction
    }

    private func nonce(of sender: Address, _ context: NodeContext, _ view: ChainView) throws(RPCError) -> UInt64 {
        if let nonce = request.nonce { return nonce }
        if let nonce = context.chain.pool.nextNonce(of: sender) { return nonce }
        let state = try context.state(.latest, in: view)
        return try reading { () throws(StateError) in try state.account(sender)?.nonce ?? 0 }
    }
}

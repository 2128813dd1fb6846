import EVM
import JSONRPC
import NIOCore
import Primitives
import StateTransition

/// The search for the lowest gas limit with which a call succeeds.
struct GasEstimation {
    /// The search is over when the answer is known to be too high by no more than this share, in thousandths.
    private static let tolerance: UInt64 = 15

    private let base: CallBase
    private let parameters: CallParameters
    private let codes: CodeCache
    private let deadline: NIODeadline
    private let gasCap: UInt64
    private var transaction: Transaction

    init(
        _ parameters: CallParameters, _ context: NodeContext, _ codes: CodeCache, deadline: NIODeadline
    ) throws(RPCError) {
        base = try CallBase(context, parameters.block)
        self.parameters = parameters
        self.codes = codes
        self.deadline = deadline
        gasCap = context.settings.callGasLimit
        transaction = try parameters.request.transaction(
            hasBaseFee: base.header.baseFee != nil, gas: 0, nonce: 0, chainID: base.configuration.chainID,
            gasCap: gasCap)
    }

    /// What became of a try.
    private enum Try {
        /// The limit was not enough to begin with.
        case tooLow
        case ended(CallResult)
    }

    /// - Throws: where no limit is enough, or the deadline passes.
    mutating func run() throws(RPCError) -> UInt64 {
        var first = try execution()
        var high = try highestLimit(&first)
        if transaction.input.isEmpty, let to = transaction.to {
            let hasCode = try readingState { () throws(StateError) in try first.hasCode(to) }
            // A plain transfer, unless its lists make it dearer.
            if !hasCode, let ended = try? attempt(IntrinsicGas.transaction), case .ended(let result) = ended,
                result.outcome == .success
            {
                return IntrinsicGas.transaction
            }
        }
        guard case .ended(let result) = try attempt(high), try isNotForGas(result, high) else {
            throw RPCError(code: -32_000, message: "gas required exceeds allowance (\(high))")
        }

        var low = result.gasUsed &- 1
        // Most calls succeed with what they had in use at the most, and what a call has to leave behind.
        let (needed, overflow) = (result.peakGas &+ UInt64(GasSchedule.callStipend))
            .multipliedReportingOverflow(by: 64)
        let likely = needed / 63
        if !overflow, likely < high {
            if try succeeds(likely) { high = likely } else { low = likely }
        }
        while low &+ 1 < high {
            if (high &- low).multipliedReportingOverflow(by: 1_000).partialValue < high &* Self.tolerance { break }
            // Few calls need much more than they use, so the low side is more likely.
            let middle = min(low &+ (high &- low) / 2, low.addingReportingOverflow(low).partialValue)
            if try succeeds(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// The highest limit to try: of the call or the block, no more than a transaction may have, than the sender can pay and
    /// than this server grants.
    private func highestLimit(_ execution: inout BlockExecution) throws(RPCError) -> UInt64 {
        var limit = execution.environment.gasLimit
        if transaction.gasLimit >= IntrinsicGas.transaction { limit = transaction.gasLimit }
        if execution.revision >= .osaka { limit = min(limit, Transaction.largestGasLimit) }
        if !transaction.maxFeePerGas.isZero {
            let balance = try readingState { () throws(StateError) in
                try execution.nonceAndBalance(of: parameters.request.sender).balance
            }
            guard transaction.value < balance, let rest = balance.subtracting(transaction.value) else {
                throw RPCError(code: -32_000, message: "insufficient funds for transfer")
            }
            let blobCost = transaction.maxFeePerBlobGas.multiplying(UInt256(transaction.blobGas)) ?? .max
            guard blobCost < rest, let available = rest.subtracting(blobCost) else {
                throw RPCError(code: -32_000, message: "insufficient funds for gas * price + value")
            }
            if let affordable = (available / transaction.maxFeePerGas).asUInt64 { limit = min(limit, affordable) }
        }
        return min(limit, gasCap)
    }

    private func execution() throws(RPCError) -> BlockExecution {
        try base.execution(
            parameters.blockOverrides, parameters.stateOverrides, isFree: transaction.maxFeePerGas.isZero,
            codes: codes)
    }

    /// Whether a call succeeded, rather than failed for want of gas.
    ///
    /// - Throws: where it failed for something else.
    private mutating func isNotForGas(_ result: CallResult, _ limit: UInt64) throws(RPCError) -> Bool {
        if case .halt = result.outcome {
            // Watched this time, to be explained.
            var reporter = HaltReporter()
            guard case .ended(let again) = try attempt(limit, &reporter), reporter.last?.isOutOfGas != true else {
                return false
            }
            if let error = RPCError(again, reporter.last) { throw error }
        }
        if let error = RPCError(result) { throw error }
        return true
    }

    private mutating func succeeds(_ limit: UInt64) throws(RPCError) -> Bool {
        if case .ended(let result) = try attempt(limit) { return result.outcome == .success }
        return false
    }

    private mutating func attempt(_ limit: UInt64) throws(RPCError) -> Try {
        var tracer = NoTracer()
        return try attempt(limit, &tracer)
    }

    private mutating func attempt<T: Tracer>(_ limit: UInt64, _ tracer: inout T) throws(RPCError) -> Try {
        if NIODeadline.now() > deadline { throw .timedOut }
        transaction.gasLimit = limit
        var execution = try execution()
        do throws(CallFailure) {
            return .ended(try execution.call(transaction, sender: parameters.request.sender, tracer: &tracer))
        } catch {
            switch error {
            case .state(let error): throw RPCError(error)
            case .rejected(.gasBelowIntrinsic): return .tooLow
            case .rejected(let rule):
                let message = "failed with \(limit) gas: \(rule.message(sender: parameters.request.sender))"
                throw RPCError(code: -32_000, message: message)
            }
        }
    }
}

import Cryptography
import EVM
import JSONRPC
import Primitives
import Sequencing
import StateTransition

extension RPCError {
    /// The state could not be read.
    init(_ error: StateError) { self = .internalError("the state could not be read: \(error)") }

    /// A call reverted: code 3, with what the contract says as data.
    static func revert(_ output: [UInt8]) -> RPCError {
        RPCError(code: 3, message: Outcome.revertMessage(output)) { $0.data(output) }
    }

    /// The error with which a call ended that did not succeed; nil where it did.
    ///
    /// - Parameter report: of the halt, where somebody has watched.
    init?(_ result: CallResult, _ report: HaltReport? = nil) {
        switch result.outcome {
        case .success: return nil
        case .revert: self = .revert(result.output)
        case .halt(let halt): self.init(code: -32_000, message: (report ?? HaltReport(halt: halt)).message)
        }
    }
}

/// Runs a body that reads the state, with its error as JSON-RPC gives it.
func readingState<Result>(_ body: () throws(StateError) -> Result) throws(RPCError) -> Result {
    do throws(StateError) {
        return try body()
    } catch {
        throw RPCError(error)
    }
}

extension Outcome {
    /// That a call reverted, and why where it says so.
    static func revertMessage(_ output: [UInt8]) -> String {
        RevertReason.read(output).map { "execution reverted: \($0)" } ?? "execution reverted"
    }
}

extension CallRejection {
    /// The rule that was broken, in the words of the common clients.
    func message(sender: Address) -> String {
        let who = "address \(sender.checksummed)"
        switch self {
        case .nonceTooLow(let call, let state): return "nonce too low: \(who), tx: \(call) state: \(state)"
        case .nonceTooHigh(let call, let state): return "nonce too high: \(who), tx: \(call) state: \(state)"
        case .nonceAtMaximum(let nonce): return "nonce has max value: \(who), nonce: \(nonce)"
        case .tipAboveFeeCap(let tip, let cap):
            return "max priority fee per gas higher than max fee per gas: \(who), "
                + "maxPriorityFeePerGas: \(tip.decimal), maxFeePerGas: \(cap.decimal)"
        case .feeCapBelowBaseFee(let cap, let baseFee):
            return "max fee per gas less than block base fee: \(who), "
                + "maxFeePerGas: \(cap.decimal), baseFee: \(baseFee.decimal)"
        case .blobFeeCapTooLow(let cap, let baseFee):
            return "max fee per blob gas less than block blob gas fee: \(who) "
                + "blobGasFeeCap: \(cap.decimal), blobBaseFee: \(baseFee.decimal)"
        case .blobCallCreatesContract: return "blob transaction of type create"
        case .noBlobs: return "blob transaction missing blob hashes"
        case .tooManyBlobs: return "blob transaction has too many blobs"
        case .unknownBlobVersion(let index): return "blob \(index) has invalid hash version"
        case .setCodeCallCreatesContract:
            return "EIP-7702 transaction cannot be used to create contract (sender \(sender.checksummed))"
        case .noAuthorizations: return "EIP-7702 transaction with empty auth list (sender \(sender.checksummed))"
        case .initCodeTooLarge(let count):
            return "max initcode size exceeded: code size \(count) limit \(Machine.initCodeLimit)"
        case .costOverflow:
            return "insufficient funds for gas * price + value: \(who) required balance exceeds 256 bits"
        case .insufficientFunds(let balance, let cost):
            return "insufficient funds for gas * price + value: \(who) have \(balance.decimal) want \(cost.decimal)"
        case .gasBelowIntrinsic(let gas, let intrinsic):
            return "intrinsic gas too low: have \(gas), want \(intrinsic)"
        case .gasBelowFloor(let gas, let floor):
            return "insufficient gas for floor data gas cost: have \(gas), want \(floor)"
        }
    }

    /// The code that `eth_simulateV1` gives the rule (execution-apis, eth_simulateV1 notes).
    var simulationCode: Int {
        switch self {
        case .nonceTooLow: -38_010
        case .nonceTooHigh: -38_011
        case .feeCapBelowBaseFee: -38_012
        case .gasBelowIntrinsic: -38_013
        case .insufficientFunds, .costOverflow: -38_014
        case .initCodeTooLarge: -38_025
        case .tipAboveFeeCap: -32_602
        case .nonceAtMaximum, .blobFeeCapTooLow, .blobCallCreatesContract, .noBlobs, .tooManyBlobs,
            .unknownBlobVersion, .setCodeCallCreatesContract, .noAuthorizations, .gasBelowFloor:
            -32_603
        }
    }
}

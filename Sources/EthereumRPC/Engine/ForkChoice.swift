import Blockchain
import Dispatch
import JSONRPC
import Primitives
import StateTransition
import Storage

/// What a consensus client holds to be the chain (Engine API, ForkchoiceStateV1).
struct ForkChoiceState: Sendable {
    var head = Hash256()
    /// Zero where there is none yet.
    var safe = Hash256()
    /// Zero where there is none yet.
    var finalized = Hash256()

    /// Reads a state, all of whose members must be there.
    static func read(_ reader: inout JSONReader) throws(JSONError) -> (state: ForkChoiceState, missing: StaticString?) {
        var state = ForkChoiceState()
        var (hasHead, hasSafe, hasFinalized) = (false, false, false)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "headBlockHash":
                state.head = try reader.readHash()
                hasHead = true
            case "safeBlockHash":
                state.safe = try reader.readHash()
                hasSafe = true
            case "finalizedBlockHash":
                state.finalized = try reader.readHash()
                hasFinalized = true
            default: try reader.skipValue()
            }
        }
        let missing: StaticString? =
            !hasHead ? "headBlockHash" : !hasSafe ? "safeBlockHash" : !hasFinalized ? "finalizedBlockHash" : nil
        return (state, missing)
    }
}

/// What a change of the fork choice came to.
struct ForkChoiceAnswer: Sendable {
    var status: PayloadStatus
    var payload: PayloadID?

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("payloadStatus")
        status.write(to: &json)
        json.key("payloadId")
        if let payload { json.data(payload.bytes) } else { json.null() }
        json.endObject()
    }
}

/// Follows the consensus client's choice of the head, one change after the other (Engine API, engine_forkchoiceUpdated).
final class ForkChoice: Sendable {
    private let chain: Chain
    private let verification: PayloadVerification
    private let building: PayloadBuilding
    /// Changes take effect in the order in which they came.
    private let order = DispatchQueue(label: "mayfly.fork-choice")

    init(_ chain: Chain, _ verification: PayloadVerification, _ building: PayloadBuilding) {
        self.chain = chain
        self.verification = verification
        self.building = building
    }

    /// Runs `body` after everything that was handed over before.
    func inOrder(_ body: @escaping @Sendable () -> Void) { order.async(execute: body) }

    /// Makes the head what `state` says, and begins to build a block on it where there are attributes.
    ///
    /// - Parameter attributes: gives the attributes if they are as the head and the version want them.
    func update(
        _ state: ForkChoiceState, version: UInt8,
        attributes: (BlockHeader) throws(RPCError) -> PayloadAttributes?
    ) throws(RPCError) -> ForkChoiceAnswer {
        guard state.head != Hash256() else {
            throw EngineError.invalidForkChoiceState("the hash of the head block is zero")
        }
        let status = try verification.connect(state.head)
        switch status.verdict {
        case .valid: break
        case .invalid, .invalidBlockHash: return ForkChoiceAnswer(status: status)
        case .syncing, .accepted: return ForkChoiceAnswer(status: .syncing)
        }
        do throws(ChainError) {
            if try isBehindFinalized(state.head) { return ForkChoiceAnswer(status: status) }
            try chain.setHead(
                state.head, safe: state.safe == Hash256() ? nil : state.safe,
                finalized: state.finalized == Hash256() ? nil : state.finalized)
        } catch {
            switch error {
            case .invalidForkChoice(let why): throw EngineError.invalidForkChoiceState(why)
            case .stateUnavailable: throw EngineError.tooDeepReorganisation(error.message)
            case .unknownBlock: return ForkChoiceAnswer(status: .syncing)
            default: throw .internalError(error.message)
            }
        }
        let header: BlockHeader
        do throws(ChainError) {
            let view = try chain.view()
            guard let head = try view.reference(state.head), let found = try view.header(head) else {
                throw .unknownBlock(state.head)
            }
            header = found
        } catch { throw .internalError(error.message) }
        guard let wanted = try attributes(header) else { return ForkChoiceAnswer(status: status) }
        guard wanted.timestamp > header.timestamp else {
            throw EngineError.invalidPayloadAttributes("timestamp \(wanted.timestamp) is not after the head's")
        }
        return ForkChoiceAnswer(
            status: status, payload: try building.begin(wanted, on: state.head, version: version))
    }

    /// Whether a block is of the chain and older than what is final: then there is nothing to be done.
    private func isBehindFinalized(_ hash: Hash256) throws(ChainError) -> Bool {
        let view = try chain.view()
        guard let finalized = view.finalized, let block = try view.reference(hash) else { return false }
        return block.number < finalized.number ? try view.isCanonical(block) : false
    }
}

import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Synchronization

/// The blocks that are being built for a consensus client (Engine API, payload building).
///
/// A build begins with the transactions that its attributes name, so that there is always a block to give; what the pool
/// has is put in when the block is asked for, which is as late as can be. From then on it stays as it is.
final class PayloadBuilding: Sendable {
    /// One build process.
    private struct Process {
        let id: PayloadID
        let parent: Hash256
        let attributes: BlockAttributes
        var candidate: BuiltCandidate
        var isFinished: Bool
    }

    /// Processes that are kept: the oldest goes first.
    static let limit = 16

    private let chain: Chain
    private let processes = Mutex<[Process]>([])

    /// What the blocks of an L1 go towards.
    private let gasLimitTarget: UInt64

    init(_ context: NodeContext) {
        chain = context.chain
        gasLimitTarget = context.settings.gasLimitTarget
    }

    /// Begins to build a block on `parent`, unless that was begun already.
    func begin(_ attributes: PayloadAttributes, on parent: Hash256, version: UInt8) throws(RPCError) -> PayloadID {
        let id = attributes.identifier(on: parent, version: version)
        if processes.withLock({ processes in processes.contains { $0.id == id } }) { return id }
        let isRollup = chain.configuration.opStack != nil
        var block: BlockAttributes
        do throws(MalformedPayload) {
            block = try attributes.blockAttributes(isRollup: isRollup)
        } catch {
            throw EngineError.invalidPayloadAttributes(error.reason)
        }
        if !isRollup { block.gasLimit = gasLimitTarget }
        let candidate: BuiltCandidate
        do throws(ChainError) {
            candidate = try chain.build(block, on: parent, from: .none)
        } catch {
            switch error {
            case .attributes, .invalid: throw EngineError.invalidPayloadAttributes(error.message)
            default: throw .internalError(error.message)
            }
        }
        let process = Process(
            id: id, parent: parent, attributes: block, candidate: candidate,
            isFinished: isRollup && attributes.excludesPool)
        processes.withLock { processes in
            processes.append(process)
            if processes.count > Self.limit { processes.removeFirst() }
        }
        return id
    }

    /// The block of a build process as it is now.
    func finish(_ id: PayloadID) throws(RPCError) -> BuiltCandidate {
        guard let process = processes.withLock({ processes in processes.first { $0.id == id } }) else {
            throw EngineError.unknownPayload
        }
        if process.isFinished { return process.candidate }
        // A pool that cannot be built from leaves the block as it began.
        let better = try? chain.build(process.attributes, on: process.parent, from: .pool)
        return processes.withLock { processes in
            guard let index = processes.firstIndex(where: { $0.id == id }) else {
                return better ?? process.candidate
            }
            // Another call may have been first: what was given once is given again.
            if !processes[index].isFinished {
                if let better { processes[index].candidate = better }
                processes[index].isFinished = true
            }
            return processes[index].candidate
        }
    }

    /// Number and time of the block of a build process, without building it.
    func place(_ id: PayloadID) throws(RPCError) -> (number: UInt64, timestamp: UInt64) {
        let process = processes.withLock { processes in processes.first { $0.id == id } }
        guard let process else { throw EngineError.unknownPayload }
        return (process.candidate.sealed.header.number, process.attributes.timestamp)
    }
}

import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage
import Synchronization

/// Says of payloads whether they are valid, remembering what it could not say and what was not (Engine API, payload
/// validation).
final class PayloadVerification: Sendable {
    private let chain: Chain
    private let remembered = Mutex(RememberedBlocks())

    init(_ chain: Chain) { self.chain = chain }

    /// Verifies a block whose hash has been checked, and keeps it: beside the chain where it is valid, until its parent
    /// comes where that is unknown.
    func verify(_ block: Block, hash: Hash256) throws(RPCError) -> PayloadStatus {
        if let verdict = remembered.withLock({ $0.invalid(hash) }) { return verdict.status }
        do throws(ChainError) {
            if try chain.view().isKnown(hash) { return .valid(hash) }
        } catch {
            throw .internalError(error.message)
        }
        let parent = block.header.parentHash
        // An ancestor may have come after those that wait for it.
        switch try connect(parent).verdict {
        case .valid, .accepted, .syncing: break
        case .invalid, .invalidBlockHash: return refuse(hash, because: parent)
        }
        return try insert(block, hash: hash)
    }

    /// Verifies a block that was named only, and the ancestors of it that wait.
    ///
    /// - Returns: `syncing` where it is not known.
    func connect(_ hash: Hash256) throws(RPCError) -> PayloadStatus {
        if let verdict = remembered.withLock({ $0.invalid(hash) }) { return verdict.status }
        let path = remembered.withLock { $0.waitingPath(to: hash) }
        guard let last = path.last else {
            do throws(ChainError) {
                return try chain.view().isKnown(hash) ? .valid(hash) : .syncing
            } catch {
                throw .internalError(error.message)
            }
        }
        for waiting in path {
            let status = try insert(waiting.block, hash: waiting.hash)
            switch status.verdict {
            case .valid: remembered.withLock { $0.removeWaiting(waiting.hash) }
            case .invalid, .invalidBlockHash:
                // All that wait for it are as invalid as it is.
                for other in path.drop(while: { $0.hash != waiting.hash }) where other.hash != waiting.hash {
                    _ = refuse(other.hash, because: waiting.hash)
                }
                return waiting.hash == last.hash ? status : refuse(hash, because: waiting.hash)
            case .syncing, .accepted: return status
            }
        }
        return .valid(hash)
    }

    /// Verifies a block on its parent.
    private func insert(_ block: Block, hash: Hash256) throws(RPCError) -> PayloadStatus {
        do throws(ChainError) {
            try chain.insert(block, hash: hash)
            return .valid(hash)
        } catch {
            switch error {
            case .unknownParent:
                if isParentElsewhere(block) { return refuse(block, hash, .number) }
                if remembered.withLock({ $0.invalid(block.header.parentHash) }) != nil {
                    return refuse(hash, because: block.header.parentHash)
                }
                remembered.withLock { $0.insertWaiting(block, hash: hash) }
                return .syncing
            case .unadoptedAncestors, .stateUnavailable:
                remembered.withLock { $0.insertWaiting(block, hash: hash) }
                return .accepted
            case .invalid(.state): throw .internalError(error.message)
            case .invalid(let rule): return refuse(block, hash, rule)
            default: throw .internalError(error.message)
            }
        }
    }

    /// Whether the parent is known, and its number not one less than the block's.
    private func isParentElsewhere(_ block: Block) -> Bool {
        guard let view = try? chain.view(), let parent = try? view.reference(block.header.parentHash) else {
            return false
        }
        return parent.number != block.header.number &- 1
    }

    private func refuse(_ block: Block, _ hash: Hash256, _ rule: InvalidBlock) -> PayloadStatus {
        var latestValid: Hash256? = block.header.parentHash
        if let view = try? chain.view(), let parent = try? view.reference(block.header.parentHash),
            let header = try? view.header(parent), !header.difficulty.isZero
        {
            latestValid = Hash256()
        }
        let verdict = RememberedBlocks.Invalid(reason: "invalid block: \(rule)", latestValidHash: latestValid)
        remembered.withLock {
            $0.removeWaiting(hash)
            $0.insertInvalid(hash, verdict)
        }
        return verdict.status
    }

    /// Refuses a block because of an ancestor that is not valid.
    private func refuse(_ hash: Hash256, because ancestor: Hash256) -> PayloadStatus {
        remembered.withLock { remembered in
            let latestValid = remembered.invalid(ancestor)?.latestValidHash
            let verdict = RememberedBlocks.Invalid(
                reason: "links to the invalid block \(ancestor)", latestValidHash: latestValid)
            remembered.removeWaiting(hash)
            remembered.insertInvalid(hash, verdict)
            return verdict.status
        }
    }
}

extension RememberedBlocks.Invalid {
    fileprivate var status: PayloadStatus { .invalid(reason, latestValidHash: latestValidHash) }
}

extension ChainView {
    /// Whether the block is known, and thereby valid: the chain keeps no others.
    func isKnown(_ hash: Hash256) throws(ChainError) -> Bool { try reference(hash) != nil }
}

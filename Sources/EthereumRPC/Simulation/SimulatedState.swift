import Blockchain
import Primitives
import StateTransition
import Storage

/// The state that simulated blocks lead to, with the hashes of these blocks: it goes on from block to block.
final class SimulatedState: StateSource {
    private let view: ChainView
    /// The block whose state it began with; later blocks than that are only known as far as `hashes` goes.
    private let base: BlockReference
    private let baseState: StateSource
    private let changed: ChangedState
    private var hashes: [UInt64: Hash256]
    /// Of the blocks so far, one after another.
    private var diffs: [StateDiff] = []
    /// The tries at the state after the last of them, or after a diff that a root was asked for.
    private var projection: StateProjection?
    private var isAhead = false
    private var aheadRoot = Hash256()

    /// - Parameter knowsBase: whether the hash of the block that it began with can be asked for.
    init(_ base: CallBase, knowsBase: Bool = true) {
        view = base.view
        self.base = base.reference
        baseState = base.state
        changed = ChangedState(base.state, after: StateDiff(), seed: .random(in: .min ... .max))
        hashes = knowsBase ? [base.reference.number: base.reference.hash] : [:]
        super.init()
    }

    override func account(_ address: Address) throws(StateError) -> AccountRecord? { try changed.account(address) }

    override func storage(_ address: Address, _ slot: UInt256) throws(StateError) -> UInt256 {
        try changed.storage(address, slot)
    }

    override func code(_ hash: Hash256) throws(StateError) -> [UInt8] { try changed.code(hash) }

    /// Zero for a block that nothing is known of.
    override func blockHash(_ number: UInt64) throws(StateError) -> Hash256 {
        if let hash = hashes[number] { return hash }
        return number < base.number ? try baseState.blockHash(number) : Hash256()
    }

    // MARK: Roots

    /// The root after the changes of the running block; to be asked for once, when the block is over, for else the tries
    /// begin anew.
    override func root(after diff: StateDiff) throws(StateError) -> Hash256 {
        var tries = isAhead ? nil : projection
        if tries == nil {
            let begun = try begin()
            for earlier in diffs { _ = try begun.advance(by: earlier) }
            tries = begun
        }
        projection = tries
        isAhead = true
        aheadRoot = try tries?.advance(by: diff) ?? aheadRoot
        return aheadRoot
    }

    override func storageRoot(_ address: Address, after diff: StateDiff) throws(StateError) -> Hash256 {
        if !isAhead { _ = try root(after: diff) }
        return try projection?.storageRoot(address) ?? EmptyHash.trieRoot
    }

    private func begin() throws(StateError) -> StateProjection {
        do throws(ChainError) {
            return try view.projection(from: base)
        } catch {
            if case .invalid(.state(let error)) = error { throw error }
            throw .backend(code: 0)
        }
    }

    /// Goes on to the state after a block, whose root was the last that was asked for.
    func advance(by diff: StateDiff, _ number: UInt64, _ hash: Hash256) {
        changed.apply(diff)
        diffs.append(diff)
        hashes[number] = hash
        isAhead = false
    }
}

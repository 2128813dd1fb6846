import Primitives
import StateTransition
import Storage

/// The state that changes lead to on top of a stored one: after blocks that are not in the chain, or after changes that a
/// block begins with.
final class OverlaidState: StateSource {
    private let base: StoredState
    private let diff: StateDiff
    private let changed: ChangedState
    /// Blocks after that of the base, by number.
    private let hashes: [UInt64: Hash256]

    /// - Parameter table: the changes of `diff` once more, where they have been entered in one.
    init(_ base: StoredState, after diff: StateDiff, table: ChangeTable? = nil, hashes: [UInt64: Hash256]) {
        self.base = base
        self.diff = diff
        self.hashes = hashes
        changed =
            table.map { ChangedState(base, after: $0) }
            ?? ChangedState(base, after: diff, seed: .random(in: .min ... .max))
        super.init()
    }

    override func account(_ address: Address) throws(StateError) -> AccountRecord? { try changed.account(address) }

    override func storage(_ address: Address, _ slot: UInt256) throws(StateError) -> UInt256 {
        try changed.storage(address, slot)
    }

    override func code(_ hash: Hash256) throws(StateError) -> [UInt8] { try changed.code(hash) }

    override func blockHash(_ number: UInt64) throws(StateError) -> Hash256 {
        if let hash = hashes[number] { return hash }
        return try base.blockHash(number)
    }

    /// The roots of states that come one after another on top of this one.
    func projection() throws(StateError) -> StateProjection {
        let projection = try base.projection()
        _ = try projection.advance(by: diff)
        return projection
    }

    override func root(after later: StateDiff) throws(StateError) -> Hash256 {
        try base.root(after: diff.merging(later))
    }

    override func storageRoot(_ address: Address, after later: StateDiff) throws(StateError) -> Hash256 {
        try base.storageRoot(address, after: diff.merging(later))
    }
}

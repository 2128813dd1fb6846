import Blockchain
import Primitives
import StateTransition

/// The state that simulated blocks lead to, with the hashes of these blocks.
final class SimulatedState: StateSource {
    private let base: StateSource
    private let diff: StateDiff
    private let changed: StateSource
    /// The number of the block whose state `base` is; later blocks than that are only known as far as `hashes` goes.
    private let baseNumber: UInt64
    private let hashes: [UInt64: Hash256]

    /// - Parameter diff: all that changed since `base`.
    init(_ base: StateSource, after diff: StateDiff, baseNumber: UInt64, hashes: [UInt64: Hash256] = [:]) {
        self.base = base
        self.diff = diff
        self.baseNumber = baseNumber
        self.hashes = hashes
        changed = diff.isEmpty ? base : ChangedState(base, after: diff, seed: .random(in: .min ... .max))
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
        return number < baseNumber ? try base.blockHash(number) : Hash256()
    }

    override func root(after later: StateDiff) throws(StateError) -> Hash256 {
        try base.root(after: diff.merging(later))
    }

    override func storageRoot(_ address: Address, after later: StateDiff) throws(StateError) -> Hash256 {
        try base.storageRoot(address, after: diff.merging(later))
    }
}

import Derivation
import Layers
import Primitives
import StateTransition
import Synchronization

/// What goes wrong, one after the other; then nothing any more.
final class Failures: Sendable {
    private let left: Mutex<[LayerError]>

    init(_ errors: [LayerError]) { left = Mutex(errors.reversed()) }

    var isOver: Bool { left.withLock { $0.isEmpty } }

    func next() throws(LayerError) {
        if let error = left.withLock({ $0.popLast() }) { throw error }
    }
}

/// An execution layer that fails when it is to make the block with a number.
final class FailingExecution: ExecutionLayer {
    private let layer: any ExecutionLayer
    private let number: UInt64
    private let failures: Failures
    /// How often it was asked for its heads: twice each time that derivation begins.
    let looks = Atomic<Int>(0)

    init(_ layer: any ExecutionLayer, at number: UInt64, _ failures: Failures) {
        (self.layer, self.number, self.failures) = (layer, number, failures)
    }

    func heads() async throws(LayerError) -> ExecutionHeads {
        looks.add(1, ordering: .relaxed)
        return try await layer.heads()
    }

    func block(_ number: UInt64) async throws(LayerError) -> L2BlockReference? { try await layer.block(number) }

    func contains(_ block: BlockID) async throws(LayerError) -> Bool { try await layer.contains(block) }

    func systemConfig(of block: BlockID) async throws(LayerError) -> SystemConfig {
        try await layer.systemConfig(of: block)
    }

    func output(of number: UInt64) async throws(LayerError) -> ExecutedOutput? { try await layer.output(of: number) }

    func apply(_ derived: DerivedAttributes) async throws(LayerError) -> AppliedAttributes {
        if derived.parent.number + 1 == number { try failures.next() }
        return try await layer.apply(derived)
    }

    func insert(_ blocks: [Block], movingHeadFrom head: BlockID) async throws(LayerError) {
        try await layer.insert(blocks, movingHeadFrom: head)
    }

    func mark(safe: BlockID, finalized: BlockID) async throws(LayerError) {
        try await layer.mark(safe: safe, finalized: finalized)
    }

    func rewind(to number: UInt64) async throws(LayerError) { try await layer.rewind(to: number) }
}

/// An L1 that fails when it is asked for the block with a number.
struct FailingSettlement: SettlementLayer {
    let layer: any SettlementLayer
    let number: UInt64
    let failures: Failures

    func reference(_ tag: SettlementTag) async throws(LayerError) -> L1BlockReference? {
        try await layer.reference(tag)
    }

    func block(_ number: UInt64) async throws(LayerError) -> L1Block? {
        if number == self.number { try failures.next() }
        return try await layer.block(number)
    }

    func hash(of number: UInt64) async throws(LayerError) -> Hash256? { try await layer.hash(of: number) }

    func close() async { await layer.close() }
}

/// An L1 whose newest block is final at once.
struct FinalSettlement: SettlementLayer {
    let layer: any SettlementLayer

    func reference(_ tag: SettlementTag) async throws(LayerError) -> L1BlockReference? {
        try await layer.reference(.latest)
    }

    func block(_ number: UInt64) async throws(LayerError) -> L1Block? { try await layer.block(number) }

    func hash(of number: UInt64) async throws(LayerError) -> Hash256? { try await layer.hash(of: number) }

    func close() async { await layer.close() }
}

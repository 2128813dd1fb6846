public import Lifecycles
import Primitives
import StateTransition
public import Storage

/// What the logs of a rollup's chain tell of exits, as far as the chain was read.
public struct ChainTrail: Sendable {
    public private(set) var trail = ExitTrail()
    private var last: BlockReference?

    public init() {}

    /// Reads what the chain has that was not read yet; all of it where it is another than before.
    ///
    /// - Complexity: O(*n*) in the blocks since, of which those without such logs are passed over by their filters.
    public mutating func follow(_ snapshot: ChainSnapshot) throws(StorageError) {
        if let last, try !snapshot.isCanonical(last) { self = ChainTrail() }
        var number = (last ?? snapshot.genesis).number
        while number < snapshot.head.number {
            number += 1
            guard let reference = try snapshot.reference(number), let header = try snapshot.header(reference) else {
                return
            }
            last = reference
            guard ExitTrail.mayBe(in: header.logsBloom) else { continue }
            for receipt in try snapshot.receipts(reference) ?? [] { trail.note(receipt.logs, block: number) }
        }
    }
}

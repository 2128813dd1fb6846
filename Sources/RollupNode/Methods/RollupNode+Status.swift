import Blockchain
import Derivation
public import EthereumRPC
import Storage

extension RollupNode {
    /// What `/ready` and `/metrics` say of a rollup's node.
    public var statusNotes: StatusNotes {
        guard let unpublished else { return StatusNotes(figures: placeFigures, obstacle: waitsFor) }
        let status = unpublished.status
        return StatusNotes(
            figures: placeFigures + [
                .init(
                    "mayfly_unpublished_bytes",
                    "Bytes of transactions in blocks that are not safe; -1 until they are counted after a start.",
                    status.byteCount ?? -1),
                .init(
                    "mayfly_held_back", "Whether blocks have deposits only, as too much is not safe.",
                    status.isHeldBack ? 1 : 0),
            ],
            notice: status.isHeldBack ? unpublished.complaint : nil, obstacle: waitsFor)
    }

    /// How far the chain is on L1.
    private var placeFigures: [StatusNotes.Figure] {
        var figures: [StatusNotes.Figure] = []
        if let head = try? chain.head() {
            figures.append(
                .init(
                    "mayfly_l1_origin_block", "Number of the newest block's L1 origin.",
                    Int(clamping: head.l1Origin.number)))
        }
        if let safe = try? chain.chain.view().safe?.number, let reference = try? chain.reference(safe) {
            figures.append(
                .init("mayfly_safe_timestamp_seconds", "Time of the safe block.", Int(clamping: reference.timestamp)))
        }
        return figures
    }
}

import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage

/// The chain as the beacon API shows it.
///
/// Every block is in a slot of its own, as its seconds since the genesis block are; the root of a beacon block is the hash
/// of its execution block, which the next block has as its parent beacon root.
struct BeaconBlocks {
    /// Seconds: blocks may come that fast, and each needs a slot of its own.
    static let secondsPerSlot: UInt64 = 1
    static let slotsPerEpoch: UInt64 = 32

    let view: ChainView
    let genesisTime: UInt64

    init(_ chain: Chain) throws(BeaconError) {
        let (view, header) = try Self.reading { () throws(ChainError) in
            let view = try chain.view()
            return (view, try view.header(view.genesis))
        }
        self.view = view
        genesisTime = header?.timestamp ?? 0
    }

    static func reading<Result>(_ body: () throws(ChainError) -> Result) throws(BeaconError) -> Result {
        do throws(ChainError) { return try body() } catch { throw BeaconError(500, error.message) }
    }

    func slot(_ header: BlockHeader) -> UInt64 { header.timestamp &- genesisTime }

    func isFinal(_ block: BlockReference) -> Bool { view.finalized.map { block.number <= $0.number } ?? false }

    func header(_ block: BlockReference) throws(BeaconError) -> BlockHeader {
        let header = try Self.reading { () throws(ChainError) in try view.header(block) }
        guard let header else { throw BeaconError(404, "block not found") }
        return header
    }

    /// The block that an identifier names: `head`, `genesis`, `finalized`, a slot, or a root.
    func find(_ identifier: String) throws(BeaconError) -> BlockReference {
        let tag: BlockTag
        switch identifier {
        case "head": tag = .latest
        case "genesis": tag = .earliest
        case "finalized": tag = .finalized
        case "justified": tag = .safe
        case _ where identifier.hasPrefix("0x"):
            guard let root = try? Hash256(hex: identifier) else { throw .invalidIdentifier(identifier) }
            tag = .hash(root, requiresCanonical: true)
        default:
            guard let slot = UInt64(identifier) else { throw .invalidIdentifier(identifier) }
            return try block(inSlot: slot)
        }
        let block = try Self.reading { () throws(ChainError) in try view.reference(tag) }
        guard let block else { throw BeaconError(404, "block not found: \(identifier)") }
        return block
    }

    /// The block in a slot.
    ///
    /// - Complexity: O(log *n*) headers read.
    func block(inSlot slot: UInt64) throws(BeaconError) -> BlockReference {
        var low = view.genesis.number
        var high = view.head.number
        while low <= high {
            let middle = low + (high - low) / 2
            let block = try Self.reading { () throws(ChainError) in try view.reference(.number(middle)) }
            guard let block else { break }
            let found = self.slot(try header(block))
            if found == slot { return block }
            if found < slot {
                low = middle + 1
            } else {
                if middle == low { break }
                high = middle - 1
            }
        }
        throw BeaconError(404, "no block in slot \(slot)")
    }

    /// The versioned hashes of a block's blobs.
    func blobHashes(_ block: BlockReference) throws(BeaconError) -> [Hash256] {
        let body = try Self.reading { () throws(ChainError) in try view.block(block) }
        return (body?.transactions ?? []).flatMap { $0.blobHashes }
    }
}

/// Why a question to the beacon API has no answer.
struct BeaconError: Error {
    let code: Int
    let message: String

    init(_ code: Int, _ message: String) {
        self.code = code
        self.message = message
    }

    static func invalidIdentifier(_ text: String) -> BeaconError {
        BeaconError(400, "invalid block identifier: \(text.prefix(100))")
    }

    var answer: HTTPAnswer {
        .json(status: code) { json in
            json.beginObject()
            json.key("code")
            json.number(Int64(code))
            json.key("message")
            json.string(message)
            json.endObject()
        }
    }
}

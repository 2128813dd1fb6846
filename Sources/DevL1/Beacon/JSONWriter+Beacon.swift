import JSONRPC
import Primitives
import StateTransition
import Storage

extension HTTPAnswer {
    /// An answer of the beacon API: `data`, and where it is about a block whether that is final.
    static func data(isFinal: Bool? = nil, _ write: (inout JSONWriter) -> Void) -> HTTPAnswer {
        .json { json in
            json.beginObject()
            if let isFinal {
                json.key("version")
                json.string("fulu")
                json.key("execution_optimistic")
                json.boolean(false)
                json.key("finalized")
                json.boolean(isFinal)
            }
            json.key("data")
            write(&json)
            json.endObject()
        }
    }
}

extension JSONWriter {
    /// Writes a member that is a number as the beacon API has them: decimal digits in a string.
    mutating func decimal(_ name: String, _ value: UInt64) {
        key(name)
        string(String(value))
    }

    mutating func beaconHeader(_ header: BlockHeader, _ block: BlockReference, slot: UInt64) {
        beginObject()
        key("root")
        data(block.hash)
        key("canonical")
        boolean(true)
        key("header")
        signedHeader(header, slot: slot)
        endObject()
    }

    /// Nobody proposes or signs blocks of this chain; the body's root is that of the transactions.
    mutating func signedHeader(_ header: BlockHeader, slot: UInt64) {
        beginObject()
        key("message")
        beginObject()
        decimal("slot", slot)
        decimal("proposer_index", 0)
        key("parent_root")
        data(header.parentHash)
        key("state_root")
        data(header.stateRoot)
        key("body_root")
        data(header.transactionsRoot)
        endObject()
        key("signature")
        data([UInt8](repeating: 0, count: 96))
        endObject()
    }
}

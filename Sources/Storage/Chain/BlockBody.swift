import Primitives
import StateTransition

/// The stored form of what a block has besides its header: the RLP of the block without the outer list's header and
/// without the block's, so that both forms are made from one another by copying.
enum BlockBody {
    static func encode(_ block: Block) -> [UInt8] {
        var outer = RLPReader(block.encoded)
        guard var fields = try? outer.readList(), (try? fields.readItem()) != nil else { return [] }
        return Array(fields.rest)
    }

    /// The RLP of the block.
    static func join(header: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer) -> [UInt8] {
        var writer = RLPWriter(minimumCapacity: header.count + body.count + 9)
        writer.appendListHeader(payload: header.count + body.count)
        writer.appendEncoded(header)
        writer.appendEncoded(body)
        return writer.bytes
    }

    /// The network form of one transaction without its blobs: the RLP of a legacy one, type byte and payload of others.
    static func transaction(_ index: Int, of body: UnsafeRawBufferPointer) -> [UInt8]? {
        var reader = RLPReader(Array(body))
        guard var items = try? reader.readList() else { return nil }
        for _ in 0..<index { guard (try? items.readItem()) != nil else { return nil } }
        if items.isAtEnd { return nil }
        let bytes = items.isAtList ? try? items.readItem() : try? items.readBytes()
        return bytes.map { Array($0) }
    }
}

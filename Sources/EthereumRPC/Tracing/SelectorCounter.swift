import EVM
import JSONRPC
import Primitives

/// Counts the four-byte selectors that contracts are called with, for `4byteTracer`.
struct SelectorCounter: Tracer {
    static var tracesMessages: Bool { true }
    /// How often each selector came, by the selector and the number of bytes behind it.
    private var counts = HashTable<UInt64, Int64>(seed: .random(in: .min ... .max))

    init() {}

    mutating func didEnter(_ message: MessageSummary) {
        guard message.input.count >= 4, !message.kind.isCreation, !message.isPrecompile else { return }
        let selector = UInt64(message.input.loadUnaligned(as: UInt32.self).bigEndian)
        let key = selector << 32 | UInt64(UInt32(truncatingIfNeeded: message.input.count - 4))
        let (index, _) = counts.indexInserting(key) { 0 }
        counts[position: index] += 1
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for entry in counts.entries {
            let selector = Hex.encode((0..<4).map { UInt8(truncatingIfNeeded: entry.key >> (56 - 8 * UInt64($0))) })
            writer.key("\(selector)-\(entry.key & 0xFFFF_FFFF)")
            writer.number(entry.value)
        }
        writer.endObject()
    }
}

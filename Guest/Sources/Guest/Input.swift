import GuestRuntime
import StateTransition

/// Why there is no block hash.
enum GuestError: Error {
    /// The host answered a read with this code.
    case read(Int)
    case input(RollupBlockInputError)
    case block(RollupAttributesError)
}

/// Everything on standard input.
func readInput() throws(GuestError) -> [UInt8] {
    let step = 1 << 20
    var bytes: [UInt8] = []
    while true {
        let start = bytes.count
        guard start <= RollupBlockInput.largestByteCount else { throw .input(.tooManyBytes) }
        bytes.append(contentsOf: repeatElement(0, count: step))
        let count = bytes.withUnsafeMutableBytes { guest_read($0.baseAddress! + start, step) }
        bytes.removeLast(step - max(0, min(count, step)))
        if count < 0 { throw .read(count) }
        if count == 0 { return bytes }
    }
}

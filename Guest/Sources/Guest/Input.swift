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
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { chunk.deallocate() }
    var bytes: [UInt8] = []
    while true {
        let count = guest_read(chunk.baseAddress, chunk.count)
        if count == 0 { return bytes }
        guard count > 0 else { throw .read(count) }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        guard bytes.count <= RollupBlockInput.largestByteCount else { throw .input(.tooManyBytes) }
    }
}

public import Primitives

/// A contract's code with what is known about it: shared by every frame that runs it, so that analysis happens once.
///
/// Not thread-safe: a code belongs to one code cache, and a cache to one executor.
public final class Code {
    /// Zero bytes after the code: enough for the immediate of a PUSH32 at its end, and a STOP.
    public static let padding = 33

    /// keccak256 of the bytes.
    public let hash: Hash256
    /// The number of bytes without padding.
    public let count: Int
    /// The bytes, followed by `padding` zeros.
    public let bytes: UnsafePointer<UInt8>
    /// How often a frame has started with it: cold code is interpreted byte by byte, warm code is predecoded.
    public internal(set) var executionCount = 0

    /// Copies the bytes.
    public init(_ source: UnsafeRawBufferPointer, hash: Hash256) {
        let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: source.count + Self.padding)
        storage.initialize(repeating: 0, count: source.count + Self.padding)
        if let base = source.baseAddress {
            UnsafeMutableRawPointer(storage).copyMemory(from: base, byteCount: source.count)
        }
        bytes = UnsafePointer(storage)
        count = source.count
        self.hash = hash
    }

    deinit {
        bytes.deallocate()
    }
}

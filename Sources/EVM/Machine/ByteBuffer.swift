/// Bytes whose storage is used again and again: the output of precompiles. Its machine destroys it.
@usableFromInline
struct ByteBuffer {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int

    init(capacity: Int = 1_024) {
        base = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    func destroy() { base.deallocate() }

    /// Copies `source`; what was stored before is gone.
    @usableFromInline
    mutating func store(_ source: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        if source.count > capacity { resize(to: source.count) }
        if let start = source.baseAddress {
            UnsafeMutableRawPointer(base).copyMemory(from: start, byteCount: source.count)
        }
        return UnsafeRawBufferPointer(start: base, count: source.count)
    }

    /// Gives large storage back.
    @usableFromInline
    mutating func release() {
        if capacity > 65_536 { resize(to: 1_024) }
    }

    private mutating func resize(to count: Int) {
        base.deallocate()
        base = .allocate(capacity: count)
        capacity = count
    }
}

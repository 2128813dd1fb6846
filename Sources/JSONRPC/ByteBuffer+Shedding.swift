import NIOCore

extension ByteBuffer {
    /// Moves to storage of its own where it uses a small part of a large one, such as the rest of what was read at once.
    mutating func shedSpare() {
        guard storageCapacity > 4_096, readableBytes < storageCapacity / 4 else { return }
        var own = ByteBufferAllocator().buffer(capacity: readableBytes)
        own.writeImmutableBuffer(self)
        self = own
    }
}

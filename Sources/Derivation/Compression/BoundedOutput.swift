/// What a decoder has written so far, up to a limit.
struct BoundedOutput: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0
    let limit: Int

    init(limit: Int) {
        self.limit = max(0, limit)
        capacity = min(self.limit, 1 << 16)
        base = .allocate(capacity: max(1, capacity))
    }

    deinit { base.deallocate() }

    var isFull: Bool { count == limit }

    /// The byte at `index`, which must be below `count`.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 { base[index] }

    /// Makes room for `more` bytes, as far as the limit goes; how many there is room for.
    @inline(__always)
    private mutating func reserve(_ more: Int) -> Int {
        if more <= capacity &- count { return more }
        return grow(more)
    }

    private mutating func grow(_ more: Int) -> Int {
        let wanted = min(limit, count + more)
        if wanted > capacity {
            capacity = min(limit, max(wanted, 2 * capacity))
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
            larger.update(from: base, count: count)
            base.deallocate()
            base = larger
        }
        return wanted - count
    }

    /// Appends a byte; false at the limit.
    @inline(__always)
    mutating func append(_ byte: UInt8) -> Bool {
        guard reserve(1) == 1 else { return false }
        base[count] = byte
        count &+= 1
        return true
    }

    /// Appends bytes; false where only those up to the limit were.
    mutating func append(_ source: UnsafePointer<UInt8>, count more: Int) -> Bool {
        let room = reserve(more)
        (base + count).update(from: source, count: room)
        count &+= room
        return room == more
    }

    /// Appends `length` bytes from `distance` bytes back, which must be from 1 to `count`; false where only those up to
    /// the limit were.
    @inline(__always)
    mutating func repeatBytes(distance: Int, length: Int) -> Bool {
        let room = reserve(length)
        let target = base + count
        let source = target - distance
        if distance >= room {
            target.update(from: source, count: room)
        } else {
            for index in 0..<room { target[index] = source[index] }
        }
        count &+= room
        return room == length
    }

    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

/// Why a decoder stopped before the end of its input's stream. What it wrote before is right.
public enum DecompressionError: Error, Equatable, Sendable {
    /// The input ends before the stream does.
    case truncated
    /// The output has reached the limit.
    case limit
    /// The input is not of the format.
    case malformed
}

/// What decompressing gave.
public struct Decompressed: Equatable, Sendable {
    /// The output, or its beginning.
    public var bytes: [UInt8]
    /// Why the output is only a beginning; nil where it is all.
    public var error: DecompressionError?

    public init(bytes: [UInt8], error: DecompressionError?) {
        self.bytes = bytes
        self.error = error
    }
}

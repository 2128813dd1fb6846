/// Reads bits from the lowest of each byte up, as DEFLATE and Brotli write them.
///
/// Past the end of the input there are zeros to look at, but none to take.
struct BitReader {
    private let base: UnsafePointer<UInt8>
    private let end: Int
    /// The next byte to load.
    private var position: Int
    private var buffer: UInt64 = 0
    private(set) var available: Int = 0

    /// A reader of `bytes`, which must outlive it.
    init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        // An empty buffer may have no address; nothing is read from this one then.
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = bytes.count
        position = start
    }

    /// Loads until 56 bits are there, or as many as there are.
    @inline(__always)
    mutating func refill() {
        if position &+ 8 <= end {
            let word = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self).littleEndian
            buffer |= word &<< UInt64(truncatingIfNeeded: available)
            position &+= (63 &- available) &>> 3
            available |= 56
            return
        }
        while available <= 56 && position < end {
            buffer |= UInt64(base[position]) &<< UInt64(truncatingIfNeeded: available)
            position &+= 1
            available &+= 8
        }
    }

    /// The next `count` bits, up to 32, after a refill; zeros where there are none.
    @inline(__always)
    func peek(_ count: Int) -> Int {
        Int(truncatingIfNeeded: buffer & ((1 &<< UInt64(truncatingIfNeeded: count)) &- 1))
    }

    /// Takes bits that were looked at; false where they are not there.
    @inline(__always)
    mutating func skip(_ count: Int) -> Bool {
        guard count <= available else { return false }
        buffer &>>= UInt64(truncatingIfNeeded: count)
        available &-= count
        return true
    }

    /// Reads up to 32 bits; nil where they are not there.
    @inline(__always)
    mutating func read(_ count: Int) -> Int? {
        if available < count { refill() }
        let value = peek(count)
        return skip(count) ? value : nil
    }

    /// Goes to the next whole byte; the bits passed over.
    mutating func align() -> Int {
        let count = available & 7
        let bits = peek(count)
        _ = skip(count)
        return bits
    }

    /// The bytes from here on, where the reader is at a whole byte.
    var bytePosition: Int { position &- available / 8 }

    /// Where the input ends.
    var endPosition: Int { end }

    /// Goes on at another byte.
    mutating func move(to newPosition: Int) {
        position = newPosition
        buffer = 0
        available = 0
    }

    /// The byte at a position before the end.
    func pointer(at index: Int) -> UnsafePointer<UInt8> { base + index }
}

import Primitives

/// How a parent refers to a node: by hash, or by the encoding itself where it has fewer than 32 bytes.
struct NodeReference: BitwiseCopyable {
    /// 32 for a hash, fewer for an encoding, 0 for no node.
    var count: UInt8 = 0
    /// The hash, or the encoding from its first byte on.
    var content = Hash256()

    /// The bytes that the reference takes in its parent.
    @inline(__always)
    var width: Int { count == 32 ? 33 : count == 0 ? 1 : Int(count) }
}

/// Writes the encodings of trie nodes (yellow paper, appendix D), one after another into the same memory.
struct NodeWriter: ~Copyable {
    private var memory: UnsafeMutableRawPointer
    private var capacity = 1_024
    private var count = 0

    init() { memory = .allocate(byteCount: capacity, alignment: 8) }

    deinit { memory.deallocate() }

    /// The node that was written last.
    var encoding: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

    /// Begins a node whose fields take `payload` bytes.
    @inline(__always)
    mutating func begin(payload: Int) {
        count = 0
        // Room for the header, and for writing any reference as 32 bytes whatever its length.
        if payload &+ 48 > capacity { grow(payload &+ 48) }
        writeHeader(payload, short: 0xC0)
    }

    /// Forgets the node that was written last.
    mutating func clear() { count = 0 }

    /// Nothing is in the memory yet that would have to move.
    @inline(never)
    private mutating func grow(_ needed: Int) {
        memory.deallocate()
        capacity = needed
        memory = .allocate(byteCount: needed, alignment: 8)
    }

    // MARK: Widths

    /// The bytes that a path takes. A hex prefix of one byte is below 0x80 always, and is its own RLP.
    @inline(__always)
    static func pathWidth(_ count: Int) -> Int { count < 2 ? 1 : stringWidth(HexPrefix.width(count)) }

    /// The bytes that a value takes.
    @inline(__always)
    static func valueWidth(_ value: UnsafeBufferPointer<UInt8>) -> Int {
        isSmall(value) ? 1 : stringWidth(value.count)
    }

    @inline(__always)
    private static func isSmall(_ value: UnsafeBufferPointer<UInt8>) -> Bool { value.count == 1 && value[0] < 0x80 }

    @inline(__always)
    private static func stringWidth(_ count: Int) -> Int { headerWidth(count) &+ count }

    @inline(__always)
    private static func headerWidth(_ payload: Int) -> Int {
        payload < 56 ? 1 : 9 &- UInt64(payload).leadingZeroBitCount &>> 3
    }

    // MARK: Fields

    @inline(__always)
    mutating func write(_ reference: NodeReference) {
        switch reference.count {
        case 0: writeByte(0x80)
        case 32:
            writeByte(0xA0)
            memory.storeBytes(of: reference.content, toByteOffset: count, as: Hash256.self)
            count &+= 32
        default:
            memory.storeBytes(of: reference.content, toByteOffset: count, as: Hash256.self)
            count &+= Int(reference.count)
        }
    }

    /// Writes a path in the hex-prefix form.
    @inline(__always)
    mutating func write(path: Nibbles, isLeaf: Bool) {
        let width = HexPrefix.width(path.count)
        if width > 1 { writeHeader(width, short: 0x80) }
        let flag: UInt8 = isLeaf ? 0x20 : 0
        var next = path.count & 1
        writeByte(next == 1 ? flag | 0x10 | path[0] : flag)
        while next < path.count {
            writeByte(path[next] &<< 4 | path[next &+ 1])
            next &+= 2
        }
    }

    @inline(__always)
    mutating func write(value: UnsafeBufferPointer<UInt8>) {
        if !Self.isSmall(value) { writeHeader(value.count, short: 0x80) }
        UnsafeMutableRawBufferPointer(start: memory + count, count: value.count)
            .copyMemory(from: UnsafeRawBufferPointer(value))
        count &+= value.count
    }

    @inline(__always)
    private mutating func writeByte(_ byte: UInt8) {
        memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    @inline(__always)
    private mutating func writeHeader(_ payload: Int, short: UInt8) {
        if payload < 56 { return writeByte(short &+ UInt8(truncatingIfNeeded: payload)) }
        let width = Self.headerWidth(payload) &- 1
        writeByte(short &+ 55 &+ UInt8(truncatingIfNeeded: width))
        for index in (0..<width).reversed() { writeByte(UInt8(truncatingIfNeeded: payload &>> (8 &* index))) }
    }
}

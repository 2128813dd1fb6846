import Cryptography
import Primitives

/// Brings the references of changed nodes up to date: one walk over an arena that does not grow meanwhile.
///
/// Nodes, children and bytes are read where they lie, and every encoding is written into the same scratch memory, so
/// that a node costs no allocation.
struct NodeEncoder: ~Copyable {
    private let nodes: UnsafeMutableBufferPointer<Node>
    private let children: UnsafeBufferPointer<NodeIndex>
    private let bytes: UnsafeBufferPointer<UInt8>
    private var scratch: UnsafeMutableRawPointer
    private var capacity = 1_024
    /// The bytes of the encoding that was written last.
    private var count = 0

    /// An encoder of the arena that these are the parts of.
    init(
        nodes: UnsafeMutableBufferPointer<Node>, children: UnsafeBufferPointer<NodeIndex>,
        bytes: UnsafeBufferPointer<UInt8>
    ) {
        self.nodes = nodes
        self.children = children
        self.bytes = bytes
        scratch = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit { scratch.deallocate() }

    /// The encoding that was written last.
    var encoding: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: scratch, count: count) }

    /// The hash that refers to a node; nil where its parent would embed it.
    func hash(_ index: NodeIndex) -> Hash256? {
        nodes[Int(index)].referenceCount == 32 ? nodes[Int(index)].reference : nil
    }

    /// Brings the reference of a node and of everything changed below it up to date.
    ///
    /// `sink` gets each encoding that is referred to by hash, children before parents. Depth is bounded by the length of
    /// the keys.
    mutating func encode(_ index: NodeIndex, _ sink: (Hash256, UnsafeRawBufferPointer) -> Void) {
        let place = Int(index)
        guard nodes[place].referenceCount == 0 else { return }
        let first = Int(nodes[place].child)
        switch nodes[place].kind {
        case .stub, .leaf: break
        case .extension: encode(nodes[place].child, sink)
        case .branch: for way in first..<first &+ 16 where children[way] != 0 { encode(children[way], sink) }
        }
        write(index)
        if count < 32 {
            nodes[place].referenceCount = UInt8(truncatingIfNeeded: count)
            nodes[place].reference = Hash256()
            withUnsafeMutableBytes(of: &nodes[place].reference) { $0.copyMemory(from: encoding) }
        } else {
            let hash = Keccak256.hash(encoding)
            nodes[place].reference = hash
            nodes[place].referenceCount = 32
            sink(hash, encoding)
        }
    }

    /// Writes the encoding of a node whose children have references (yellow paper, appendix D).
    mutating func write(_ index: NodeIndex) {
        let node = nodes[Int(index)]
        count = 0
        switch node.kind {
        case .stub: break
        case .leaf:
            let payload = pathWidth(node) &+ valueWidth(node)
            reserve(payload)
            writeHeader(payload, short: 0xC0)
            writePath(node, isLeaf: true)
            writeValue(node)
        case .extension:
            let payload = pathWidth(node) &+ referenceWidth(node.child)
            reserve(payload)
            writeHeader(payload, short: 0xC0)
            writePath(node, isLeaf: false)
            writeReference(node.child)
        case .branch:
            let ways = Int(node.child)..<Int(node.child) &+ 16
            var payload = valueWidth(node)
            for way in ways { payload &+= referenceWidth(children[way]) }
            reserve(payload)
            writeHeader(payload, short: 0xC0)
            for way in ways { writeReference(children[way]) }
            writeValue(node)
        }
    }

    // MARK: Widths

    /// The bytes that a path takes as RLP. A hex prefix of one byte is below 0x80 always, and is its own RLP.
    @inline(__always)
    private func pathWidth(_ node: Node) -> Int {
        node.pathCount < 2 ? 1 : stringWidth(HexPrefix.width(Int(node.pathCount)))
    }

    @inline(__always)
    private func valueWidth(_ node: Node) -> Int { isSmallValue(node) ? 1 : stringWidth(Int(node.valueCount)) }

    @inline(__always)
    private func isSmallValue(_ node: Node) -> Bool { node.valueCount == 1 && bytes[Int(node.valueStart)] < 0x80 }

    @inline(__always)
    private func stringWidth(_ count: Int) -> Int { headerWidth(count) &+ count }

    @inline(__always)
    private func headerWidth(_ payload: Int) -> Int {
        payload < 56 ? 1 : 9 &- UInt64(payload).leadingZeroBitCount &>> 3
    }

    @inline(__always)
    private func referenceWidth(_ child: NodeIndex) -> Int {
        guard child != 0 else { return 1 }
        let count = Int(nodes[Int(child)].referenceCount)
        return count == 32 ? 33 : count
    }

    // MARK: Writing

    /// Makes room for a list whose payload has `payload` bytes, and for writing a reference as 32 bytes whatever its
    /// length.
    @inline(__always)
    private mutating func reserve(_ payload: Int) {
        if payload &+ 48 > capacity { grow(payload &+ 48) }
    }

    /// Nothing is in the scratch memory yet that would have to move.
    @inline(never)
    private mutating func grow(_ needed: Int) {
        scratch.deallocate()
        capacity = needed
        scratch = .allocate(byteCount: needed, alignment: 8)
    }

    @inline(__always)
    private mutating func writeByte(_ byte: UInt8) {
        scratch.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    @inline(__always)
    private mutating func writeReference(_ child: NodeIndex) {
        guard child != 0 else { return writeByte(0x80) }
        let referenceCount = nodes[Int(child)].referenceCount
        if referenceCount == 32 { writeByte(0xA0) }
        scratch.storeBytes(of: nodes[Int(child)].reference, toByteOffset: count, as: Hash256.self)
        count &+= Int(referenceCount)
    }

    @inline(__always)
    private mutating func writePath(_ node: Node, isLeaf: Bool) {
        let pathCount = Int(node.pathCount)
        let width = HexPrefix.width(pathCount)
        if width > 1 { writeHeader(width, short: 0x80) }
        var next = Int(node.pathStart)
        let end = next &+ pathCount
        let flag: UInt8 = isLeaf ? 0x20 : 0
        if pathCount & 1 == 1 {
            writeByte(flag | 0x10 | bytes[next])
            next &+= 1
        } else {
            writeByte(flag)
        }
        while next < end {
            writeByte(bytes[next] &<< 4 | bytes[next &+ 1])
            next &+= 2
        }
    }

    @inline(__always)
    private mutating func writeValue(_ node: Node) {
        let value = bytes[Int(node.valueStart)..<Int(node.valueStart &+ node.valueCount)]
        if !isSmallValue(node) { writeHeader(value.count, short: 0x80) }
        UnsafeMutableRawBufferPointer(start: scratch + count, count: value.count)
            .copyMemory(from: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: value)))
        count &+= value.count
    }

    @inline(__always)
    private mutating func writeHeader(_ payload: Int, short: UInt8) {
        if payload < 56 { return writeByte(short &+ UInt8(truncatingIfNeeded: payload)) }
        let width = headerWidth(payload) &- 1
        writeByte(short &+ 55 &+ UInt8(truncatingIfNeeded: width))
        for index in (0..<width).reversed() { writeByte(UInt8(truncatingIfNeeded: payload &>> (8 &* index))) }
    }
}

extension NodeArena {
    /// Calls `body` with an encoder of this arena.
    mutating func withEncoder<Result>(_ body: (inout NodeEncoder) -> Result) -> Result {
        nodes.withUnsafeMutableBufferPointer { nodes in
            children.withUnsafeBufferPointer { children in
                bytes.withUnsafeBufferPointer { bytes in
                    var encoder = NodeEncoder(nodes: nodes, children: children, bytes: bytes)
                    return body(&encoder)
                }
            }
        }
    }
}

import Cryptography
import Primitives

extension NodeArena {
    /// Brings the reference of a node and of everything changed below it up to date.
    ///
    /// `sink` gets each encoding that is referred to by hash, children before parents. Depth is bounded by the length of
    /// the keys.
    mutating func encode(_ index: NodeIndex, _ scratch: inout [UInt8], _ sink: (Hash256, [UInt8]) -> Void) {
        guard nodes[Int(index)].referenceCount == 0 else { return }
        encodeChildren(of: index, &scratch, sink)
        writeEncoding(of: index, &scratch)
        if scratch.count < 32 {
            nodes[Int(index)].referenceCount = UInt8(scratch.count)
            nodes[Int(index)].reference = Hash256()
            withUnsafeMutableBytes(of: &nodes[Int(index)].reference) { $0.copyBytes(from: scratch) }
        } else {
            let hash = Keccak256.hash(scratch)
            nodes[Int(index)].reference = hash
            nodes[Int(index)].referenceCount = 32
            sink(hash, scratch)
        }
    }

    private mutating func encodeChildren(
        of index: NodeIndex, _ scratch: inout [UInt8], _ sink: (Hash256, [UInt8]) -> Void
    ) {
        let node = nodes[Int(index)]
        switch node.kind {
        case .stub, .leaf: break
        case .extension: encode(node.child, &scratch, sink)
        case .branch:
            for position in Int(node.child)..<Int(node.child) + 16 where children[position] != 0 {
                encode(children[position], &scratch, sink)
            }
        }
    }

    /// The encoding of a node whose children have references (yellow paper, appendix D).
    mutating func writeEncoding(of index: NodeIndex, _ scratch: inout [UInt8]) {
        let node = nodes[Int(index)]
        scratch.removeAll(keepingCapacity: true)
        switch node.kind {
        case .stub: break
        case .leaf:
            let prefix = stringWidth(HexPrefix.width(Int(node.pathCount)), isSmallByte: isSmallPrefix(node))
            let valueRange = Int(node.valueStart)..<Int(node.valueStart + node.valueCount)
            let value = stringWidth(
                valueRange.count, isSmallByte: valueRange.count == 1 && bytes[valueRange.lowerBound] < 0x80)
            appendHeader(prefix + value, 0xC0, &scratch)
            appendPath(node, isLeaf: true, &scratch)
            appendString(valueRange, &scratch)
        case .extension:
            let prefix = stringWidth(HexPrefix.width(Int(node.pathCount)), isSmallByte: isSmallPrefix(node))
            appendHeader(prefix + referenceWidth(node.child), 0xC0, &scratch)
            appendPath(node, isLeaf: false, &scratch)
            appendReference(node.child, &scratch)
        case .branch:
            let valueRange = Int(node.valueStart)..<Int(node.valueStart + node.valueCount)
            var payload = stringWidth(
                valueRange.count, isSmallByte: valueRange.count == 1 && bytes[valueRange.lowerBound] < 0x80)
            for position in Int(node.child)..<Int(node.child) + 16 { payload += referenceWidth(children[position]) }
            appendHeader(payload, 0xC0, &scratch)
            for position in Int(node.child)..<Int(node.child) + 16 { appendReference(children[position], &scratch) }
            appendString(valueRange, &scratch)
        }
    }

    /// A hex prefix of one byte is below 0x80 always, and is its own RLP.
    @inline(__always)
    private func isSmallPrefix(_ node: Node) -> Bool { node.pathCount < 2 }

    @inline(__always)
    private func stringWidth(_ count: Int, isSmallByte: Bool) -> Int {
        isSmallByte ? 1 : RLPWriter.headerWidth(payload: count) + count
    }

    @inline(__always)
    private func referenceWidth(_ child: NodeIndex) -> Int {
        guard child != 0 else { return 1 }
        let count = Int(nodes[Int(child)].referenceCount)
        return count == 32 ? 33 : count
    }

    @inline(__always)
    private func appendReference(_ child: NodeIndex, _ scratch: inout [UInt8]) {
        guard child != 0 else {
            scratch.append(0x80)
            return
        }
        let node = nodes[Int(child)]
        if node.referenceCount == 32 { scratch.append(0xA0) }
        withUnsafeBytes(of: node.reference) { scratch.append(contentsOf: $0.prefix(Int(node.referenceCount))) }
    }

    private func appendPath(_ node: Node, isLeaf: Bool, _ scratch: inout [UInt8]) {
        let width = HexPrefix.width(Int(node.pathCount))
        if width > 1 { appendHeader(width, 0x80, &scratch) }
        bytes.withUnsafeBufferPointer {
            let path = Nibbles(rebasing: $0[Int(node.pathStart)..<Int(node.pathStart + node.pathCount)])
            HexPrefix.append(path, isLeaf: isLeaf, to: &scratch)
        }
    }

    private func appendString(_ range: Range<Int>, _ scratch: inout [UInt8]) {
        if range.count != 1 || bytes[range.lowerBound] >= 0x80 { appendHeader(range.count, 0x80, &scratch) }
        bytes.withUnsafeBufferPointer { scratch.append(contentsOf: $0[range]) }
    }

    private func appendHeader(_ count: Int, _ short: UInt8, _ scratch: inout [UInt8]) {
        if count < 56 {
            scratch.append(short + UInt8(count))
            return
        }
        let width = RLPWriter.headerWidth(payload: count) - 1
        scratch.append(short + 55 + UInt8(width))
        for index in (0..<width).reversed() { scratch.append(UInt8(truncatingIfNeeded: count >> (8 * index))) }
    }
}

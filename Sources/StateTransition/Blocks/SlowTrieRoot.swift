import Cryptography
import Primitives

private struct Leaf { var path: [UInt8]; var value: [UInt8] }
private func nibbles(_ key: [UInt8]) -> [UInt8] { key.flatMap { [$0 >> 4, $0 & 15] } }
private func hexPrefix(_ path: ArraySlice<UInt8>, leaf: Bool) -> [UInt8] {
    var path = Array(path)
    let odd = path.count % 2 == 1
    path = (odd ? [(leaf ? 3 : 1)] : [(leaf ? 2 : 0), 0]) + path
    return stride(from: 0, to: path.count, by: 2).map { path[$0] << 4 | path[$0 + 1] }
}
private func node(_ leaves: ArraySlice<Leaf>, _ depth: Int) -> [UInt8] {
    var w = RLPWriter()
    if leaves.isEmpty { w.append([UInt8]()); return w.bytes }
    let first = leaves.first!, last = leaves.last!
    if leaves.count == 1 {
        w.appendList {
            $0.append(hexPrefix(first.path[depth...], leaf: true)); $0.append(first.value)
        }
        return w.bytes
    }
    var d = depth
    while d < first.path.count && d < last.path.count && first.path[d] == last.path[d] { d += 1 }
    if d > depth {
        let child = reference(node(leaves, d))
        w.appendList {
            $0.append(hexPrefix(first.path[depth..<d], leaf: false)); $0.appendEncoded(child)
        }
        return w.bytes
    }
    w.appendList { list in
        var rest = leaves
        var value: [UInt8] = []
        if rest.first!.path.count == d { value = rest.removeFirst().value }
        for n in 0..<16 as Range<UInt8> {
            let end = rest.firstIndex { $0.path[d] != n } ?? rest.endIndex
            if end == rest.startIndex {
                list.append([UInt8]())
            } else {
                list.appendEncoded(reference(node(rest[..<end], d + 1)))
            }
            rest = rest[end...]
        }
        list.append(value)
    }
    return w.bytes
}
private func reference(_ node: [UInt8]) -> [UInt8] {
    if node.count < 32 { return node }
    var w = RLPWriter(); w.append(Keccak256.hash(node)); return w.bytes
}
func sortedRoot(_ items: [(key: [UInt8], value: [UInt8])]) -> Hash256 {
    let leaves = items.map { Leaf(path: nibbles($0.key), value: $0.value) }.sorted {
        $0.path.lexicographicallyPrecedes($1.path)
    }
    return Keccak256.hash(node(leaves[...], 0))
}
func orderedRoot(_ items: [[UInt8]]) -> Hash256 {
    sortedRoot(
        items.enumerated().map {
            var w = RLPWriter(); w.append(UInt64($0.offset)); return (w.bytes, $0.element)
        })
}

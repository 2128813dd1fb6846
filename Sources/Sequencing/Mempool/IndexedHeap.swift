/// A binary heap of numbered members, greatest first, which knows where each member lies, so that any of them can be
/// changed or taken out.
///
/// - Complexity: `set` and `remove` are O(log n), `first` and `contains` O(1). Memory is that of the highest number.
struct IndexedHeap {
    struct Node {
        var primary: UInt64
        /// Decides between equal primaries.
        var secondary: UInt64
        var member: UInt32

        @inline(__always)
        func isAbove(_ other: Node) -> Bool {
            primary > other.primary || (primary == other.primary && secondary > other.secondary)
        }
    }

    /// Of every node at position p, the nodes at 2p + 1 and 2p + 2 are not above it.
    private(set) var nodes: [Node] = []
    /// By member: one more than its position; zero where it is not in the heap.
    private var positions: [UInt32] = []

    var isEmpty: Bool { nodes.isEmpty }
    var first: Node? { nodes.first }

    func contains(_ member: Int) -> Bool { member < positions.count && positions[member] != 0 }

    func node(of member: Int) -> Node? { contains(member) ? nodes[Int(positions[member]) - 1] : nil }

    /// Inserts the member or gives it another place.
    mutating func set(_ member: Int, primary: UInt64, secondary: UInt64) {
        while positions.count <= member { positions.append(0) }
        let node = Node(primary: primary, secondary: secondary, member: UInt32(truncatingIfNeeded: member))
        if positions[member] == 0 {
            nodes.append(node)
            rise(node, from: nodes.count - 1)
        } else {
            let position = Int(positions[member]) - 1
            if node.isAbove(nodes[position]) { rise(node, from: position) } else { sink(node, from: position) }
        }
    }

    /// Takes the member out where it is in the heap.
    mutating func remove(_ member: Int) {
        guard contains(member) else { return }
        let position = Int(positions[member]) - 1
        positions[member] = 0
        let last = nodes.removeLast()
        guard position < nodes.count else { return }
        if position > 0, last.isAbove(nodes[(position - 1) / 2]) {
            rise(last, from: position)
        } else {
            sink(last, from: position)
        }
    }

    private mutating func rise(_ node: Node, from start: Int) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard node.isAbove(nodes[parent]) else { break }
            place(nodes[parent], at: position)
            position = parent
        }
        place(node, at: position)
    }

    private mutating func sink(_ node: Node, from start: Int) {
        var position = start
        while true {
            var child = 2 * position + 1
            guard child < nodes.count else { break }
            if child + 1 < nodes.count, nodes[child + 1].isAbove(nodes[child]) { child += 1 }
            guard nodes[child].isAbove(node) else { break }
            place(nodes[child], at: position)
            position = child
        }
        place(node, at: position)
    }

    @inline(__always)
    private mutating func place(_ node: Node, at position: Int) {
        nodes[position] = node
        positions[Int(node.member)] = UInt32(truncatingIfNeeded: position &+ 1)
    }
}

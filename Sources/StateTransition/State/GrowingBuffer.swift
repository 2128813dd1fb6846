/// A list in raw memory that only grows: elements keep their index until `removeAll` or `removeLast`.
///
/// For the tables that the interpreter's storage instructions go through; an index is trusted, as only the owner of the
/// buffer makes one.
struct GrowingBuffer<Element>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int = 64) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit {
        base.deinitialize(count: count)
        base.deallocate()
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        unsafeAddress { UnsafePointer(base + index) }
        unsafeMutableAddress { base + index }
    }

    @inline(__always)
    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (base + count).initialize(to: element)
        count &+= 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }

    /// Takes the last element; the caller has checked that there is one.
    @inline(__always)
    mutating func removeLast() -> Element {
        count &-= 1
        return (base + count).move()
    }

    mutating func removeAll() {
        base.deinitialize(count: count)
        count = 0
    }
}

/// The positions of a buffer's elements by hash: open addressing with linear probing, at most half full.
struct PositionIndex: ~Copyable {
    /// Position plus one, or zero for a free place.
    private(set) var places: UnsafeMutablePointer<UInt32>
    private(set) var size: Int

    init(size: Int = 256) {
        self.size = size
        places = .allocate(capacity: size)
        places.initialize(repeating: 0, count: size)
    }

    deinit { places.deallocate() }

    @inline(__always)
    var mask: Int { size &- 1 }

    /// Whether the table must double before it holds `count` elements.
    @inline(__always)
    func isCrowded(by count: Int) -> Bool { count &* 2 > size }

    @inline(__always)
    func place(_ index: Int) -> Int { Int(truncatingIfNeeded: places[index]) }

    @inline(__always)
    mutating func fill(_ index: Int, position: Int) { places[index] = UInt32(truncatingIfNeeded: position &+ 1) }

    /// Forgets everything and takes a new size, a power of two.
    mutating func reset(size newSize: Int) {
        if newSize != size {
            places.deallocate()
            places = .allocate(capacity: newSize)
            size = newSize
        }
        places.initialize(repeating: 0, count: size)
    }

    /// Enters `position` at the first free place from where `hash` points.
    @inline(__always)
    mutating func enter(hash: UInt64, position: Int) {
        var index = Int(truncatingIfNeeded: hash) & mask
        while places[index] != 0 { index = (index &+ 1) & mask }
        fill(index, position: position)
    }
}

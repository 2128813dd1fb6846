/// The positions of a buffer's elements by hash: open addressing with linear probing, at most half full.
struct PositionIndex: ~Copyable {
    /// Position plus one, or zero for a free place.
    private var places: UnsafeMutablePointer<UInt32>
    private var size: Int

    /// An index of `size` places, a power of two.
    init(size: Int = 256) {
        self.size = size
        places = .allocate(capacity: size)
        places.initialize(repeating: 0, count: size)
    }

    deinit { places.deallocate() }

    @inline(__always)
    var mask: Int { size &- 1 }

    @inline(__always)
    func place(_ index: Int) -> Int { Int(truncatingIfNeeded: places[index]) }

    /// Enters the element at `position`, the last one, at the free place `index` where looking for it ended; `hashOf`
    /// gives the hash of the element at a position.
    mutating func fill(_ index: Int, position: Int, hashOf: (Int) -> UInt64) {
        places[index] = UInt32(truncatingIfNeeded: position &+ 1)
        guard 2 &* (position &+ 1) > size else { return }
        places.deallocate()
        size *= 2
        places = .allocate(capacity: size)
        places.initialize(repeating: 0, count: size)
        for element in 0...position {
            var index = Int(truncatingIfNeeded: hashOf(element)) & mask
            while places[index] != 0 { index = (index &+ 1) & mask }
            places[index] = UInt32(truncatingIfNeeded: element &+ 1)
        }
    }
}

import Primitives

/// The positions of a buffer's elements by hash: open addressing with linear probing, at most half full.
///
/// It takes another seed where an element comes to lie far behind its place (`Reseeding`).
struct PositionIndex: ~Copyable {
    /// Position plus one, or zero for a free place.
    private var places: UnsafeMutablePointer<UInt32>
    private var size: Int
    /// What elements are hashed under.
    private(set) var seed: UInt64 = 0

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

    /// Enters the element at `position`, the last one, at the free place `index` where looking for its `hash` ended;
    /// `hashOf` gives the hash of the element at a position under a seed.
    mutating func fill(_ index: Int, hash: UInt64, position: Int, hashOf: (Int, UInt64) -> UInt64) {
        places[index] = UInt32(truncatingIfNeeded: position &+ 1)
        let isFar = (index &- Int(truncatingIfNeeded: hash)) & mask > Reseeding.reachLimit
        let isCrowded = 2 &* (position &+ 1) > size
        guard isFar || isCrowded else { return }
        if isCrowded {
            places.deallocate()
            size *= 2
            places = .allocate(capacity: size)
        } else {
            seed = Reseeding.next(seed, count: position)
        }
        for attempt in 1...Reseeding.attempts {
            let reach = placeAll(position &+ 1, hashOf)
            if reach <= Reseeding.reachLimit || attempt == Reseeding.attempts { return }
            seed = Reseeding.next(seed, count: position)
        }
    }

    /// Places the first `count` elements anew; how far behind its place any of them lies at most.
    private mutating func placeAll(_ count: Int, _ hashOf: (Int, UInt64) -> UInt64) -> Int {
        places.initialize(repeating: 0, count: size)
        var reach = 0
        for position in 0..<count {
            let home = Int(truncatingIfNeeded: hashOf(position, seed)) & mask
            var index = home
            while places[index] != 0 { index = (index &+ 1) & mask }
            places[index] = UInt32(truncatingIfNeeded: position &+ 1)
            reach = max(reach, (index &- home) & mask)
        }
        return reach
    }
}

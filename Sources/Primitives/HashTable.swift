/// A key of a `HashTable`: a fixed mixing of its bits under a seed.
///
/// Whoever knows the seed can find keys with the same hash. A table whose keys strangers pick (storage slots, addresses)
/// takes a seed that they cannot know when they pick them.
public protocol TableKey: Equatable {
    /// 64 well-mixed bits of the key under `seed`.
    func tableHash(seed: UInt64) -> UInt64
}

/// Folds two words into one through a 128-bit product.
@inlinable @inline(__always)
public func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}

/// The seed for the other factor of a product: a factor known to be zero would hide the first.
@inlinable @inline(__always)
func turned(_ seed: UInt64) -> UInt64 { (seed &<< 32) | (seed &>> 32) }

extension UInt256: TableKey {
    @inlinable @inline(__always)
    public func tableHash(seed: UInt64) -> UInt64 {
        let low = mix(limb0 ^ 0xA076_1D64_78BD_642F ^ seed, limb1 ^ 0xE703_7ED1_A0B4_28DB ^ turned(seed))
        let high = mix(limb2 ^ 0x8EBC_6AF0_9C88_C6E3 ^ seed, limb3 ^ 0x5899_65CC_7537_4CC3 ^ turned(seed))
        return mix(low ^ 0x1D8E_4E27_C47D_124F, high ^ seed)
    }
}

extension Hash256: TableKey {
    @inlinable @inline(__always)
    public func tableHash(seed: UInt64) -> UInt64 { UInt256(limbs: word0, word1, word2, word3).tableHash(seed: seed) }
}

extension Address: TableKey {
    @inlinable @inline(__always)
    public func tableHash(seed: UInt64) -> UInt64 {
        let low = mix(word0 ^ 0xA076_1D64_78BD_642F ^ seed, word1 ^ 0xE703_7ED1_A0B4_28DB ^ turned(seed))
        return mix(low ^ 0x1D8E_4E27_C47D_124F, UInt64(word2) ^ 0x5899_65CC_7537_4CC3 ^ seed)
    }
}

extension UInt64: TableKey {
    @inlinable @inline(__always)
    public func tableHash(seed: UInt64) -> UInt64 {
        mix(self ^ 0xA076_1D64_78BD_642F ^ seed, 0xE703_7ED1_A0B4_28DB ^ turned(seed))
    }
}

/// An open-addressing hash table that remembers insertion order.
///
/// Entries lie in one array in the order in which their keys first came; a second array of 32-bit indices, a power of
/// two long and at most half full, finds them by linear probing. Iteration is by insertion order, so no result can
/// depend on a hash. Keys are never removed one by one.
///
/// - Complexity: look-up and insertion are O(1) on average where nobody could pick keys for the seed.
public struct HashTable<Key: TableKey, Value> {
    /// One key with its value.
    @frozen
    public struct Entry {
        public let key: Key
        public var value: Value

        @inlinable
        init(key: Key, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The entries in the order of their insertion.
    public var entries: [Entry] {
        @inlinable @inline(__always) get { storage }
    }

    @usableFromInline var storage: [Entry]
    @usableFromInline var slots: [UInt32]
    @usableFromInline let seed: UInt64

    /// An empty table.
    @inlinable
    public init(minimumCapacity: Int = 0, seed: UInt64 = 0) {
        self.seed = seed
        storage = []
        storage.reserveCapacity(minimumCapacity)
        var size = 16
        while size < minimumCapacity * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
    }

    @inlinable
    public var count: Int { storage.count }

    @inlinable
    public var isEmpty: Bool { storage.isEmpty }

    /// The position of `key` in `storage`, or nil.
    @inlinable
    public func index(of key: Key) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: key.tableHash(seed: seed)) & mask
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if storage[position].key == key { return position }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The position of `key`, inserted with `makeValue()` where it was missing.
    @inlinable
    public mutating func indexInserting<Failure: Error>(
        _ key: Key, _ makeValue: () throws(Failure) -> Value
    ) throws(Failure) -> (index: Int, isNew: Bool) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: key.tableHash(seed: seed)) & mask
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if storage[position].key == key { return (position, false) }
            slot = (slot + 1) & mask
        }
        let value = try makeValue()
        storage.append(Entry(key: key, value: value))
        slots[slot] = UInt32(storage.count)
        if storage.count * 2 > slots.count { rebuild(size: slots.count * 2) }
        return (storage.count - 1, true)
    }

    /// The value at a position of `entries`.
    @inlinable
    public subscript(position index: Int) -> Value {
        get { storage[index].value }
        _modify { yield &storage[index].value }
    }

    /// The value of `key`, or nil.
    @inlinable
    public subscript(key: Key) -> Value? {
        get { index(of: key).map { storage[$0].value } }
    }

    /// Inserts or replaces the value of `key`.
    @inlinable
    public mutating func set(_ key: Key, _ value: Value) {
        let (index, isNew) = indexInserting(key) { value }
        if !isNew { storage[index].value = value }
    }

    /// Forgets everything, keeping the memory.
    @inlinable
    public mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = 0 }
    }

    @inlinable
    mutating func rebuild(size: Int) {
        slots = [UInt32](repeating: 0, count: size)
        let mask = size - 1
        for position in storage.indices {
            var slot = Int(truncatingIfNeeded: storage[position].key.tableHash(seed: seed)) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(position + 1)
        }
    }
}

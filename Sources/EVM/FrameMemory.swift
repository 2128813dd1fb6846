public import Primitives

extension Frame {
    /// No memory reaches beyond this: the gas for it exceeds what any block holds, so asking for it is out of gas.
    @inlinable @inline(__always)
    public static var memoryLimit: UInt64 { 0xFFFF_FFFF }

    /// The capacity that a new frame's memory has, in bytes.
    @usableFromInline static var initialMemoryCapacity: Int { 4_096 }

    /// Makes `count` bytes from `offset` part of the memory, charging `gas` for it; false where the gas ran out.
    ///
    /// No bytes reach nowhere, whatever the offset. True also means that both, if `count` is not zero, fit an `Int`.
    @inlinable @inline(__always)
    public mutating func useMemory(_ offset: UInt256, _ count: UInt256, gas: inout Int64) -> Bool {
        if count.isZero { return true }
        guard offset.fitsUInt64, count.fitsUInt64, offset.limb0 <= Self.memoryLimit, count.limb0 <= Self.memoryLimit
        else { return false }
        let end = Int(truncatingIfNeeded: offset.limb0 &+ count.limb0)
        return end <= memoryCount || growMemory(to: end, gas: &gas)
    }

    /// The same for a number of bytes known to be small and not zero.
    @inlinable @inline(__always)
    public mutating func useMemory(_ offset: UInt256, small count: Int, gas: inout Int64) -> Bool {
        guard offset.fitsUInt64, offset.limb0 <= Self.memoryLimit else { return false }
        let end = Int(truncatingIfNeeded: offset.limb0) &+ count
        return end <= memoryCount || growMemory(to: end, gas: &gas)
    }

    /// Charges for a memory of `end` bytes, more than there are now, and makes it that long.
    @inline(never)
    public mutating func growMemory(to end: Int, gas: inout Int64) -> Bool {
        guard end > 0, UInt64(end) <= Self.memoryLimit else { return false }
        let words = (end &+ 31) / 32
        gas &-= GasSchedule.memory(words: words) &- GasSchedule.memory(words: memoryCount / 32)
        guard gas >= 0 else { return false }
        let newCount = words &* 32
        if newCount > memoryCapacity {
            var capacity = memoryCapacity &* 2
            if capacity < newCount { capacity = newCount }
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
            larger.update(from: memory, count: memoryCount)
            memory.deallocate()
            memory = larger
            memoryCapacity = capacity
        }
        (memory + memoryCount).update(repeating: 0, count: newCount &- memoryCount)
        memoryCount = newCount
        return true
    }

    /// Copies into memory at `target` from `offset` of a source, zeros where the source ends: what CALLDATACOPY and
    /// its kin do. Charges for memory and words; false where the gas ran out.
    @inline(never)
    public mutating func copyToMemory(
        _ target: UInt256, from source: UnsafePointer<UInt8>, sourceCount: Int, at offset: UInt256,
        count: UInt256, gas: inout Int64
    ) -> Bool {
        if count.isZero { return true }
        guard useMemory(target, count, gas: &gas) else { return false }
        let count = Int(truncatingIfNeeded: count.limb0)
        gas &-= GasSchedule.copy(count)
        guard gas >= 0 else { return false }
        let destination = memory + Int(truncatingIfNeeded: target.limb0)
        var copied = 0
        if offset.fitsUInt64, offset.limb0 < UInt64(sourceCount) {
            let start = Int(truncatingIfNeeded: offset.limb0)
            copied = min(count, sourceCount &- start)
            UnsafeMutableRawPointer(destination).copyMemory(from: source + start, byteCount: copied)
        }
        (destination + copied).update(repeating: 0, count: count &- copied)
        return true
    }

    /// MCOPY: like `memmove`, charging for memory and words; false where the gas ran out.
    @inline(never)
    public mutating func moveMemory(
        _ target: UInt256, from source: UInt256, count: UInt256, gas: inout Int64
    ) -> Bool {
        if count.isZero { return true }
        guard useMemory(target > source ? target : source, count, gas: &gas) else { return false }
        let count = Int(truncatingIfNeeded: count.limb0)
        gas &-= GasSchedule.copy(count)
        guard gas >= 0 else { return false }
        UnsafeMutableRawPointer(memory + Int(truncatingIfNeeded: target.limb0)).copyMemory(
            from: memory + Int(truncatingIfNeeded: source.limb0), byteCount: count)
        return true
    }

    /// CALLDATALOAD: 32 bytes of the input from `offset`, zeros beyond its end.
    @inlinable @inline(__always)
    public func inputWord(at offset: UInt256) -> UInt256 {
        guard offset.fitsUInt64, offset.limb0 < UInt64(inputCount) else { return .zero }
        let start = Int(truncatingIfNeeded: offset.limb0)
        if inputCount &- start >= 32 { return UInt256(bigEndian: input + start) }
        return shortWord(input + start, count: inputCount &- start)
    }

    @usableFromInline @inline(never)
    func shortWord(_ source: UnsafePointer<UInt8>, count: Int) -> UInt256 {
        var value = UInt256.zero
        for index in 0..<count { value = (value << 8) | UInt256(UInt64(source[index])) }
        return value << UInt64(8 &* (32 &- count))
    }
}

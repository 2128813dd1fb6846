public import Primitives

/// A contract's code with what is known about it: shared by every frame that runs it, so that analysis happens once.
///
/// Not thread-safe: a code belongs to one code cache, and a cache to one executor.
public final class Code {
    /// Zero bytes after the code: enough for the immediate of a PUSH32 at its end, and a STOP.
    public static let padding = 33

    /// keccak256 of the bytes.
    public let hash: Hash256
    /// The number of bytes without padding.
    public let count: Int
    /// The bytes, followed by `padding` zeros.
    public let bytes: UnsafePointer<UInt8>
    /// One bit a byte of code, set where a JUMPDEST is a valid target; found out when first asked for.
    private var destinations: UnsafeMutablePointer<UInt64>?
    /// How often a frame has started with it: cold code is interpreted byte by byte, warm code is predecoded.
    public var executionCount = 0
    #if !hasFeature(Embedded)
        /// What the fast loop runs.
        var predecoded: PredecodedCode?
    #endif

    /// Copies the bytes.
    public init(_ source: UnsafeRawBufferPointer, hash: Hash256) {
        let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: source.count + Self.padding)
        storage.initialize(repeating: 0, count: source.count + Self.padding)
        if let base = source.baseAddress {
            UnsafeMutableRawPointer(storage).copyMemory(from: base, byteCount: source.count)
        }
        bytes = UnsafePointer(storage)
        count = source.count
        self.hash = hash
    }

    deinit {
        bytes.deallocate()
        destinations?.deallocate()
        #if !hasFeature(Embedded)
            predecoded?.deallocate()
        #endif
    }

    /// The valid targets of jumps, one bit a byte of code, least significant bit first: JUMPDESTs that are not in the
    /// immediate of a PUSH.
    ///
    /// - Complexity: O(*n*) in the size of the code the first time.
    public var jumpDestinations: UnsafePointer<UInt64> {
        if let destinations { return UnsafePointer(destinations) }
        let words = count / 64 + 1
        let bits = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
        bits.initialize(repeating: 0, count: words)
        var index = 0
        while index < count {
            let opcode = bytes[index]
            if opcode == 0x5B { bits[index / 64] |= 1 &<< UInt64(index % 64) }
            // PUSH1...PUSH32 are 0x60...0x7F.
            index &+= opcode &- 0x60 < 32 ? Int(opcode) &- 0x5E : 1
        }
        destinations = bits
        return UnsafePointer(bits)
    }

    /// The most bytes of memory that the code takes with everything found out about it.
    public var memoryBound: Int { 40 &* count &+ 256 }

    /// The account that runs in place of this one, where the code is a delegation designator (EIP-7702).
    @inlinable
    public var delegationTarget: Address? {
        Self.delegationTarget(of: UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// The account that runs in place of one with this code, where the code is a delegation designator (EIP-7702).
    @inlinable
    public static func delegationTarget(of code: UnsafeRawBufferPointer) -> Address? {
        guard code.count == 23, code[0] == 0xEF, code[1] == 0x01, code[2] == 0x00, let base = code.baseAddress else {
            return nil
        }
        return Address(copying: base + 3)
    }
}

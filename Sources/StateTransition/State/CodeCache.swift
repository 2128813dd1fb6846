public import EVM
public import Primitives

/// The codes that were run lately, with what the interpreter found out about them.
///
/// Two generations: codes enter the young one; when it is full it becomes the old one, and what is not asked for again
/// is dropped with it. One cache serves one executor at a time, over any number of blocks.
///
/// - Complexity: O(1) a look-up.
public final class CodeCache {
    /// Half of the memory that is taken at most.
    private let generationLimit: Int
    private var young = HashTable<Hash256, Code>()
    private var old = HashTable<Hash256, Code>()
    private var youngSize = 0
    /// The code of an account without code.
    public let empty: Code

    /// A cache that takes about `byteLimit` bytes of memory at most, whatever is analysed of its codes.
    public init(byteLimit: Int = 512 << 20) {
        generationLimit = byteLimit / 2
        empty = Code(UnsafeRawBufferPointer(start: nil, count: 0), hash: EmptyHash.code)
    }

    /// The code with this hash, where it was used lately.
    public func code(_ hash: Hash256) -> Code? {
        if hash == EmptyHash.code { return empty }
        if let code = young[hash] { return code }
        guard let code = old[hash] else { return nil }
        insert(code)
        return code
    }

    /// Keeps a code, taking its hash on trust.
    public func insert(_ code: Code) {
        if youngSize > generationLimit {
            old = young
            young = HashTable()
            youngSize = 0
        }
        young.set(code.hash, code)
        youngSize += code.memoryBound
    }
}

public import Primitives

/// One running message: its stack, memory and gas, in raw memory that both inner loops work on.
///
/// A frame lies at the start of a block of `Frame.blockSize` bytes aligned to that size; the stack follows at
/// `Frame.stackOffset` and grows upwards, a slot being a `UInt256` as four native limbs, least significant first. So
/// an inner loop finds its frame by masking its stack pointer and needs no register for it.
///
/// Words that instructions read and no one writes (ADDRESS to BLOBBASEFEE) are in the frame or behind `context`.
public struct Frame {
    /// The size and alignment of a frame's block: 1,024 stack slots, one spare below them, and this header.
    public static var blockSize: Int { 65_536 }
    /// The byte offset of the spare slot. Slot 0 of the stack is the one after it: an interpreter that keeps the top in
    /// registers spills whatever they hold when the stack is empty into the spare one.
    public static var stackOffset: Int { 1_024 }
    /// The deepest stack, in slots.
    public static var stackLimit: Int { 1_024 }

    // MARK: Progress

    /// What is left; negative means that it ran out. In the fast loop, the cost of the running basic block is gone
    /// already.
    public var gas: Int64
    /// The refund counter of this frame and its finished children.
    public var refund: Int64
    /// The number of words on the stack while outside an inner loop.
    public var stackCount: Int
    /// The next instruction of the simple loop.
    public var programCounter: Int
    /// How many more backward jumps the simple loop makes before it asks to be relieved.
    public var backwardJumpsLeft: Int
    /// The next instruction of the fast loop; nil where the frame runs in the simple one.
    public var instruction: UnsafeRawPointer?

    // MARK: Code and data

    /// The code, padded with at least 33 zero bytes.
    public var code: UnsafePointer<UInt8>
    public var codeCount: Int
    /// One bit a byte of code, set where a JUMPDEST is a valid target; least significant bit first.
    public var jumpDestinations: UnsafePointer<UInt64>
    /// The fast loop's table from program counter to predecoded instruction; nil in the simple one.
    public var jumpTable: UnsafeRawPointer?
    public var input: UnsafePointer<UInt8>
    public var inputCount: Int
    /// The output of the last call that this frame made.
    public var returnData: UnsafePointer<UInt8>
    public var returnDataCount: Int

    // MARK: Memory

    /// The frame's memory; `memoryCount` bytes are in use, a multiple of 32, and zero where never written.
    public var memory: UnsafeMutablePointer<UInt8>
    public var memoryCount: Int
    public var memoryCapacity: Int
    /// The size that an instruction of the fast loop found missing.
    var memoryWanted: Int

    // MARK: Output

    /// Where RETURN or REVERT found its output: a range of `memory`.
    public var outputOffset: Int
    public var outputCount: Int

    // MARK: The message

    public var recipient: Address
    public var codeAddress: Address
    public var caller: Address
    public var value: UInt256
    public var kind: CallKind
    public var isStatic: Bool
    public var depth: Int
    public var recipientHandle: AccountHandle
    public var checkpoint: Checkpoint
    /// Where the parent wants this frame's output: a range of the parent's memory.
    public var parentOutputOffset: Int
    public var parentOutputCount: Int
    /// The words of block and transaction, shared by every frame of a transaction.
    public var context: UnsafePointer<ExecutionContext>
}

extension Frame {
    /// Takes note of a jump to an earlier instruction; true once it is time for the fast loop.
    @inlinable @inline(__always)
    mutating func countBackwardJump() -> Bool {
        backwardJumpsLeft &-= 1
        return backwardJumpsLeft == 0
    }
}

/// The words of block and transaction as the instructions push them.
public struct ExecutionContext {
    public var revision: Revision
    public var origin: UInt256
    public var gasPrice: UInt256
    public var coinbase: UInt256
    public var timestamp: UInt256
    public var number: UInt256
    public var difficultyOrRandomness: UInt256
    public var gasLimit: UInt256
    public var chainID: UInt256
    public var baseFee: UInt256
    public var blobBaseFee: UInt256
    public var blobHashes: UnsafePointer<Hash256>?
    public var blobHashCount: Int
}

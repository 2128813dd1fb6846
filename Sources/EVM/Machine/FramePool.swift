import Primitives

/// The blocks of memory that frames run in, one for each depth, kept from one message to the next.
///
/// Its machine destroys it: a deinitialiser here could not be inlined where a machine is used in another module.
@usableFromInline
struct FramePool {
    /// The depths 0...1024.
    @usableFromInline static var depthCount: Int { 1_025 }
    /// Memories up to this capacity are kept between transactions: giving a large one back and getting it again costs
    /// more than what is done with it, and few depths ever have one.
    static func keptCapacity(at depth: Int) -> Int {
        if depth == 0 { return 16 << 20 }
        return depth < 8 ? 1 << 20 : 65_536
    }

    @usableFromInline let blocks: UnsafeMutablePointer<UnsafeMutablePointer<Frame>?>
    /// Keeps the code of a running frame alive, whatever the host does with it.
    @usableFromInline let codes: UnsafeMutablePointer<Code?>
    /// How many blocks there are, and may hold a code; without gaps, from depth 0 in a machine that starts there.
    private var deepest = -1

    init() {
        blocks = .allocate(capacity: Self.depthCount)
        blocks.initialize(repeating: nil, count: Self.depthCount)
        codes = .allocate(capacity: Self.depthCount)
        codes.initialize(repeating: nil, count: Self.depthCount)
    }

    func destroy() {
        for depth in 0..<Self.depthCount {
            guard let block = blocks[depth] else { continue }
            block.pointee.memory.deallocate()
            UnsafeMutableRawPointer(block).deallocate()
        }
        blocks.deallocate()
        codes.deinitialize(count: Self.depthCount)
        codes.deallocate()
    }

    /// The frame at `depth`, which exists.
    @inlinable @inline(__always)
    func running(at depth: Int) -> UnsafeMutablePointer<Frame> { blocks[depth].unsafelyUnwrapped }

    /// The frame at `depth`, made where it is missing. Its memory is in use up to nothing.
    @inlinable @inline(__always)
    mutating func frame(at depth: Int, context: UnsafePointer<ExecutionContext>) -> UnsafeMutablePointer<Frame> {
        if let block = blocks[depth] { return block }
        return make(at: depth, context: context)
    }

    @usableFromInline @inline(never)
    mutating func make(at depth: Int, context: UnsafePointer<ExecutionContext>) -> UnsafeMutablePointer<Frame> {
        let block = UnsafeMutableRawPointer.allocate(byteCount: Frame.blockSize, alignment: Frame.blockSize)
            .bindMemory(to: Frame.self, capacity: 1)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: Frame.initialMemoryCapacity)
        block.initialize(to: Frame(memory: memory, capacity: Frame.initialMemoryCapacity, context: context))
        blocks[depth] = block
        if depth > deepest { deepest = depth }
        return block
    }

    /// Lets go of codes and of large memories once no frame runs.
    @usableFromInline
    mutating func release() {
        var depth = 0
        while depth <= deepest {
            codes[depth] = nil
            if let block = blocks[depth], block.pointee.memoryCapacity > Self.keptCapacity(at: depth) {
                block.pointee.memory.deallocate()
                block.pointee.memory = .allocate(capacity: Frame.initialMemoryCapacity)
                block.pointee.memoryCapacity = Frame.initialMemoryCapacity
                block.pointee.memoryCount = 0
            }
            depth += 1
        }
    }
}

extension Frame {
    /// A frame that nothing runs in.
    init(memory: UnsafeMutablePointer<UInt8>, capacity: Int, context: UnsafePointer<ExecutionContext>) {
        gas = 0
        refund = 0
        stackCount = 0
        programCounter = 0
        backwardJumpsLeft = 0
        instruction = nil
        code = UnsafePointer(memory)
        codeCount = 0
        jumpDestinations = UnsafeRawPointer(memory).assumingMemoryBound(to: UInt64.self)
        jumpTable = nil
        input = UnsafePointer(memory)
        inputCount = 0
        returnData = UnsafePointer(memory)
        returnDataCount = 0
        self.memory = memory
        memoryCount = 0
        memoryCapacity = capacity
        memoryWanted = 0
        outputOffset = 0
        outputCount = 0
        recipient = Address()
        codeAddress = Address()
        caller = Address()
        value = .zero
        kind = .call
        isStatic = false
        depth = 0
        recipientHandle = AccountHandle(index: 0)
        checkpoint = Checkpoint(journalCount: 0, logCount: 0)
        parentOutputOffset = 0
        parentOutputCount = 0
        self.context = context
    }
}

public import Primitives

/// The outer loop: runs a message and every message that it leads to, against a host.
///
/// One machine serves one executor and is used again for message after message, so that frames, memories and buffers
/// are allocated once. Calls nest without native recursion: a level is a block of the frame pool.
public struct Machine: ~Copyable {
    public let rules: Rules
    @usableFromInline let revision: Revision
    @usableFromInline let table: InstructionTable
    @usableFromInline let schedule: GasSchedule
    @usableFromInline let context: UnsafeMutablePointer<ExecutionContext>
    @usableFromInline var frames = FramePool()
    /// What the last precompile returned.
    @usableFromInline var returned = ByteBuffer()
    private var blobHashes: UnsafeMutablePointer<Hash256>?
    /// How many more bytes this machine makes of codes: they stay in memory with the codes until a block has ended.
    @usableFromInline var predecodingBudget = 128 << 20
    /// Which inner loop runs the frames from now on.
    public var loop = InnerLoop.adaptive
    /// Where precompiles are for once; nil where they are where the rules put them.
    public var precompilePlaces: PrecompilePlaces? {
        didSet { hasPrecompilePlaces = precompilePlaces != nil }
    }
    @usableFromInline private(set) var hasPrecompilePlaces = false

    /// A machine for blocks and transactions under `rules`.
    public init(rules: Rules) {
        self.rules = rules
        revision = rules.revision
        table = InstructionTable.for(rules.revision)
        schedule = GasSchedule(rules.revision)
        context = .allocate(capacity: 1)
        context.initialize(to: ExecutionContext(revision: rules.revision))
    }

    deinit {
        frames.destroy()
        returned.destroy()
        context.deallocate()
        blobHashes?.deallocate()
    }

    /// Sets what instructions see of the block.
    public mutating func setBlock(_ block: BlockEnvironment) {
        context.pointee.coinbase = UInt256(block.coinbase)
        context.pointee.timestamp = UInt256(block.timestamp)
        context.pointee.number = UInt256(block.number)
        context.pointee.difficultyOrRandomness = block.difficultyOrRandomness
        context.pointee.gasLimit = UInt256(block.gasLimit)
        context.pointee.chainID = block.chainID
        context.pointee.baseFee = block.baseFee
        context.pointee.blobBaseFee = block.blobBaseFee
    }

    /// Sets what instructions see of the transaction.
    public mutating func setTransaction(_ transaction: TransactionEnvironment) {
        context.pointee.origin = UInt256(transaction.origin)
        context.pointee.gasPrice = transaction.gasPrice
        let hashes = transaction.blobHashes
        if hashes.isEmpty && blobHashes == nil { return }
        blobHashes?.deallocate()
        let storage = UnsafeMutablePointer<Hash256>.allocate(capacity: hashes.count + 1)
        for index in 0..<hashes.count { (storage + index).initialize(to: hashes[index]) }
        blobHashes = storage
        context.pointee.blobHashes = UnsafePointer(storage)
        context.pointee.blobHashCount = hashes.count
    }

    /// Runs a message to its end.
    ///
    /// The caller has done what belongs to the transaction: intrinsic gas, the sender's nonce, fees, warm addresses. For
    /// a creation `recipient` is the new account's address (`ContractAddress`) and `input` the initialisation code. A
    /// recipient with a delegation runs the target's code and warms the target, without charge (EIP-7702).
    ///
    /// - Throws: the host's error; the host's changes are then worthless.
    /// - Complexity: bounded by `message.gas`; native stack does not depend on the call depth.
    @inlinable
    public mutating func execute<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ message: Message, host: inout H, tracer: inout T
    ) throws(StateError) -> ExecutionResult {
        guard message.depth >= 0, message.depth < FramePool.depthCount, message.gas >= 0 else {
            return ExecutionResult(outcome: .halt(.callDepthExceeded), gasLeft: message.gas)
        }
        // The frame reads its input from raw memory, which must outlive it.
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: message.input.count + 32, alignment: 8)
        defer {
            input.deallocate()
            frames.release()
            returned.release()
        }
        message.input.withUnsafeBytes { input.copyMemory(from: $0) }
        let bytes = UnsafeRawBufferPointer(start: input.baseAddress, count: message.input.count)
        let end = try executeFirst(message, input: bytes, host: &host, tracer: &tracer)
        let isCreated = message.kind.isCreation && end.outcome == .success
        return ExecutionResult(
            outcome: end.outcome, gasLeft: end.gas, gasRefund: end.refund, output: Array(end.output),
            createdAddress: isCreated ? message.recipient : nil)
    }

    /// Runs a message to its end without a tracer.
    @inlinable
    public mutating func execute<H: Host & ~Copyable>(
        _ message: Message, host: inout H
    ) throws(StateError) -> ExecutionResult {
        var tracer = NoTracer()
        return try execute(message, host: &host, tracer: &tracer)
    }

    @inlinable
    mutating func executeFirst<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ message: borrowing Message, input: UnsafeRawBufferPointer, host: inout H, tracer: inout T
    ) throws(StateError) -> MessageEnd {
        let caller = host.account(message.caller)
        let movesValue = message.kind == .call || message.kind.isCreation
        if movesValue, !message.value.isZero, try host.balance(caller) < message.value {
            return MessageEnd(outcome: .halt(.insufficientBalance), gas: message.gas)
        }
        let recipient = host.account(message.recipient)
        var request = CallRequest(
            kind: message.kind, isStatic: message.isStatic || message.kind == .staticCall, depth: message.depth,
            gas: message.gas, caller: message.caller, callerHandle: caller, recipient: message.recipient,
            recipientHandle: recipient, codeAddress: message.codeAddress, value: message.value, input: input,
            code: nil, precompile: nil)
        let begun: MessageEnd?
        if message.kind.isCreation {
            _ = host.warm(recipient)
            begun = try beginCreation(&request, initCode: input, hash: Hash256(), host: &host, tracer: &tracer)
        } else {
            request.precompile = precompile(at: message.codeAddress)
            if request.precompile == nil {
                var code = try host.code(host.account(message.codeAddress))
                if revision >= .prague, let target = code.delegationTarget {
                    let delegate = host.account(target)
                    _ = host.warm(delegate)
                    code = try host.code(delegate)
                }
                request.code = code
            }
            begun = try beginCall(request, host: &host, tracer: &tracer)
        }
        return if let begun { begun } else { try run(from: message.depth, host: &host, tracer: &tracer) }
    }
}

extension ExecutionContext {
    /// A context whose every word is zero.
    init(revision: Revision) {
        self.revision = revision
        origin = .zero
        gasPrice = .zero
        coinbase = .zero
        timestamp = .zero
        number = .zero
        difficultyOrRandomness = .zero
        gasLimit = .zero
        chainID = .zero
        baseFee = .zero
        blobBaseFee = .zero
        blobHashes = nil
        blobHashCount = 0
    }
}

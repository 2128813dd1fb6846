public import EVM
public import Primitives
public import StateTransition

/// What a message call came to.
public struct BytecodeOutcome: Sendable {
    /// `success`, `revert`, or the name of the halt.
    public let result: String
    public let isSuccess: Bool
    public let output: [UInt8]
    public let gasUsed: UInt64
    public let gasLeft: UInt64
    public let gasRefund: Int64
    public let logs: [Log]
}

extension BytecodeOutcome {
    init(_ execution: ExecutionResult, gas: Int64, logs: [Log]) {
        switch execution.outcome {
        case .success: result = "success"
        case .revert: result = "revert"
        case .halt(let halt): result = "\(halt)"
        }
        isSuccess = execution.outcome == .success
        output = execution.output
        gasLeft = UInt64(clamping: execution.gasLeft)
        gasUsed = UInt64(clamping: gas - execution.gasLeft)
        gasRefund = execution.gasRefund
        self.logs = logs
    }
}

/// How long a message call took.
public struct BytecodeTiming: Sendable {
    public let runs: Int
    public let medianNanoseconds: UInt64
    public let leastNanoseconds: UInt64

    /// Gas a second at the median time.
    public func gasPerSecond(_ gasUsed: UInt64) -> UInt64 {
        let seconds = Double(max(1, medianNanoseconds)) / 1e9
        return UInt64(Double(gasUsed) / seconds)
    }
}

/// Runs one message call on a small state of its own, once or often, every time from the same state.
public struct BytecodeRun: ~Copyable {
    private var machine: Machine
    private var state: JournaledState
    private let message: Message
    /// Runs before the first that is timed: code that comes again is predecoded, and buffers grow.
    private static let warmingRuns = 3

    /// Prepares `call` under the rules of `revision`, in block 1 of a chain with id 1.
    public init(_ call: MessageCase, revision: Revision) {
        let source = FixtureState(call.accounts) { FixtureBlockHash.hash(of: $0) }
        state = JournaledState(source: source, codes: CodeCache(), rules: Rules(revision))
        machine = Machine(rules: Rules(revision))
        machine.setBlock(BlockEnvironment(number: 1, timestamp: 1, gasLimit: call.gas))
        machine.setTransaction(TransactionEnvironment(origin: call.caller))
        message = Message(
            kind: .call, gas: Int64(clamping: call.gas), recipient: call.recipient, codeAddress: call.recipient,
            caller: call.caller, value: call.value, input: call.input)
    }

    /// Runs the call.
    public mutating func execute() throws(StateError) -> BytecodeOutcome {
        state.beginTransaction()
        var tracer = NoTracer()
        let result = try machine.execute(message, host: &state, tracer: &tracer)
        return BytecodeOutcome(result, gas: message.gas, logs: state.logs)
    }

    /// Runs the call `runs` times and takes the time of each.
    public mutating func time(runs: Int) throws(StateError) -> BytecodeTiming {
        let clock = ContinuousClock()
        var tracer = NoTracer()
        var times: [Duration] = []
        times.reserveCapacity(runs)
        for run in 0..<Self.warmingRuns + runs {
            state.beginTransaction()
            let checkpoint = state.checkpoint()
            let start = clock.now
            _ = try machine.execute(message, host: &state, tracer: &tracer)
            let time = clock.now - start
            state.revert(to: checkpoint)
            if run >= Self.warmingRuns { times.append(time) }
        }
        times.sort()
        return BytecodeTiming(
            runs: runs, medianNanoseconds: Self.nanoseconds(times[runs / 2]),
            leastNanoseconds: Self.nanoseconds(times[0]))
    }

    private static func nanoseconds(_ time: Duration) -> UInt64 {
        let (seconds, attoseconds) = time.components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}

public import NIOCore
import NIOPosix
import Synchronization

/// Answers messages without a socket, as an endpoint with the same methods would.
public final class LocalEndpoint: Sendable {
    private let dispatcher: Dispatcher
    private let loop: any EventLoop

    /// Runs on the threads that the process shares.
    public init(methods: Methods, limits: MessageLimits = MessageLimits()) {
        let group = MultiThreadedEventLoopGroup.singleton
        loop = group.any()
        dispatcher = Dispatcher(
            methods: methods, limits: limits, workers: WorkerPool(.singleton, queueLimit: 4_096),
            budget: MemoryBudget(limit: .max))
    }

    /// Answers a message: one request, or a batch. Waits for the answer, so it must not be called on a loop.
    ///
    /// - Returns: the answer as JSON text; nil where there is none to give, as to a notification.
    public func answer(_ message: ByteBuffer) -> ByteBuffer? {
        let answer = loop.makePromise(of: ByteBuffer?.self)
        loop.execute { [self] in
            switch dispatcher.process(message, for: LocalSink(answer, loop), into: ByteBuffer()) {
            case .answered(let output): answer.succeed(output)
            case .pending(let exchange):
                let limit = loop.scheduleTask(deadline: exchange.deadline) {
                    if let output = exchange.expire(ByteBuffer()) { answer.succeed(output) }
                }
                answer.futureResult.whenComplete { _ in limit.cancel() }
            }
        }
        guard let output = try? answer.futureResult.wait(), output.readableBytes > 0 else { return nil }
        return output
    }
}

/// Takes the answer to one message.
private final class LocalSink: MessageSink, @unchecked Sendable {
    private let answer: EventLoopPromise<ByteBuffer?>

    init(_ answer: EventLoopPromise<ByteBuffer?>, _ loop: any EventLoop) {
        self.answer = answer
        super.init(peer: Peer(.local), loop: loop)
    }

    override func deliver(_ output: ByteBuffer?, from exchange: Exchange) { answer.succeed(output) }
}

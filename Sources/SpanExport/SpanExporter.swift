public import EthereumClient
import NIOCore
public import Spans

/// Takes spans from a tracer to a collector, over HTTP. A collector that is slow or gone costs spans and nothing else.
public final class SpanExporter: Sendable {
    /// Where spans go, and what is said of who sends them.
    public struct Target: Sendable {
        /// With `/v1/traces` behind it, where that is not in it already.
        public var endpoint: Endpoint
        public var path = "/v1/traces"
        /// Of each request, such as a collector's key.
        public var headers: [(name: String, value: String)] = []
        /// Attributes of the process.
        public var resource: [(key: String, value: String)] = []
        public var version = ""

        public init(_ endpoint: Endpoint) { self.endpoint = endpoint }
    }

    /// Spans of a request.
    static let batchLimit = 512
    /// From one look for spans to the next.
    static let pause = Duration.milliseconds(500)
    /// Of one request.
    static let timeout = Duration.seconds(2)
    /// Requests for the same spans.
    static let attempts = 4
    /// What a collector may ask to be left alone for, at most.
    static let longestRest = Duration.seconds(10)

    private let tracer: Tracer
    private let target: Target
    private let transport: HTTPTransport
    private let task: Task<[Span.Record], Never>

    /// Begins to work.
    ///
    /// - Parameter report: is told once that spans are lost, and why; and nil when they arrive again.
    public init(_ tracer: Tracer, _ target: Target, report: @escaping @Sendable (String?) -> Void) {
        self.tracer = tracer
        self.target = target
        let transport = HTTPTransport(connectTimeout: .seconds(2), answerLimit: 64 << 10)
        self.transport = transport
        task = Task { await Self.run(tracer, target, transport, report) }
    }

    /// Sends what there is, for as long as `limit`, and ends.
    public func end(within limit: Duration = .seconds(2)) async {
        let deadline = ContinuousClock.now + limit
        task.cancel()
        var batch = await task.value
        while true {
            if batch.isEmpty { batch = tracer.take(upTo: Self.batchLimit) }
            let left = deadline - .now
            guard !batch.isEmpty, left > .zero,
                case .answered = await Self.send(batch, target, transport, min(left, Self.timeout))
            else { break }
            batch = []
        }
        await transport.close()
    }

    /// - Returns: spans that were taken and not sent when it was cancelled.
    private static func run(
        _ tracer: Tracer, _ target: Target, _ transport: HTTPTransport,
        _ report: @Sendable (String?) -> Void
    ) async -> [Span.Record] {
        var isWell = true
        while !Task.isCancelled {
            try? await Task.sleep(for: pause)
            while !Task.isCancelled, case let batch = tracer.take(upTo: batchLimit), !batch.isEmpty {
                let trouble = await deliver(batch, target, transport)
                if trouble != nil, Task.isCancelled { return batch }
                if trouble != nil { tracer.drop(batch.count) }
                if isWell != (trouble == nil) { report(trouble) }
                isWell = trouble == nil
            }
        }
        return []
    }

    /// Sends spans, again where that may help.
    ///
    /// - Returns: why they did not arrive; nil where they did.
    private static func deliver(
        _ batch: [Span.Record], _ target: Target, _ transport: HTTPTransport
    ) async -> String? {
        var trouble = ""
        for attempt in 0..<attempts where !Task.isCancelled {
            var rest = Duration.milliseconds(500 << attempt)
            // What is under way is finished although the task may end meanwhile: it would be sent twice.
            switch await Task(operation: { await send(batch, target, transport, timeout) }).value {
            case .answered: return nil
            case .absent: return "the collector does not take them"
            case .later(let asked, let reason):
                trouble = reason
                if let asked { rest = .nanoseconds(Int64(clamping: asked)) }
            case .failed(let reason): trouble = reason
            }
            if attempt + 1 < attempts { try? await Task.sleep(for: min(rest, longestRest)) }
        }
        return trouble
    }

    private static func send(
        _ batch: [Span.Record], _ target: Target, _ transport: HTTPTransport, _ time: Duration
    ) async -> HTTPTransport.Outcome {
        await transport.post(
            OTLPText.request(batch, resource: target.resource, version: target.version), to: target.endpoint,
            target.path, headers: target.headers, timeout: .nanoseconds(Int64(time / .nanoseconds(1))))
    }
}

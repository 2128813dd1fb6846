package import NIOCore
import Synchronization

/// Asks one endpoint after another until one gives an answer that can be used, within a bound of time.
package final class EndpointAsking: Sendable {
    private let endpoints: [Endpoint]
    private let settings: EthereumClient.Settings
    private let selection: Mutex<EndpointSelection>
    private let start = ContinuousClock.now

    package init(_ endpoints: [Endpoint], _ settings: EthereumClient.Settings) throws(EthereumClientError) {
        guard !endpoints.isEmpty else { throw .endpoint("there is no endpoint to ask") }
        self.endpoints = endpoints
        self.settings = settings
        selection = Mutex(EndpointSelection(endpoints))
    }

    /// Nanoseconds since the start.
    private var now: UInt64 { UInt64(max(0, (ContinuousClock.now - start) / .nanoseconds(1))) }

    /// - Parameters:
    ///   - patience: for this answer, where it is another than in the settings.
    ///   - sizeMatters: whether an endpoint whose limit is exceeded (-32005, EIP-1474) was asked for too much at once, and is
    ///     to be asked for less; otherwise it was asked too often, and is asked again later.
    ///   - send: one request to one endpoint.
    ///   - read: makes the result of an answer's body and whether its status was one of success.
    /// - Throws: what `read` threw where another endpoint would say the same; `unreachable` where time is up.
    package func ask<Result>(
        patience: Duration? = nil, sizeMatters: Bool = false,
        _ send: (Endpoint, TimeAmount) async -> HTTPTransport.Outcome,
        read: (ByteBuffer, _ isFound: Bool) throws(EthereumClientError) -> Result
    ) async throws(EthereumClientError) -> Result {
        let deadline = now &+ UInt64((patience ?? settings.patience) / .nanoseconds(1))
        var reasons = [String?](repeating: nil, count: endpoints.count)
        var withoutIt: Set<Int> = []
        while true {
            let (index, time) = selection.withLock { $0.choose(at: now) }
            guard time < deadline else { break }
            if time > now {
                do { try await Task.sleep(for: .nanoseconds(Int64(time - now))) } catch { break }
            }
            // Read once: the clock may pass the deadline between two looks.
            let began = now
            guard began < deadline else { break }
            let timeout = min(UInt64(settings.requestTimeout / .nanoseconds(1)), deadline - began)
            let outcome = await send(endpoints[index], .nanoseconds(Int64(timeout)))
            if Task.isCancelled { break }
            switch outcome {
            case .answered(let body), .absent(let body):
                let isFound = if case .answered = outcome { true } else { false }
                do throws(EthereumClientError) {
                    let result = try read(body, isFound)
                    selection.withLock { $0.succeeded(index) }
                    return result
                } catch {
                    reasons[index] = error.message
                    try consider(error, of: index, sizeMatters: sizeMatters, &withoutIt)
                }
            case .later(let pause, let reason):
                reasons[index] = reason
                selection.withLock { $0.failed(index, at: now, pause: pause) }
            case .failed(let reason):
                reasons[index] = reason
                selection.withLock { $0.failed(index, at: now) }
            }
        }
        throw .unreachable(
            zip(endpoints, reasons).map { "\($0.name): \($1 ?? "not asked in the time that there was")" })
    }

    /// Throws the error where another endpoint would say the same.
    private func consider(
        _ error: EthereumClientError, of index: Int, sizeMatters: Bool, _ withoutIt: inout Set<Int>
    ) throws(EthereumClientError) {
        switch error {
        // Providers say so that there were too many requests, or that one was too large.
        case .refused(code: -32_005, _, _) where !sizeMatters:
            selection.withLock { $0.failed(index, at: now) }
        case .malformed, .unproven:
            selection.withLock { $0.failed(index, at: now) }
        case .refused(code: 3, _, _), .refused(_, _, data: .some):
            // What a contract said is the same everywhere.
            selection.withLock { $0.succeeded(index) }
            throw error
        case .notFound, .refused:
            // Another may be further ahead, or have less trouble of its own.
            withoutIt.insert(index)
            guard withoutIt.count < endpoints.count else { throw error }
            selection.withLock { $0.failed(index, at: now, pause: EndpointSelection.firstPause) }
        case .endpoint, .unreachable:
            selection.withLock { $0.succeeded(index) }
            throw error
        }
    }
}

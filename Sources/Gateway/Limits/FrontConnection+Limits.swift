import JSONRPC
import NIOCore

/// Who may ask how much.
extension FrontConnection {
    /// The longest that a client is not listened to after it was refused.
    private static let longestPause = TimeAmount.seconds(1)
    private static let longestTunnelPause = TimeAmount.seconds(10)

    /// Refuses a request that is more than its sender may ask; true where it did.
    func sheds(_ request: FrontRequest, _ place: RollupPlace, at now: NIODeadline) -> Bool {
        guard let (asker, allowance) = allowance(request, place) else { return false }
        let weight =
            request.bodyIsGzip
            ? CallWeight.compressed : request.body.withUnsafeReadableBytes { CallWeight.weight(of: $0) }
        let wait = place.traffic.take(weight, from: asker, of: allowance, at: now)
        guard wait > 0 else { return false }
        let whose = if case .key = asker { "this key" } else { "this address" }
        shed(
            request, place, .rate, .tooManyRequests,
            "limit exceeded: \(Self.text(allowance.rate)) requests/s and \(Self.text(allowance.burst)) at once for \(whose), "
                + "and this one weighs \(Self.text(weight))", after: .nanoseconds(Int64(wait)))
        return true
    }

    /// Whose allowance a request is on; nil where it may ask as it likes.
    private func allowance(_ request: FrontRequest, _ place: RollupPlace) -> (RollupTraffic.Asker, Allowance)? {
        if let holder = request.holder { return holder.allowance.map { (.key(holder.name), $0) } }
        let limits = place.traffic.limits
        guard address != .loopback || limits.includesLoopback else { return nil }
        return limits.allowance.map { (.address(address), $0) }
    }

    /// Answers that a request is not taken, and does not listen to the client for a while.
    func shed(
        _ request: FrontRequest, _ place: RollupPlace, _ reason: Shedding, _ status: HTTPStatus, _ message: String,
        after wait: TimeAmount
    ) {
        place.traffic.countShed(reason)
        let milliseconds = UInt64(max(1, (wait.nanoseconds + 999_999) / 1_000_000))
        let refusal = request.failure(status, code: -32005, message, retryAfter: milliseconds, limit: reason.word)
        request.trace?.answered(refusal)
        write(refusal)
        // A client that does not wait would cost others as much as one that is answered.
        pause(min(wait, Self.longestPause))
        goOn(request)
    }

    /// How long a client must not send more in a WebSocket; nil where it may.
    func tunnelWait(_ bytes: Int, _ request: FrontRequest, _ place: RollupPlace) -> TimeAmount? {
        place.traffic.countReceived(bytes)
        guard let (asker, allowance) = allowance(request, place) else { return nil }
        let weight = max(1, Double(bytes) / Self.bytesOfARequest)
        let wait = place.traffic.charge(weight, to: asker, of: allowance, at: .now())
        return wait > 0 ? min(.nanoseconds(Int64(wait)), Self.longestTunnelPause) : nil
    }

    /// Counts the connection to the rollup of its newest request.
    ///
    /// - Throws: where that has its share of the gateway's connections or memory.
    func belong(to request: FrontRequest) throws(RequestHead.Refusal) {
        let traffic = request.place?.traffic
        if place?.traffic !== traffic {
            place?.traffic.connections -= 1
            traffic?.connections += 1
        }
        place = request.place
        guard let traffic else { return }
        let length = if case .bytes(let length) = request.bodyLength { length } else { 0 }
        guard traffic.connections <= max(1, limits.connections / 2) else {
            traffic.countShed(.connections)
            throw .init(.serviceUnavailable, "limit exceeded: this rollup has half of the gateway's connections")
        }
        guard traffic.heldBytes + length <= rollupMemory else {
            traffic.countShed(.memory)
            throw .init(.serviceUnavailable, "limit exceeded: this rollup's requests have half of the gateway's memory")
        }
    }

    /// Bytes that the unanswered requests of one rollup may have.
    var rollupMemory: Int { gateway.settings.memoryLimit / 2 }

    /// What stands for a request in a WebSocket, where messages are not looked into.
    private static let bytesOfARequest = 100.0

    private static func text(_ number: Double) -> String {
        number.rounded() == number && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}

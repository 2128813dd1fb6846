import JSONRPC
import Lifecycles
import NIOCore
import Spans

/// The gateway's figures as Prometheus reads them.
extension Gateway {
    /// Rollups that have figures of their own: those that were asked most; all others have them together.
    private static let ownFiguresLimit = 200
    /// What all others are called: no rollup can be.
    private static let othersName = "_others"

    func metrics() -> HTTPAnswer {
        var text = summary()
        let asked = places.values.filter { $0.traffic.figures.requests > 0 }
            .sorted { $0.traffic.figures.requests > $1.traffic.figures.requests }
        var rollups = asked.prefix(Self.ownFiguresLimit).map { place in
            (place.rollup.name, place.traffic.figures, place.traffic.inFlight, place.cache.byteCount)
        }
        if asked.count > Self.ownFiguresLimit {
            var others = (Self.othersName, RollupFigures(), 0, 0)
            for place in asked.dropFirst(Self.ownFiguresLimit) {
                others.1.add(place.traffic.figures)
                others.2 += place.traffic.inFlight
                others.3 += place.cache.byteCount
            }
            rollups.append(others)
        }
        func family(_ name: String, _ kind: String, _ help: String, _ value: (RollupFigures, Int, Int) -> Int) {
            text += Self.begin(name, kind, help)
            for (rollup, figures, inFlight, bytes) in rollups {
                text += "mayfly_gateway_\(name){rollup=\"\(rollup)\"} \(value(figures, inFlight, bytes))\n"
            }
        }
        family("requests_total", "counter", "HTTP requests, a batch is one.") { figures, _, _ in figures.requests }
        family("cache_hits_total", "counter", "Answers that were known.") { figures, _, _ in figures.hits }
        family("cache_misses_total", "counter", "Reads that the process was asked.") { figures, _, _ in figures.misses }
        family("received_bytes_total", "counter", "Bytes of bodies and WebSockets from clients.") { figures, _, _ in
            figures.receivedBytes
        }
        family("sent_bytes_total", "counter", "Bytes to clients.") { figures, _, _ in figures.sentBytes }
        family("in_flight_requests", "gauge", "Requests that the process has or that wait for it.") { _, count, _ in
            count
        }
        family("cache_bytes", "gauge", "Bytes of known answers.") { _, _, bytes in bytes }
        text += Self.begin("shed_total", "counter", "Requests that were refused, by reason.")
        for (rollup, figures, _, _) in rollups {
            for reason in Shedding.allCases {
                text += "mayfly_gateway_shed_total{rollup=\"\(rollup)\",reason=\"\(reason.word)\"} "
                text += "\(figures.shed[reason.rawValue])\n"
            }
        }
        text += Self.begin("request_seconds", "histogram", "From a whole request to its whole answer.")
        for (rollup, figures, _, _) in rollups { text += Self.histogram(figures.latency, rollup) }
        text += Self.begin("rollup_state", "gauge", "1 for what the rollup's processes do.")
        for place in asked.prefix(Self.ownFiguresLimit) {
            text += "mayfly_gateway_rollup_state{rollup=\"\(place.rollup.name)\",place=\"\(place.word)\"} 1\n"
        }
        return HTTPAnswer(contentType: "text/plain; version=0.0.4; charset=utf-8", body: ByteBuffer(string: text))
    }

    private static func begin(_ name: String, _ kind: String, _ help: String) -> String {
        "# HELP mayfly_gateway_\(name) \(help)\n# TYPE mayfly_gateway_\(name) \(kind)\n"
    }

    private static func histogram(_ histogram: LatencyHistogram, _ rollup: String) -> String {
        var text = ""
        var count = 0
        for (index, part) in histogram.counts.enumerated() {
            count += part
            let bound =
                index < LatencyHistogram.bounds.count ? "\(Double(LatencyHistogram.bounds[index]) / 1e9)" : "+Inf"
            text += "mayfly_gateway_request_seconds_bucket{rollup=\"\(rollup)\",le=\"\(bound)\"} \(count)\n"
        }
        text += "mayfly_gateway_request_seconds_sum{rollup=\"\(rollup)\"} \(Double(histogram.sum) / 1e9)\n"
        return text + "mayfly_gateway_request_seconds_count{rollup=\"\(rollup)\"} \(count)\n"
    }

    /// Of all rollups together.
    private func summary() -> String {
        var counts: [String: Int] = [:]
        var (wakes, waiting, served) = (0, 0, 0)
        var (replicas, reads, retries) = (0, 0, 0)
        for place in places.values {
            counts[place.word, default: 0] += 1
            wakes += place.wakeCount
            waiting += place.waitingCount
            served += place.servedCount
            guard let own = place.replicas else { continue }
            replicas += own.readyCount
            reads += own.figures.answers
            retries += own.figures.retries
        }
        var text = Self.begin("rollups", "gauge", "Rollups by what their processes do.")
        for word in ["idle", "waking", "awake", "stopping", "resting", "outside", "closed"] {
            text += "mayfly_gateway_rollups{place=\"\(word)\"} \(counts[word] ?? 0)\n"
        }
        for (name, kind, help, value) in [
            ("wakes_total", "counter", "How often processes were started and served.", wakes),
            ("waiting_requests", "gauge", "Requests that wait for a process.", waiting),
            ("served_requests", "gauge", "Requests and WebSockets that a process has.", served),
            ("replicas", "gauge", "Read replicas that answer.", replicas),
            ("replica_reads_total", "counter", "Reads that replicas answered.", reads),
            ("replica_retries_total", "counter", "Reads that went to a node after a replica.", retries),
            ("connections", "gauge", "Open connections.", gate.count),
            ("held_bytes", "gauge", "Bytes of requests that are not answered.", heldBytes),
            ("known_answer_bytes", "gauge", "Bytes of all answers that are known.", cacheBudget.used),
        ] {
            text += Self.begin(name, kind, help) + "mayfly_gateway_\(name) \(value)\n"
        }
        return text + ProcessTracing.metrics
    }
}

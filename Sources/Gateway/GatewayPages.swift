import JSONRPC
import Lifecycles
import NIOCore

extension Idling.Place {
    /// The one word for it.
    var word: StaticString {
        switch self {
        case .idle: "idle"
        case .waking: "waking"
        case .awake: "awake"
        case .stopping: "stopping"
        case .resting: "resting"
        case .closed: "closed"
        }
    }
}

extension RollupPlace {
    fileprivate var word: String {
        if case .closed = place { return "closed" }
        return outside == nil ? "\(place.word)" : "outside"
    }
}

extension Gateway {
    /// What the gateway itself answers to a path, without waking anybody; nil for nothing.
    func page(_ path: [Substring]) -> HTTPAnswer? {
        switch path.count {
        case 0: return HTTPAnswer(text: "")
        case 1:
            switch path[0] {
            case "health", "ready":
                return .json {
                    $0.beginObject(); $0.key("status"); $0.string("ok"); $0.endObject()
                }
            case "metrics": return metrics()
            default: return place(named: String(path[0])).map { status($0) }
            }
        case 2:
            if path[1] == "metrics" { return place(named: String(path[0])).map { figures($0) } }
            guard path[1] == "health" || path[1] == "ready" else { return nil }
            return place(named: String(path[0])).map { status($0) }
        default: return nil
        }
    }

    /// The metrics of a rollup's node as they were seconds ago: nobody is woken or kept awake by asking.
    private func figures(_ place: RollupPlace) -> HTTPAnswer {
        guard let page = place.figures() else {
            return .json(status: 503) { json in
                json.beginObject()
                json.key("place")
                json.string("\(place.place.word)")
                json.endObject()
            }
        }
        return HTTPAnswer(contentType: "text/plain; version=0.0.4; charset=utf-8", body: ByteBuffer(string: page))
    }

    private func status(_ place: RollupPlace) -> HTTPAnswer {
        .json { json in
            json.beginObject()
            json.key("name")
            json.string(place.rollup.name)
            json.key("place")
            json.string(place.word)
            json.key("wakes")
            json.number(Int64(place.wakeCount))
            json.endObject()
        }
    }

    private func metrics() -> HTTPAnswer {
        var counts: [String: Int] = [:]
        var (wakes, waiting, served) = (0, 0, 0)
        for place in places.values {
            counts[place.word, default: 0] += 1
            wakes += place.wakeCount
            waiting += place.waitingCount
            served += place.servedCount
        }
        var text =
            "# HELP mayfly_gateway_rollups Rollups by what their processes do.\n# TYPE mayfly_gateway_rollups gauge\n"
        for word in ["idle", "waking", "awake", "stopping", "resting", "outside", "closed"] {
            text += "mayfly_gateway_rollups{place=\"\(word)\"} \(counts[word] ?? 0)\n"
        }
        for (name, kind, help, value) in [
            ("wakes_total", "counter", "How often processes were started and served.", wakes),
            ("waiting_requests", "gauge", "Requests that wait for a process.", waiting),
            ("served_requests", "gauge", "Requests and WebSockets that a process has.", served),
            ("connections", "gauge", "Open connections.", gate.count),
            ("held_bytes", "gauge", "Bytes of requests that are not answered.", heldBytes),
        ] {
            text += "# HELP mayfly_gateway_\(name) \(help)\n# TYPE mayfly_gateway_\(name) \(kind)\n"
            text += "mayfly_gateway_\(name) \(value)\n"
        }
        return HTTPAnswer(contentType: "text/plain; version=0.0.4; charset=utf-8", body: ByteBuffer(string: text))
    }
}

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
    /// The one word for what becomes of it.
    var word: String {
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
                json.string(place.word)
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
            json.key("replicas")
            json.number(Int64(place.replicas?.readyCount ?? 0))
            json.endObject()
        }
    }
}

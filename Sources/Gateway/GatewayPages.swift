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
            guard path[1] == "health" || path[1] == "ready" else { return nil }
            return place(named: String(path[0])).map { status($0) }
        default: return nil
        }
    }

    private func status(_ place: RollupPlace) -> HTTPAnswer {
        .json { json in
            json.beginObject()
            json.key("name")
            json.string(place.rollup.name)
            json.key("place")
            json.string("\(place.place.word)")
            json.key("wakes")
            json.number(Int64(place.wakeCount))
            json.endObject()
        }
    }
}

import Synchronization

/// Decides what is recorded, and holds it until it is taken away.
public final class Tracer: Sendable {
    /// Spans that wait at a time; more are dropped.
    public static let capacity = 4_096

    private let capacity: Int
    /// A trace is recorded whose identity's last 56 bits lie below.
    private let bound: UInt64
    private let waiting = Mutex<[Span.Record]>([])
    private let dropped = Atomic<UInt64>(0)

    /// - Parameter ratio: the part of traces that begin here which are recorded, 0 to 1.
    public init(ratio: Double = 1, capacity: Int = Tracer.capacity) {
        self.capacity = max(1, capacity)
        bound = UInt64((min(max(ratio, 0), 1) * Double(UInt64(1) << 56)).rounded())
    }

    private func samples(_ traceLow: UInt64) -> Bool { traceLow & (1 << 56 - 1) < bound }

    /// The first span in this process of what came from elsewhere, and what to tell others of the trace in any case: what
    /// comes with a decision keeps it, else a new trace begins.
    public func accept(
        _ name: String, _ kind: Span.Kind, _ traceparent: String?, _ tracestate: @autoclosure () -> String?
    ) -> (span: Span?, context: TraceContext) {
        let parent = traceparent.flatMap { TraceContext(traceparent: $0, tracestate: tracestate()) }
        let context = parent.map { $0.isSampled ? $0.next() : $0 } ?? .root(isSampled: samples)
        guard context.isSampled else { return (nil, context) }
        return (Span(name, kind, context, parentID: parent?.spanID ?? 0, self), context)
    }

    /// The first span of a trace that begins here; nil where it is not recorded.
    public func begin(_ name: String, _ kind: Span.Kind) -> Span? {
        let context = TraceContext.root(isSampled: samples)
        return context.isSampled ? Span(name, kind, context, parentID: 0, self) : nil
    }

    func keep(_ record: Span.Record) {
        let hasRoom = waiting.withLock { waiting in
            guard waiting.count < capacity else { return false }
            waiting.append(record)
            return true
        }
        if !hasRoom { drop(1) }
    }

    /// Takes the oldest spans that are over.
    public func take(upTo limit: Int) -> [Span.Record] {
        waiting.withLock { waiting in
            let taken = Array(waiting.prefix(limit))
            waiting.removeFirst(taken.count)
            return taken
        }
    }

    /// Counts spans that nobody will see.
    public func drop(_ count: Int) { dropped.wrappingAdd(UInt64(count), ordering: .relaxed) }

    public var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }
}

/// The tracing of this process. It is off until it is begun, and then costs one look at a flag.
public enum ProcessTracing {
    private static let flag = Atomic<Bool>(false)
    private static let installed = Mutex<Tracer?>(nil)

    /// Whether anything may be recorded.
    public static var isOn: Bool { flag.load(ordering: .relaxed) }

    /// Nil while it is off.
    public static var tracer: Tracer? { isOn ? installed.withLock { $0 } : nil }

    /// Begins to record; nil ends it.
    public static func use(_ tracer: Tracer?) {
        installed.withLock { $0 = tracer }
        flag.store(tracer != nil, ordering: .relaxed)
    }

    /// A span of work that nobody has asked for from outside: part of what the task does, or the first of a trace.
    ///
    /// - Returns: nil where it is not recorded.
    public static func begin(_ name: String, _ kind: Span.Kind = .internal) -> Span? {
        guard isOn else { return nil }
        return Span.current?.child(name, kind) ?? tracer?.begin(name, kind)
    }

    /// Spans that were recorded, and that nobody will see: the collector was not there, or too slow.
    public static var droppedCount: UInt64 { tracer?.droppedCount ?? 0 }
}

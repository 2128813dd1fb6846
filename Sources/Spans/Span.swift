import Glibc
import Synchronization

/// One piece of work in a trace: it is recorded when it ends, and ends with its last reference at the latest.
///
/// Only what is recorded has one: where nothing is, there is nil in its place.
public final class Span: Sendable {
    /// As OTLP numbers them.
    public enum Kind: Int, Sendable {
        case `internal` = 1
        case server, client, producer, consumer
    }

    public enum Value: Sendable, Equatable {
        case text(String)
        case number(Int64)
        case flag(Bool)
    }

    /// A span that is over.
    public struct Record: Sendable {
        public var name: String
        public var kind: Kind
        public var context: TraceContext
        /// Zero for none.
        public var parentID: UInt64
        /// Nanoseconds since the Unix epoch.
        public var start, end: UInt64
        public var attributes: [(key: String, value: Value)] = []
        public var events: [(time: UInt64, name: String)] = []
        /// What went wrong, a word; nil for nothing.
        public var failure: String?
    }

    /// That of the work which the task does.
    @TaskLocal public static var current: Span?

    public let context: TraceContext
    private let tracer: Tracer
    /// Nil once it is over.
    private let record: Mutex<Record?>
    private let began = ContinuousClock.now

    /// What one span may have; more is left out.
    static let attributeLimit = 32
    static let eventLimit = 64
    static let textLimit = 256

    init(_ name: String, _ kind: Kind, _ context: TraceContext, parentID: UInt64, _ tracer: Tracer) {
        self.context = context
        self.tracer = tracer
        let now = Self.now
        record = Mutex(
            Record(
                name: Self.bounded(name), kind: kind, context: context, parentID: parentID, start: now, end: now))
    }

    deinit { end() }

    /// Nanoseconds since the Unix epoch.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func bounded(_ text: String) -> String {
        text.utf8.count <= textLimit ? text : String(decoding: text.utf8.prefix(textLimit), as: UTF8.self)
    }

    /// A part of this work.
    public func child(_ name: String, _ kind: Kind = .internal) -> Span {
        Span(name, kind, context.next(), parentID: context.spanID, tracer)
    }

    public func rename(_ name: String) { record.withLock { $0?.name = Self.bounded(name) } }

    public func set(_ key: StaticString, _ text: String) { set(key, .text(Self.bounded(text))) }
    public func set(_ key: StaticString, _ number: some BinaryInteger) { set(key, .number(Int64(clamping: number))) }
    public func set(_ key: StaticString, _ flag: Bool) { set(key, .flag(flag)) }

    private func set(_ key: StaticString, _ value: Value) {
        let key = "\(key)"
        record.withLock { record in
            guard record != nil else { return }
            if let index = record?.attributes.firstIndex(where: { $0.key == key }) {
                record?.attributes[index].value = value
            } else if record?.attributes.count ?? 0 < Self.attributeLimit {
                record?.attributes.append((key, value))
            }
        }
    }

    /// Notes that something has happened meanwhile.
    public func note(_ event: String) {
        let time = Self.now
        record.withLock { record in
            guard record?.events.count ?? Self.eventLimit < Self.eventLimit else { return }
            record?.events.append((time, Self.bounded(event)))
        }
    }

    /// Says that the work went wrong.
    ///
    /// - Parameter kind: of the error: one of few words, or a code.
    public func fail(_ kind: String) {
        set("error.type", kind)
        record.withLock { $0?.failure = Self.bounded(kind) }
    }

    /// The work is over; nothing more is taken of it.
    public func end() {
        guard var done = record.withLock({ $0.take() }) else { return }
        // Of one clock that does not go back.
        done.end = done.start + UInt64(max(0, (ContinuousClock.now - began) / .nanoseconds(1)))
        tracer.keep(done)
    }

    /// Does work as a part of a span's; where there is none, as a part of whatever it is already.
    public static func within<Result, Failure: Error>(
        _ span: Span?, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        guard let span else { return try await body() }
        let result = await $current.withValue(span) { () async -> Swift.Result<Result, Failure> in
            do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

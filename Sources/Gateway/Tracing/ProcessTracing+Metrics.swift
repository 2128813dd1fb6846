import Spans

extension ProcessTracing {
    /// What a page for Prometheus has of it.
    static var metrics: String {
        """
        # HELP mayfly_trace_spans_dropped_total Recorded spans that no collector got.
        # TYPE mayfly_trace_spans_dropped_total counter
        mayfly_trace_spans_dropped_total \(droppedCount)

        """
    }
}

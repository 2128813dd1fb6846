import NIOCore

/// Writes figures in the text format of Prometheus.
struct MetricsText {
    private(set) var buffer = ByteBuffer()

    enum Kind: String {
        case gauge, counter
    }

    /// Writes one figure with its description.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: some Numeric & CustomStringConvertible) {
        begin(name, kind, help)
        buffer.writeString("\(name) \(value)\n")
    }

    /// Writes a figure for each value of a label.
    mutating func add<Value: Numeric & CustomStringConvertible>(
        _ name: String, _ kind: Kind, _ help: String, label: String, _ values: [(String, Value)]
    ) {
        begin(name, kind, help)
        for (key, value) in values { buffer.writeString("\(name){\(label)=\"\(key)\"} \(value)\n") }
    }

    private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        buffer.writeString("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n")
    }
}

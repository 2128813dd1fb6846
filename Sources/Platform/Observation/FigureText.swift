/// Figures in the text format of Prometheus.
struct FigureText {
    private(set) var text = ""

    /// One figure, or one for each set of labels.
    mutating func add(
        _ name: String, _ kind: String, _ help: String, _ values: [(labels: [(String, String)], value: Double)]
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        for (labels, value) in values {
            let inner = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
            text += "\(name)\(labels.isEmpty ? "" : "{\(inner)}") \(Self.number(value))\n"
        }
    }

    mutating func add(_ name: String, _ kind: String, _ help: String, _ value: Double) {
        add(name, kind, help, [([], value)])
    }

    /// Whole numbers without a point.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}

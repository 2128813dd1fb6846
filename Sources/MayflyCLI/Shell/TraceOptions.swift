import ArgumentParser
import EthereumClient
import Foundation
import SpanExport
import Spans
import Synchronization

/// Where the process's part of traces goes. What it starts inherits that.
struct TraceOptions: ParsableArguments {
    @Option(
        name: .customLong("otlp"),
        help: ArgumentHelp(
            "Send traces to this collector, as OTLP over HTTP in JSON to URL/v1/traces. Default: as OTEL_EXPORTER_OTLP_ENDPOINT "
                + "says, else none.", valueName: "url"))
    var endpoint: String?

    @Option(
        name: .customLong("trace-sample"),
        help: ArgumentHelp(
            "The part of traces that begin here which are sent, 0 to 1; what comes with a decision keeps it. Default: as "
                + "OTEL_TRACES_SAMPLER_ARG says, else 1.", valueName: "ratio"))
    var ratio: Double?

    func validate() throws {
        if let ratio, !(0...1).contains(ratio) {
            throw ValidationError("--trace-sample takes a number from 0 to 1.")
        }
        if let endpoint {
            do throws(EthereumClientError) { _ = try Endpoint(endpoint) } catch {
                throw ValidationError("--otlp: \(error.message).")
            }
        }
    }

    private static let endpointName = "OTEL_EXPORTER_OTLP_ENDPOINT"
    private static let wholeEndpointName = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    private static let ratioName = "OTEL_TRACES_SAMPLER_ARG"

    /// Begins to trace, where that is asked for. Before anything else is started.
    ///
    /// - Parameter service: what the process is.
    func begin(_ service: String) throws {
        if let endpoint {
            setenv(Self.endpointName, endpoint, 1)
            unsetenv(Self.wholeEndpointName)
            unsetenv("OTEL_SDK_DISABLED")
        }
        if let ratio { setenv(Self.ratioName, "\(ratio)", 1) }
        let environment = ProcessInfo.processInfo.environment
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard value("OTEL_SDK_DISABLED")?.lowercased() != "true",
            let name = [Self.wholeEndpointName, Self.endpointName].first(where: { value($0) != nil }),
            let text = value(name)
        else { return }
        var target: SpanExporter.Target
        do throws(EthereumClientError) { target = .init(try Endpoint(text)) } catch {
            throw CommandFailure("\(endpoint == nil ? name : "--otlp"): \(error.message)")
        }
        if name == Self.wholeEndpointName { target.path = "" }
        var part = 1.0
        if let text = value(Self.ratioName) {
            guard let number = Double(text), (0...1).contains(number) else {
                throw CommandFailure("\(Self.ratioName) is a number from 0 to 1, and not \(text)")
            }
            part = number
        }
        target.headers = Self.pairs(value("OTEL_EXPORTER_OTLP_HEADERS")).map { ($0.0, $0.1) }
        target.resource = [
            ("service.name", "mayfly-" + service), ("service.namespace", "mayfly"),
            ("service.version", Version.number), ("service.instance.id", UUID().uuidString.lowercased()),
            ("telemetry.sdk.language", "swift"), ("telemetry.sdk.name", "mayfly"),
        ]
        for (key, value) in Self.pairs(value("OTEL_RESOURCE_ATTRIBUTES"))
        where !target.resource.contains(where: { $0.key == key }) {
            target.resource.append((key, value))
        }
        target.version = Version.number
        let tracer = Tracer(ratio: part)
        ProcessTracing.use(tracer)
        let collector = target.endpoint.name
        Self.exporter.withLock {
            $0 = SpanExporter(tracer, target) { trouble in
                StandardStreams.writeError(
                    trouble.map { "warning: --otlp: \(collector): \($0): spans are lost until it takes them" }
                        ?? "--otlp: \(collector): all is well again")
            }
        }
    }

    private static let exporter = Mutex<SpanExporter?>(nil)

    /// Sends what is left, for a few seconds at most.
    static func end() async {
        guard let exporter = exporter.withLock({ $0.take() }) else { return }
        await exporter.end()
        ProcessTracing.use(nil)
    }

    /// `name=value` parted by commas, the values with % for what they cannot have.
    static func pairs(_ text: String?) -> [(String, String)] {
        (text ?? "").split(separator: ",").compactMap { part in
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard sides.count == 2, !sides[0].isEmpty else { return nil }
            return (sides[0], sides[1].removingPercentEncoding ?? sides[1])
        }
    }
}

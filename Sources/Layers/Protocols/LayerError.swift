public import Derivation

/// Why a layer did not do what it was asked: what the driver that asked does about it, and what people are told.
public struct LayerError: Error, Equatable, Sendable {
    /// What a driver does: asks again, finds where the chains agree and begins there, or stops and says why.
    public typealias Severity = DerivationError.Severity

    /// Who could not.
    public enum Layer: String, CaseIterable, Sendable {
        case execution
        case dataAvailability = "data availability"
        case settlement
        case security
        case sequencing
    }

    public var layer: Layer
    public var severity: Severity
    /// What is the matter, where, and what mends it.
    public var message: String

    public init(_ layer: Layer, _ severity: Severity, _ message: String) {
        self.layer = layer
        self.severity = severity
        self.message = message
    }
}

extension LayerError: CustomStringConvertible {
    public var description: String { "\(layer.rawValue): \(message)" }
}

import Primitives

/// The creation code of a contract on L1, in this program.
public struct CreationCode: Sendable {
    private let digits: String

    init(_ digits: String) { self.digits = digits }

    /// Without the constructor's arguments.
    public var bytes: [UInt8] {
        guard let bytes = try? Hex.decode("0x" + digits) else {
            preconditionFailure("creation codes are constants of this program")
        }
        return bytes
    }
}

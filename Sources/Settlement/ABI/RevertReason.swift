import Primitives

/// Why a contract reverted, in words.
public enum RevertReason {
    /// `Error(string)` and `Panic(uint256)`, which compilers write.
    private static let error: UInt32 = 0x08c3_79a0
    private static let panic: UInt32 = 0x4e48_7b71

    /// - Parameter data: what the call returned; anything.
    /// - Returns: the reason's text, or the custom error's signature; nil where nothing is known of it.
    public static func text(_ data: [UInt8]) -> String? {
        guard data.count >= 4 else { return nil }
        let selector = data.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        var arguments = ABIReader(Array(data.dropFirst(4)))
        switch selector {
        case error:
            guard let text = try? arguments.string() else { return nil }
            return String(text.prefix(500))
        case panic:
            guard let code = try? arguments.number(UInt64.self) else { return nil }
            return "panic 0x\(String(code, radix: 16))"
        default:
            guard let signature = contractErrors[selector] else { return nil }
            return signature
        }
    }
}

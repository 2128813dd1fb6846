package import Derivation
import Primitives

extension AltDACommitment {
    /// Type byte and commitment in hexadecimal with its prefix, as a server is asked for it.
    package var hexadecimal: String { Hex.encode(encoded) }

    /// Reads what `hexadecimal` gives; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        guard text.hasPrefix("0x"), text.utf8.count <= 2 * AltDAClient.commitmentLimit,
            let bytes = try? Hex.decode(String(text))
        else { return nil }
        self.init(batcherData: [Self.version] + bytes)
    }
}

import EVM
import Primitives

/// Which contract a file of precompile vectors is about, and whose gas schedule its figures follow.
struct PrecompileTarget: Equatable {
    let address: Address
    let revision: Revision

    /// Tells it from the name of the file; nil for an unknown name.
    init?(fileName: String) {
        var name = fileName.lowercased()
        for suffix in [".json", "_bls"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
        if name.hasPrefix("fail-") { name.removeFirst(5) }
        guard let entry = Self.entries.first(where: { $0.name == name }) else { return nil }
        address = Address(truncating: UInt256(entry.address))
        revision = entry.revision
    }

    /// Names for a message.
    static let examples = entries.prefix(8).map(\.name).joined(separator: ", ") + ", ..."

    private static let entries: [(name: String, address: UInt64, revision: Revision)] = [
        ("ecrecover", 0x01, .frontier), ("sha256", 0x02, .frontier), ("ripemd160", 0x03, .frontier),
        ("identity", 0x04, .frontier),
        ("modexp", 0x05, .byzantium), ("modexp_eip2565", 0x05, .berlin), ("modexp_eip7883", 0x05, .osaka),
        ("modexp_eip7823", 0x05, .osaka),
        ("bn256add", 0x06, .istanbul), ("bn256scalarmul", 0x07, .istanbul), ("bn256pairing", 0x08, .istanbul),
        ("blake2f", 0x09, .istanbul), ("pointevaluation", 0x0A, .cancun),
        ("blsg1add", 0x0B, .prague), ("blsg1mul", 0x0C, .prague), ("blsg1multiexp", 0x0C, .prague),
        ("blsg2add", 0x0D, .prague), ("blsg2mul", 0x0E, .prague), ("blsg2multiexp", 0x0E, .prague),
        ("blspairing", 0x0F, .prague), ("blsmapg1", 0x10, .prague), ("blsmapg2", 0x11, .prague),
        ("add_g1", 0x0B, .prague), ("mul_g1", 0x0C, .prague), ("msm_g1", 0x0C, .prague),
        ("add_g2", 0x0D, .prague), ("mul_g2", 0x0E, .prague), ("msm_g2", 0x0E, .prague),
        ("pairing_check", 0x0F, .prague), ("map_fp_to_g1", 0x10, .prague), ("map_fp2_to_g2", 0x11, .prague),
        ("p256verify", 0x0100, .osaka),
    ]
}

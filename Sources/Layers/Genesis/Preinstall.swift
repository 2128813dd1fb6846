import Cryptography
import Derivation
import Foundation
public import Primitives

/// A contract of others that every rollup of the OP Stack has from its start, where it is on other chains
/// (OP Stack specification, preinstalls).
public struct Preinstall: Sendable, Equatable {
    public let name: String
    public let address: Address
    /// Its runtime code.
    public let code: [UInt8]

    /// All of them, as they are on the chain with that identifier: Permit2 has it in its code.
    ///
    /// - Complexity: copies 115 kB; decompresses them at first.
    public static func all(chainID: UInt64) -> [Preinstall] {
        var rest = codes[...]
        return zip(PreinstallCodes.places, addresses).map { place, address in
            var code = Array(rest.prefix(place.count))
            rest = rest.dropFirst(place.count)
            if place.name == permit2 { fill(&code, chainID: chainID, address) }
            return Preinstall(name: place.name, address: address, code: code)
        }
    }

    /// Where they are.
    public static let addresses: [Address] = PreinstallCodes.places.map { place in
        guard let address = try? Address(hex: place.address) else { return flawed() }
        return address
    }

    /// Who deployed the contracts of EIP-4788 and EIP-2935 on other chains, so that an upgrade's transactions of the OP Stack
    /// cannot do it again.
    public static let senders: [Address] = [
        "0x0b799c86a49deeb90402691f1041aa3af2d3c875", "0x3462413af4609098e1e27a490f554f260213d685",
    ].map { text in
        guard let address = try? Address(hex: text) else { return flawed() }
        return address
    }

    /// One after another.
    private static let codes: [UInt8] = {
        guard let stream = Data(base64Encoded: PreinstallCodes.compressed) else { return flawed() }
        let codes = Inflate.decompress(zlib: Array(stream)[...], limit: PreinstallCodes.count)
        guard codes.error == nil, codes.bytes.count == PreinstallCodes.count else { return flawed() }
        return codes.bytes
    }()

    private static let permit2 = "Permit2"
    /// Where Permit2 keeps the chain's identifier and the hash of its EIP-712 domain.
    private static let (chainIDOffset, domainOffset) = (6_945, 6_983)

    private static func fill(_ code: inout [UInt8], chainID: UInt64, _ address: Address) {
        let chain = UInt256(chainID)
        let kind = Keccak256.hash(
            Array("EIP712Domain(string name,uint256 chainId,address verifyingContract)".utf8))
        let words = [kind, Keccak256.hash(Array(permit2.utf8)), Hash256(chain), Hash256(UInt256(address))]
        let domain = Keccak256.hash(words.flatMap { $0.bytes })
        code.replaceSubrange(chainIDOffset..<chainIDOffset + 32, with: Hash256(chain).bytes)
        code.replaceSubrange(domainOffset..<domainOffset + 32, with: domain.bytes)
    }

    private static func flawed<Value>() -> Value {
        preconditionFailure("the preinstalls are constants of this program")
    }
}

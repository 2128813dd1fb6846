import Cryptography
import Primitives

/// The BLS signature vectors of bls12-381-tests (ciphersuite BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_): one
/// `{input, output}` a file; the members of `input`, and for lists the name of the file, say which function is meant.
///
/// Keys and signatures that do not decode make a verification false, as does an empty list.
struct BLSSuite: Suite {
    static let kind = ConformanceKind.bls

    init(options: SuiteOptions) {}

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let vector = try file.json()
        guard vector.isObject, let input = vector["input"], let output = vector["output"],
            let function = Function(input)
        else { return .other(FixtureShape.describe(vector)) }
        reporter.run(function.rawValue) { try Self.check(function, input, output) }
        return .ran
    }

    private enum Function: String {
        case aggregate
        case aggregateVerify = "aggregate_verify"
        case batchVerify = "batch_verify"
        case deserializationG1 = "deserialization_G1"
        case deserializationG2 = "deserialization_G2"
        case fastAggregateVerify = "fast_aggregate_verify"
        case hashToG2 = "hash_to_G2"
        case sign
        case verify

        /// Tells it from the members of the input.
        init?(_ input: JSONValue) {
            if input.isArray {
                self = .aggregate
                return
            }
            guard input.isObject else { return nil }
            switch input.members.map(\.name).sorted() {
            case ["messages", "pubkeys", "signature"]: self = .aggregateVerify
            case ["messages", "pubkeys", "signatures"]: self = .batchVerify
            case ["pubkey"]: self = .deserializationG1
            case ["signature"]: self = .deserializationG2
            case ["message", "pubkeys", "signature"]: self = .fastAggregateVerify
            case ["msg"]: self = .hashToG2
            case ["message", "privkey"]: self = .sign
            case ["message", "pubkey", "signature"]: self = .verify
            default: return nil
            }
        }
    }

    private static func check(_ function: Function, _ input: JSONValue, _ output: JSONValue) throws {
        switch function {
        case .aggregate:
            let signatures = try all(input.elements) { try BLS12381Signature($0.bytes()) }
            let expected = output.isNull ? "none" : Hex.encode(try output.bytes())
            let aggregate = signatures.flatMap { BLS12381Signature.aggregate($0) }
            try Mismatch.check("aggregate", expected: expected, got: aggregate.map { Hex.encode($0.bytes) } ?? "none")
        case .sign:
            let key = BLS12381SecretKey(try UInt256(input.required("privkey").hash()))
            let message = try input.required("message").bytes()
            let expected = output.isNull ? "none" : Hex.encode(try output.bytes())
            try Mismatch.check(
                "signature", expected: expected, got: key.map { Hex.encode($0.sign(message).bytes) } ?? "none")
        case .hashToG2: try checkHash(input, output)
        default:
            guard let expected = output.boolean else { throw output.error(expected: "true or false") }
            try Mismatch.check("result", expected: "\(expected)", got: "\(try verdict(function, input))")
        }
    }

    /// What a function that tells true from false gives.
    private static func verdict(_ function: Function, _ input: JSONValue) throws -> Bool {
        switch function {
        case .deserializationG1: return try BLS12381PublicKey.isPoint(input.required("pubkey").bytes())
        case .deserializationG2: return try BLS12381Signature(input.required("signature").bytes()) != nil
        case .verify:
            guard let key = try BLS12381PublicKey(input.required("pubkey").bytes()),
                let signature = try BLS12381Signature(input.required("signature").bytes())
            else { return false }
            return signature.isValid(for: try input.required("message").bytes(), by: key)
        case .fastAggregateVerify:
            guard let keys = try keys(input), let signature = try BLS12381Signature(input.required("signature").bytes())
            else { return false }
            return signature.isValid(for: try input.required("message").bytes(), byAll: keys)
        case .aggregateVerify:
            guard let keys = try keys(input), let signature = try BLS12381Signature(input.required("signature").bytes())
            else { return false }
            let messages = try messages(input, count: keys.count)
            return signature.isValid(for: keys.indices.map { (keys[$0], messages[$0]) })
        default:
            let signatures = try all(input.required("signatures").elements) { try BLS12381Signature($0.bytes()) }
            guard let keys = try keys(input), let signatures, signatures.count == keys.count else { return false }
            let messages = try messages(input, count: keys.count)
            return BLS12381Signature.areValid(keys.indices.map { (keys[$0], messages[$0], signatures[$0]) })
        }
    }

    private static func keys(_ input: JSONValue) throws -> [BLS12381PublicKey]? {
        try all(input.required("pubkeys").elements) { try BLS12381PublicKey($0.bytes()) }
    }

    private static func messages(_ input: JSONValue, count: Int) throws -> [[UInt8]] {
        let list = try input.required("messages")
        let messages = try list.elements.map { try $0.bytes() }
        guard messages.count == count else { throw list.error(expected: "as many messages as keys") }
        return messages
    }

    /// The values of all elements, or nil where one has none.
    private static func all<Value>(
        _ elements: JSONElements, _ value: (JSONValue) throws -> Value?
    ) throws -> [Value]? {
        var values: [Value] = []
        for element in elements {
            guard let value = try value(element) else { return nil }
            values.append(value)
        }
        return values
    }

    /// A message as text, and both coordinates as two numbers, the u part last.
    private static func checkHash(_ input: JSONValue, _ output: JSONValue) throws {
        let message = Array(try input.required("msg").string().utf8)
        let domain = Array("QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_".utf8)
        let point = BLS12381HashToCurve.g2(message, domain: domain)
        for (name, start) in [("x", 0), ("y", 96)] {
            let got = [start + 48, start].map { Hex.encode(Array(point[$0..<($0 + 48)])) }.joined(separator: ",")
            try Mismatch.check(name, expected: try output.required(name).string(), got: got)
        }
    }
}

import Cryptography
import Primitives

/// Structured data with its types, as people sign it (EIP-712).
struct TypedData {
    private struct Member: Equatable {
        let name: String
        let type: String
    }

    /// The hashes of types that have been needed: one description may be asked for by every element of a list.
    private final class TypeHashes {
        var known: [String: [UInt8]] = [:]
    }

    /// Deeper data is refused: types may hold themselves.
    private static let depthLimit = 64
    /// More types, members of all types, or bytes of a name are refused, as every type's description may have all of them.
    private static let typeLimit = 256
    private static let memberLimit = 2_048
    private static let nameLimit = 256

    private let types: [String: [Member]]
    private let primaryType: String
    private let domain: TypedValue
    private let message: TypedValue
    private let typeHashes = TypeHashes()

    /// Reads the object of `eth_signTypedData_v4`: `types`, `primaryType`, `domain` and `message`.
    init(json text: [UInt8]) throws(TypedDataError) {
        let value = try TypedValue(json: text)
        guard case .object(let typeTable)? = value["types"] else { throw TypedDataError("types are missing") }
        guard let primaryType = value["primaryType"]?.text else { throw TypedDataError("primaryType is missing") }
        guard let domain = value["domain"], case .object(let domainMembers) = domain else {
            throw TypedDataError("domain is missing")
        }
        guard let message = value["message"] else { throw TypedDataError("message is missing") }
        guard typeTable.count <= Self.typeLimit else {
            throw TypedDataError("there are more than \(Self.typeLimit) types")
        }
        var types: [String: [Member]] = [:]
        var memberCount = 0
        for (name, list) in typeTable {
            guard case .array(let elements) = list else { throw TypedDataError("type \(name) is no list of members") }
            var members: [Member] = []
            for element in elements {
                guard let memberName = element["name"]?.text, let type = element["type"]?.text else {
                    throw TypedDataError("a member of type \(name) has no name or no type")
                }
                memberCount += 1
                guard memberCount <= Self.memberLimit else {
                    throw TypedDataError("the types have more than \(Self.memberLimit) members")
                }
                guard [name, memberName, type].allSatisfy({ $0.utf8.count <= Self.nameLimit }) else {
                    throw TypedDataError("a name of a type or member has more than \(Self.nameLimit) bytes")
                }
                members.append(Member(name: memberName, type: type))
            }
            types[name] = members
        }
        if types[Self.domainType] == nil {
            // Its members are known by their names.
            types[Self.domainType] = Self.domainMembers.filter { domainMembers[$0.name] != nil }
        }
        guard types[primaryType] != nil else {
            throw TypedDataError("primaryType \(primaryType) is not among the types")
        }
        (self.types, self.primaryType, self.domain, self.message) = (types, primaryType, domain, message)
    }

    private static let domainType = "EIP712Domain"
    private static let domainMembers = [
        Member(name: "name", type: "string"), Member(name: "version", type: "string"),
        Member(name: "chainId", type: "uint256"), Member(name: "verifyingContract", type: "address"),
        Member(name: "salt", type: "bytes32"),
    ]

    /// What is signed.
    var digest: Hash256 {
        get throws(TypedDataError) {
            var bytes: [UInt8] = [0x19, 0x01]
            bytes += try hash(domain, of: Self.domainType, depth: 0)
            if primaryType != Self.domainType { bytes += try hash(message, of: primaryType, depth: 0) }
            return Keccak256.hash(bytes)
        }
    }

    private func hash(_ value: TypedValue, of type: String, depth: Int) throws(TypedDataError) -> [UInt8] {
        guard depth < Self.depthLimit else { throw TypedDataError("it is nested more than \(Self.depthLimit) deep") }
        guard let members = types[type] else { throw TypedDataError("type \(type) is unknown") }
        guard case .object(let values) = value else { throw TypedDataError("a value of type \(type) is no object") }
        var bytes = typeHash(type)
        for member in members {
            let place = "\(type).\(member.name)"
            bytes += try encode(values[member.name] ?? .null, member.type, place, depth: depth + 1)
        }
        return Keccak256.hash(bytes).bytes
    }

    private func typeHash(_ type: String) -> [UInt8] {
        if let known = typeHashes.known[type] { return known }
        let hash = Keccak256.hash(Array(description(of: type).utf8)).bytes
        typeHashes.known[type] = hash
        return hash
    }

    /// The type and those that it refers to, in the order of their names.
    private func description(of type: String) -> String {
        var found: Set<String> = []
        var waiting = [type]
        while let next = waiting.popLast() {
            guard let members = types[next], found.insert(next).inserted else { continue }
            waiting += members.map { String($0.type.prefix { $0 != "[" }) }
        }
        let ordered = [type] + found.filter { $0 != type }.sorted()
        return ordered.map { name in
            "\(name)(" + (types[name] ?? []).map { "\($0.type) \($0.name)" }.joined(separator: ",") + ")"
        }.joined()
    }

    /// 32 bytes that stand for a value.
    private func encode(
        _ value: TypedValue, _ type: String, _ place: String, depth: Int
    ) throws(TypedDataError) -> [UInt8] {
        guard depth < Self.depthLimit else { throw TypedDataError("it is nested more than \(Self.depthLimit) deep") }
        let wrong = TypedDataError("\(place) is no \(type)")
        if type.hasSuffix("]"), let bracket = type.lastIndex(of: "[") {
            guard case .array(let elements) = value else { throw wrong }
            let count = type[type.index(after: bracket)...].dropLast()
            guard count.isEmpty || Int(count) == elements.count else { throw wrong }
            var bytes: [UInt8] = []
            for element in elements { bytes += try encode(element, String(type[..<bracket]), place, depth: depth + 1) }
            return Keccak256.hash(bytes).bytes
        }
        if types[type] != nil {
            // A structure that is absent is zero, so that types can hold themselves.
            if case .null = value { return Hash256().bytes }
            return try hash(value, of: type, depth: depth)
        }
        switch type {
        case "string":
            guard let text = value.text else { throw wrong }
            return Keccak256.hash(Array(text.utf8)).bytes
        case "bytes":
            guard let bytes = value.bytes else { throw wrong }
            return Keccak256.hash(bytes).bytes
        case "bool":
            guard case .boolean(let isTrue) = value else { throw wrong }
            return UInt256(isTrue ? 1 : 0).bytes
        case "address":
            guard let bytes = value.bytes, bytes.count == 20 else { throw wrong }
            return [UInt8](repeating: 0, count: 12) + bytes
        case _ where type.hasPrefix("bytes"):
            guard let count = Int(type.dropFirst(5)), (1...32).contains(count) else { break }
            guard let bytes = value.bytes, bytes.count == count else { throw wrong }
            return bytes + [UInt8](repeating: 0, count: 32 - count)
        case _ where type.hasPrefix("uint") || type.hasPrefix("int"):
            let width = type.drop { !$0.isNumber }
            guard let bits = width.isEmpty ? 256 : Int(width), bits % 8 == 0, (8...256).contains(bits) else { break }
            guard let word = Self.word(value, bits: bits, isSigned: type.hasPrefix("int")) else { throw wrong }
            return word.bytes
        default: break
        }
        throw TypedDataError("type \(type) of \(place) is unknown")
    }

    /// An integer in two's complement; nil where it does not fit its type.
    private static func word(_ value: TypedValue, bits: Int, isSigned: Bool) -> UInt256? {
        guard let (magnitude, isNegative) = value.integer else { return nil }
        if !isSigned {
            guard !isNegative || magnitude.isZero, magnitude.bitWidth(isAtMost: bits) else { return nil }
            return magnitude
        }
        if !isNegative { return magnitude.bitWidth(isAtMost: bits - 1) ? magnitude : nil }
        guard !magnitude.isZero else { return 0 }
        return (magnitude &- 1).bitWidth(isAtMost: bits - 1) ? 0 &- magnitude : nil
    }
}

extension UInt256 {
    /// Whether so many bits hold it.
    fileprivate func bitWidth(isAtMost bits: Int) -> Bool {
        let limbs = [limb0, limb1, limb2, limb3]
        return limbs.enumerated().allSatisfy { index, limb in
            let room = bits - 64 * index
            return room >= 64 || (room <= 0 ? limb == 0 : limb >> UInt64(room) == 0)
        }
    }
}

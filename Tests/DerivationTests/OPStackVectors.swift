import Foundation
import Primitives
import Testing

/// The official data in `opstack` of the folder that MAYFLY_VECTORS names.
enum OPStackVectors {
    static let folder = ProcessInfo.processInfo.environment["MAYFLY_VECTORS"].map { $0 + "/opstack" }

    static var isThere: Bool { folder != nil }

    static func data(_ path: String) throws -> [UInt8] {
        let folder = try #require(folder)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + path)))
    }

    static func object(_ path: String) throws -> [String: Any] {
        let parsed = try JSONSerialization.jsonObject(with: Data(try data(path)))
        return try #require(parsed as? [String: Any])
    }

    /// `constants.json`: values from other implementations' tests.
    static func constants() throws -> [String: Any] { try object("constants.json") }
}

extension [String: Any] {
    func text(_ key: String) throws -> String { try #require(self[key] as? String) }

    func number(_ key: String) throws -> UInt64 { try #require(self[key] as? NSNumber).uint64Value }

    func bytes(_ key: String) throws -> [UInt8] { try Hex.decode(try text(key)) }

    func object(_ key: String) throws -> [String: Any] { try #require(self[key] as? [String: Any]) }

    func objects(_ key: String) throws -> [[String: Any]] { try #require(self[key] as? [[String: Any]]) }
}

/// Numbers that look random and are the same in each run.
struct Dice {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func number(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

    mutating func word() -> UInt256 { UInt256(limbs: next(), next(), next(), next()) }

    mutating func hash() -> Hash256 { Hash256(word()) }

    mutating func address() -> Address { Address(truncating: word()) }
}

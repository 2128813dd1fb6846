import Cryptography
import Primitives
import StateTransition

/// The hash that state tests give to the ancestors, of which they list none.
enum FixtureBlockHash {
    /// keccak256 of the number's decimal digits, as every client's state test runner has it.
    static func hash(of number: UInt64) -> Hash256 { Keccak256.hash(Array(String(number).utf8)) }
}

/// What state tests say about logs.
enum LogsHash {
    /// keccak256 of the RLP of the list of logs.
    static func of(_ logs: [Log]) -> Hash256 {
        if logs.isEmpty { return EmptyHash.list }
        var writer = RLPWriter()
        writer.appendList { list in for log in logs { log.encode(to: &list) } }
        return Keccak256.hash(writer.bytes)
    }
}

import Blockchain
import EthereumRPC
import JSONRPC
import Primitives

/// The methods that only a chain of one's own can have: other time, other state, other accounts, blocks on command.
///
/// Their names and parameters are those of Anvil and Hardhat, which tools know; where both have a method both names are taken.
struct DevelopmentMethods: Sendable {
    let context: NodeContext
    let producer: BlockProducer
    let accounts: [DevelopmentAccount]

    func add(to methods: inout Methods) {
        let impersonated = ImpersonatedAccounts()
        MiningMethods(producer: producer).add(to: &methods)
        TimeMethods(producer: producer).add(to: &methods)
        BlockMethods(producer: producer).add(to: &methods)
        NodeMethods(context: context, producer: producer).add(to: &methods)
        SnapshotMethods(producer: producer).add(to: &methods)
        StateMethods(producer: producer).add(to: &methods)
        StateDumpMethods(producer: producer).add(to: &methods)
        ImpersonationMethods(impersonated: impersonated).add(to: &methods)
        PoolMethods(chain: context.chain).add(to: &methods)
        TypedDataMethods(accounts: accounts).add(to: &methods)
        AccountMethods(context: context, accounts: accounts, impersonated: impersonated).add(to: &methods)
    }
}

extension Methods {
    /// Adds a method under several names.
    mutating func add(_ names: [String], _ handler: @escaping Handler) {
        for name in names { add(name, handler) }
    }
}

extension JSONReader {
    /// Reads a number as tools write it: as JSON, in hexadecimal, or in decimal digits in a string.
    mutating func readCount() throws(JSONError) -> UInt64 {
        if peek() == .number { return try readUInt64() }
        var ahead = self
        if let value = UInt64(try ahead.readString().string) {
            self = ahead
            return value
        }
        return try readQuantity()
    }

    /// Reads a number below 2^256 in the same forms.
    mutating func readAmount() throws(JSONError) -> UInt256 {
        if peek() == .number { return UInt256(try readUInt64()) }
        var ahead = self
        if let value = UInt256(decimal: try ahead.readString().string) {
            self = ahead
            return value
        }
        return try readUInt256()
    }
}

extension UInt256 {
    /// Reads decimal digits, nothing else; nil where the number does not fit.
    init?(decimal text: String) {
        guard !text.isEmpty, text.utf8.count <= 78 else { return nil }
        self = 0
        for byte in text.utf8 {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let next = self &* 10 &+ UInt256(UInt64(digit))
            // What was lost at the top would be missed here.
            guard (next &- UInt256(UInt64(digit))) / 10 == self, next >= self else { return nil }
            self = next
        }
    }
}

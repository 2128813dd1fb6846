import JSONRPC
import NIOCore
import Primitives

/// A state as one text, in the form of Anvil: JSON, as it is or compressed (gzip).
struct SavedState {
    struct Account {
        var nonce: UInt64 = 0
        var balance: UInt256 = 0
        var code: [UInt8] = []
        var slots: [Hash256: UInt256] = [:]
    }

    /// Bytes of the JSON at most.
    static let byteLimit = 64 << 20

    private(set) var accounts: [Address: Account] = [:]

    /// Reads a text; what is in it beside accounts is passed over.
    init(_ bytes: [UInt8]) throws(RPCError) {
        var text = ByteBuffer(bytes: bytes)
        if bytes.starts(with: [0x1F, 0x8B]) {
            guard let plain = Gzip.decompress(text, limit: Self.byteLimit) else {
                throw .invalidParams("the state is damaged, or larger than \(Self.byteLimit >> 20) MiB")
            }
            text = plain
        }
        var problem: String?
        text.withUnsafeReadableBytes { bytes in
            do throws(JSONError) {
                var reader = JSONReader(bytes)
                problem = try read(&reader)
                if problem == nil { try reader.finish() }
            } catch {
                problem = error.description
            }
        }
        if let problem { throw .invalidParams("the state cannot be read: \(problem)") }
    }

    /// - Returns: what is wrong; nil for nothing.
    private mutating func read(_ reader: inout JSONReader) throws(JSONError) -> String? {
        try reader.beginObject()
        while let name = try reader.nextKey() {
            guard name == "accounts" else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                guard let address = try? Address(hex: key.string) else { return "an account's address is none" }
                guard accounts[address] == nil else { return "account \(address) is there twice" }
                guard let account = try Self.account(&reader) else { return "a slot of account \(address) is none" }
                guard account.nonce < .max else { return "the nonce of account \(address) is not below 2^64 - 1" }
                accounts[address] = account
            }
        }
        return nil
    }

    /// Nil where a slot is not named by 32 bytes, or one is there twice.
    private static func account(_ reader: inout JSONReader) throws(JSONError) -> Account? {
        var account = Account()
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch name {
            case "nonce": account.nonce = try reader.readCount()
            case "balance": account.balance = try reader.readAmount()
            case "code": account.code = try reader.readData()
            case "storage":
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    guard let slot = try? Hash256(hex: key.string), account.slots[slot] == nil else { return nil }
                    account.slots[slot] = try StateMethods.word(&reader)
                }
            default: try reader.skipValue()
            }
        }
        return account
    }
}

import Primitives

/// A text of an answer that is read at once, or the answer is none.
protocol ExplorerText: Decodable, Sendable {
    init?(text: String)
}

extension ExplorerText {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "odd text")
        }
        self = value
    }
}

/// A number of up to 32 bytes: `0x1b4`.
struct ExplorerAmount: ExplorerText {
    var value: UInt256

    init?(text: String) {
        let digits = text.dropFirst(2)
        guard text.hasPrefix("0x"), (1...64).contains(digits.utf8.count),
            let bytes = try? Hex.decode(digits.utf8.count % 2 == 0 ? String(digits) : "0" + digits),
            let value = UInt256(bigEndianBytes: bytes)
        else { return nil }
        self.value = value
    }
}

/// A number of up to eight bytes.
struct ExplorerNumber: ExplorerText {
    var value: UInt64

    init?(text: String) {
        guard let amount = ExplorerAmount(text: text)?.value, amount.byteWidth <= 8 else { return nil }
        value = amount.limb0
    }
}

struct ExplorerHash: ExplorerText {
    /// In lower case.
    var text: String

    init?(text: String) {
        guard text.hasPrefix("0x"), let hash = try? Hash256(hex: text) else { return nil }
        self.text = hash.description
    }
}

struct ExplorerAddress: ExplorerText {
    /// In lower case.
    var text: String

    init?(text: String) {
        guard text.hasPrefix("0x"), let address = try? Address(hex: text) else { return nil }
        self.text = address.description
    }
}

/// Bytes of any number.
struct ExplorerBytes: ExplorerText {
    var bytes: [UInt8]

    /// In lower case.
    var text: String { Hex.encode(bytes) }

    init?(text: String) {
        guard text.hasPrefix("0x"), let bytes = try? Hex.decode(text) else { return nil }
        self.bytes = bytes
    }
}

/// A block with the hashes of its transactions.
struct ExplorerPoint: Decodable, Sendable {
    var number: ExplorerNumber
    var timestamp: ExplorerNumber
}

struct ExplorerBlock: Decodable, Sendable {
    var number: ExplorerNumber
    var hash: ExplorerHash
    var parentHash: ExplorerHash
    var stateRoot: ExplorerHash
    var timestamp: ExplorerNumber
    var gasUsed: ExplorerNumber
    var gasLimit: ExplorerNumber
    var baseFeePerGas: ExplorerAmount?
    var size: ExplorerNumber?
    var transactions: [ExplorerHash]
}

struct ExplorerTransaction: Decodable, Sendable {
    var hash: ExplorerHash
    var from: ExplorerAddress
    var to: ExplorerAddress?
    var value: ExplorerAmount
    var nonce: ExplorerNumber
    var type: ExplorerNumber
    var gas: ExplorerNumber
    var input: ExplorerBytes
    var blockNumber: ExplorerNumber?
    var blockTimestamp: ExplorerNumber?
    var transactionIndex: ExplorerNumber?
    var gasPrice: ExplorerAmount?
}

/// What of a receipt is in a list.
struct ExplorerOutcome: Decodable, Sendable {
    var gasUsed: ExplorerNumber
    var status: ExplorerNumber?
}

struct ExplorerReceipt: Decodable, Sendable {
    struct Log: Decodable, Sendable {
        var logIndex: ExplorerNumber
        var address: ExplorerAddress
        var topics: [ExplorerHash]
        var data: ExplorerBytes
    }

    var blockNumber: ExplorerNumber
    var gasUsed: ExplorerNumber
    var status: ExplorerNumber?
    var contractAddress: ExplorerAddress?
    var effectiveGasPrice: ExplorerAmount?
    var l1Fee: ExplorerAmount?
    var logs: [Log]
}

public import Blockchain
public import JSONRPC
import Primitives
import StateTransition

extension JSONWriter {
    /// Writes a message of the Flashblocks stream.
    ///
    /// - Parameter subBlock: what it is about, for the receipts and balances in its metadata.
    public mutating func flashblock(_ payload: FlashblockPayload, _ subBlock: SubBlock?) {
        beginObject()
        key("payload_id")
        withUnsafeBytes(of: payload.id.bigEndian) { data($0) }
        key("index")
        number(Int64(clamping: payload.index))
        if let base = payload.base {
            key("base")
            self.base(base)
        }
        key("diff")
        difference(payload.difference)
        key("metadata")
        metadata(payload, subBlock)
        endObject()
    }

    private mutating func base(_ base: FlashblockPayload.Base) {
        beginObject()
        member("parent_beacon_block_root", base.parentBeaconBlockRoot)
        member("parent_hash", base.parentHash)
        member("fee_recipient", base.feeRecipient)
        member("prev_randao", base.randomness)
        member("block_number", base.number)
        member("gas_limit", base.gasLimit)
        member("timestamp", base.timestamp)
        member("extra_data", base.extraData)
        member("base_fee_per_gas", base.baseFee)
        endObject()
    }

    private mutating func difference(_ difference: FlashblockPayload.Difference) {
        beginObject()
        member("state_root", difference.stateRoot)
        member("receipts_root", difference.receiptsRoot)
        key("logs_bloom")
        bloom(difference.logsBloom)
        member("gas_used", difference.gasUsed)
        member("block_hash", difference.blockHash)
        key("transactions")
        beginArray()
        for transaction in difference.transactions { data(transaction) }
        endArray()
        key("withdrawals")
        beginArray()
        endArray()
        member("withdrawals_root", difference.withdrawalsRoot)
        if let used = difference.blobGasUsed { member("blob_gas_used", used) }
        endObject()
    }

    /// Writes what existing followers of the stream read from the metadata.
    private mutating func metadata(_ payload: FlashblockPayload, _ subBlock: SubBlock?) {
        beginObject()
        key("block_number")
        number(Int64(clamping: payload.blockNumber))
        key("new_account_balances")
        beginObject()
        for change in subBlock?.changes.accounts ?? [] {
            key(Hex.encode(change.address.bytes))
            quantity(change.record?.balance ?? 0)
        }
        endObject()
        key("receipts")
        beginObject()
        if let subBlock {
            for (hash, receipt) in zip(subBlock.hashes, subBlock.receipts) {
                key(Hex.encode(hash.bytes))
                self.receipt(receipt)
            }
        }
        endObject()
        endObject()
    }

    /// Writes a receipt as the stream has it: under the name of its type.
    private mutating func receipt(_ receipt: Receipt) {
        beginObject()
        switch receipt.kind {
        case .legacy: key("Legacy")
        case .accessList: key("Eip2930")
        case .dynamicFee: key("Eip1559")
        case .blob: key("Eip4844")
        case .setCode: key("Eip7702")
        case .deposit: key("Deposit")
        }
        beginObject()
        member("status", receipt.isSuccess == true ? 1 : 0 as UInt64)
        member("cumulativeGasUsed", receipt.cumulativeGasUsed)
        key("logs")
        beginArray()
        for log in receipt.logs {
            beginObject()
            member("address", log.address)
            key("topics")
            beginArray()
            for topic in log.topics { data(topic) }
            endArray()
            member("data", log.data)
            endObject()
        }
        endArray()
        if let nonce = receipt.depositNonce { member("depositNonce", nonce) }
        if let version = receipt.depositReceiptVersion { member("depositReceiptVersion", version) }
        endObject()
        endObject()
    }
}

extension FlashblockPayload {
    /// Reads a message of the stream; of the metadata only the number of the block.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        var (id, index, number): (UInt64?, UInt64?, UInt64?)
        var base: Base?
        var difference: Difference?
        let start = reader.position
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "payload_id":
                let place = reader.position
                let bytes = try reader.readData()
                guard bytes.count == 8 else { throw JSONError(.wrongHexLength, at: place) }
                id = bytes.reduce(0) { $0 << 8 | UInt64($1) }
            case "index": index = try reader.readUInt64()
            case "base" where reader.peek() == .object: base = try Base(reading: &reader)
            case "diff": difference = try Difference(reading: &reader)
            case "metadata": number = try Self.blockNumber(&reader)
            default: try reader.skipValue()
            }
        }
        guard let id, let index, let difference, let number = number ?? base?.number else {
            throw JSONError(.missingMember, at: start)
        }
        self.init(id: id, index: index, base: base, difference: difference, blockNumber: number)
    }

    private static func blockNumber(_ reader: inout JSONReader) throws(JSONError) -> UInt64? {
        guard reader.peek() == .object else {
            try reader.skipValue()
            return nil
        }
        var number: UInt64?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "block_number", reader.peek() == .number {
                number = try reader.readUInt64()
            } else {
                try reader.skipValue()
            }
        }
        return number
    }
}

extension FlashblockPayload.Base {
    init(reading reader: inout JSONReader) throws(JSONError) {
        var header = BlockHeader()
        var hasParent = false
        let start = reader.position
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "parent_beacon_block_root": header.parentBeaconBlockRoot = try reader.readHash()
            case "parent_hash":
                header.parentHash = try reader.readHash()
                hasParent = true
            case "fee_recipient": header.coinbase = try reader.readAddress()
            case "prev_randao": header.mixHash = try reader.readHash()
            case "block_number": header.number = try reader.readQuantity()
            case "gas_limit": header.gasLimit = try reader.readQuantity()
            case "timestamp": header.timestamp = try reader.readQuantity()
            case "extra_data": header.extraData = try reader.readData()
            case "base_fee_per_gas": header.baseFee = try reader.readUInt256()
            default: try reader.skipValue()
            }
        }
        guard hasParent, header.baseFee != nil else { throw JSONError(.missingMember, at: start) }
        self.init(header)
    }
}

extension FlashblockPayload.Difference {
    init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "state_root": stateRoot = try reader.readHash()
            case "receipts_root": receiptsRoot = try reader.readHash()
            case "logs_bloom":
                let place = reader.position
                guard let bloom = LogsBloom(bytes: try reader.readData()) else {
                    throw JSONError(.wrongHexLength, at: place)
                }
                logsBloom = bloom
            case "gas_used": gasUsed = try reader.readQuantity()
            case "block_hash": blockHash = try reader.readHash()
            case "transactions":
                transactions = try reader.readArray { reader throws(JSONError) in try reader.readData() }
            case "withdrawals_root": withdrawalsRoot = try reader.readHash()
            case "blob_gas_used": blobGasUsed = try reader.readNull() ? nil : try reader.readQuantity()
            default: try reader.skipValue()
            }
        }
    }
}

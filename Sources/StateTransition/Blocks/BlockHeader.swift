import Cryptography
public import Primitives

/// The header of a block of any era; the fields that later eras added are optional, and follow each other.
public struct BlockHeader: Equatable, Sendable {
    public var parentHash: Hash256
    /// keccak256 of the RLP of the uncles' headers.
    public var unclesHash: Hash256
    public var coinbase: Address
    public var stateRoot: Hash256
    public var transactionsRoot: Hash256
    public var receiptsRoot: Hash256
    public var logsBloom: LogsBloom
    /// Zero from Paris on.
    public var difficulty: UInt256
    public var number: UInt64
    public var gasLimit: UInt64
    public var gasUsed: UInt64
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    public var extraData: [UInt8]
    /// The mix of the proof of work; from Paris on the beacon chain's randomness (EIP-4399).
    public var mixHash: Hash256
    /// The nonce of the proof of work; zero from Paris on.
    public var nonce: UInt64
    /// Wei a gas, from London on (EIP-1559).
    public var baseFee: UInt256?
    /// From Shanghai on (EIP-4895); on the OP Stack from Isthmus on the storage root of the message passer.
    public var withdrawalsRoot: Hash256?
    /// From Cancun on (EIP-4844); on the OP Stack from Jovian on the data footprint.
    public var blobGasUsed: UInt64?
    /// From Cancun on (EIP-4844).
    public var excessBlobGas: UInt64?
    /// From Cancun on (EIP-4788).
    public var parentBeaconBlockRoot: Hash256?
    /// From Prague on (EIP-7685).
    public var requestsHash: Hash256?

    public init(
        parentHash: Hash256 = Hash256(), unclesHash: Hash256 = EmptyHash.list, coinbase: Address = Address(),
        stateRoot: Hash256 = EmptyHash.trieRoot, transactionsRoot: Hash256 = EmptyHash.trieRoot,
        receiptsRoot: Hash256 = EmptyHash.trieRoot, logsBloom: LogsBloom = LogsBloom(), difficulty: UInt256 = 0,
        number: UInt64 = 0, gasLimit: UInt64 = 0, gasUsed: UInt64 = 0, timestamp: UInt64 = 0,
        extraData: [UInt8] = [], mixHash: Hash256 = Hash256(), nonce: UInt64 = 0, baseFee: UInt256? = nil,
        withdrawalsRoot: Hash256? = nil, blobGasUsed: UInt64? = nil, excessBlobGas: UInt64? = nil,
        parentBeaconBlockRoot: Hash256? = nil, requestsHash: Hash256? = nil
    ) {
        self.parentHash = parentHash
        self.unclesHash = unclesHash
        self.coinbase = coinbase
        self.stateRoot = stateRoot
        self.transactionsRoot = transactionsRoot
        self.receiptsRoot = receiptsRoot
        self.logsBloom = logsBloom
        self.difficulty = difficulty
        self.number = number
        self.gasLimit = gasLimit
        self.gasUsed = gasUsed
        self.timestamp = timestamp
        self.extraData = extraData
        self.mixHash = mixHash
        self.nonce = nonce
        self.baseFee = baseFee
        self.withdrawalsRoot = withdrawalsRoot
        self.blobGasUsed = blobGasUsed
        self.excessBlobGas = excessBlobGas
        self.parentBeaconBlockRoot = parentBeaconBlockRoot
        self.requestsHash = requestsHash
    }

    /// keccak256 of the RLP: the hash of the block.
    public var hash: Hash256 { Keccak256.hash(encoded) }

    /// The RLP.
    public var encoded: [UInt8] {
        var writer = RLPWriter(minimumCapacity: 640)
        encode(to: &writer)
        return writer.bytes
    }

    // MARK: RLP

    /// Reads a header: fifteen fields, and those of later eras as far as they are there.
    public init(reading reader: inout RLPReader) throws(RLPError) {
        self.init()
        var fields = try reader.readList()
        parentHash = try fields.readHash()
        unclesHash = try fields.readHash()
        coinbase = try fields.readAddress()
        stateRoot = try fields.readHash()
        transactionsRoot = try fields.readHash()
        receiptsRoot = try fields.readHash()
        let bloomBytes = Array(try fields.readBytes())
        guard let bloom = LogsBloom(bytes: bloomBytes) else {
            throw .wrongWidth(expected: 256, actual: bloomBytes.count)
        }
        logsBloom = bloom
        difficulty = try fields.readUInt256()
        number = try fields.readUInt64()
        gasLimit = try fields.readUInt64()
        gasUsed = try fields.readUInt64()
        timestamp = try fields.readUInt64()
        extraData = Array(try fields.readBytes())
        mixHash = try fields.readHash()
        let nonceBytes = try fields.readBytes()
        guard nonceBytes.count == 8 else { throw .wrongWidth(expected: 8, actual: nonceBytes.count) }
        nonce = nonceBytes.reduce(0) { $0 << 8 | UInt64($1) }
        if !fields.isAtEnd { baseFee = try fields.readUInt256() }
        if !fields.isAtEnd { withdrawalsRoot = try fields.readHash() }
        if !fields.isAtEnd { blobGasUsed = try fields.readUInt64() }
        if !fields.isAtEnd { excessBlobGas = try fields.readUInt64() }
        if !fields.isAtEnd { parentBeaconBlockRoot = try fields.readHash() }
        if !fields.isAtEnd { requestsHash = try fields.readHash() }
        try fields.expectEnd()
    }

    /// Decodes exactly one header.
    public init(decoding bytes: [UInt8]) throws(RLPError) {
        var reader = RLPReader(bytes)
        try self.init(reading: &reader)
        try reader.expectEnd()
    }

    /// Appends the RLP.
    public func encode(to writer: inout RLPWriter) {
        writer.appendList { list in
            list.append(parentHash)
            list.append(unclesHash)
            list.append(coinbase)
            list.append(stateRoot)
            list.append(transactionsRoot)
            list.append(receiptsRoot)
            list.append(logsBloom.bytes)
            list.append(difficulty)
            list.append(number)
            list.append(gasLimit)
            list.append(gasUsed)
            list.append(timestamp)
            list.append(extraData)
            list.append(mixHash)
            list.append((0..<8).map { UInt8(truncatingIfNeeded: nonce >> (56 - 8 * UInt64($0))) })
            if let baseFee { list.append(baseFee) }
            if let withdrawalsRoot { list.append(withdrawalsRoot) }
            if let blobGasUsed { list.append(blobGasUsed) }
            if let excessBlobGas { list.append(excessBlobGas) }
            if let parentBeaconBlockRoot { list.append(parentBeaconBlockRoot) }
            if let requestsHash { list.append(requestsHash) }
        }
    }
}

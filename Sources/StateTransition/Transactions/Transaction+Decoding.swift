public import Primitives

/// Why bytes are not a transaction.
public enum TransactionDecodingError: Error, Equatable, Sendable {
    case empty
    /// The first byte names no type that there is.
    case unknownType(UInt8)
    case malformed(RLPError)
    /// The parity of a signature is neither 0 nor 1, or the v of a legacy one says no parity (EIP-155).
    case invalidParity
}

extension Transaction {
    /// Decodes a transaction from its canonical form: the RLP of a legacy one, or type byte and payload (EIP-2718).
    ///
    /// Only the form is checked; the signature is looked at when the sender is recovered.
    public init(decoding bytes: [UInt8]) throws(TransactionDecodingError) { try self.init(decoding: bytes[...]) }

    /// Decodes a transaction from its canonical form.
    public init(decoding bytes: ArraySlice<UInt8>) throws(TransactionDecodingError) {
        guard let first = bytes.first else { throw .empty }
        var kind = Kind.legacy
        if first < 0xC0 {
            guard let typed = Kind(rawValue: first), typed != .legacy else { throw .unknownType(first) }
            kind = typed
        }
        do throws(RLPError) {
            try self.init(kind, payload: kind == .legacy ? bytes : bytes.dropFirst())
        } catch {
            throw .malformed(error)
        }
        switch kind {
        case .legacy:
            if signature.v >= 35 {
                chainID = (signature.v - 35) / 2
            } else if signature.v != 27 && signature.v != 28 {
                throw .invalidParity
            }
        case .deposit: break
        default: if signature.v > 1 { throw .invalidParity }
        }
    }

    private init(_ kind: Kind, payload: ArraySlice<UInt8>) throws(RLPError) {
        self.init(kind: kind)
        var reader = RLPReader(payload)
        var fields = try reader.readList()
        try reader.expectEnd()
        switch kind {
        case .legacy: try readLegacy(&fields)
        case .deposit: try readDeposit(&fields)
        default: try readTyped(&fields)
        }
        try fields.expectEnd()
    }

    private mutating func readLegacy(_ fields: inout RLPReader) throws(RLPError) {
        nonce = try fields.readUInt64()
        maxFeePerGas = try fields.readUInt256()
        maxPriorityFeePerGas = maxFeePerGas
        try readMessage(&fields)
        try readSignature(&fields)
    }

    private mutating func readTyped(_ fields: inout RLPReader) throws(RLPError) {
        chainID = try fields.readUInt64()
        nonce = try fields.readUInt64()
        maxPriorityFeePerGas = try fields.readUInt256()
        maxFeePerGas = kind == .accessList ? maxPriorityFeePerGas : try fields.readUInt256()
        try readMessage(&fields)
        accessList = try AccessListEntry.readList(&fields)
        if kind == .blob {
            maxFeePerBlobGas = try fields.readUInt256()
            var hashes = try fields.readList()
            while !hashes.isAtEnd { blobHashes.append(try hashes.readHash()) }
        }
        if kind == .setCode {
            var list = try fields.readList()
            while !list.isAtEnd { authorizations.append(try Authorization(reading: &list)) }
        }
        try readSignature(&fields)
    }

    /// The fields that every signed transaction has in the same order.
    private mutating func readMessage(_ fields: inout RLPReader) throws(RLPError) {
        gasLimit = try fields.readUInt64()
        to = try fields.readOptionalAddress()
        value = try fields.readUInt256()
        input = Array(try fields.readBytes())
    }

    private mutating func readSignature(_ fields: inout RLPReader) throws(RLPError) {
        signature.v = try fields.readUInt64()
        signature.r = try fields.readUInt256()
        signature.s = try fields.readUInt256()
    }

    private mutating func readDeposit(_ fields: inout RLPReader) throws(RLPError) {
        let sourceHash = try fields.readHash()
        let from = try fields.readAddress()
        to = try fields.readOptionalAddress()
        let mint = try fields.readUInt256()
        value = try fields.readUInt256()
        gasLimit = try fields.readUInt64()
        let flag = try fields.readUInt64()
        guard flag <= 1 else { throw .notCanonical }
        input = Array(try fields.readBytes())
        deposit = Deposit(sourceHash: sourceHash, from: from, mint: mint, isSystemTransaction: flag == 1)
    }
}

extension AccessListEntry {
    /// Reads a list of entries.
    static func readList(_ fields: inout RLPReader) throws(RLPError) -> [AccessListEntry] {
        var entries: [AccessListEntry] = []
        var list = try fields.readList()
        while !list.isAtEnd {
            var entry = try list.readList()
            let address = try entry.readAddress()
            var keys = try entry.readList()
            try entry.expectEnd()
            var slots: [UInt256] = []
            while !keys.isAtEnd { slots.append(UInt256(try keys.readHash())) }
            entries.append(AccessListEntry(address: address, slots: slots))
        }
        return entries
    }
}

extension Authorization {
    /// Reads one authorisation; its signature may be worth nothing.
    init(reading list: inout RLPReader) throws(RLPError) {
        var fields = try list.readList()
        chainID = try fields.readUInt256()
        address = try fields.readAddress()
        nonce = try fields.readUInt64()
        let parity = try fields.readUInt64()
        guard let parity = UInt8(exactly: parity) else { throw .wrongWidth(expected: 1, actual: 2) }
        yParity = parity
        r = try fields.readUInt256()
        s = try fields.readUInt256()
        try fields.expectEnd()
    }
}

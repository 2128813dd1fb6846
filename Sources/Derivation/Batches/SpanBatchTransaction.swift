import Primitives
import StateTransition

/// A signed transaction taken apart as span batches store it: some fields apart, the others as one RLP list.
struct SpanBatchTransaction {
    var kind: Transaction.Kind
    var nonce: UInt64
    var gasLimit: UInt64
    /// Nil for a contract creation.
    var to: Address?
    var isOdd: Bool
    var r: UInt256
    var s: UInt256
    /// Of a legacy transaction: whether its signature binds it to the chain (EIP-155).
    var isProtected: Bool
    /// Type byte, but of a legacy one, and the RLP list of what is not said elsewhere.
    var data: ArraySlice<UInt8>

    /// Whether the first byte of a transaction names a type that batches carry: a legacy one, or 1, 2 or 4.
    static func isCarried(firstByte: UInt8) -> Bool { firstByte >= 0xC0 || carried(firstByte) != nil }

    private static func carried(_ byte: UInt8) -> Transaction.Kind? {
        switch byte {
        case 1: .accessList
        case 2: .dynamicFee
        case 4: .setCode
        default: nil
        }
    }

    /// Reads type byte and list of a transaction's data; nil where there is none or the type is unknown.
    static func readData(_ cursor: inout ByteCursor) -> (kind: Transaction.Kind, data: ArraySlice<UInt8>)? {
        let start = cursor.rest
        guard let first = start.first else { return nil }
        var kind = Transaction.Kind.legacy
        if first < 0x80 {
            guard let typed = carried(first) else { return nil }
            kind = typed
        }
        let prefix = kind == .legacy ? 0 : 1
        var reader = RLPReader(start.dropFirst(prefix))
        guard reader.isAtList, let list = try? reader.readItem(), let data = cursor.read(prefix + list.count) else {
            return nil
        }
        return (kind, data)
    }
}

extension SpanBatchTransaction {
    /// Takes a transaction apart; nil where it is malformed, of a type that batches do not carry, or another chain's.
    init?(_ encoded: [UInt8], chainID: UInt64) {
        guard let transaction = try? Transaction(decoding: encoded), let first = encoded.first,
            Self.isCarried(firstByte: first)
        else { return nil }
        kind = transaction.kind
        nonce = transaction.nonce
        gasLimit = transaction.gasLimit
        to = transaction.to
        r = transaction.signature.r
        s = transaction.signature.s
        isProtected = false
        let v = transaction.signature.v
        if kind == .legacy {
            isProtected = transaction.chainID != nil
            isOdd = isProtected ? (v &- 35) & 1 == 1 : v == 28
        } else {
            isOdd = v == 1
        }
        if kind != .legacy || isProtected {
            guard transaction.chainID == chainID else { return nil }
        }
        guard let data = Self.data(kind, encoded) else { return nil }
        self.data = data
    }

    /// The fields that a span batch keeps as RLP: value and prices, call data, and lists.
    private static func data(_ kind: Transaction.Kind, _ encoded: [UInt8]) -> ArraySlice<UInt8>? {
        var reader = RLPReader(kind == .legacy ? encoded[...] : encoded.dropFirst())
        guard var fields = try? reader.readList() else { return nil }
        var items: [ArraySlice<UInt8>] = []
        while let item = try? fields.readItem() { items.append(item) }
        // A legacy transaction begins with nonce and price, the others with chain id, nonce and their prices.
        let chosen: [Int]
        switch kind {
        case .legacy: chosen = [4, 1, 5]
        case .accessList: chosen = [5, 2, 6, 7]
        case .setCode: chosen = [6, 2, 3, 7, 8, 9]
        default: chosen = [6, 2, 3, 7, 8]
        }
        guard items.count > 9 || (kind == .legacy && items.count == 9) else { return nil }
        var writer = RLPWriter(minimumCapacity: encoded.count)
        if kind != .legacy { writer.appendEncoded(CollectionOfOne(kind.rawValue)) }
        writer.appendList { list in for index in chosen { list.appendEncoded(items[index]) } }
        return writer.bytes[...]
    }

    /// The canonical form of the transaction; nil where the parts make none.
    func encoded(chainID: UInt64) -> [UInt8]? {
        var reader = RLPReader(kind == .legacy ? data : data.dropFirst())
        guard var fields = try? reader.readList(), reader.isAtEnd else { return nil }
        if kind == .setCode && to == nil { return nil }
        var items: [ArraySlice<UInt8>] = []
        while items.count < 7, let item = try? fields.readItem() { items.append(item) }
        let priceCount = kind == .legacy || kind == .accessList ? 1 : 2
        let listCount = kind == .legacy ? 0 : kind == .setCode ? 2 : 1
        guard fields.isAtEnd, items.count == 2 + priceCount + listCount else { return nil }
        guard let v = signatureV(chainID: chainID) else { return nil }
        var writer = RLPWriter(minimumCapacity: data.count + 160)
        if kind != .legacy { writer.appendEncoded(CollectionOfOne(kind.rawValue)) }
        writer.appendList { list in
            if kind != .legacy { list.append(chainID) }
            list.append(nonce)
            for item in items[1...priceCount] { list.appendEncoded(item) }
            list.append(gasLimit)
            list.append(to)
            list.appendEncoded(items[0])
            for item in items[(1 + priceCount)...] { list.appendEncoded(item) }
            list.append(v)
            list.append(r)
            list.append(s)
        }
        guard (try? Transaction(decoding: writer.bytes)) != nil else { return nil }
        return writer.bytes
    }

    /// The signature's v; nil where the chain's number is too large for it.
    private func signatureV(chainID: UInt64) -> UInt64? {
        let parity: UInt64 = isOdd ? 1 : 0
        guard kind == .legacy else { return parity }
        guard isProtected else { return 27 + parity }
        let (double, overflow) = chainID.multipliedReportingOverflow(by: 2)
        let (v, carried) = double.addingReportingOverflow(35 + parity)
        return overflow || carried ? nil : v
    }
}

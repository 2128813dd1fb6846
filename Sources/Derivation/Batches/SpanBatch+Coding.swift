import Primitives
import StateTransition

extension SpanBatch {
    /// Reads what follows the version byte; more than the batch may follow it.
    ///
    /// - Complexity: O(*n*) in the bytes; nothing is allocated for elements that the bytes cannot hold.
    init(content: ArraySlice<UInt8>, chainID: UInt64) throws(BatchError) {
        var cursor = ByteCursor(content)
        guard let relativeTimestamp = cursor.readVarint(), let lastOriginNumber = cursor.readVarint(),
            let parentCheck = HashPrefix(reading: &cursor), let originCheck = HashPrefix(reading: &cursor),
            let blockCount = cursor.readVarint()
        else { throw .truncated }
        guard blockCount > 0 else { throw .noBlocks }
        guard blockCount <= ProtocolConstant.largestSpanBatch else { throw .tooManyElements }
        guard let originBits = Bitlist(reading: &cursor, count: Int(blockCount)), cursor.remaining >= Int(blockCount)
        else { throw .truncated }
        var counts: [UInt32] = []
        counts.reserveCapacity(Int(blockCount))
        var total: UInt64 = 0
        for _ in 0..<blockCount {
            guard let count = cursor.readVarint() else { throw .truncated }
            guard count <= ProtocolConstant.largestSpanBatch else { throw .tooManyElements }
            total += count
            guard total <= ProtocolConstant.largestSpanBatch else { throw .tooManyElements }
            counts.append(UInt32(count))
        }
        self.init(
            relativeTimestamp: relativeTimestamp, lastOriginNumber: lastOriginNumber, parentCheck: parentCheck,
            originCheck: originCheck, originBits: originBits, transactionCounts: counts,
            transactions: try Self.readTransactions(&cursor, count: Int(total), chainID: chainID))
    }

    private static func readTransactions(
        _ cursor: inout ByteCursor, count: Int, chainID: UInt64
    ) throws(BatchError) -> [[UInt8]] {
        guard let creations = Bitlist(reading: &cursor, count: count),
            let parities = Bitlist(reading: &cursor, count: count), cursor.remaining / 64 >= count
        else { throw .truncated }
        var parts: [SpanBatchTransaction] = []
        parts.reserveCapacity(count)
        for index in 0..<count {
            guard let r = readWord(&cursor), let s = readWord(&cursor) else { throw .truncated }
            parts.append(
                SpanBatchTransaction(
                    kind: .legacy, nonce: 0, gasLimit: 0, to: nil, isOdd: parities[index], r: r, s: s,
                    isProtected: false, data: []))
        }
        for index in 0..<count where !creations[index] {
            guard let bytes = cursor.read(20) else { throw .truncated }
            parts[index].to = Address(Array(bytes))
        }
        var legacyCount = 0
        for index in 0..<count {
            guard let (kind, data) = SpanBatchTransaction.readData(&cursor) else { throw .transaction(index: index) }
            parts[index].kind = kind
            parts[index].data = data
            if kind == .legacy { legacyCount += 1 }
        }
        for index in 0..<count {
            guard let nonce = cursor.readVarint() else { throw .truncated }
            parts[index].nonce = nonce
        }
        for index in 0..<count {
            guard let gasLimit = cursor.readVarint() else { throw .truncated }
            parts[index].gasLimit = gasLimit
        }
        guard let protections = Bitlist(reading: &cursor, count: legacyCount) else { throw .truncated }
        var legacyIndex = 0
        for index in 0..<count where parts[index].kind == .legacy {
            parts[index].isProtected = protections[legacyIndex]
            legacyIndex += 1
        }
        var transactions: [[UInt8]] = []
        transactions.reserveCapacity(count)
        for index in 0..<count {
            guard let encoded = parts[index].encoded(chainID: chainID) else { throw .transaction(index: index) }
            transactions.append(encoded)
        }
        return transactions
    }

    private static func readWord(_ cursor: inout ByteCursor) -> UInt256? {
        guard let bytes = cursor.read(32), let hash = Hash256(Array(bytes)) else { return nil }
        return UInt256(hash)
    }

    /// The batch with its version byte.
    ///
    /// - Throws: `transaction` for one that is malformed, of a type that batches do not carry, or another chain's.
    /// - Complexity: O(*n*) in the bytes.
    public func encoded(chainID: UInt64) throws(BatchError) -> [UInt8] {
        var parts: [SpanBatchTransaction] = []
        parts.reserveCapacity(transactions.count)
        for (index, transaction) in transactions.enumerated() {
            guard let part = SpanBatchTransaction(transaction, chainID: chainID) else {
                throw .transaction(index: index)
            }
            parts.append(part)
        }
        var bytes = [Self.version]
        bytes.appendVarint(relativeTimestamp)
        bytes.appendVarint(lastOriginNumber)
        bytes.append(contentsOf: parentCheck.bytes)
        bytes.append(contentsOf: originCheck.bytes)
        bytes.appendVarint(UInt64(blockCount))
        originBits.encode(to: &bytes)
        for count in transactionCounts { bytes.appendVarint(UInt64(count)) }
        Self.encode(parts, to: &bytes)
        return bytes
    }

    private static func encode(_ parts: [SpanBatchTransaction], to bytes: inout [UInt8]) {
        var creations = Bitlist(count: parts.count)
        var parities = Bitlist(count: parts.count)
        let legacy = parts.filter { $0.kind == .legacy }
        var protections = Bitlist(count: legacy.count)
        for (index, part) in parts.enumerated() {
            creations[index] = part.to == nil
            parities[index] = part.isOdd
        }
        for (index, part) in legacy.enumerated() { protections[index] = part.isProtected }
        creations.encode(to: &bytes)
        parities.encode(to: &bytes)
        for part in parts {
            bytes.append(contentsOf: part.r.bytes)
            bytes.append(contentsOf: part.s.bytes)
        }
        for part in parts { if let to = part.to { bytes.append(contentsOf: to.bytes) } }
        for part in parts { bytes.append(contentsOf: part.data) }
        for part in parts { bytes.appendVarint(part.nonce) }
        for part in parts { bytes.appendVarint(part.gasLimit) }
        protections.encode(to: &bytes)
    }

    /// Where the signatures of the transactions lie in `encoded`: bytes that no compressor makes fewer.
    ///
    /// - Complexity: O(*n*) in the blocks.
    public var signatureRange: Range<Int> {
        func width(_ value: UInt64) -> Int { max(1, (70 - value.leadingZeroBitCount) / 7) }
        var start = 1 + width(relativeTimestamp) + width(lastOriginNumber) + 40 + width(UInt64(blockCount))
        start += (blockCount + 7) / 8
        for count in transactionCounts { start += width(UInt64(count)) }
        start += 2 * ((transactions.count + 7) / 8)
        return start..<start + 64 * transactions.count
    }
}

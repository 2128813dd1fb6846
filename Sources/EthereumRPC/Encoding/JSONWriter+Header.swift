package import JSONRPC
package import Primitives
package import StateTransition

extension JSONWriter {
    /// Writes the members of a header, inside an object (execution-apis, Block).
    ///
    /// - Parameter hash: nil for the pending block, of which who makes it decides hash, nonce and fee recipient.
    mutating func headerMembers(_ header: BlockHeader, hash: Hash256?) {
        if let baseFee = header.baseFee { member("baseFeePerGas", baseFee) }
        if let blobGasUsed = header.blobGasUsed { member("blobGasUsed", blobGasUsed) }
        member("difficulty", header.difficulty)
        if let excessBlobGas = header.excessBlobGas { member("excessBlobGas", excessBlobGas) }
        member("extraData", header.extraData)
        member("gasLimit", header.gasLimit)
        member("gasUsed", header.gasUsed)
        key("hash")
        if let hash { data(hash) } else { null() }
        key("logsBloom")
        bloom(header.logsBloom)
        key("miner")
        if hash == nil { null() } else { data(header.coinbase) }
        member("mixHash", header.mixHash)
        key("nonce")
        if hash == nil { null() } else { withUnsafeBytes(of: header.nonce.bigEndian) { data($0) } }
        member("number", header.number)
        if let root = header.parentBeaconBlockRoot { member("parentBeaconBlockRoot", root) }
        member("parentHash", header.parentHash)
        member("receiptsRoot", header.receiptsRoot)
        if let hash = header.requestsHash { member("requestsHash", hash) }
        member("sha3Uncles", header.unclesHash)
        member("stateRoot", header.stateRoot)
        member("timestamp", header.timestamp)
        member("transactionsRoot", header.transactionsRoot)
        if let root = header.withdrawalsRoot { member("withdrawalsRoot", root) }
    }

    /// Writes a header by itself, as `newHeads` sends it.
    package mutating func header(_ header: BlockHeader, hash: Hash256?) {
        beginObject()
        headerMembers(header, hash: hash)
        endObject()
    }

    /// Writes a bloom as its 256 bytes.
    package mutating func bloom(_ bloom: LogsBloom) {
        if bloom == LogsBloom() { data(Self.emptyBloom) } else { data(bloom.bytes) }
    }

    private static let emptyBloom = [UInt8](repeating: 0, count: 256)
}

/// A key with its value in one call.
extension JSONWriter {
    package mutating func member(_ name: StaticString, _ quantity: UInt64) {
        key(name)
        self.quantity(quantity)
    }

    @_disfavoredOverload
    package mutating func member(_ name: StaticString, _ quantity: UInt256) {
        key(name)
        self.quantity(quantity)
    }

    package mutating func member(_ name: StaticString, _ hash: Hash256) {
        key(name)
        data(hash)
    }

    package mutating func member(_ name: StaticString, _ address: Address) {
        key(name)
        data(address)
    }

    /// An address, or null.
    package mutating func member(_ name: StaticString, _ address: Address?) {
        key(name)
        if let address { data(address) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ bytes: [UInt8]) {
        key(name)
        data(bytes)
    }
}

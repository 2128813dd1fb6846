import Glibc
import JSONRPC
import NIOCore

/// A request for something that a node reads from its chain: where its parts are in its text.
///
/// Only the plain form of one is seen as such; whatever else there may be is the node's to judge.
struct ReadCall: Equatable {
    let method: ReadMethod
    /// The caller's name for the request, as it stands in the text.
    let id: Range<Int>
    /// The array of parameters, as it stands there.
    let params: Range<Int>
    /// Whether the answer is often long enough for compression to be worth its time.
    let isOftenLong: Bool

    /// Bytes of an id and of parameters that are looked at.
    private static let idLimit = 128
    private static let paramsLimit = 16 << 10

    init?(_ bytes: UnsafeRawBufferPointer) {
        do throws(JSONError) {
            guard let call = try Self.read(bytes) else { return nil }
            self = call
        } catch {
            return nil
        }
    }

    private init(method: ReadMethod, id: Range<Int>, params: Range<Int>, isOftenLong: Bool) {
        (self.method, self.id, self.params, self.isOftenLong) = (method, id, params, isOftenLong)
    }

    /// Whether a replica whose state is the node's answers as the node would: it may know of a safe or a final block earlier or
    /// later and of other blocks beside the chain, and has no pool.
    ///
    /// - Parameter body: the text that the call is in.
    func isOfReplicas(in body: ByteBuffer) -> Bool {
        switch method {
        case .transaction, .blockByHash, .headerByHash, .countByHash, .transactionByHash: return false
        // By a hash, which is longer than any number.
        case .blockReceipts where params.count > 64: return false
        default: break
        }
        return body.withUnsafeReadableBytes { bytes in
            let text = UnsafeRawBufferPointer(rebasing: bytes[params])
            return !text.contains("safe") && !text.contains("finalized") && !text.contains("blockHash")
        }
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> ReadCall? {
        var reader = JSONReader(bytes)
        guard reader.peek() == .object else { return nil }
        var hasVersion = false
        var (method, id, params): (ReadMethod?, Range<Int>?, Range<Int>?) = (nil, nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let kind = reader.peek()
            let start = reader.position
            switch key {
            case "jsonrpc":
                guard !hasVersion, kind == .string, try reader.readString() == "2.0" else { return nil }
                hasVersion = true
            case "method":
                guard method == nil, kind == .string, let found = ReadMethod(try reader.readString()) else {
                    return nil
                }
                method = found
            case "id":
                guard id == nil, kind == .string || kind == .number else { return nil }
                try reader.skipValue()
                id = start..<reader.position
            case "params":
                guard params == nil, kind == .array else { return nil }
                try reader.skipValue()
                params = start..<reader.position
            default: return nil
            }
        }
        try reader.finish()
        guard hasVersion, let method, let id, id.count <= idLimit, let params, params.count <= paramsLimit else {
            return nil
        }
        let text = UnsafeRawBufferPointer(rebasing: bytes[params])
        // What an escape stands for is not looked at, and what is pending changes without a word.
        guard !text.contains(UInt8(ascii: "\\")), !text.contains("pending") else { return nil }
        return ReadCall(method: method, id: id, params: params, isOftenLong: method.isOftenLong(text))
    }
}

/// The methods whose answers depend on the chain and the block that is open, and on nothing else: not on the pool, the clock
/// or the connection.
enum ReadMethod: UInt8, CaseIterable {
    case call, chainID, networkID, blockNumber, gasPrice, maxPriorityFee, feeHistory, estimateGas
    case balance, code, storage, transactionCount, proof
    case blockByNumber, blockByHash, headerByNumber, headerByHash, blockReceipts
    case countByNumber, countByHash, receipt, transaction, transactionByNumber, transactionByHash
    case logs, clientVersion

    private var name: StaticString {
        switch self {
        case .call: "eth_call"
        case .chainID: "eth_chainId"
        case .networkID: "net_version"
        case .blockNumber: "eth_blockNumber"
        case .gasPrice: "eth_gasPrice"
        case .maxPriorityFee: "eth_maxPriorityFeePerGas"
        case .feeHistory: "eth_feeHistory"
        case .estimateGas: "eth_estimateGas"
        case .balance: "eth_getBalance"
        case .code: "eth_getCode"
        case .storage: "eth_getStorageAt"
        case .transactionCount: "eth_getTransactionCount"
        case .proof: "eth_getProof"
        case .blockByNumber: "eth_getBlockByNumber"
        case .blockByHash: "eth_getBlockByHash"
        case .headerByNumber: "eth_getHeaderByNumber"
        case .headerByHash: "eth_getHeaderByHash"
        case .blockReceipts: "eth_getBlockReceipts"
        case .countByNumber: "eth_getBlockTransactionCountByNumber"
        case .countByHash: "eth_getBlockTransactionCountByHash"
        case .receipt: "eth_getTransactionReceipt"
        case .transaction: "eth_getTransactionByHash"
        case .transactionByNumber: "eth_getTransactionByBlockNumberAndIndex"
        case .transactionByHash: "eth_getTransactionByBlockHashAndIndex"
        case .logs: "eth_getLogs"
        case .clientVersion: "web3_clientVersion"
        }
    }

    init?(_ text: JSONText) {
        for method in Self.allCases where text == method.name {
            self = method
            return
        }
        return nil
    }

    fileprivate func isOftenLong(_ params: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .logs, .blockReceipts, .proof, .feeHistory: true
        case .blockByNumber, .blockByHash: params.contains("true")
        default: false
        }
    }

    /// Whether an answer, from `,"result":` on, says nothing of the pool.
    func isOfChain(_ answer: UnsafeRawBufferPointer) -> Bool {
        // One of the pool, or of nowhere yet, is in no block.
        self != .transaction || answer.contains("\"blockHash\":\"0x")
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a text is somewhere in the bytes.
    fileprivate func contains(_ text: StaticString) -> Bool {
        guard let base = baseAddress else { return false }
        var start = 0
        while let found = memchr(base + start, Int32(text.utf8Start[0]), count - start) {
            let index = UnsafeRawPointer(found) - base
            guard count - index >= text.utf8CodeUnitCount else { return false }
            if memcmp(found, text.utf8Start, text.utf8CodeUnitCount) == 0 { return true }
            start = index + 1
        }
        return false
    }
}

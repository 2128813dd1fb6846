import EVM
public import EthereumClient
import JSONRPC
public import Primitives
public import StateTransition

/// A process that keeps the key of an account and signs when it is asked: `eth_signTransaction` over JSON-RPC, with the fields that
/// go-ethereum and the OP Stack's op-signer take.
///
/// It can refuse, and nothing else: what comes back has to be the very transaction that was asked for, signed by the account.
public struct RemoteSigner: Sendable {
    /// Whose key it has.
    public let address: Address
    private let endpoint: Endpoint
    private let client: EthereumClient

    /// - Parameter tls: for an endpoint of `https`; nil for what the system trusts, and no certificate of one's own.
    public init(_ endpoint: Endpoint, of address: Address, tls: ClientTLS? = nil) throws(EthereumClientError) {
        // Who waits for a signature holds other things up.
        var settings = EthereumClient.Settings()
        (settings.requestTimeout, settings.patience, settings.answerLimit) = (.seconds(5), .seconds(10), 4 << 20)
        client = try EthereumClient([endpoint], settings: settings, tls: tls)
        self.endpoint = endpoint
        self.address = address
    }

    /// Puts the account's signature into a transaction of EIP-1559 or EIP-4844.
    ///
    /// - Throws: `early` where the signer does not answer, refuses, or gives back anything else: it may do better the next time.
    public func sign(_ transaction: inout Transaction) async throws(SettlementError) {
        guard let chainID = transaction.chainID, transaction.kind == .dynamicFee || transaction.kind == .blob else {
            throw .rule("a remote signer is asked for transactions of EIP-1559 and EIP-4844 alone")
        }
        let wanted = transaction
        let encoded: [UInt8]
        do throws(EthereumClientError) {
            encoded = try await client.call(
                "eth_signTransaction", { json in Self.write(wanted, chainID, from: address, &json) }, read: Self.read)
        } catch {
            throw .early("the signer \(endpoint.name) does not sign for \(address): \(error.message)")
        }
        guard let signed = try? Transaction(decoding: encoded),
            (try? signed.sender(revision: .osaka, chainID: chainID)) == address
        else { throw .early("what the signer \(endpoint.name) gave back is not signed by \(address)") }
        var content = signed
        content.signature = wanted.signature
        guard content == wanted else {
            throw .early("the signer \(endpoint.name) signed another transaction than the one it was asked for")
        }
        transaction = signed
    }

    private static func write(
        _ transaction: Transaction, _ chainID: UInt64, from account: Address, _ json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("from")
        json.data(account)
        if let to = transaction.to {
            json.key("to")
            json.data(to)
        }
        for (name, value) in [
            ("chainId", UInt256(chainID)), ("nonce", UInt256(transaction.nonce)),
            ("gas", UInt256(transaction.gasLimit)),
            ("maxFeePerGas", transaction.maxFeePerGas), ("maxPriorityFeePerGas", transaction.maxPriorityFeePerGas),
            ("value", transaction.value),
        ] {
            json.key(name)
            json.quantity(value)
        }
        // Older signers know the second alone.
        for name in ["input", "data"] {
            json.key(name)
            json.data(transaction.input)
        }
        if transaction.kind == .blob {
            json.key("maxFeePerBlobGas")
            json.quantity(transaction.maxFeePerBlobGas)
            json.key("blobVersionedHashes")
            json.beginArray()
            for hash in transaction.blobHashes { json.data(hash) }
            json.endArray()
        }
        json.endObject()
    }

    /// The encoded transaction: the result, or its `raw` as go-ethereum has it.
    private static func read(_ reader: inout JSONReader) throws -> [UInt8] {
        guard reader.peek() == .object else { return try reader.readData() }
        var raw: [UInt8] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "raw" { raw = try reader.readData() } else { try reader.skipValue() }
        }
        return raw
    }
}

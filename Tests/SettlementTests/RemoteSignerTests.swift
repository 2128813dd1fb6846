import DevL1
import EVM
import EthereumClient
import JSONRPC
import Layers
import Primitives
import Settlement
import StateTransition
import Synchronization
import Testing

/// Of the account that the signer is asked for.
private let key = SigningKey(777)!

private func transaction(_ kind: Transaction.Kind = .dynamicFee) -> Transaction {
    var made = Transaction(
        kind: kind, chainID: 1337, nonce: 5, maxFeePerGas: 100, maxPriorityFeePerGas: 2, gasLimit: 21_000,
        to: Address(truncating: 0xBEEF), value: 9, input: [1, 2, 3])
    if kind == .blob {
        made.maxFeePerBlobGas = 7
        made.blobHashes = [Hash256(UInt256(1) << 248)]
    }
    return made
}

/// Asks a signer that answers `answer` to a request for it.
private func asked(
    _ wanted: Transaction, isObject: Bool = false,
    answer: @escaping @Sendable (Transaction) throws(RPCError) -> Transaction
) async throws -> (signed: Result<Transaction, SettlementError>, request: String) {
    let request = Mutex("")
    var methods = Methods()
    methods.add("eth_signTransaction") { call, json throws(RPCError) in
        let text = try call.parameters.required { reader throws(JSONError) in
            String(decoding: try reader.readRaw(), as: UTF8.self)
        }
        request.withLock { $0 = text }
        let encoded = try answer(wanted).encoded
        if isObject {
            json.beginObject()
            json.key("tx")
            json.null()
            json.key("raw")
        }
        json.data(encoded)
        if isObject { json.endObject() }
    }
    let served = try await ServedAnswers(methods)
    let signer = AccountSigner.remote(try RemoteSigner(Endpoint(served.url), of: key.address))
    var signed = wanted
    let result: Result<Transaction, SettlementError>
    do throws(SettlementError) {
        try await signer.sign(&signed)
        result = .success(signed)
    } catch { result = .failure(error) }
    await served.stop()
    return (result, request.withLock { $0 })
}

private func signed(_ transaction: Transaction, by key: SigningKey = key) -> Transaction {
    var transaction = transaction
    key.sign(&transaction)
    return transaction
}

@Suite struct RemoteSignerTests {
    @Test(arguments: [Transaction.Kind.dynamicFee, .blob])
    func signs(kind: Transaction.Kind) async throws {
        let wanted = transaction(kind)
        for isObject in [false, true] {
            let (result, request) = try await asked(wanted, isObject: isObject) { signed($0) }
            #expect(try result.get() == signed(wanted))
            for field in [
                #""from":"\#(key.address)""#, #""chainId":"0x539""#, #""nonce":"0x5""#, #""gas":"0x5208""#,
                #""maxFeePerGas":"0x64""#, #""maxPriorityFeePerGas":"0x2""#, #""value":"0x9""#, #""input":"0x010203""#,
                #""data":"0x010203""#,
            ] { #expect(request.contains(field), "\(field) in \(request)") }
            #expect(request.contains("blobVersionedHashes") == (kind == .blob))
            #expect(request.contains(#""maxFeePerBlobGas":"0x7""#) == (kind == .blob))
        }
    }

    @Test func takesNothingButWhatWasAskedFor() async throws {
        let wanted = transaction()
        let changes: [(inout Transaction) -> Void] = [
            { $0.to = Address(truncating: 0xBAD) }, { $0.value = 10 }, { $0.nonce = 6 }, { $0.input = [] },
            { $0.maxFeePerGas = 1_000 }, { $0.gasLimit = 30_000 }, { $0.chainID = 1 },
            { $0.accessList = [AccessListEntry(address: Address(truncating: 1), slots: [])] },
        ]
        for (index, change) in changes.enumerated() {
            var other = wanted
            change(&other)
            let answered = signed(other)
            let (result, _) = try await asked(wanted) { _ in answered }
            guard case .failure(.early) = result else { throw Unexpected("change \(index) was taken") }
        }
        let (result, _) = try await asked(wanted) { signed($0, by: SigningKey(778)!) }
        guard case .failure(.early(let text)) = result else { throw Unexpected("another's signature was taken") }
        #expect(text.contains("is not signed by \(key.address)"))
    }

    @Test func whatIsRefusedMayBeAskedAgain() async throws {
        let (result, _) = try await asked(transaction()) { _ throws(RPCError) in
            throw RPCError(code: -32_011, message: "the vault is locked")
        }
        guard case .failure(.early(let text)) = result else { throw Unexpected("\(result)") }
        #expect(text.contains("the vault is locked") && text.contains("\(key.address)"))
        var legacy = transaction()
        legacy.kind = .legacy
        let (refused, request) = try await asked(legacy) { $0 }
        guard case .failure(.rule) = refused else { throw Unexpected("\(refused)") }
        #expect(request.isEmpty)
    }

    /// What was sent comes into a block, though nobody signs another with a higher fee.
    @Test func aSignerThatGoesAwayTakesNothingBack() async throws {
        try await SettlementBench.run { bench in
            let key = SigningKey(bench.served.l1.accounts[3].privateKey)!
            let count = Mutex(0)
            var methods = Methods()
            methods.add("eth_signTransaction") { call, json throws(RPCError) in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                guard number == 1 else { throw RPCError(code: -32_011, message: "the vault is locked") }
                var asked = try call.parameters.required { reader throws(JSONError) in try Self.requested(&reader) }
                key.sign(&asked)
                json.data(asked.encoded)
            }
            let served = try await ServedAnswers(methods)
            let signer = AccountSigner.remote(try RemoteSigner(Endpoint(served.url), of: key.address))
            var sender = TransactionSender(client: bench.client, signer: signer, chainID: 1337)
            sender.settings.bumpAfter = 0
            _ = try await bench.client.call("evm_setAutomine", { $0.boolean(false) }, read: { try $0.skipValue() })
            let sending = Task { [sender] in
                try await sender.perform(
                    TransactionRequest(to: Address(truncating: 0xBEEF), value: 5, gasLimit: 21_000))
            }
            while count.withLock({ $0 }) < 4 { try await Task.sleep(for: .milliseconds(10)) }
            _ = try await bench.client.call("evm_mine", read: { try $0.skipValue() })
            #expect(try await sending.value.isSuccess)
            #expect(try await bench.client.balance(of: Address(truncating: 0xBEEF)) == 5)
            await served.stop()
        }
    }

    /// The transaction that a signer is asked for.
    private static func requested(_ reader: inout JSONReader) throws(JSONError) -> Transaction {
        var asked = Transaction(kind: .dynamicFee)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name.string {
            case "to": asked.to = try reader.readAddress()
            case "chainId": asked.chainID = try reader.readQuantity()
            case "nonce": asked.nonce = try reader.readQuantity()
            case "gas": asked.gasLimit = try reader.readQuantity()
            case "maxFeePerGas": asked.maxFeePerGas = try reader.readUInt256()
            case "maxPriorityFeePerGas": asked.maxPriorityFeePerGas = try reader.readUInt256()
            case "value": asked.value = try reader.readUInt256()
            case "input": asked.input = try reader.readData()
            default: try reader.skipValue()
            }
        }
        return asked
    }

    struct Unexpected: Error {
        init(_ text: String) { Issue.record("\(text)") }
    }
}

import Blockchain
import JSONRPC
import Primitives
import Sequencing

/// Transactions on their way into the pool (execution-apis, submit; EIP-7966).
struct EthSubmission: Sendable {
    let context: NodeContext
    private let waiting: ReceiptWaiting

    init(_ context: NodeContext) {
        self.context = context
        waiting = ReceiptWaiting(context.chain)
    }

    func add(to methods: inout Methods) {
        let pool = context.chain.pool
        methods.add(
            "eth_sendRawTransaction", inlineBelow: Self.inlineByteLimit, together: Self.submitTogether(pool)
        ) { call, json throws(RPCError) in
            let encoded = try Self.encoded(&call.parameters)
            json.data(try Self.submit(encoded, to: pool).hash)
        }
        methods.addDeferred("eth_sendRawTransactionSync", inlineBelow: Self.inlineByteLimit) {
            [self] call, responder throws(RPCError) in
            let encoded = try call.parameters.required { reader throws(JSONError) in try reader.readData() }
            let timeout = try call.parameters.optional { reader throws(JSONError) in
                reader.peek() == .number ? try reader.readUInt64() : try reader.readQuantity()
            }
            try call.parameters.finish()
            let pooled = try Self.submit(encoded, to: pool)
            let settings = context.settings
            let milliseconds = timeout.flatMap { $0 == 0 ? nil : $0 } ?? settings.receiptTimeout
            waiting.wait(
                for: pooled.hash, milliseconds: min(milliseconds, settings.longestReceiptTimeout), responder)
        }
    }

    /// Bytes of parameters below which a transaction has no blobs and a few authorisations at most: taking it is then hardly
    /// more than one signature.
    private static let inlineByteLimit = 1_024

    private static func encoded(_ parameters: inout Parameters) throws(RPCError) -> [UInt8] {
        let encoded = try parameters.required { reader throws(JSONError) in try reader.readData() }
        try parameters.finish()
        return encoded
    }

    private static func submit(
        _ encoded: [UInt8], to pool: TransactionPool
    ) throws(RPCError) -> PooledTransaction {
        do throws(SubmissionError) {
            return try pool.submit(encoded)
        } catch {
            throw RPCError(error)
        }
    }

    /// Has the neighbouring transactions of a batch admitted in one go, with their senders recovered on all processors.
    private static func submitTogether(_ pool: TransactionPool) -> Methods.BatchHandler {
        { calls, answers in
            var encoded: [[UInt8]] = []
            encoded.reserveCapacity(calls.count)
            /// What is wrong with a call's parameters, at its place.
            var refusals: [RPCError?] = []
            for index in calls.indices {
                do throws(RPCError) {
                    encoded.append(try Self.encoded(&calls[index].parameters))
                    refusals.append(nil)
                } catch {
                    refusals.append(error)
                }
            }
            var results = pool.submit(batch: encoded).makeIterator()
            for refusal in refusals {
                answers.next { json throws(RPCError) in
                    if let refusal { throw refusal }
                    switch results.next() {
                    case .success(let pooled): json.data(pooled.hash)
                    case .failure(let error): throw RPCError(error)
                    case nil: throw .internalError()
                    }
                }
            }
        }
    }
}

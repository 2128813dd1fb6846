import EVM
import Blockchain
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage

/// What blocks cost and how full they were (execution-apis, `eth_feeHistory`).
struct FeeHistory {
    private var oldest: UInt64 = 0
    private var rewards: [[UInt256]]?
    /// One more than blocks, for the next one.
    private var baseFees: [UInt256] = []
    private var gasRatios: [Double] = []
    /// One more than blocks, for the next one.
    private var blobBaseFees: [UInt256] = []
    private var blobRatios: [Double] = []

    /// - Throws: where a block is not there, or the deadline passes.
    init(
        _ query: FeeHistoryQuery, in view: ChainView, _ context: NodeContext, deadline: NIODeadline
    ) throws(RPCError) {
        if query.percentiles != nil { rewards = [] }
        guard query.blockCount > 0 else { return }
        // What the pending block will cost is told in any case, behind the newest one.
        let newest = try context.find(query.newest == .pending ? .latest : query.newest, in: view)
        guard let newest else {
            if case .number(let number) = query.newest {
                throw RPCError(
                    code: -32_000, message: "request beyond head block: requested \(number), head \(view.head.number)")
            }
            throw .headerNotFound
        }
        let count = min(query.blockCount, newest.number &+ 1)
        oldest = newest.number &+ 1 &- count
        for number in oldest...newest.number {
            if NIODeadline.now() > deadline { throw .timedOut }
            try add(number, query.percentiles, view)
        }
    }

    private mutating func add(_ number: UInt64, _ percentiles: [Double]?, _ view: ChainView) throws(RPCError) {
        let configuration = view.configuration
        let found = try asking { () throws(ChainError) -> (BlockHeader, SealedBlock?)? in
            guard let reference = try view.reference(.number(number)) else { return nil }
            guard let header = try view.header(reference) else { return nil }
            let needsBlock = percentiles?.isEmpty == false && header.gasUsed > 0
            return (header, needsBlock ? try view.sealedBlock(reference) : nil)
        }
        guard let (header, sealed) = found else { throw .headerNotFound }
        if let percentiles { rewards?.append(Self.rewards(percentiles, header, sealed)) }
        // The next block is where the last one's fee comes from, so each block but the last overwrites it.
        _ = baseFees.popLast()
        _ = blobBaseFees.popLast()
        baseFees.append(header.baseFee ?? 0)
        baseFees.append(nextBaseFee(header, view))
        gasRatios.append(header.gasLimit == 0 ? 0 : Double(header.gasUsed) / Double(header.gasLimit))
        let blobs = configuration.opStack == nil ? configuration.blobParameters(timestamp: header.timestamp) : nil
        if let blobs, let excess = header.excessBlobGas {
            blobBaseFees.append(blobs.baseFee(excessBlobGas: excess))
            let limit = blobs.maximumGas
            blobRatios.append(limit == 0 ? 0 : Double(header.blobGasUsed ?? 0) / Double(limit))
            let next = configuration.excessBlobGas(
                after: header, timestamp: header.timestamp, revision: view.revision(of: header))
            blobBaseFees.append(blobs.baseFee(excessBlobGas: next))
        } else {
            blobBaseFees += [0, 0]
            blobRatios.append(0)
        }
    }

    /// Zero where the next block has none.
    private func nextBaseFee(_ header: BlockHeader, _ view: ChainView) -> UInt256 {
        let revision = view.configuration.revision(
            number: header.number &+ 1, timestamp: header.timestamp,
            parentTotalDifficulty: header.difficulty.isZero ? .max : .zero)
        guard revision >= .london else { return 0 }
        return view.configuration.baseFee(after: header) ?? 0
    }

    /// The tips below which so many hundredths of the block's gas paid.
    private static func rewards(_ percentiles: [Double], _ header: BlockHeader, _ sealed: SealedBlock?) -> [UInt256] {
        guard let sealed, !sealed.receipts.isEmpty else { return percentiles.map { _ in 0 } }
        let baseFee = header.baseFee ?? 0
        var paid: [(tip: UInt256, gas: UInt64)] = []
        for (index, transaction) in sealed.block.transactions.enumerated() {
            let tip =
                transaction.deposit != nil
                ? 0 : transaction.effectiveGasPrice(baseFee: baseFee) &- baseFee
            paid.append((tip, sealed.gasUsed(by: index)))
        }
        paid.sort { $0.tip < $1.tip }
        var rewards: [UInt256] = []
        var position = 0
        var sum = paid[0].gas
        for percentile in percentiles {
            let threshold = UInt64(Double(header.gasUsed) * percentile / 100)
            while sum < threshold, position < paid.count - 1 {
                position += 1
                sum &+= paid[position].gas
            }
            rewards.append(paid[position].tip)
        }
        return rewards
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("oldestBlock", oldest)
        if let rewards {
            json.key("reward")
            json.array(rewards) { json, block in json.array(block) { $0.quantity($1) } }
        }
        json.key("baseFeePerGas")
        json.array(baseFees) { $0.quantity($1) }
        json.key("gasUsedRatio")
        json.array(gasRatios) { $0.raw(ByteBuffer(string: Self.decimal($1))) }
        json.key("baseFeePerBlobGas")
        json.array(blobBaseFees) { $0.quantity($1) }
        json.key("blobGasUsedRatio")
        json.array(blobRatios) { $0.raw(ByteBuffer(string: Self.decimal($1))) }
        json.endObject()
    }

    /// A number from 0 on as the common clients write it in JSON: with the fewest digits that tell it from all others, whole
    /// ones without a fraction, and an exponent only below a millionth.
    static func decimal(_ ratio: Double) -> String {
        if let whole = Int(exactly: ratio) { return String(whole) }
        let text = String(ratio)
        guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else {
            return text
        }
        if exponent < -6 { return "\(text[..<mark])e\(exponent)" }
        let digits = text[..<mark].filter { $0 != "." }
        return "0." + String(repeating: "0", count: max(0, -exponent - 1)) + digits
    }
}

import Dashboard
import Primitives

extension DashboardSite {
    /// Blocks on one page.
    private static let blocksOnPage: UInt64 = 25
    /// Transactions of a block on one page.
    private static let transactionsOnPage = 50

    /// The newest block, and how far the safe and the final ones are.
    struct ExplorerHeads {
        var latest: ExplorerBlock
        var safe: UInt64?
        var final: UInt64?

        func finality(of number: UInt64) -> BlockFinality {
            if let final, number <= final { return .final }
            if let safe, number <= safe { return .safe }
            return .unsafe
        }
    }

    /// There is no safe or final block before the first is on L1.
    func heads(_ visit: ExplorerVisit) async throws -> ExplorerHeads {
        let tags = ["latest", "safe", "finalized"]
        let found = try await visit.node.ask(
            "eth_getBlockByNumber", each: tags.map { [.text($0), .flag(false)] }, as: ExplorerBlock.self)
        guard found.count == tags.count, let latest = found[0] else { throw ExplorerFailure.noAnswer }
        return ExplorerHeads(latest: latest, safe: found[1]?.number.value, final: found[2]?.number.value)
    }

    // MARK: Blocks

    func blocks(_ visit: ExplorerVisit) async throws -> Outcome {
        var newest = UInt64.max
        if let before = visit.asked("before") {
            guard let number = Self.blockNumber(before), number > 0 else { return visit.notFound }
            newest = number - 1
        }
        let heads = try await heads(visit)
        let isNewest = newest == .max
        newest = min(newest, heads.latest.number.value)
        let oldest = newest - min(newest, Self.blocksOnPage - 1)
        let rows = try await blocks(visit, Array((oldest...newest).reversed())).map { block in
            BlocksView.Row(
                number: block.number.value, hash: block.hash.text, time: block.timestamp.value,
                transactionCount: block.transactions.count, gasUsed: block.gasUsed.value,
                gasLimit: block.gasLimit.value, finality: heads.finality(of: block.number.value))
        }
        return .page(BlocksView(rollup: visit.rollup, blocks: rows, isNewest: isNewest))
    }

    /// The blocks with these numbers, in one batch; in halves where that is too large an answer.
    private func blocks(_ visit: ExplorerVisit, _ numbers: [UInt64]) async throws -> [ExplorerBlock] {
        do {
            let found = try await visit.node.ask(
                "eth_getBlockByNumber", each: numbers.map { [Self.quantity($0), .flag(false)] }, as: ExplorerBlock.self)
            let blocks = found.compactMap { $0 }
            guard blocks.count == numbers.count else { throw ExplorerFailure.noAnswer }
            return blocks
        } catch ExplorerFailure.tooLarge where numbers.count > 1 {
            let half = numbers.count / 2
            let first = try await blocks(visit, Array(numbers.prefix(half)))
            return first + (try await blocks(visit, Array(numbers.dropFirst(half))))
        }
    }

    private static func quantity(_ number: UInt64) -> ExplorerNode.Parameter { .text("0x" + String(number, radix: 16)) }

    func block(_ visit: ExplorerVisit) async throws -> Outcome {
        let text = visit.path["block"] ?? ""
        let (asked, hash) = (Self.blockNumber(text), ExplorerHash(text: text))
        guard asked != nil || hash != nil else { return visit.notFound }
        let heads = try await heads(visit)
        var found: ExplorerBlock?
        if let asked, asked <= heads.latest.number.value {
            found = try await visit.node.ask(
                "eth_getBlockByNumber", Self.quantity(asked), .flag(false), as: ExplorerBlock.self)
        } else if let hash {
            found = try await visit.node.ask(
                "eth_getBlockByHash", .text(hash.text), .flag(false), as: ExplorerBlock.self)
        }
        guard let block = found else { return visit.notFound }
        let transactions = try await transactions(visit, block.transactions.prefix(Self.transactionsOnPage).map(\.text))
        let number = block.number.value
        var view = BlockView(
            rollup: visit.rollup, number: number, hash: block.hash.text, parentHash: block.parentHash.text,
            time: block.timestamp.value)
        view.stateRoot = block.stateRoot.text
        view.gasUsed = block.gasUsed.value
        view.gasLimit = block.gasLimit.value
        view.baseFee = block.baseFeePerGas?.value ?? .zero
        view.size = block.size?.value ?? 0
        view.finality = heads.finality(of: number)
        view.l1Origin = transactions.first.flatMap { Self.l1Origin($0.0) }
        view.hasNext = number < heads.latest.number.value
        view.transactions = transactions.map { transaction, outcome in
            BlockView.Transaction(
                hash: transaction.hash.text, from: transaction.from.text, to: transaction.to?.text,
                value: transaction.value.value, gasUsed: outcome.gasUsed.value, succeeded: outcome.status?.value != 0,
                kind: Self.kind(transaction))
        }
        view.omitted = block.transactions.count - transactions.count
        return .page(view)
    }

    /// Transactions with what became of them; none where they are too large together.
    private func transactions(
        _ visit: ExplorerVisit, _ hashes: [String]
    ) async throws -> [(ExplorerTransaction, ExplorerOutcome)] {
        let parameters = hashes.map { [ExplorerNode.Parameter.text($0)] }
        do {
            let node = visit.node
            async let transactions = node.ask(
                "eth_getTransactionByHash", each: parameters, as: ExplorerTransaction.self)
            async let outcomes = node.ask(
                "eth_getTransactionReceipt", each: parameters, as: ExplorerOutcome.self)
            let found = zip(try await transactions, try await outcomes).compactMap { transaction, outcome in
                transaction.flatMap { transaction in outcome.map { (transaction, $0) } }
            }
            guard found.count == hashes.count else { throw ExplorerFailure.noAnswer }
            return found
        } catch ExplorerFailure.tooLarge {
            return []
        }
    }

    /// What a transaction does, in a word.
    private static func kind(_ transaction: ExplorerTransaction) -> String {
        if transaction.type.value == 0x7e { return "Deposit" }
        if transaction.to == nil { return "Creation" }
        return transaction.input.bytes.isEmpty ? "Transfer" : "Call"
    }

    /// The L1 block that a block counts on, from its first transaction.
    ///
    /// The call data is that of setL1BlockValuesEcotone and its successors (OP Stack specification, L1 attributes).
    private static func l1Origin(_ transaction: ExplorerTransaction) -> String? {
        let selectors: [[UInt8]] = [[0x44, 0x0a, 0x5e, 0x20], [0x09, 0x89, 0x99, 0xbe], [0x3d, 0xb6, 0xbe, 0x2b]]
        let input = transaction.input.bytes
        guard transaction.type.value == 0x7e, input.count >= 132, selectors.contains(Array(input.prefix(4))),
            let number = UInt256(bigEndianBytes: input[28..<36])
        else { return nil }
        return Format.number(number.limb0) + ", " + Hex.encode(input[100..<132])
    }

    // MARK: A transaction

    func transaction(_ visit: ExplorerVisit) async throws -> Outcome {
        guard let hash = ExplorerHash(text: visit.path["hash"] ?? "")?.text else { return visit.notFound }
        let node = visit.node
        let found = try await node.ask("eth_getTransactionByHash", .text(hash), as: ExplorerTransaction.self)
        guard let transaction = found else { return visit.notFound }
        let receipt = try await node.ask("eth_getTransactionReceipt", .text(hash), as: ExplorerReceipt.self)
        var view = TransactionView(
            rollup: visit.rollup, hash: transaction.hash.text, outcome: .pending, from: transaction.from.text,
            to: transaction.to?.text)
        view.value = transaction.value.value
        view.nonce = transaction.nonce.value
        view.kind = Self.envelope(transaction.type.value)
        view.gasLimit = transaction.gas.value
        view.gasPrice = transaction.gasPrice?.value
        view.input = transaction.input.text
        guard let receipt else { return .page(view) }
        let number = receipt.blockNumber.value
        var time = transaction.blockNumber?.value == number ? transaction.blockTimestamp?.value : nil
        if time == nil {
            time = try await node.ask(
                "eth_getBlockByNumber", Self.quantity(number), .flag(false), as: ExplorerBlock.self)?.timestamp.value
        }
        guard let time else { throw ExplorerFailure.noAnswer }
        view.outcome = receipt.status?.value == 0 ? .reverted(nil) : .succeeded
        view.finality = try await heads(visit).finality(of: number)
        view.block = BlockPoint(number: number, time: time)
        view.index = transaction.transactionIndex?.value
        view.created = receipt.contractAddress?.text
        view.gasUsed = receipt.gasUsed.value
        if let price = receipt.effectiveGasPrice?.value {
            view.gasPrice = price
            view.fee = price &* UInt256(receipt.gasUsed.value)
        }
        view.l1Fee = receipt.l1Fee?.value
        view.logs = receipt.logs.map { log in
            TransactionView.Log(
                index: log.logIndex.value, address: log.address.text, name: nil, topics: log.topics.map(\.text),
                data: log.data.text)
        }
        return .page(view)
    }

    /// What a transaction's type is called (EIP-2718).
    private static func envelope(_ type: UInt64) -> String {
        switch type {
        case 0: "Legacy"
        case 1: "EIP-2930"
        case 2: "EIP-1559"
        case 3: "EIP-4844"
        case 4: "EIP-7702"
        case 0x7e: "Deposit"
        default: "Type \(type)"
        }
    }
}

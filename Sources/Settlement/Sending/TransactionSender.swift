public import EthereumClient
import JSONRPC
public import Primitives
import StateTransition

/// Sends the transactions of an account that is this program's alone while it does so, and waits until they are in blocks.
///
/// It has no state: the nonce is what the chain says each time, so that a program that died goes on where it was.
public struct TransactionSender: Sendable {
    /// A transaction's gas at most (EIP-7825).
    private static let gasLimit: UInt64 = 1 << 24
    /// How long a node may know that a nonce is used and not the receipt of the transaction that used it.
    private static let receiptDelay = Duration.seconds(15)

    public let client: EthereumClient
    public let signer: AccountSigner
    public let chainID: UInt64
    public var settings: SendingSettings
    /// Is told how long each transaction was waited for.
    public var waited: @Sendable (Duration) -> Void = { _ in }
    /// Shared with all other senders of the account, where there are any.
    public var turns: (any SendingTurns)?

    public init(client: EthereumClient, signer: AccountSigner, chainID: UInt64, settings: SendingSettings = .init()) {
        self.client = client
        self.signer = signer
        self.chainID = chainID
        self.settings = settings
    }

    /// Whose transactions these are.
    public var address: Address { signer.address }

    /// Sends one transaction and waits for its block.
    ///
    /// - Throws: `reverted` with the reason where it fails, before it is sent if that can be told.
    @discardableResult
    public func perform(_ request: TransactionRequest) async throws(SettlementError) -> Inclusion {
        try await wait(for: try await send([request])[0])
    }

    /// Sends transactions one behind the other, and waits for the blocks of all.
    @discardableResult
    public func perform(_ requests: [TransactionRequest]) async throws(SettlementError) -> [Inclusion] {
        var inclusions: [Inclusion] = []
        for sent in try await send(requests) { inclusions.append(try await wait(for: sent)) }
        return inclusions
    }

    /// Wei that the account can send along with a transaction.
    ///
    /// - Parameter gas: that the transaction takes.
    public func funds(besidesGas gas: UInt64) async throws(SettlementError) -> UInt256 {
        let (fees, has) = try await EthereumClient.telling { () throws(EthereumClientError) in
            (try await client.fees(), try await client.balance(of: address))
        }
        let cost = UInt256(gas) &* highestFee(fees)
        return has > cost ? has &- cost : 0
    }

    private func highestFee(_ fees: FeeEstimate) -> UInt256 {
        min(fees.baseFee &+ fees.baseFee &+ min(fees.tip, settings.believedTip), settings.highestFee)
    }

    // MARK: Sending

    /// Signs transactions with the account's next nonces, and gives them to the node.
    public func send(_ requests: [TransactionRequest]) async throws(SettlementError) -> [SentTransaction] {
        guard let turns else { return try await sendNow(requests) }
        try await turns.take()
        let result: Result<[SentTransaction], SettlementError>
        do throws(SettlementError) { result = .success(try await sendNow(requests)) } catch { result = .failure(error) }
        await turns.leave()
        return try result.get()
    }

    private func sendNow(_ requests: [TransactionRequest]) async throws(SettlementError) -> [SentTransaction] {
        let fees = try await EthereumClient.telling { () throws(EthereumClientError) in try await client.fees() }
        let maxFee = highestFee(fees)
        let has = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await client.balance(of: address)
        }
        // Nodes estimate nothing that the account cannot pay.
        try check(requests, requests.map { _ in 0 }, maxFee, has: has)
        var limits: [UInt64] = []
        for request in requests { limits.append(try await gasLimit(of: request)) }
        try check(requests, limits, maxFee, has: has)
        var nonce = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await client.nonce(of: address, countsPending: !settings.replacesPending)
        }
        try await turns?.confirm()
        let tip = min(fees.tip, settings.believedTip)
        var sent: [SentTransaction] = []
        for (request, limit) in zip(requests, limits) {
            var transaction = SentTransaction(
                request: request, nonce: nonce, gasLimit: limit, maxFee: maxFee, tip: min(tip, maxFee), hashes: [])
            try await submit(&transaction)
            sent.append(transaction)
            nonce += 1
        }
        return sent
    }

    private func gasLimit(of request: TransactionRequest) async throws(SettlementError) -> UInt64 {
        if let limit = request.gasLimit { return limit }
        let estimate = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await client.gasEstimate(
                from: address, to: request.to, value: request.value, input: request.input)
        }
        return min(estimate &+ estimate / 5, max(estimate, Self.gasLimit))
    }

    private func check(
        _ requests: [TransactionRequest], _ limits: [UInt64], _ maxFee: UInt256, has: UInt256
    ) throws(SettlementError) {
        var needs: UInt256 = 0
        for (request, limit) in zip(requests, limits) {
            guard let cost = UInt256(limit).multiplying(maxFee)?.adding(request.value), let sum = needs.adding(cost)
            else { throw .poor(address, needs: .max, has: has) }
            needs = sum
        }
        if needs > has { throw .poor(address, needs: needs, has: has) }
    }

    /// Gives a transaction to the node, for more where it takes the place of another.
    private func submit(_ sent: inout SentTransaction) async throws(SettlementError) {
        while true {
            do throws(SettlementError) { return try await submitOnce(&sent) } catch {
                guard case .client(.refused(_, let message, _)) = error, settings.replacesPending,
                    message.contains("underpriced"), sent.maxFee < settings.highestFee
                else { throw error }
                raise(&sent)
            }
        }
    }

    private func raise(_ sent: inout SentTransaction) {
        sent.tip = sent.tip &+ sent.tip / 8 &+ 1
        sent.maxFee = min(max(sent.maxFee &+ sent.maxFee / 8 &+ 1, sent.tip), settings.highestFee)
        sent.tip = min(sent.tip, sent.maxFee)
    }

    private func submitOnce(_ sent: inout SentTransaction) async throws(SettlementError) {
        var transaction = Transaction(
            kind: .dynamicFee, chainID: chainID, nonce: sent.nonce, maxFeePerGas: sent.maxFee,
            maxPriorityFeePerGas: sent.tip, gasLimit: sent.gasLimit, to: sent.request.to, value: sent.request.value,
            input: sent.request.input)
        try await signer.sign(&transaction)
        // Another process takes its time, and the turn may be over meanwhile.
        if case .remote = signer { try await turns?.confirm() }
        let (encoded, hash) = (transaction.encoded, transaction.hash)
        do throws(EthereumClientError) {
            try await client.send(encoded, hash: hash)
        } catch {
            // A nonce that is used already may have been used by this very transaction, under fees from before.
            guard case .refused(_, let message, _) = error, message.contains("nonce too low"), !sent.hashes.isEmpty
            else { throw SettlementError(error) }
            return
        }
        sent.hashes.append(hash)
    }

    // MARK: Waiting

    /// Waits until a transaction is in a block, and sends it with higher fees where that takes long.
    ///
    /// - Throws: `reverted` where it failed there; `notIncluded`, `replaced`.
    public func wait(for sent: SentTransaction) async throws(SettlementError) -> Inclusion {
        do throws(SettlementError) { return try await waitForBlock(sent) } catch {
            guard case .client(let error) = error, let hash = sent.hashes.last else { throw error }
            throw .unknown(hash, error)
        }
    }

    private func waitForBlock(_ sent: SentTransaction) async throws(SettlementError) -> Inclusion {
        let clock = ContinuousClock()
        let start = clock.now
        defer { waited(clock.now - start) }
        var sent = sent
        var bumped = start
        var pause = Duration.milliseconds(4)
        var lost: ContinuousClock.Instant?
        while true {
            // First, since a block may come between the two questions.
            let isNonceUsed = try await nextNonce() > sent.nonce
            if let inclusion = try await inclusion(of: sent) {
                guard inclusion.isSuccess else { throw .reverted(await reason(sent, inclusion)) }
                return inclusion
            }
            lost = isNonceUsed ? lost ?? clock.now : nil
            if let lost, clock.now - lost > Self.receiptDelay { throw .replaced(sent.hashes.last ?? Hash256()) }
            if clock.now - start > .seconds(settings.patience) {
                throw .notIncluded(sent.hashes.last ?? Hash256(), seconds: settings.patience)
            }
            if clock.now - bumped > .seconds(settings.bumpAfter) {
                bumped = clock.now
                try await bump(&sent)
            }
            do { try await Task.sleep(for: pause) } catch {
                throw .notIncluded(sent.hashes.last ?? Hash256(), seconds: 0)
            }
            pause = min(pause * 2, .seconds(1))
        }
    }

    /// Waits until all that the account has sent so far is in blocks: what somebody sent before a crash, too.
    ///
    /// - Throws: `early` where that takes longer than transactions may.
    public func waitForAllSent() async throws(SettlementError) {
        let end = ContinuousClock.now + .seconds(settings.patience)
        let sent = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await client.nonce(of: address, countsPending: true)
        }
        while try await nextNonce() < sent {
            guard .now < end, (try? await Task.sleep(for: .milliseconds(100))) != nil else {
                throw .early("transactions of \(address) are in no block yet")
            }
        }
    }

    private func nextNonce() async throws(SettlementError) -> UInt64 {
        try await EthereumClient.telling { () throws(EthereumClientError) in
            try await client.nonce(of: address, countsPending: false)
        }
    }

    private func inclusion(of sent: SentTransaction) async throws(SettlementError) -> Inclusion? {
        for hash in sent.hashes.reversed() {
            let found = try await EthereumClient.telling { () throws(EthereumClientError) in
                try await client.inclusion(of: hash)
            }
            if let found { return found }
        }
        return nil
    }

    /// Sends it again for an eighth more, and at least for what the chain asks now.
    private func bump(_ sent: inout SentTransaction) async throws(SettlementError) {
        let fees = try await EthereumClient.telling { () throws(EthereumClientError) in try await client.fees() }
        guard sent.maxFee < settings.highestFee else { return }
        let before = sent
        sent.tip = max(sent.tip, min(fees.tip, settings.believedTip))
        sent.maxFee = max(sent.maxFee, min(fees.baseFee &+ fees.baseFee &+ sent.tip, settings.highestFee))
        raise(&sent)
        do throws(SettlementError) {
            try await submit(&sent)
        } catch {
            switch error {
            // Another endpoint may ask for more than an eighth: the next time it is more.
            case .client(.refused): break
            // A remote signer that is away is no reason to give up what was sent.
            case .early: sent = before
            default: throw error
            }
        }
    }

    /// Why a transaction failed: what the same call says at the block before.
    private func reason(_ sent: SentTransaction, _ inclusion: Inclusion) async -> String {
        if inclusion.gasUsed >= sent.gasLimit { return "it ran out of gas" }
        do {
            _ = try await client.call(
                "eth_call",
                { json in
                    json.beginObject()
                    json.key("from")
                    json.data(address)
                    if let to = sent.request.to {
                        json.key("to")
                        json.data(to)
                    }
                    json.key("value")
                    json.quantity(sent.request.value)
                    json.key("input")
                    json.data(sent.request.input)
                    json.endObject()
                    json.quantity(inclusion.blockNumber - min(1, inclusion.blockNumber))
                }, read: { reader in try reader.readData() })
        } catch {
            if case .reverted(let reason) = SettlementError(error) { return reason }
        }
        return "the transaction failed in block \(inclusion.blockNumber), and the reason is not known"
    }
}

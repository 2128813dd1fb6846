import Derivation
import Primitives
import StateTransition

/// Transactions go out, and are followed until L1 has them for good.
extension Batcher {
    /// Whether a transaction with this nonce may still be asked for, or asked about.
    public func holds(nonce: UInt64) -> Bool { window.contains { $0.nonce == nonce } }

    /// Whether a transaction that was asked for is still to be sent: nothing has taken its place, and it is not on L1.
    public func wants(_ submission: Submission) -> Bool {
        window.contains { $0.passedAt == nil && $0.submission == submission }
    }

    mutating func take(_ view: L1View) {
        let isNewHead = view.head != l1?.head
        l1 = view
        if view.includedNonce != lowest.nonce { lowest = (view.includedNonce, now) }
        var asked: [UInt64] = []
        for index in window.indices {
            if window[index].nonce < view.includedNonce {
                if window[index].passedAt == nil { window[index].passedAt = view.head.number }
                asked.append(window[index].nonce)
            } else if window[index].passedAt != nil {
                // A block that had it was lost.
                window[index].passedAt = nil
                window[index].included = nil
                window[index].missing = 0
                window[index].needsSending = true
                window[index].retryAt = now
            }
        }
        if isNewHead, !asked.isEmpty { actions.append(.locate(nonces: asked)) }
        while let first = window.first, first.channel == nil, let passedAt = first.passedAt,
            passedAt &+ settings.confirmations <= view.head.number
        {
            window.removeFirst()
        }
    }

    mutating func located(_ nonce: UInt64, _ block: BlockID?) {
        guard let index = window.firstIndex(where: { $0.nonce == nonce }), window[index].passedAt != nil else { return }
        window[index].included = block
        window[index].missing = block == nil ? window[index].missing + 1 : 0
    }

    mutating func refused(_ nonce: UInt64, _ attempt: Int, _ refusal: SubmissionRefusal) {
        guard let index = window.firstIndex(where: { $0.nonce == nonce }),
            window[index].submission.attempt == attempt
        else { return }
        switch refusal {
        case .underpriced:
            window[index].needsRaise = true
            window[index].retryAt = now &+ settings.resendAfter / 4
        case .kindConflict:
            window[index].needsSending = true
            window[index].retryAt = now &+ settings.resendAfter
            if case .cancellation = window[index].submission.payload {
                cancel(index)
            } else {
                let since = window[index].conflictSince ?? now
                window[index].conflictSince = since
                // Transactions that nobody can include wait in the pool for this nonce, and only one of their kind helps.
                guard nonce == l1?.includedNonce, now - since >= settings.strangerPatience else { return }
                cancel(index)
                if window[index].channel != nil { reset(.blocked(nonce)) }
            }
        case .other:
            window[index].needsSending = true
            window[index].retryAt = now &+ settings.resendAfter
        case .nonceTooLow: break
        }
    }

    /// Makes an empty transaction of the other kind of one that the pool does not take.
    private mutating func cancel(_ index: Int) {
        let hasBlob = !window[index].submission.payload.hasBlobs
        window[index].submission.payload = .cancellation(hasBlob: hasBlob)
        window[index].submission.gasLimit = IntrinsicGas.transaction
        window[index].submission.attempt += 1
        if let fees = l1.flatMap({ settings.feeLimits.fees($0.prices, hasBlobs: hasBlob) }) {
            window[index].submission.fees = SubmissionFees(
                maxFeePerGas: max(fees.maxFeePerGas, window[index].submission.fees.maxFeePerGas),
                maxPriorityFeePerGas: max(
                    fees.maxPriorityFeePerGas, window[index].submission.fees.maxPriorityFeePerGas),
                maxFeePerBlobGas: fees.maxFeePerBlobGas)
        }
    }

    /// The blocks of the channel that the transaction with this nonce carries a part of; nil where there is none.
    public func blocks(nonce: UInt64) -> ClosedRange<UInt64>? {
        guard let serial = window.first(where: { $0.nonce == nonce })?.channel,
            let channel = channels.first(where: { $0.serial == serial }), channel.first.number <= channel.last.number
        else { return nil }
        return channel.first.number...channel.last.number
    }

    /// Gives the next parts of channels a nonce, in order, as many as may be under way.
    mutating func sendNext() {
        guard let l1 else { return }
        var pending = window.count { $0.passedAt == nil }
        var hasBlobs = window.last { $0.passedAt == nil }?.submission.payload.hasBlobs
        for index in channels.indices {
            // A server has not answered: what comes later must wait.
            guard !channels[index].payloads.isEmpty else { return }
            while channels[index].sent < channels[index].payloads.count {
                let payload = channels[index].payloads[channels[index].sent]
                // Pools take transactions of one kind at a time from an account.
                guard pending < settings.inFlightLimit, hasBlobs == nil || hasBlobs == payload.hasBlobs,
                    let fees = settings.feeLimits.fees(l1.prices, hasBlobs: payload.hasBlobs)
                else { return }
                window.append(
                    InFlight(
                        submission: Submission(
                            nonce: nextNonce, attempt: 0, payload: payload, gasLimit: Self.gasLimit(payload), fees: fees
                        ),
                        channel: channels[index].serial, sentAt: now, retryAt: now))
                nextNonce += 1
                channels[index].sent += 1
                pending += 1
                hasBlobs = payload.hasBlobs
            }
        }
    }

    private static func gasLimit(_ payload: SubmissionPayload) -> UInt64 {
        if case .calldata(let data) = payload { return L1Prices.calldataGas(data) }
        return IntrinsicGas.transaction
    }

    /// Sends what must be sent, again, or with a better offer.
    mutating func keepSending() {
        guard let l1 else { return }
        for index in window.indices where window[index].passedAt == nil && now >= window[index].retryAt {
            let entry = window[index]
            let hasWaited = now >= max(lowest.since, entry.sentAt) &+ settings.raiseAfter
            if entry.needsRaise || (entry.nonce == l1.includedNonce && hasWaited && !entry.needsSending) {
                let hasBlobs = entry.submission.payload.hasBlobs
                let raised = settings.feeLimits.replacement(of: entry.submission.fees, l1.prices, hasBlobs: hasBlobs)
                if let raised {
                    window[index].submission.fees = raised
                    window[index].submission.attempt += 1
                    actions.append(.report(.raised(nonce: entry.nonce, raised)))
                    send(index)
                    continue
                }
                // At the limit: the last offer stands.
                window[index].needsRaise = false
            }
            let isUnknown = l1.pendingNonce <= entry.nonce && now >= entry.sentAt &+ settings.resendAfter
            if entry.needsSending || isUnknown { send(index) }
        }
    }

    private mutating func send(_ index: Int) {
        window[index].needsSending = false
        window[index].needsRaise = false
        window[index].sentAt = now
        window[index].retryAt = now &+ settings.resendAfter / 4
        actions.append(.send(window[index].submission))
    }

    /// Puts empty transactions in the place of those that are not known here: they were sent before a restart and stay in
    /// the pools, or L1 has lost them so late that they are kept no more.
    mutating func cancelStrangers(_ nonces: Range<UInt64>, _ prices: L1Prices) {
        guard let fees = settings.feeLimits.fees(prices, hasBlobs: false) else { return }
        for nonce in nonces.prefix(settings.inFlightLimit) where !window.contains(where: { $0.nonce == nonce }) {
            let entry = InFlight(
                submission: Submission(
                    nonce: nonce, attempt: 0, payload: .cancellation(hasBlob: false),
                    gasLimit: IntrinsicGas.transaction, fees: fees),
                channel: nil, sentAt: now, retryAt: now)
            window.insert(entry, at: window.firstIndex { $0.nonce > nonce } ?? window.count)
            nextNonce = max(nextNonce, nonce &+ 1)
            actions.append(.report(.cancelling(nonce: nonce)))
        }
    }
}

import Cryptography
import Derivation
import Layers
import Primitives
import Publishing
import Sequencing
import Spans
import StateTransition
import Synchronization

/// A transaction that was signed.
struct SentAttempt: Sendable {
    let attempt: Int
    let hash: Hash256
    /// Without blobs.
    let encoded: [UInt8]
    /// Shares the memory of its blobs with what the state machine holds.
    let sidecar: BlobSidecar?

    var networkForm: [UInt8] { sidecar?.networkForm(of: encoded) ?? encoded }
}

/// A transaction that is to be sent as soon as it is known what it carries.
struct Unsent {
    let submission: Submission
    /// Under which that is told.
    let id: UInt64
    let span: Span?
}

extension BatcherDriver {
    /// Takes a transaction that is to be sent, in the order of nonces and a later attempt in the place of an earlier one, and
    /// has what it carries made beside everything else.
    func enqueue(_ submission: Submission) async {
        if unsent.contains(where: { $0.submission == submission }) { return }
        for old in unsent where old.submission.nonce == submission.nonce {
            carriages.withLock { $0[old.id] = nil }
        }
        unsent.removeAll { $0.submission.nonce == submission.nonce }
        let id = nextUnsent
        nextUnsent += 1
        let place = unsent.firstIndex { $0.submission.nonce > submission.nonce } ?? unsent.count
        let span = ProcessTracing.begin("batcher.submit", .producer)
        if let span { describe(submission, in: span) }
        unsent.insert(Unsent(submission: submission, id: id, span: span), at: place)
        // What was signed before goes out as it was.
        if signed(submission) != nil { return }
        let (choice, parts) = submission.payload.data
        if let known = madeBefore(submission, parts) {
            // The proofs of a transaction that it replaces are those of the same blobs.
            let proven = ProvenBlobs(blobs: known.blobs, commitments: known.commitments, cellProofs: known.proofs)
            carriages.withLock { $0[id] = .success(.blobs(proven)) }
        } else if choice == .calldata {
            let result = await Self.carriage(choice, parts, data)
            carriages.withLock { $0[id] = result }
        } else {
            Task { [data, weak self] in
                let proving = span?.child("batcher.prepare")
                let result = await Self.carriage(choice, parts, data)
                proving?.end()
                self?.carriages.withLock { $0[id] = result }
            }
        }
    }

    /// Sends what nothing is missing of, up to the first transaction that waits for what it carries.
    ///
    /// - Returns: which of them are refused.
    func sendWhatIsReady() async -> [BatcherEvent] {
        var events: [BatcherEvent] = []
        while let next = unsent.first, !Task.isCancelled {
            let submission = next.submission
            let result = carriages.withLock { $0[next.id] }
            let present = signed(submission)
            if present == nil && result == nil { break }
            unsent.removeFirst()
            carriages.withLock { $0[next.id] = nil }
            // What was under way may have been given up meanwhile.
            guard wants(submission) else { continue }
            let made: SentAttempt
            if let present {
                made = present
            } else {
                let carriage: DataCarriage
                switch result {
                case .success(let found): carriage = found
                case .failure(let error):
                    trouble("the data of a transaction", error)
                    next.span?.fail("data")
                    events.append(.refused(nonce: submission.nonce, attempt: submission.attempt, .other))
                    continue
                case nil: continue
                }
                do throws(LayerError) {
                    made = try await Span.within(next.span) { () async throws(LayerError) in
                        try await sign(submission, carriage)
                    }
                } catch {
                    trouble("signing", error)
                    next.span?.fail("signing")
                    events.append(.refused(nonce: submission.nonce, attempt: submission.attempt, .other))
                    continue
                }
                recovered("signing")
                attempts[submission.nonce, default: []].append(made)
            }
            next.span?.set("mayfly.l1.transaction", "\(made.hash)")
            if let refusal = await Span.within(next.span, { await send(made) }) {
                next.span?.fail("\(refusal)")
                events.append(.refused(nonce: submission.nonce, attempt: submission.attempt, refusal))
            }
        }
        return events
    }

    private func signed(_ submission: Submission) -> SentAttempt? {
        attempts[submission.nonce]?.first { $0.attempt == submission.attempt }
    }

    /// The sidecar of an earlier attempt with the same blobs.
    private func madeBefore(_ submission: Submission, _ blobs: [[UInt8]]) -> BlobSidecar? {
        guard submission.payload.hasBlobs else { return nil }
        return (attempts[submission.nonce] ?? []).lazy.compactMap { $0.sidecar }.first { $0.blobs == blobs }
    }

    /// Sends a transaction; why the node does not take it, or nil.
    private func send(_ made: SentAttempt) async -> SubmissionRefusal? {
        do throws(LayerError) {
            let refusal = try await l1.send(made.networkForm, hash: made.hash)
            if case .other(let why) = refusal { trouble("sending", why) } else { recovered("sending") }
            return refusal.map { SubmissionRefusal($0) }
        } catch {
            trouble("sending", error)
            return .other
        }
    }

    private func sign(_ submission: Submission, _ carriage: DataCarriage) async throws(LayerError) -> SentAttempt {
        var transaction = Transaction(
            kind: submission.payload.hasBlobs ? .blob : .dynamicFee, chainID: configuration.l1ChainID,
            nonce: submission.nonce, maxFeePerGas: submission.fees.maxFeePerGas,
            maxPriorityFeePerGas: submission.fees.maxPriorityFeePerGas, gasLimit: submission.gasLimit,
            to: configuration.batchInbox)
        if case .cancellation = submission.payload { transaction.to = account.address }
        var sidecar: BlobSidecar?
        switch carriage {
        case .input(let input): transaction.input = input
        case .blobs(let proven):
            transaction.maxFeePerBlobGas = submission.fees.maxFeePerBlobGas
            transaction.blobHashes = proven.commitments.map { BlobSidecar.versionedHash(ofCommitment: $0) }
            sidecar = BlobSidecar(
                version: .cellProofs, blobs: proven.blobs, commitments: proven.commitments, proofs: proven.cellProofs)
        }
        try await account.sign(&transaction)
        return SentAttempt(
            attempt: submission.attempt, hash: transaction.hash, encoded: transaction.encoded, sidecar: sidecar)
    }

    /// What a transaction carries, from where its data go.
    private static func carriage(
        _ choice: DataAvailabilityChoice, _ parts: [[UInt8]], _ data: DataLayers
    ) async -> Result<DataCarriage, LayerError> {
        guard let layer = data[choice] else {
            return .failure(
                LayerError(.dataAvailability, .fatal, "there is nowhere to publish \(choice.rawValue)"))
        }
        do throws(LayerError) { return .success(try await layer.publish(parts)) } catch { return .failure(error) }
    }

    /// Finds the blocks of transactions; nothing for those that cannot be asked for at the moment.
    func locate(_ nonces: [UInt64]) async -> [BatcherEvent] {
        var events: [BatcherEvent] = []
        next: for nonce in nonces {
            var found: BlockID?
            for attempt in (attempts[nonce] ?? []).reversed() where found == nil {
                do throws(LayerError) {
                    found = try await l1.inclusion(of: attempt.hash)
                } catch {
                    trouble("L1", error)
                    continue next
                }
            }
            events.append(.located(nonce: nonce, in: found))
        }
        return events
    }
}

extension SubmissionRefusal {
    init(_ refusal: SendingRefusal) {
        switch refusal {
        case .underpriced: self = .underpriced
        case .kindConflict: self = .kindConflict
        case .nonceTooLow: self = .nonceTooLow
        case .other: self = .other
        }
    }
}

extension SubmissionPayload {
    /// Where its data go, in the pieces of that place.
    fileprivate var data: (DataAvailabilityChoice, [[UInt8]]) {
        switch self {
        case .calldata(let data): (.calldata, [data])
        case .blobs(let blobs): (.blobs, blobs)
        case .cancellation(hasBlob: false): (.calldata, [])
        case .cancellation(hasBlob: true): (.blobs, [[UInt8](repeating: 0, count: KZG.bytesPerBlob)])
        }
    }
}

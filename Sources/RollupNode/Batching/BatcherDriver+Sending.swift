import Cryptography
import Derivation
import EthereumClient
import Primitives
import Publishing
import Sequencing
import StateTransition

/// A transaction that was signed.
struct SentAttempt: Sendable {
    let attempt: Int
    let hash: Hash256
    /// In its network form.
    let encoded: [UInt8]
    let sidecar: BlobSidecar?
}

extension BatcherDriver {
    private static let kzg = KZG(.mainnet())

    /// Signs and sends a transaction; why the node does not take it, or nil.
    func send(_ submission: Submission) async -> SubmissionRefusal? {
        let made: SentAttempt
        if let present = attempts[submission.nonce]?.first(where: { $0.attempt == submission.attempt }) {
            made = present
        } else {
            do throws(KZGError) {
                made = try sign(submission)
            } catch {
                trouble("a blob", "\(error)")
                return .other
            }
            attempts[submission.nonce, default: []].append(made)
        }
        do throws(EthereumClientError) {
            try await l1.send(made.encoded, hash: made.hash)
            recovered("sending")
            return nil
        } catch {
            let refusal = Self.refusal(error)
            if refusal == .other { trouble("sending", error.message) }
            return refusal
        }
    }

    /// What a node's words mean.
    private static func refusal(_ error: EthereumClientError) -> SubmissionRefusal {
        guard case .refused(_, let message, _) = error else { return .other }
        if message.contains("nonce too low") { return .nonceTooLow }
        if message.contains("already reserved") { return .kindConflict }
        for words in ["underpriced", "fee too low", "less than block base fee", "fee cap too low"]
        where message.contains(words) {
            return .underpriced
        }
        return .other
    }

    private func sign(_ submission: Submission) throws(KZGError) -> SentAttempt {
        var transaction = Transaction(
            kind: submission.payload.hasBlobs ? .blob : .dynamicFee, chainID: configuration.l1ChainID,
            nonce: submission.nonce, maxFeePerGas: submission.fees.maxFeePerGas,
            maxPriorityFeePerGas: submission.fees.maxPriorityFeePerGas, gasLimit: submission.gasLimit,
            to: configuration.batchInbox)
        var blobs: [[UInt8]] = []
        switch submission.payload {
        case .calldata(let data): transaction.input = data
        case .blobs(let list): blobs = list
        case .cancellation(let hasBlob):
            transaction.to = account.address
            if hasBlob { blobs = [[UInt8](repeating: 0, count: KZG.bytesPerBlob)] }
        }
        var sidecar: BlobSidecar?
        if !blobs.isEmpty {
            let made: BlobSidecar
            if let present = (attempts[submission.nonce] ?? []).compactMap({ $0.sidecar }).first(where: {
                $0.blobs == blobs
            }) {
                // The proofs of a transaction that it replaces are those of the same blobs.
                made = present
            } else {
                made = try Self.sidecar(blobs)
            }
            transaction.maxFeePerBlobGas = submission.fees.maxFeePerBlobGas
            transaction.blobHashes = made.commitments.map { BlobSidecar.versionedHash(ofCommitment: $0) }
            sidecar = made
        }
        account.sign(&transaction)
        let encoded = transaction.encoded
        return SentAttempt(
            attempt: submission.attempt, hash: transaction.hash,
            encoded: sidecar?.networkForm(of: encoded) ?? encoded, sidecar: sidecar)
    }

    /// Blobs with their cell proofs; about a fifth of a second a blob.
    private static func sidecar(_ blobs: [[UInt8]]) throws(KZGError) -> BlobSidecar {
        var sidecar = BlobSidecar(version: .cellProofs, blobs: blobs, commitments: [], proofs: [])
        for blob in blobs {
            sidecar.commitments.append(try kzg.blobToCommitment(blob))
            sidecar.proofs += try kzg.computeCellsAndProofs(blob: blob).proofs
        }
        return sidecar
    }

    /// Finds the blocks of transactions; nothing for those that cannot be asked for at the moment.
    func locate(_ nonces: [UInt64]) async -> [BatcherEvent] {
        var events: [BatcherEvent] = []
        next: for nonce in nonces {
            var found: BlockID?
            for attempt in (attempts[nonce] ?? []).reversed() where found == nil {
                do throws(EthereumClientError) {
                    if let inclusion = try await l1.inclusion(of: attempt.hash) {
                        found = BlockID(number: inclusion.blockNumber, hash: inclusion.blockHash)
                    }
                } catch {
                    trouble("L1", error.message)
                    continue next
                }
            }
            events.append(.located(nonce: nonce, in: found))
        }
        return events
    }
}

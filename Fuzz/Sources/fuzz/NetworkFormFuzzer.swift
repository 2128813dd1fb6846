import Primitives
import Sequencing
import StateTransition

/// What is sent to a pool decodes to the transaction and the blobs that it was made of; whatever decodes encodes to the same
/// bytes. Verifying the blobs of anything that decodes ends, and accepts nothing that was not committed to.
let networkFormFuzzer = Fuzzer(name: "network-form") { random in
    let transaction = randomTransaction(&random)
    let encoded = transaction.encoded
    var bytes = encoded
    var sidecar: BlobSidecar?
    if transaction.kind == .blob && !random.oneIn(3) {
        let made = randomSidecar(&random)
        bytes = made.networkForm(of: encoded)
        sidecar = made
    }
    let form = try NetworkForm(decoding: bytes)
    guard form.transaction == transaction, form.encoded == encoded, form.sidecar == sidecar else {
        throw Finding("\(Hex.encode(bytes)) decodes to something else")
    }
    let changed = random.mutated(bytes)
    guard let decoded = try? NetworkForm(decoding: changed) else { return }
    let again = decoded.sidecar?.networkForm(of: decoded.encoded) ?? decoded.encoded
    guard again == changed else { throw Finding("\(Hex.encode(changed)) encodes to other bytes") }
    if let sidecar = decoded.sidecar, (try? sidecar.verified(for: decoded.transaction.blobHashes)) != nil {
        // Random commitments fit no hash that the transaction names.
        guard decoded.transaction.blobHashes.isEmpty else { throw Finding("\(Hex.encode(changed)) is verified") }
    }
}

/// Blobs, commitments and proofs of any number and any size, most of them of none that a blob could have.
private func randomSidecar(_ random: inout SplitMix) -> BlobSidecar {
    func strings(_ size: Int) -> [[UInt8]] {
        (0..<random.below(3)).map { _ in random.bytes(random.oneIn(2) ? size : random.below(60)) }
    }
    return BlobSidecar(
        version: random.oneIn(2) ? .blobProofs : .cellProofs, blobs: strings(100), commitments: strings(48),
        proofs: strings(48))
}

import EVM
import Primitives
import StateTransition

/// A transaction decodes from its encoding; whatever decodes encodes to the same bytes, or it would have two hashes.
/// Recovering the sender of anything that decodes ends.
let transactionFuzzer = Fuzzer(name: "transaction") { random in
    let transaction = randomTransaction(&random)
    let bytes = transaction.encoded
    guard try Transaction(decoding: bytes) == transaction else {
        throw Finding("\(Hex.encode(bytes)) decodes to another transaction")
    }
    let changed = random.mutated(bytes)
    guard let decoded = try? Transaction(decoding: changed) else { return }
    guard decoded.encoded == changed else { throw Finding("\(Hex.encode(changed)) encodes to other bytes") }
    if random.oneIn(8) { _ = try? decoded.sender(revision: .osaka, chainID: decoded.chainID ?? 1) }
}

/// A transaction of any type in the form that decoding gives: fields that the type lacks are as they begin.
func randomTransaction(_ random: inout SplitMix) -> Transaction {
    var transaction = Transaction(
        kind: random.pick([.legacy, .accessList, .dynamicFee, .blob, .setCode, .deposit]))
    transaction.to = random.oneIn(3) ? nil : random.address()
    transaction.value = random.word()
    transaction.gasLimit = random.number()
    transaction.input = random.bytes(random.pick([0, 1, 4, 55, 56, 300]))
    if transaction.kind == .deposit {
        transaction.deposit = Deposit(
            sourceHash: random.hash(), from: random.address(), mint: random.word(),
            isSystemTransaction: random.oneIn(2))
        return transaction
    }
    transaction.nonce = random.number()
    transaction.maxPriorityFeePerGas = random.word()
    transaction.maxFeePerGas = transaction.maxPriorityFeePerGas
    transaction.signature = Signature(v: UInt64(random.below(2)), r: random.word(), s: random.word())
    if transaction.kind == .legacy {
        if random.oneIn(2) {
            transaction.signature.v += 27
        } else {
            let chainID = random.number() >> 2
            transaction.chainID = chainID
            transaction.signature.v += 35 + 2 * chainID
        }
        return transaction
    }
    transaction.chainID = random.number()
    for _ in 0..<random.below(3) {
        let slots = (0..<random.below(3)).map { _ in random.word() }
        transaction.accessList.append(AccessListEntry(address: random.address(), slots: slots))
    }
    if transaction.kind != .accessList { transaction.maxFeePerGas = random.word() }
    if transaction.kind == .blob {
        transaction.maxFeePerBlobGas = random.word()
        transaction.blobHashes = (0..<random.below(3)).map { _ in random.hash() }
    }
    if transaction.kind == .setCode {
        transaction.authorizations = (0..<random.below(3)).map { _ in
            Authorization(
                chainID: random.word(), address: random.address(), nonce: random.number(),
                yParity: UInt8(random.below(256)), r: random.word(), s: random.word())
        }
    }
    return transaction
}

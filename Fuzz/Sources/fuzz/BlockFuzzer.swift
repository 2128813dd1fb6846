import Primitives
import StateTransition

/// Whatever decodes as a transaction must encode to the same bytes, or it would have two hashes.
let transactionFuzzer = Fuzzer(name: "transaction") { random in
    let bytes = random.mutated(randomTransaction(&random).encoded)
    guard let transaction = try? Transaction(decoding: bytes) else { return }
    guard transaction.encoded == bytes else { throw Finding("\(Hex.encode(bytes)) encodes to other bytes") }
}

/// The same for blocks with all that is in them.
let blockFuzzer = Fuzzer(name: "block") { random in
    var block = Block(header: BlockHeader())
    func hash() -> Hash256 { Hash256(randomWord(&random)) }
    block.header.parentHash = hash()
    block.header.extraData = random.bytes(random.below(34))
    block.header.number = random.next() >> UInt64(random.below(64))
    if random.below(2) == 0 {
        block.header.baseFee = randomWord(&random)
        block.header.withdrawalsRoot = hash()
        block.withdrawals = (0..<random.below(3)).map { _ in
            Withdrawal(index: random.next(), validatorIndex: 0, address: Address(), amount: random.next())
        }
    }
    for _ in 0..<random.below(4) { block.transactions.append(randomTransaction(&random)) }
    for _ in 0..<random.below(2) { block.uncles.append(block.header) }
    let bytes = random.mutated(block.encoded)
    guard let decoded = try? Block(decoding: bytes) else { return }
    guard decoded.encoded == bytes else { throw Finding("\(Hex.encode(bytes)) encodes to other bytes") }
}

private func randomWord(_ random: inout SplitMix) -> UInt256 {
    UInt256(limbs: random.next(), random.next(), random.next(), random.next()) >> UInt64(random.below(257))
}

private func randomTransaction(_ random: inout SplitMix) -> Transaction {
    let kinds: [Transaction.Kind] = [.legacy, .accessList, .dynamicFee, .blob, .setCode, .deposit]
    var transaction = Transaction(kind: kinds[random.below(kinds.count)])
    transaction.to = random.below(3) == 0 ? nil : Address(truncating: randomWord(&random))
    transaction.value = randomWord(&random)
    transaction.gasLimit = random.next() >> UInt64(random.below(64))
    transaction.input = random.bytes([0, 1, 4, 55, 56, 300][random.below(6)])
    transaction.maxFeePerGas = randomWord(&random)
    transaction.maxPriorityFeePerGas = randomWord(&random)
    transaction.signature = Signature(
        v: (transaction.kind == .legacy ? 27 : 0) + UInt64(random.below(2)), r: randomWord(&random),
        s: randomWord(&random))
    transaction.chainID = random.next() >> UInt64(random.below(64))
    for _ in 0..<random.below(3) {
        let slots = (0..<random.below(3)).map { _ in randomWord(&random) }
        transaction.accessList.append(AccessListEntry(address: Address(), slots: slots))
        transaction.blobHashes.append(Hash256(randomWord(&random)))
        transaction.authorizations.append(
            Authorization(
                chainID: randomWord(&random), address: Address(), nonce: random.next(),
                yParity: UInt8(random.below(256)), r: randomWord(&random), s: randomWord(&random)))
    }
    if transaction.kind == .deposit {
        transaction.deposit = Deposit(
            sourceHash: Hash256(randomWord(&random)), from: Address(truncating: randomWord(&random)),
            mint: randomWord(&random), isSystemTransaction: random.below(2) == 0)
    }
    return transaction
}

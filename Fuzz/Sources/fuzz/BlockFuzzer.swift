import Primitives
import StateTransition

/// A header decodes from its encoding; whatever decodes encodes to the same bytes.
let headerFuzzer = Fuzzer(name: "header") { random in
    let header = randomHeader(&random)
    let bytes = header.encoded
    guard try BlockHeader(decoding: bytes) == header else {
        throw Finding("\(Hex.encode(bytes)) decodes to another header")
    }
    let changed = random.mutated(bytes)
    guard let decoded = try? BlockHeader(decoding: changed) else { return }
    guard decoded.encoded == changed else { throw Finding("\(Hex.encode(changed)) encodes to other bytes") }
}

/// The same for blocks with all that is in them.
let blockFuzzer = Fuzzer(name: "block") { random in
    var block = Block(header: randomHeader(&random))
    for _ in 0..<random.below(4) { block.transactions.append(randomTransaction(&random)) }
    for _ in 0..<random.below(2) { block.uncles.append(randomHeader(&random)) }
    if block.header.withdrawalsRoot != nil {
        block.withdrawals = (0..<random.below(3)).map { _ in
            Withdrawal(
                index: random.number(), validatorIndex: random.number(), address: random.address(),
                amount: random.number())
        }
    }
    let bytes = block.encoded
    guard try Block(decoding: bytes) == block else { throw Finding("\(Hex.encode(bytes)) decodes to another block") }
    let changed = random.mutated(bytes)
    guard let decoded = try? Block(decoding: changed) else { return }
    guard decoded.encoded == changed else { throw Finding("\(Hex.encode(changed)) encodes to other bytes") }
}

/// A header of any era.
func randomHeader(_ random: inout SplitMix) -> BlockHeader {
    var header = BlockHeader(
        parentHash: random.hash(), unclesHash: random.hash(), coinbase: random.address(), stateRoot: random.hash(),
        transactionsRoot: random.hash(), receiptsRoot: random.hash(), difficulty: random.word(),
        number: random.number(), gasLimit: random.number(), gasUsed: random.number(), timestamp: random.number(),
        extraData: random.bytes(random.below(34)), mixHash: random.hash(), nonce: random.next())
    let fieldCount = random.below(7)
    if fieldCount > 0 { header.baseFee = random.word() }
    if fieldCount > 1 { header.withdrawalsRoot = random.hash() }
    if fieldCount > 2 { header.blobGasUsed = random.number() }
    if fieldCount > 3 { header.excessBlobGas = random.number() }
    if fieldCount > 4 { header.parentBeaconBlockRoot = random.hash() }
    if fieldCount > 5 { header.requestsHash = random.hash() }
    return header
}

import Primitives
import StateTransition
import Testing

@Suite struct BlockCodecTests {
    static func header(_ random: inout SplitMix, optionalFields: Int) -> BlockHeader {
        func hash() -> Hash256 { Hash256(UInt256(limbs: random.next(), random.next(), random.next(), random.next())) }
        var header = BlockHeader(
            parentHash: hash(), unclesHash: hash(), coinbase: Address(truncating: UInt256(hash())), stateRoot: hash(),
            transactionsRoot: hash(), receiptsRoot: hash(),
            difficulty: UInt256(hash()) >> (random.next() % 256), number: random.next(), gasLimit: random.next(),
            gasUsed: random.next() >> 60, timestamp: random.next(),
            extraData: [UInt8](repeating: 7, count: Int(random.next() % 33)), mixHash: hash(), nonce: random.next())
        if optionalFields > 0 { header.baseFee = UInt256(random.next()) }
        if optionalFields > 1 { header.withdrawalsRoot = hash() }
        if optionalFields > 2 { header.blobGasUsed = random.next() }
        if optionalFields > 3 { header.excessBlobGas = random.next() }
        if optionalFields > 4 { header.parentBeaconBlockRoot = hash() }
        if optionalFields > 5 { header.requestsHash = hash() }
        return header
    }

    static func block(_ random: inout SplitMix) -> Block {
        let fields = Int(random.next() % 7)
        var block = Block(header: header(&random, optionalFields: fields))
        for _ in 0..<random.next() % 4 { block.transactions.append(TransactionCodecTests.transaction(&random)) }
        for _ in 0..<random.next() % 3 { block.uncles.append(header(&random, optionalFields: fields)) }
        if fields > 1 {
            block.withdrawals = (0..<random.next() % 3).map { index in
                Withdrawal(index: index, validatorIndex: random.next(), address: Address(), amount: random.next())
            }
        }
        return block
    }

    @Test(arguments: 0..<100 as Range<UInt64>) func roundTrips(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let block = Self.block(&random)
        #expect(try Block(decoding: block.encoded) == block)
        #expect(try BlockHeader(decoding: block.header.encoded) == block.header)
    }

    @Test(arguments: 0..<100 as Range<UInt64>) func changedBytesDecodeToThemselvesOrNotAtAll(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let bytes = Self.block(&random).encoded
        for _ in 0..<100 {
            var changed = bytes
            let index = Int(random.next() % UInt64(changed.count))
            switch random.next() % 4 {
            case 0: changed.remove(at: index)
            case 1: changed.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
            default: changed[index] = UInt8(truncatingIfNeeded: random.next() >> (random.next() % 8))
            }
            if let block = try? Block(decoding: changed) { #expect(block.encoded == changed) }
        }
    }

    /// The first block of Ethereum.
    @Test func hashesTheFirstBlock() throws {
        let header = try BlockHeader(
            stateRoot: Hash256(hex: "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"),
            difficulty: 0x4_0000_0000, gasLimit: 5000,
            extraData: Hex.decode("0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa"), nonce: 0x42)
        let hash = try Hash256(hex: "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3")
        #expect(header.hash == hash)
    }
}

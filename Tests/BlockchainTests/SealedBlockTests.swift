import Blockchain
import Primitives
import StateTransition
import Storage
import Testing

@Suite struct SealedBlockTests {
    @Test func tellsTheGasOfOneTransaction() {
        let receipts = [21_000, 50_000, 50_001].map {
            Receipt(kind: .legacy, outcome: .status(true), cumulativeGasUsed: $0, bloom: LogsBloom(), logs: [])
        }
        let header = BlockHeader(number: 1, gasLimit: 1, timestamp: 1)
        let sealed = SealedBlock(Block(header: header), transactionHashes: [], senders: [], receipts: receipts)
        #expect((0..<3).map { sealed.gasUsed(by: $0) } == [21_000, 29_000, 1])
        #expect(sealed.reference.hash == header.hash)
    }
}

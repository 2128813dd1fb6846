import Primitives
import StateTransition
import Testing

@testable import Blockchain

@Suite struct BlockTreeTests {
    private func block(_ number: UInt64, on parent: Hash256, bytes: Int = 0, extra: UInt8 = 0) -> TreeBlock {
        let header = BlockHeader(parentHash: parent, number: number, extraData: [extra])
        var diff = StateDiff()
        if bytes > 0 { diff.codes = [StateDiff.NewCode(hash: Hash256(), bytes: [UInt8](repeating: 0, count: bytes))] }
        return TreeBlock(SealedBlock(Block(header: header), senders: [], receipts: []), diff: diff, requests: [])
    }

    @Test func dropsOldBlocksOfOtherForksFirst() {
        var tree = BlockTree()
        let genesis = Hash256(1)
        var others: [TreeBlock] = []
        for index in 0..<BlockTree.limit - 2 {
            others.append(block(UInt64(1 + index / 256), on: Hash256(9), extra: UInt8(index % 256)))
            tree.insert(others[index])
        }
        var parent = genesis
        var path: [TreeBlock] = []
        for number in 1...10 as ClosedRange<UInt64> {
            #expect(tree.hasRoom(on: parent))
            let next = block(number, on: parent)
            tree.insert(next)
            path.append(next)
            parent = next.sealed.hash
        }
        #expect(tree.blocks.count <= BlockTree.limit)
        #expect(path.allSatisfy { tree[$0.sealed.hash] != nil })
        #expect(others.prefix(256).contains { tree[$0.sealed.hash] == nil })
        #expect(others.suffix(254).allSatisfy { tree[$0.sealed.hash] != nil })
    }

    @Test func isBoundInBytesAndSaysSo() {
        var tree = BlockTree()
        var parent = Hash256(1)
        var number: UInt64 = 0
        while tree.hasRoom(on: parent) {
            number += 1
            let next = block(number, on: parent, bytes: 16 << 20)
            tree.insert(next)
            parent = next.sealed.hash
            if number > 100 { break }
        }
        #expect(number == 16)
        // A block of another fork finds room, as what it is not built on may go.
        #expect(tree.hasRoom(on: Hash256(2)))
        tree.insert(block(1, on: Hash256(2)))
        #expect(tree.blocks.count == 16)
        // What is in the chain leaves, and its bytes with it.
        tree.prune(head: 16, adopted: tree.blocks.values.map { $0.sealed })
        #expect(tree.blocks.isEmpty && tree.hasRoom(on: parent))
    }

    @Test func countsWhatLogsHold() {
        let log = Log(address: Address(), topics: [Hash256()], data: [UInt8](repeating: 0, count: 100_000))
        let header = BlockHeader(number: 1)
        let receipt = Receipt(
            kind: .legacy, outcome: .status(true), cumulativeGasUsed: 0, bloom: LogsBloom(), logs: [log])
        let sealed = SealedBlock(Block(header: header), senders: [], receipts: [receipt])
        #expect(sealed.residentByteCount > 100_000)
    }
}

import Blockchain
import Cryptography
import Foundation
import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Storage
import Synchronization
import Testing

@testable import DevL1

@Suite struct TroubleTests {
    private static let first = DevelopmentMethodsTests.first

    private static func transfer(_ more: String = "") -> String {
        #"{"from":\#(first),"to":\#(DevelopmentMethodsTests.nobody),"value":"0x64"\#(more)}"#
    }

    /// A transaction of the first account with one blob.
    static func blobTransaction(_ node: TestL1, nonce: UInt64) throws -> PooledTransaction {
        let kzg = KZG(.mainnet())
        let blob = [UInt8](repeating: 0, count: KZG.bytesPerBlob)
        let commitment = try kzg.blobToCommitment(blob)
        let hash = BlobSidecar.versionedHash(ofCommitment: commitment)
        let sidecar = BlobSidecar(
            version: .cellProofs, blobs: [blob], commitments: [commitment],
            proofs: try kzg.computeCellsAndProofs(blob: blob).proofs)
        var transaction = Transaction(
            kind: .blob, chainID: 1337, nonce: nonce, maxFeePerGas: 10_000_000_000, maxPriorityFeePerGas: 1,
            gasLimit: 21_000, to: Address(truncating: 0xB0B), maxFeePerBlobGas: 1_000_000_000, blobHashes: [hash])
        try transaction.sign(with: node.l1.accounts[0].privateKey)
        return PooledTransaction(
            transaction, hash: transaction.hash, sender: node.l1.accounts[0].address, encoded: transaction.encoded,
            sidecar: try sidecar.verified(for: [hash]))
    }

    @Test func makesBlocksWithoutBlobsThatCannotBeKept() throws {
        let node = try TestL1()
        let reports = Mutex<[String]>([])
        node.l1.producer.report { trouble in
            if case .blobs(let error) = trouble { reports.withLock { $0.append(error.message) } }
        }
        // A file where the folder should be: no file can be made in it, whoever asks.
        let obstacle = node.folder.appendingPathComponent("blobs")
        try Data().write(to: obstacle)
        _ = try node.l1.chain.pool.admit(Self.blobTransaction(node, nonce: 0))
        #expect(node.waits("txpool_status", for: #""result":{"pending":"0x0","queued":"0x0"}"#))
        #expect(node.ask("eth_blockNumber") == #""result":"0x0""#)
        #expect(node.ask("eth_sendTransaction", Self.transfer()).hasPrefix(#""result":"0x"#))
        #expect(node.waits("eth_blockNumber", for: #""result":"0x1""#))
        let said = reports.withLock { $0 }
        #expect(said.count == 1)
        #expect(said.first?.contains("Not a directory. Make the folder writable.") == true)
        // And with them again, once they can be.
        try FileManager.default.removeItem(at: obstacle)
        _ = try node.l1.chain.pool.admit(Self.blobTransaction(node, nonce: 1))
        #expect(node.waits("eth_blockNumber", for: #""result":"0x2""#))
        #expect(node.get("/eth/v1/beacon/blobs/head").text.contains("0x000000"))
    }

    @Test func forgetsTheBlobsOfBlocksThatWereTakenBack() throws {
        let node = try TestL1()
        let folder = node.folder.appendingPathComponent("blobs").path
        _ = node.ask("evm_mine")
        _ = node.ask("evm_snapshot")
        for nonce: UInt64 in 0..<3 {
            _ = try node.l1.chain.pool.admit(Self.blobTransaction(node, nonce: nonce))
            #expect(node.waits("eth_blockNumber", for: #""result":"0x\#(nonce + 2)""#))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
        _ = node.ask("evm_revert", "\"0x1\"")
        _ = try node.l1.chain.pool.admit(Self.blobTransaction(node, nonce: 0))
        #expect(node.waits("eth_blockNumber", for: #""result":"0x2""#))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count == 1 && names[0].hasPrefix("2-"))
    }

    /// A transaction that waits for a lower base fee neither makes blocks nor stops others.
    @Test func leavesWhatCannotBePaidYet() throws {
        let node = try TestL1()
        let cheap = #","gas":"0x5208","maxFeePerGas":"0x1dcd6500","maxPriorityFeePerGas":"0x1""#
        #expect(node.ask("eth_sendTransaction", Self.transfer(cheap)).hasPrefix(#""result":"0x"#))
        usleep(2_200_000)
        #expect(node.ask("eth_blockNumber") == #""result":"0x0""#)
        let other = #"{"from":"0x70997970c51812dc3a010c7d01b50e0d17dc79c8","to":\#(DevelopmentMethodsTests.nobody)}"#
        #expect(node.ask("eth_sendTransaction", other).hasPrefix(#""result":"0x"#))
        #expect(node.waits("eth_blockNumber", for: #""result":"0x1""#))
        // Empty blocks on command lower the base fee; then it is its turn, without a command.
        #expect(node.ask("anvil_mine", "\"0x8\"") == #""result":null"#)
        #expect(node.waits("eth_getTransactionCount", "\(Self.first),\"latest\"", for: #""result":"0x1""#))
    }

    @Test func keepsTheTimeOfTheNextBlockWhereNoneIsMade() throws {
        let node = try TestL1()
        #expect(node.ask("evm_setNextBlockTimestamp", "4000000000") == #""result":null"#)
        // Nothing is pending, so that there is no block.
        #expect(try node.l1.producer.produce(skipsEmpty: true) == nil)
        _ = node.ask("evm_mine")
        #expect(try node.l1.chain.view().headHeader.timestamp == 4_000_000_000)
        _ = node.ask("evm_mine")
        #expect(try node.l1.chain.view().headHeader.timestamp - 4_000_000_000 < 60)
    }

    @Test func callsBlocksFinalThatWereMadeOnCommand() throws {
        let node = try TestL1()
        _ = node.ask("evm_setAutomine", "false")
        _ = node.ask("anvil_mine", "20")
        #expect(node.ask("eth_blockNumber") == #""result":"0x14""#)
        let chain = node.l1.chain
        for _ in 0..<5_000 where chain.database.finalized != chain.database.head { usleep(1_000) }
        #expect(chain.database.finalized?.number == 20)
        #expect(chain.database.safe?.number == 20)
    }
}

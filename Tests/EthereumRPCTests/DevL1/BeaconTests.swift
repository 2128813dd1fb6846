import Foundation
import Blockchain
import Cryptography
import Primitives
import Sequencing
import StateTransition
import Storage
import Testing

@testable import DevL1

@Suite struct BeaconTests {
    @Test func answersWhatReadersAsk() throws {
        let node = try TestL1()
        let genesis = try node.l1.chain.view().headHeader
        #expect(
            node.get("/eth/v1/beacon/genesis").text.hasPrefix(#"{"data":{"genesis_time":"\#(genesis.timestamp)""#))
        #expect(node.get("/eth/v1/config/spec").text.contains(#""SECONDS_PER_SLOT":"1""#))
        #expect(node.get("/eth/v1/node/version").text == #"{"data":{"version":"mayfly/test"}}"#)
        #expect(node.get("/eth/v1/node/health").status == 200)
        #expect(node.get("/eth/v1/beacon/blobs/head").text.hasSuffix(#""data":[]}"#))
    }

    @Test func everyBlockHasItsSlot() throws {
        let node = try TestL1()
        for _ in 0..<5 { _ = node.ask("evm_mine") }
        let view = try node.l1.chain.view()
        let genesis = try #require(try view.header(view.genesis))
        for number: UInt64 in 0...5 {
            let block = try #require(try view.reference(.number(number)))
            let slot = try #require(try view.header(block)).timestamp - genesis.timestamp
            for identifier in ["\(slot)", "\(block.hash)"] {
                let answer = node.get("/eth/v1/beacon/headers/\(identifier)")
                #expect(answer.status == 200)
                #expect(answer.text.contains(#""root":"\#(block.hash)""#))
                #expect(answer.text.contains(#""slot":"\#(slot)""#))
            }
        }
        let child = node.get("/eth/v1/beacon/headers", "parent_root=\(view.genesis.hash)")
        #expect(child.text.contains(#""parent_root":"\#(view.genesis.hash)""#))
    }

    @Test(arguments: [
        ("headers/123456", 404), ("headers/x", 400), ("headers/0x12", 400), ("headers/18446744073709551616", 400),
        ("headers/0x\(String(repeating: "1", count: 64))", 404), ("blobs/9999999", 404), ("nothing", 404),
        ("blob_sidecars/head/more", 404),
    ])
    func refusesWhatIsNotThere(path: String, status: Int) throws {
        #expect(try TestL1().get("/eth/v1/beacon/\(path)").status == status)
    }

    @Test func hasAFinalBlockFromTheStart() throws {
        let node = try TestL1()
        #expect(node.waits("eth_getBlockTransactionCountByNumber", #""finalized""#, for: #""result":"0x0""#))
        #expect(node.ask("eth_getBlockTransactionCountByNumber", #""safe""#) == #""result":"0x0""#)
        #expect(node.get("/eth/v1/beacon/headers/finalized").status == 200)
        #expect(node.ask("eth_feeHistory", #""0x1","pending",[]"#).hasPrefix(#""result""#))
    }

    /// The second follows the first, which is not in the pool yet when both are looked at.
    @Test func takesABatchOfBlobTransactions() throws {
        let node = try TestL1()
        _ = node.ask("evm_setAutomine", "false")
        // The blob of the polynomial zero: its commitment and proofs are the point at infinity.
        let infinity = [0xC0] + [UInt8](repeating: 0, count: 47)
        let sidecar = BlobSidecar(
            version: .cellProofs, blobs: [[UInt8](repeating: 0, count: KZG.bytesPerBlob)], commitments: [infinity],
            proofs: Array(repeating: infinity, count: 128))
        let batch = try (0..<3).map { nonce in
            var transaction = Transaction(
                kind: .blob, chainID: 1337, nonce: UInt64(nonce), maxFeePerGas: 10_000_000_000,
                maxPriorityFeePerGas: 1, gasLimit: 21_000, to: Address(truncating: 0xB0B),
                maxFeePerBlobGas: 1_000_000_000, blobHashes: [BlobSidecar.versionedHash(ofCommitment: infinity)])
            try transaction.sign(with: node.l1.accounts[0].privateKey)
            return sidecar.networkForm(of: transaction.encoded)
        }
        let results = node.l1.chain.pool.submit(batch: batch)
        #expect(results.map { (try? $0.get().nonce) } == [0, 1, 2])
        #expect(node.ask("txpool_status") == #""result":{"pending":"0x3","queued":"0x0"}"#)
    }

    @Test func servesBlobs() throws {
        let node = try TestL1()
        let kzg = KZG(.mainnet())
        var blob = [UInt8](repeating: 0, count: KZG.bytesPerBlob)
        for index in 0..<100 { blob[32 * index + 1] = UInt8(index) }
        let commitment = try kzg.blobToCommitment(blob)
        let hash = BlobSidecar.versionedHash(ofCommitment: commitment)
        let sidecar = BlobSidecar(
            version: .cellProofs, blobs: [blob], commitments: [commitment],
            proofs: try kzg.computeCellsAndProofs(blob: blob).proofs)
        var transaction = Transaction(
            kind: .blob, chainID: 1337, maxFeePerGas: 10_000_000_000, maxPriorityFeePerGas: 1, gasLimit: 21_000,
            to: Address(truncating: 0xB0B), maxFeePerBlobGas: 1_000_000_000, blobHashes: [hash])
        try transaction.sign(with: node.l1.accounts[0].privateKey)
        let pooled = PooledTransaction(
            transaction, hash: transaction.hash, sender: node.l1.accounts[0].address, encoded: transaction.encoded,
            sidecar: try sidecar.verified(for: [hash]))
        _ = try node.l1.chain.pool.admit(pooled)
        #expect(node.waits("eth_blockNumber", for: #""result":"0x1""#))
        let text = Hex.encode(blob)
        #expect(node.get("/eth/v1/beacon/blobs/head").text.hasSuffix(#""data":["\#(text)"]}"#))
        #expect(node.get("/eth/v1/beacon/blobs/head", "versioned_hashes=\(hash)").text.contains(text))
        let other = Hash256(UInt256(7))
        #expect(node.get("/eth/v1/beacon/blobs/head", "versioned_hashes=\(other)").text.hasSuffix(#""data":[]}"#))
        let proof = Hex.encode(try kzg.computeBlobProof(blob: blob, commitment: commitment))
        let sidecars = node.get("/eth/v1/beacon/blob_sidecars/head", "indices=0,3").text
        #expect(sidecars.contains(#""index":"0""#))
        // Each once, however often it is asked for.
        let repeated = node.get("/eth/v1/beacon/blob_sidecars/head", "indices=0,0&indices=0")
        #expect(repeated.text.components(separatedBy: #""index":"0""#).count == 2)
        #expect(sidecars.contains(#""kzg_proof":"\#(proof)""#))
        #expect(sidecars.contains(#""kzg_commitment":"\#(Hex.encode(commitment))""#))
        // Computed once, and kept.
        let kept = try FileManager.default.contentsOfDirectory(atPath: node.folder.path + "/blobs")
        let file = try #require(kept.first { $0.hasSuffix(".proofs") })
        #expect(FileManager.default.contents(atPath: node.folder.path + "/blobs/" + file)?.count == 48)
        #expect(node.get("/eth/v1/beacon/blob_sidecars/head").text.contains(proof))
        #expect(node.get("/eth/v1/beacon/blob_sidecars/head", "indices=1").text.hasSuffix(#""data":[]}"#))
    }
}

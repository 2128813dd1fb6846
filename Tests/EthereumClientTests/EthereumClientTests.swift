import Blockchain
import Cryptography
@testable import DevL1
import EthereumClient
import Foundation
import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Synchronization
import Trie
import Testing

/// Against an embedded L1 over HTTP.
@Suite struct EthereumClientTests {
    /// Runs `body` with an L1 and a client of it, and stops both.
    private func withL1(_ body: (ServedL1, EthereumClient) async throws -> Void) async throws {
        let served = try await ServedL1()
        let client = try EthereumClient([Endpoint(served.url)])
        let result = await Result { () async throws in try await body(served, client) }
        await client.close()
        await served.stop()
        try result.get()
    }

    private func included(_ hash: Hash256, _ client: EthereumClient) async throws -> Inclusion {
        for _ in 0..<500 {
            if let inclusion = try await client.inclusion(of: hash) { return inclusion }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw EthereumClientError.notFound("transaction \(hash)")
    }

    @Test func readsBlocksOfEveryKindOfTransaction() async throws {
        try await withL1 { served, client in
            #expect(try await client.chainID() == 1337)
            let accounts = served.l1.accounts
            let fees = try await client.fees()
            #expect(!fees.baseFee.isZero && fees.blobBaseFee == 1)
            var transactions: [Transaction] = []
            for kind in [Transaction.Kind.legacy, .accessList, .dynamicFee, .setCode] {
                var transaction = Transaction(
                    kind: kind, chainID: 1337, nonce: UInt64(transactions.count), maxFeePerGas: 10_000_000_000,
                    maxPriorityFeePerGas: kind == .legacy || kind == .accessList ? 10_000_000_000 : 1,
                    gasLimit: 100_000, to: accounts[1].address, value: 5, input: [1, 2, 3])
                if kind != .legacy {
                    transaction.accessList = [AccessListEntry(address: accounts[2].address, slots: [0, 7])]
                }
                if kind == .setCode {
                    transaction.authorizations = [
                        Authorization(chainID: 1337, address: accounts[3].address, nonce: 9, yParity: 1, r: 5, s: 6)
                    ]
                }
                try transaction.sign(with: accounts[0].privateKey)
                transactions.append(transaction)
                #expect(try await client.send(transaction.encoded, hash: transaction.hash) == transaction.hash)
            }
            // What is there already may be sent again.
            var seen: [Transaction] = []
            for transaction in transactions {
                let inclusion = try await included(transaction.hash, client)
                #expect(inclusion.isSuccess)
                let block = try await client.block(.hash(inclusion.blockHash))
                #expect(block.header.number == inclusion.blockNumber)
                if !seen.contains(block.transactions[0]) { seen += block.transactions }
                let receipts = try await client.receipts(of: HashedHeader(block.header))
                #expect(receipts.count == block.transactions.count)
                #expect(receipts.map { $0.kind } == block.transactions.map { $0.kind })
            }
            #expect(seen == transactions)
            let head = try await client.header(.latest)
            #expect(try await client.header(.number(head.header.number)) == head)
            #expect(try await client.balance(of: accounts[1].address) == .init(20) &+ 10_000 &* ether)
            #expect(try await client.nonce(of: accounts[0].address, countsPending: false) == 4)
            let proof = try await client.proof(of: accounts[1].address, slots: [0, 1], at: head)
            #expect(proof.account.balance == .init(20) &+ 10_000 &* ether)
            let nobody = try await client.proof(of: Address(truncating: 0xDEAD), slots: [], at: head)
            #expect(nobody.account.balance.isZero)
        }
    }

    private var ether: UInt256 { 1_000_000_000_000_000_000 }

    @Test func saysWhatIsNotThereAndWhatIsRefused() async throws {
        try await withL1 { served, client in
            await #expect(throws: EthereumClientError.notFound("block \(Hash256(UInt256(7)))")) {
                try await client.block(.hash(Hash256(UInt256(7))))
            }
            await #expect(throws: EthereumClientError.notFound("block 99")) { try await client.header(.number(99)) }
            #expect(try await client.inclusion(of: Hash256(UInt256(7))) == nil)
            await #expect(throws: EthereumClientError.refused(code: -32_601, message: refusal, data: nil)) {
                try await client.call("eth_nothing") { reader in try reader.skipValue() }
            }
            var poor = Transaction(
                kind: .dynamicFee, chainID: 1, maxFeePerGas: 1_000_000_000, gasLimit: 21_000, to: Address())
            try poor.sign(with: served.l1.accounts[0].privateKey)
            await #expect(throws: EthereumClientError.self) { try await client.send(poor.encoded, hash: poor.hash) }
        }
    }

    private var refusal: String { "the method eth_nothing does not exist/is not available" }

    @Test func readsBlobs() async throws {
        try await withL1 { served, client in
            let kzg = KZG(.mainnet())
            var blobs: [[UInt8]] = []
            for seed in 0..<2 {
                var blob = [UInt8](repeating: 0, count: KZG.bytesPerBlob)
                for index in 0..<100 { blob[32 * index + 1] = UInt8(index + seed) }
                blobs.append(blob)
            }
            let commitments = try blobs.map { try kzg.blobToCommitment($0) }
            let hashes = commitments.map { BlobSidecar.versionedHash(ofCommitment: $0) }
            let sidecar = BlobSidecar(
                version: .cellProofs, blobs: blobs, commitments: commitments,
                proofs: try blobs.flatMap { try kzg.computeCellsAndProofs(blob: $0).proofs })
            var transaction = Transaction(
                kind: .blob, chainID: 1337, maxFeePerGas: 10_000_000_000, maxPriorityFeePerGas: 1, gasLimit: 21_000,
                to: Address(truncating: 0xB0B), maxFeePerBlobGas: 1_000_000_000, blobHashes: hashes)
            try transaction.sign(with: served.l1.accounts[0].privateKey)
            try await client.send(sidecar.networkForm(of: transaction.encoded), hash: transaction.hash)
            let inclusion = try await included(transaction.hash, client)
            let header = try await client.header(.hash(inclusion.blockHash)).header
            let beacon = try BeaconClient([Endpoint(served.url)])
            let found = await Result { () async throws in
                try await beacon.blobs(hashes.reversed(), inBlockAt: header.timestamp)
            }
            let missing = await Result { () async throws in
                try await beacon.blobs([Hash256(UInt256(7))], inBlockAt: header.timestamp)
            }
            await beacon.close()
            #expect(try found.get() == blobs.reversed())
            #expect(throws: EthereumClientError.self) { try missing.get() }
        }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

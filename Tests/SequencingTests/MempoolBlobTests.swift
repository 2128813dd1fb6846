import Cryptography
import EVM
import Primitives
import Sequencing
import StateTransition
import Testing

@Suite struct MempoolBlobTests {
    /// The blob of the polynomial zero, whose commitment and proofs are the point at infinity.
    private static func zeroSidecar(_ version: BlobSidecar.Version, blobs: Int = 1) -> BlobSidecar {
        let infinity = [0xC0] + [UInt8](repeating: 0, count: 47)
        return BlobSidecar(
            version: version, blobs: Array(repeating: [UInt8](repeating: 0, count: 131_072), count: blobs),
            commitments: Array(repeating: infinity, count: blobs),
            proofs: Array(repeating: infinity, count: version == .cellProofs ? 128 * blobs : blobs))
    }

    private static let zeroHash = BlobSidecar.versionedHash(ofCommitment: zeroSidecar(.blobProofs).commitments[0])
    private static let verified = try? zeroSidecar(.cellProofs).verified(for: [zeroHash])

    private static func blobTransaction(
        _ nonce: UInt64, tip: UInt256 = 2, cap: UInt256 = 100, blobCap: UInt256 = 10
    ) -> Transaction {
        Transaction(
            kind: .blob, chainID: 1, nonce: nonce, maxFeePerGas: cap, maxPriorityFeePerGas: tip, gasLimit: 21_000,
            to: PoolFixture.address(0), maxFeePerBlobGas: blobCap, blobHashes: [zeroHash])
    }

    private func add(
        _ fixture: inout PoolFixture, _ sender: UInt64, _ transaction: Transaction
    ) -> MempoolError? {
        fixture.add(fixture.pooled(sender, transaction, sidecar: Self.verified), from: sender)
    }

    @Test(arguments: [BlobSidecar.Version.blobProofs, .cellProofs])
    func sidecarsAreVerified(version: BlobSidecar.Version) throws {
        let sidecar = Self.zeroSidecar(version, blobs: 2)
        let hashes = [Self.zeroHash, Self.zeroHash]
        #expect(try sidecar.verified(for: hashes).hashes == hashes)
        #expect(throws: MempoolError.noBlobs) { try sidecar.verified(for: []) }
        #expect(throws: MempoolError.self) { try sidecar.verified(for: [Self.zeroHash]) }
        #expect(throws: MempoolError.self) { try sidecar.verified(for: [Self.zeroHash, Hash256()]) }
        var other = sidecar
        other.blobs[1][31] = 1
        #expect(throws: MempoolError.self) { try other.verified(for: hashes) }
        other = sidecar
        other.proofs.removeLast()
        #expect(throws: MempoolError.self) { try other.verified(for: hashes) }
        other = sidecar
        other.proofs[0] = BLS12381Point.generator
        #expect(throws: MempoolError.self) { try other.verified(for: hashes) }
    }

    private enum BLS12381Point {
        /// The generator of the first group, compressed.
        static let generator =
            (try? Hex.decode(
                "0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"))
            ?? []
    }

    @Test(arguments: [BlobSidecar.Version.blobProofs, .cellProofs])
    func networkFormsRoundTrip(version: BlobSidecar.Version) throws {
        let transaction = Self.blobTransaction(3)
        let sidecar = Self.zeroSidecar(version)
        let bytes = sidecar.networkForm(of: transaction.encoded)
        let form = try NetworkForm(decoding: bytes)
        #expect(form.transaction == transaction)
        #expect(form.encoded == transaction.encoded)
        #expect(form.sidecar == sidecar)
        #expect(try NetworkForm(decoding: transaction.encoded).sidecar == nil)
        for count in 0..<200 {
            #expect(throws: TransactionDecodingError.self) { try NetworkForm(decoding: Array(bytes.prefix(count))) }
        }
    }

    @Test func olderProofsAreRefusedAfterOsaka() throws {
        let old = try Self.zeroSidecar(.blobProofs).verified(for: [Self.zeroHash])
        var fixture = PoolFixture()
        let error = fixture.add(fixture.pooled(1, Self.blobTransaction(0), sidecar: old), from: 1)
        #expect(error?.message == "Wrong sidecar format: unexpected sidecar version, want: 1, got: 0")
        fixture = PoolFixture(revision: .prague)
        #expect(fixture.add(fixture.pooled(1, Self.blobTransaction(0), sidecar: old), from: 1) == nil)
        #expect(
            fixture.add(fixture.pooled(2, Self.blobTransaction(0)), from: 2)?.message
                == "missing sidecar in blob transaction")
        // With the new rules it has to go.
        var head = fixture.pool.head
        head.revision = .osaka
        #expect(fixture.pool.apply(HeadUpdate(head: head, accounts: []), now: 0).dropped.count == 1)
    }

    @Test func olderProofsAreMadeNew() throws {
        let kzg = KZG(.mainnet())
        var blob = [UInt8](repeating: 0, count: 131_072)
        for index in stride(from: 31, to: blob.count, by: 32) { blob[index] = UInt8(truncatingIfNeeded: index / 32) }
        let commitment = try kzg.blobToCommitment(blob)
        let proof = try kzg.computeBlobProof(blob: blob, commitment: commitment)
        let old = BlobSidecar(version: .blobProofs, blobs: [blob], commitments: [commitment], proofs: [proof])
        let hashes = [BlobSidecar.versionedHash(ofCommitment: commitment)]
        let new = try old.verified(for: hashes).withCellProofs(kzg)
        #expect(new.sidecar.version == .cellProofs)
        #expect(try new.sidecar.verified(for: hashes).sidecar == new.sidecar)
        var wrong = new.sidecar
        wrong.proofs.swapAt(3, 4)
        #expect(throws: MempoolError.proofsInvalid("invalid proof")) { try wrong.verified(for: hashes) }
    }

    @Test func blobRules() {
        var fixture = PoolFixture()
        var transaction = Self.blobTransaction(0)
        transaction.blobHashes = []
        #expect(add(&fixture, 1, transaction)?.message == "blobless blob transaction")
        transaction.blobHashes = Array(repeating: Self.zeroHash, count: 7)
        #expect(
            add(&fixture, 1, transaction)?.message == "transaction blob limit exceeded: blob count 7, limit 6")
        transaction.blobHashes = [Hash256()]
        #expect(add(&fixture, 1, transaction)?.message == "blob 0 has invalid hash version")
        #expect(
            add(&fixture, 1, Self.blobTransaction(0, blobCap: 0))?.message
                == "transaction gas price below minimum: blob fee cap 0, minimum needed 1")
        #expect(add(&fixture, 1, Self.blobTransaction(1)) == .nonceTooHigh(nonce: 1, gap: 0))
        for nonce in 0..<16 as Range<UInt64> { #expect(add(&fixture, 1, Self.blobTransaction(nonce)) == nil) }
        #expect(add(&fixture, 1, Self.blobTransaction(16)) == .accountLimit(count: 16))
        // An account has blob transactions or others.
        #expect(fixture.addTransfer(1, 16) == .addressReserved)
        fixture.addTransfer(2, 0)
        #expect(add(&fixture, 2, Self.blobTransaction(1)) == .addressReserved)
        // Twice every price.
        #expect(add(&fixture, 1, Self.blobTransaction(0, tip: 4, cap: 200, blobCap: 19)) == .replacementUnderpriced)
        #expect(add(&fixture, 1, Self.blobTransaction(0, tip: 4, cap: 200, blobCap: 20)) == nil)
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func blobsAreFoundByHash() {
        var fixture = PoolFixture()
        #expect(fixture.pool.blob(Self.zeroHash) == nil)
        #expect(add(&fixture, 1, Self.blobTransaction(0)) == nil)
        #expect(add(&fixture, 2, Self.blobTransaction(0)) == nil)
        let block = Array(fixture.pool.best())
        #expect(block.count == 2)
        #expect(fixture.pool.blob(Self.zeroHash)?.proofs.count == 128)
        fixture.apply(
            [
                1: SenderState(nonce: 1, balance: PoolFixture.ether),
                2: SenderState(nonce: 1, balance: PoolFixture.ether),
            ], included: block)
        // Included ones are remembered for a while, and come back with their blobs.
        #expect(fixture.pool.blob(Self.zeroHash)?.blob.count == 131_072)
        #expect(fixture.pool.count == 0)
        let bare = block.map {
            PooledTransaction($0.transaction, hash: $0.hash, sender: $0.sender, encoded: $0.encoded)
        }
        fixture.apply(
            [
                1: SenderState(nonce: 0, balance: PoolFixture.ether),
                2: SenderState(nonce: 0, balance: PoolFixture.ether),
            ], dropped: bare)
        #expect(fixture.pool.status == (2, 0))
        for pooled in block { _ = fixture.pool.remove(pooled.hash) }
        #expect(fixture.pool.blob(Self.zeroHash) == nil)
        #expect(fixture.pool.brokenInvariants == [])
    }

    /// Whatever is cheap to find out is found out before the proofs are looked at.
    @Test func cheapRulesComeFirst() throws {
        var configuration = MempoolConfiguration()
        configuration.blobs = 1
        var fixture = PoolFixture(configuration)
        let sidecar = Self.zeroSidecar(.cellProofs)
        func refusal(
            _ sender: UInt64, _ transaction: Transaction, _ sidecar: BlobSidecar?, _ state: SenderState? = nil
        ) -> MempoolError? {
            let draft = fixture.pooled(sender, transaction)
            do throws(MempoolError) {
                try fixture.pool.precheck(draft, sidecar, state: state ?? fixture.state(sender))
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(1, Self.blobTransaction(0), sidecar) == nil)
        #expect(refusal(1, Self.blobTransaction(0), nil) == .noSidecar)
        #expect(refusal(1, Self.blobTransaction(1), sidecar) == .nonceTooHigh(nonce: 1, gap: 0))
        #expect(refusal(1, Self.blobTransaction(0, blobCap: 0), sidecar) == .blobFeeCapBelowMinimum(cap: 0))
        #expect(
            refusal(1, Self.blobTransaction(0), sidecar, SenderState(nonce: 1, balance: PoolFixture.ether))
                == .nonceTooLow(next: 1, nonce: 0))
        #expect(
            refusal(1, Self.blobTransaction(0), sidecar, SenderState(nonce: 0, balance: 0))
                == .insufficientFunds(balance: 0, cost: 3_410_720))
        var large = sidecar
        large.blobs = Array(repeating: large.blobs[0], count: 9)
        #expect(
            refusal(1, Self.blobTransaction(0), large).map {
                if case .oversized = $0 { true } else { false }
            } == true)
        #expect(add(&fixture, 2, Self.blobTransaction(0, tip: 5)) == nil)
        #expect(refusal(1, Self.blobTransaction(0, tip: 5), sidecar) == .underpriced)
        #expect(refusal(1, Self.blobTransaction(0, tip: 6), sidecar) == nil)
        #expect(refusal(2, Self.blobTransaction(0, tip: 6), sidecar) == .replacementUnderpriced)
        // What it would cost to know whose authorisations these are is not spent on what cannot pay.
        var setCode = Transaction(
            kind: .setCode, chainID: 1, nonce: 0, maxFeePerGas: 100, maxPriorityFeePerGas: 2, gasLimit: 30_000,
            to: PoolFixture.address(0))
        setCode.authorizations = [Authorization(chainID: 1, address: PoolFixture.address(3), nonce: 0)]
        #expect(refusal(3, setCode, nil) == .intrinsicGas(gas: 30_000, needed: 46_000))
    }

    /// A pool on a developer's machine holds no more bytes than it has places for.
    @Test func developmentPoolIsBoundedInBytes() {
        let configuration = MempoolConfiguration.development
        #expect((configuration.pendingPlaces + configuration.queuedPlaces) * configuration.placeSize <= 288 << 20)
        var small = configuration
        small.pendingPlaces = 64
        var fixture = PoolFixture(small)
        // 128 KiB less what is around the data: 64 places.
        #expect(fixture.add(fixture.transfer(1, 0, tip: 2, size: 130_000), from: 1) == nil)
        #expect(fixture.addTransfer(2, 0, tip: 1) == .underpriced)
        #expect(fixture.addTransfer(2, 0, tip: 3) == nil)
        #expect(fixture.pendingNonces(1) == [])
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func blobRoomIsItsOwn() {
        var configuration = MempoolConfiguration()
        configuration.blobs = 4
        configuration.pendingPlaces = 2
        var fixture = PoolFixture(configuration, blobBaseFee: 5)
        for sender in 1...4 as ClosedRange<UInt64> {
            #expect(add(&fixture, sender, Self.blobTransaction(0, tip: UInt256(sender))) == nil)
        }
        fixture.addTransfer(11, 0)
        fixture.addTransfer(12, 0)
        #expect(add(&fixture, 5, Self.blobTransaction(0, tip: 1)) == .underpriced)
        // A tip is worth nothing where the blobs could not be paid for.
        #expect(add(&fixture, 5, Self.blobTransaction(0, tip: 9, blobCap: 4)) == .underpriced)
        #expect(add(&fixture, 5, Self.blobTransaction(0, tip: 2)) == nil)
        #expect(fixture.pendingNonces(1) == [])
        #expect(fixture.pool.status == (6, 0))
        #expect(fixture.pool.brokenInvariants == [])
        var best = fixture.pool.best()
        best.blobsAvailable = 1
        var blobs = 0
        while let next = best.next() {
            blobs += next.transaction.blobHashes.count
            best.blobsAvailable -= next.transaction.blobHashes.count
        }
        #expect(blobs == 1)
    }
}

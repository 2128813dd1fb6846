import Primitives
import StateTransition
import Testing

@Suite struct TransactionCodecTests {
    /// A transaction of any type with fields of any size.
    static func transaction(_ random: inout SplitMix) -> Transaction {
        let kinds: [Transaction.Kind] = [.legacy, .accessList, .dynamicFee, .blob, .setCode, .deposit]
        var transaction = Transaction(kind: kinds[Int(random.next() % 6)])
        func number() -> UInt64 { random.next() >> (random.next() % 64) }
        func word() -> UInt256 {
            UInt256(limbs: number(), number(), number(), number()) >> (random.next() % 256)
        }
        func address() -> Address { Address(truncating: word()) }
        transaction.to = random.next() % 4 == 0 ? nil : address()
        transaction.value = word()
        transaction.gasLimit = number()
        transaction.input = (0..<random.next() % 100).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        if transaction.kind == .deposit {
            transaction.deposit = Deposit(
                sourceHash: Hash256(word()), from: address(), mint: word(), isSystemTransaction: random.next() % 2 == 0)
            return transaction
        }
        transaction.nonce = number()
        transaction.maxPriorityFeePerGas = word()
        transaction.maxFeePerGas = transaction.maxPriorityFeePerGas
        transaction.signature = Signature(v: random.next() % 2, r: word(), s: word())
        if transaction.kind == .legacy {
            if random.next() % 2 == 0 {
                let chainID = number() >> 8
                transaction.chainID = chainID
                transaction.signature.v += 35 + 2 * chainID
            } else {
                transaction.signature.v += 27
            }
            return transaction
        }
        transaction.chainID = number()
        for _ in 0..<random.next() % 3 {
            transaction.accessList.append(
                AccessListEntry(address: address(), slots: (0..<random.next() % 3).map { _ in word() }))
        }
        if transaction.kind != .accessList { transaction.maxFeePerGas = word() }
        if transaction.kind == .blob {
            transaction.maxFeePerBlobGas = word()
            transaction.blobHashes = (0..<random.next() % 3).map { _ in Hash256(word()) }
        }
        if transaction.kind == .setCode {
            transaction.authorizations = (0..<random.next() % 3).map { _ in
                Authorization(
                    chainID: word(), address: address(), nonce: number(),
                    yParity: UInt8(truncatingIfNeeded: random.next()), r: word(), s: word())
            }
        }
        return transaction
    }

    @Test(arguments: 0..<200 as Range<UInt64>) func roundTrips(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let transaction = Self.transaction(&random)
        #expect(try Transaction(decoding: transaction.encoded) == transaction)
    }

    /// Whatever decodes is canonical: no two byte strings are the same transaction. Nothing traps.
    @Test(arguments: 0..<200 as Range<UInt64>) func changedBytesDecodeToThemselvesOrNotAtAll(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let bytes = Self.transaction(&random).encoded
        for _ in 0..<200 {
            var changed = bytes
            for _ in 0..<1 + random.next() % 3 {
                let index = Int(random.next() % UInt64(changed.count))
                switch random.next() % 4 {
                case 0: changed.remove(at: index)
                case 1: changed.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
                default: changed[index] = UInt8(truncatingIfNeeded: random.next() >> (random.next() % 8))
                }
                if changed.isEmpty { changed = [0] }
            }
            if let transaction = try? Transaction(decoding: changed) { #expect(transaction.encoded == changed) }
        }
    }

    @Test func refusesWhatIsNoTransaction() {
        #expect(throws: TransactionDecodingError.empty) { try Transaction(decoding: [] as [UInt8]) }
        #expect(throws: TransactionDecodingError.unknownType(0)) { try Transaction(decoding: [0x00, 0xC0]) }
        #expect(throws: TransactionDecodingError.unknownType(0x7F)) { try Transaction(decoding: [0x7F, 0xC0]) }
        #expect(throws: TransactionDecodingError.malformed(.truncated)) { try Transaction(decoding: [0x02, 0xC0]) }
    }

    /// A parity over 1 would give a transaction two hashes.
    @Test(arguments: [0, 26, 29, 34] as [UInt64]) func refusesParity(v: UInt64) {
        var legacy = Transaction(signature: Signature(v: v, r: 1, s: 1))
        #expect(throws: TransactionDecodingError.invalidParity) { try Transaction(decoding: legacy.encoded) }
        legacy.kind = .dynamicFee
        legacy.signature.v = 2
        #expect(throws: TransactionDecodingError.invalidParity) { try Transaction(decoding: legacy.encoded) }
    }
}

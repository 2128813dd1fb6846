import Primitives
import Settlement
import StateTransition
import Testing

/// Numbers that follow from a seed.
struct SeededNumbers {
    var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next(below bound: UInt64 = .max) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state % bound
    }

    mutating func bytes(atMost limit: UInt64) -> [UInt8] {
        (0..<next(below: limit + 1)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    mutating func word() -> UInt256 { UInt256(limbs: next(), next(), next(), next()) }
}

@Suite struct ABITests {
    private func withdrawal(_ numbers: inout SeededNumbers) -> WithdrawalTransaction {
        WithdrawalTransaction(
            nonce: numbers.word(), sender: Address(truncating: numbers.word()),
            target: Address(truncating: numbers.word()), value: numbers.word(), gasLimit: numbers.word(),
            data: numbers.bytes(atMost: 200))
    }

    /// The example of the ABI specification: `f(uint256,uint32[],bytes10,bytes)` without its selector.
    @Test func encodesTheSpecificationsExample() {
        let encoded = ABIWriter { writer in
            writer.add(0x123 as UInt256)
            writer.add(array: [0x456, 0x789] as [UInt32]) { $0.add($1) }
            writer.add(Hash256(UInt256(limbs: 0, 0, 0x3930_0000_0000_0000, 0x3132_3334_3536_3738)))
            writer.add("Hello, world!")
        }.encoded
        let words = [
            "0000000000000000000000000000000000000000000000000000000000000123",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "3132333435363738393000000000000000000000000000000000000000000000",
            "00000000000000000000000000000000000000000000000000000000000000e0",
            "0000000000000000000000000000000000000000000000000000000000000002",
            "0000000000000000000000000000000000000000000000000000000000000456",
            "0000000000000000000000000000000000000000000000000000000000000789",
            "000000000000000000000000000000000000000000000000000000000000000d",
            "48656c6c6f2c20776f726c642100000000000000000000000000000000000000",
        ]
        #expect(Hex.encode(encoded) == "0x" + words.joined())
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func readsWhatItWrites(_ seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        let tuple = withdrawal(&numbers)
        let lists = (0..<numbers.next(below: 5)).map { _ in numbers.bytes(atMost: 70) }
        let found = (0..<numbers.next(below: 4)).map { _ in
            FoundGame(
                index: numbers.word(), metadata: Hash256(numbers.word()), timestamp: numbers.next(),
                rootClaim: Hash256(numbers.word()), extraData: numbers.bytes(atMost: 64))
        }
        let encoded = ABIWriter { writer in
            writer.add(tuple: tuple)
            writer.add(numbers.state)
            writer.add(array: lists) { $0.add(bytes: $1) }
            writer.add(true)
            writer.add(array: found) { $0.add(tuple: $1) }
        }.encoded
        #expect(encoded.count % 32 == 0)
        var reader = ABIReader(encoded)
        #expect(try reader.tuple(WithdrawalTransaction.self) == tuple)
        #expect(try reader.number(UInt64.self) == numbers.state)
        #expect(try reader.array { reader throws(ABIError) in try reader.bytes() } == lists)
        #expect(try reader.bool())
        #expect(try reader.array { reader throws(ABIError) in try reader.tuple(FoundGame.self) } == found)
    }

    /// Whatever a contract answers: an error or a value that is no larger than the answer, at once.
    @Test(arguments: 0..<200 as Range<UInt64>) func survivesAnyBytes(_ seed: UInt64) {
        var numbers = SeededNumbers(seed)
        var bytes = ABIWriter { writer in
            writer.add(tuple: withdrawal(&numbers))
            writer.add(array: [[1, 2, 3], [4]] as [[UInt8]]) { $0.add(bytes: $1) }
        }.encoded
        for _ in 0..<(1 + numbers.next(below: 6)) where !bytes.isEmpty {
            switch numbers.next(below: 4) {
            case 0: bytes.removeLast(Int(numbers.next(below: UInt64(bytes.count))))
            case 1: bytes[Int(numbers.next(below: UInt64(bytes.count)))] = UInt8(truncatingIfNeeded: numbers.next())
            case 2:
                let word = Int(numbers.next(below: UInt64(bytes.count / 32 + 1)))
                for index in 32 * word..<min(bytes.count, 32 * word + 32) { bytes[index] = 0xFF }
            default: bytes += numbers.bytes(atMost: 64)
            }
        }
        var reader = ABIReader(bytes)
        if let tuple = try? reader.tuple(WithdrawalTransaction.self) { #expect(tuple.data.count <= bytes.count) }
        if let lists = try? reader.array({ reader throws(ABIError) in try reader.bytes() }) {
            #expect(lists.reduce(0) { $0 + $1.count } <= bytes.count)
        }
        _ = RevertReason.text(bytes)
        _ = try? OptimismPortal.TransactionDeposited(
            Log(address: Address(), topics: [OptimismPortal.TransactionDeposited.topic], data: bytes))
    }

    /// A thousand elements that are all the same kilobytes: what an encoder never writes, and what would fill the memory.
    @Test func refusesOneThingManyTimes() {
        let count = 1_000
        var bytes = UInt256(32).bytes + UInt256(count).bytes
        for _ in 0..<count { bytes += UInt256(32 * count).bytes }
        bytes += UInt256(100_000).bytes + [UInt8](repeating: 7, count: 100_000)
        var reader = ABIReader(bytes)
        #expect(throws: ABIError.overlapping) { try reader.array { reader throws(ABIError) in try reader.bytes() } }
    }

    @Test func refusesWhatTheTypesDoNotHave() {
        let large = UInt256(1) << 160
        var reader = ABIReader(large.bytes + UInt256(2).bytes + (UInt256(1) << 64).bytes)
        #expect(throws: ABIError.outOfRange) { try reader.address() }
        #expect(throws: ABIError.outOfRange) { try reader.bool() }
        #expect(throws: ABIError.outOfRange) { try reader.number(UInt64.self) }
        #expect(throws: ABIError.truncated) { try reader.word() }
    }

    @Test func namesReverts() {
        #expect(RevertReason.text([0x2E, 0x57, 0xEF, 0x3A]) == "OptimismPortal_InvalidMerkleProof()")
        let reason = ABIWriter { $0.add("no") }.encoded
        #expect(RevertReason.text([0x08, 0xC3, 0x79, 0xA0] + reason) == "no")
        #expect(RevertReason.text([0x4E, 0x48, 0x7B, 0x71] + UInt256(0x11).bytes) == "panic 0x11")
        #expect(RevertReason.text([1, 2, 3]) == nil && RevertReason.text([1, 2, 3, 4, 5]) == nil)
    }

    @Test(arguments: [
        ("1", "1000000000000000000"), ("0.000000000000000001", "1"), ("1.5", "1500000000000000000"),
        (".5", "500000000000000000"),
    ])
    func readsAmounts(_ text: String, _ digits: String) throws {
        let wei = try #require(Wei.amount(text))
        #expect(Wei.digits(wei) == digits)
        #expect(Wei.amount(Wei.ether(wei)) == wei)
    }

    @Test(arguments: ["", ".", "1e3", "-1", "1.2.3", "0.0000000000000000001", "१", String(repeating: "9", count: 70)])
    func refusesWhatIsNoAmount(_ text: String) { #expect(Wei.amount(text) == nil) }
}

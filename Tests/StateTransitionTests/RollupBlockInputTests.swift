import EVM
import Primitives
import StateTransition
import Testing

@Suite("the input of the fault-proof program")
struct RollupBlockInputTests {
    /// Deterministic noise.
    private struct Noise {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }

        mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(next(256)) } }

        mutating func hash() -> Hash256 { Hash256(bytes(32))! }
    }

    private static func input(seed: UInt64) -> RollupBlockInput {
        var noise = Noise(state: seed)
        let upgrades: [OptimismRevision] = [.canyon, .ecotone, .fjord, .granite, .holocene, .isthmus, .jovian]
        let activations = upgrades.prefix(noise.next(8)).enumerated().map { index, upgrade in
            OPStackConfiguration.Activation(upgrade, UInt64(index / 2) * 1_000)
        }
        let headers = (0...noise.next(4)).map { index in
            BlockHeader(
                parentHash: noise.hash(), stateRoot: noise.hash(), number: UInt64(100 - index),
                extraData: noise.bytes(noise.next(33)), baseFee: UInt256(UInt64(noise.next(1_000))))
        }
        let attributes = RollupAttributes(
            timestamp: UInt64(noise.next(1 << 30)), randomness: noise.hash(),
            coinbase: Address(noise.bytes(20))!, parentBeaconBlockRoot: noise.hash(), gasLimit: 30_000_000,
            baseFeeParameters: noise.bytes(8), minimumBaseFee: seed % 2 == 0 ? nil : UInt64(noise.next(9)),
            transactions: (0..<noise.next(5)).map { _ in noise.bytes(noise.next(300)) })
        return RollupBlockInput(
            chainID: UInt64(noise.next(1 << 30)),
            opStack: OPStackConfiguration(
                activations: activations, baseFeeParameters: BaseFeeParameters(elasticity: 6, denominator: 250)),
            headers: headers, attributes: attributes,
            preimages: (0..<noise.next(20)).map { _ in noise.bytes(noise.next(600)) })
    }

    private func error(_ bytes: [UInt8]) -> RollupBlockInputError? {
        do throws(RollupBlockInputError) { _ = try RollupBlockInput(decoding: bytes) } catch { return error }
        return nil
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func goesRoundTrip(seed: UInt64) throws {
        let input = Self.input(seed: seed)
        let decoded = try RollupBlockInput(decoding: input.encoded)
        #expect(decoded == input)
        #expect(decoded.encoded == input.encoded)
    }

    @Test("no cut or changed byte makes it trap, and what is taken is canonical")
    func survivesDamage() throws {
        let bytes = Self.input(seed: 3).encoded
        for count in 0..<bytes.count { #expect(error(Array(bytes.prefix(count))) != nil) }
        #expect(error(bytes + [0]) == .rlp(.trailingBytes))
        var noise = Noise(state: 9)
        for _ in 0..<2_000 {
            var changed = bytes
            changed[noise.next(bytes.count)] ^= UInt8(1 + noise.next(255))
            guard let input = try? RollupBlockInput(decoding: changed) else { continue }
            #expect(input.encoded == changed)
            _ = try? input.execute()
        }
    }

    @Test func namesWhatIsWrong() {
        func changed(_ change: (inout RollupBlockInput) -> Void) -> RollupBlockInputError? {
            var input = Self.input(seed: 1)
            change(&input)
            return error(input.encoded)
        }
        #expect(changed { _ in } == nil)
        #expect(changed { $0.headers = [] } == .noParentHeader)
        #expect(changed { $0.headers = Array(repeating: BlockHeader(), count: 257) } == .tooManyHeaders)
        #expect(changed { $0.opStack.baseFeeParameters.denominator = 0 } == .zeroBaseFeeParameter)
        #expect(changed { $0.opStack.activations = [.init(.jovian, 1), .init(.isthmus, 2)] } == .upgradesOutOfOrder)
        #expect(changed { $0.opStack.activations = [.init(.isthmus, 2), .init(.jovian, 1)] } == .upgradesOutOfOrder)
        let manyTransactions: [[UInt8]] = Array(repeating: [], count: RollupBlockInput.largestTransactionCount + 1)
        #expect(changed { $0.attributes.transactions = manyTransactions } == .tooManyTransactions)
        let manyPreimages: [[UInt8]] = Array(repeating: [], count: RollupBlockInput.largestPreimageCount + 1)
        #expect(changed { $0.preimages = manyPreimages } == .tooManyPreimages)
        #expect(error([0xC1, 0x02]) == .unknownVersion(2))
        #expect(error([0xC7, 0x01, 0x0A, 0xC3, 0xC2, 0x09, 0x80]) == .rlp(.truncated))
        #expect(error([0xC6, 0x01, 0x0A, 0xC3, 0xC2, 0x09, 0x80]) == .unknownUpgrade(9))
        #expect(error([]) == .rlp(.truncated))
        #expect(error([0x80]) == .rlp(.expectedList))
    }

    @Test("upgrades bring mainnet's rules with them") func derivesRevisions() {
        let chain = ChainConfiguration.rollup(
            chainID: 10,
            opStack: OPStackConfiguration(
                activations: [
                    .init(.regolith, 0), .init(.canyon, 10), .init(.ecotone, 20), .init(.fjord, 30),
                    .init(.isthmus, 40), .init(.jovian, 50),
                ]))
        let revisions = [0, 10, 20, 30, 40, 50].map { chain.revision(number: 1, timestamp: $0) }
        #expect(revisions == [.paris, .shanghai, .cancun, .cancun, .prague, .prague])
    }
}

import Cryptography
import Primitives
import StateTransition
import Testing
import Trie

import Conformance

/// Whoever disputes a block supplies the witness: a bad one must be refused by name, and never lead to another hash.
@Suite(.enabled(if: Vectors.folder != nil, "set MAYFLY_VECTORS to the folder of unpacked vectors"))
struct WitnessAttackTests {
    private let block: RecordedBlock

    init() throws {
        let folder = try #require(Vectors.folder) + "/opstack/kona-executor/block-26207960"
        block = try RecordedBlock(fixture: FixtureFile(path: folder + "/fixture.json"))
    }

    private func result(_ input: RollupBlockInput) -> Result<Hash256, RollupAttributesError> {
        do throws(RollupAttributesError) {
            return .success(try input.execute().block.header.hash)
        } catch {
            return .failure(error)
        }
    }

    /// The error that says that the preimage of `hash` is missing, as a node or as a code.
    private func isMissing(_ error: RollupAttributesError, _ hash: Hash256) -> Bool {
        error == .invalid(.state(.missingNode(hash))) || error == .invalid(.state(.missingCode(hash)))
    }

    @Test("without a preimage, or with another in its place, the block is refused or does not need it")
    func refusesMissingAndWrongPreimages() {
        var needed = 0
        var neededCodes = 0
        for index in block.input.preimages.indices {
            let preimage = block.input.preimages[index]
            let hash = Keccak256.hash(preimage)
            var missing = block.input
            missing.preimages.remove(at: index)
            let outcome = result(missing)
            switch outcome {
            case .success(let got): #expect(got == block.expectedHash)
            case .failure(let error):
                #expect(isMissing(error, hash))
                needed += 1
                if error == .invalid(.state(.missingCode(hash))) { neededCodes += 1 }
            }
            var wrong = block.input
            wrong.preimages[index][preimage.count / 2] ^= 1
            #expect(result(wrong) == outcome)
        }
        // The witness holds little that the block does not need.
        #expect(needed * 2 > block.input.preimages.count)
        #expect(neededCodes > 0)
    }

    @Test func refusesMalformedNodes() {
        for garbage in [[0xC0], [], Array(repeating: 0xFF, count: 40), [0xC2, 0x20, 0x80]] as [[UInt8]] {
            var input = block.input
            let hash = Keccak256.hash(garbage)
            input.headers[0].stateRoot = hash
            input.preimages.append(garbage)
            #expect(result(input) == .failure(.invalid(.state(.malformedNode(hash)))))
        }
    }

    @Test("an account of another state is not found under this root") func refusesOtherRoots() {
        var input = block.input
        let root = Keccak256.hash([1, 2, 3])
        input.headers[0].stateRoot = root
        #expect(result(input) == .failure(.invalid(.state(.missingNode(root)))))
        input.headers = []
        #expect(result(input) == .failure(.noParent))
    }

    @Test("another parent header makes another block, never the same hash") func bindsTheParent() throws {
        var input = block.input
        input.headers[0].gasUsed += 1
        #expect(try result(input).get() != block.expectedHash)
    }

    @Test("what was built verifies as a given block") func verifiesWhatWasBuilt() throws {
        let input = block.input
        let built = try input.execute()
        let witness = WitnessState(witness: WitnessNodeSource(preimages: input.preimages), headers: input.headers)
        let chain = ChainConfiguration.rollup(chainID: input.chainID, opStack: input.opStack)
        let outcome = try BlockVerifier(chain: chain).verify(
            built.block, ancestors: [Ancestor(Block(header: input.headers[0]))], source: witness)
        #expect(outcome.stateRoot == built.outcome.stateRoot)
    }
}

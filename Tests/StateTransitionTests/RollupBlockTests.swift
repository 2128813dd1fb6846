import EVM
import Foundation
import Primitives
import StateTransition
import Testing
import Trie

private let vectorFolder = ProcessInfo.processInfo.environment["MAYFLY_VECTORS"]

/// Blocks of OP Sepolia under Holocene, executed from their witnesses to their hashes.
@Suite(.enabled(if: vectorFolder != nil, "MAYFLY_VECTORS does not name the folder of the vectors"))
struct RollupBlockTests {
    private struct Object {
        let values: [String: Any]

        init(_ path: String) throws {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            values = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }

        init(_ value: Any?) throws { values = try #require(value as? [String: Any]) }

        func object(_ name: String) throws -> Object { try Object(values[name]) }
        func text(_ name: String) throws -> String { try #require(values[name] as? String) }
        func bytes(_ name: String) throws -> [UInt8] { try Hex.decode(try text(name)) }
        func hash(_ name: String) throws -> Hash256 { try #require(Hash256(try bytes(name))) }
        func address(_ name: String) throws -> Address { try #require(Address(try bytes(name))) }
        func number(_ name: String) throws -> UInt64 {
            try #require(UInt64(try text(name).dropFirst(2), radix: 16))
        }
    }

    private static func parentHeader(_ fields: Object) throws -> BlockHeader {
        BlockHeader(
            parentHash: try fields.hash("parentHash"), unclesHash: try fields.hash("sha3Uncles"),
            coinbase: try fields.address("miner"), stateRoot: try fields.hash("stateRoot"),
            transactionsRoot: try fields.hash("transactionsRoot"), receiptsRoot: try fields.hash("receiptsRoot"),
            logsBloom: try #require(LogsBloom(bytes: try fields.bytes("logsBloom"))),
            number: try fields.number("number"), gasLimit: try fields.number("gasLimit"),
            gasUsed: try fields.number("gasUsed"), timestamp: try fields.number("timestamp"),
            extraData: try fields.bytes("extraData"), mixHash: try fields.hash("mixHash"),
            baseFee: UInt256(try fields.number("baseFeePerGas")), withdrawalsRoot: try fields.hash("withdrawalsRoot"),
            blobGasUsed: try fields.number("blobGasUsed"), excessBlobGas: try fields.number("excessBlobGas"),
            parentBeaconBlockRoot: try fields.hash("parentBeaconBlockRoot"))
    }

    @Test(arguments: ["block-26207960", "block-26207962"]) func executesFromTheWitness(block: String) throws {
        let path = "\(try #require(vectorFolder))/opstack/kona-executor/\(block)"
        let fixture = try Object("\(path)/fixture.json")
        let preimages = try Object("\(path)/witness.json").values.values.map { try Hex.decode($0 as? String ?? "") }
        let parent = try Self.parentHeader(try fixture.object("parent_header"))
        let payload = try fixture.object("executing_payload")
        let extra = try payload.bytes("eip1559Params")
        let chain = ChainConfiguration(
            chainID: 11_155_420, upgrades: [.init(.cancun, .block(0))],
            opStack: OPStackConfiguration(activations: [.init(.holocene, 0)]))
        let attributes = RollupAttributes(
            timestamp: try payload.number("timestamp"), randomness: try payload.hash("prevRandao"),
            coinbase: try payload.address("suggestedFeeRecipient"),
            parentBeaconBlockRoot: try payload.hash("parentBeaconBlockRoot"),
            gasLimit: try payload.number("gasLimit"), baseFeeParameters: extra,
            transactions: try #require(payload.values["transactions"] as? [String]).map { try Hex.decode($0) })
        let witness = WitnessState(witness: WitnessNodeSource(preimages: preimages), headers: [parent])
        let built = try RollupBlockBuilder(chain: chain).build(attributes, on: parent, source: witness)
        #expect(built.block.header.hash == (try fixture.hash("expected_block_hash")))

        // What was built verifies.
        let again = WitnessState(witness: WitnessNodeSource(preimages: preimages), headers: [parent])
        let outcome = try BlockVerifier(chain: chain).verify(
            built.block, ancestors: [Ancestor(Block(header: parent))], source: again)
        #expect(outcome.stateRoot == built.outcome.stateRoot)
    }
}

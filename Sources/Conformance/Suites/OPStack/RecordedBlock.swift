import EVM
public import Primitives
public import StateTransition

/// One block that was recorded from a rollup: `fixture.json` gives the chain's rules, the parent header, the payload
/// attributes and the hash that the block must have; `witness.json` beside it the trie nodes and codes by their hashes.
public struct RecordedBlock: Sendable {
    public let input: RollupBlockInput
    public let expectedHash: Hash256

    /// Reads both files.
    public init(fixture: FixtureFile) throws(FixtureError) {
        let fields = try fixture.json()
        let configuration = try fields.required("rollup_config")
        let preimages = try Self.preimages(try FixtureFile(path: fixture.folder + "/witness.json"))
        let parent = try Self.header(try fields.required("parent_header"))
        input = RollupBlockInput(
            chainID: try configuration.required("l2_chain_id").integer64(),
            opStack: try Self.rules(configuration),
            headers: Self.chain(endingIn: parent, preimages),
            attributes: try Self.attributes(try fields.required("executing_payload")),
            preimages: preimages)
        expectedHash = try fields.required("expected_block_hash").hash()
    }

    /// Upgrades that change execution, by their names in a rollup's configuration. Delta changes derivation alone.
    private static let upgrades: [(name: String, upgrade: OptimismRevision)] = [
        ("regolith", .regolith), ("canyon", .canyon), ("ecotone", .ecotone), ("fjord", .fjord),
        ("granite", .granite), ("holocene", .holocene), ("isthmus", .isthmus), ("jovian", .jovian),
    ]

    private static func rules(_ configuration: JSONValue) throws(FixtureError) -> OPStackConfiguration {
        var activations: [OPStackConfiguration.Activation] = []
        for (name, upgrade) in upgrades {
            guard let time = configuration.optional("\(name)_time") else { continue }
            activations.append(.init(upgrade, try time.integer64()))
        }
        let fees = try configuration.required("chain_op_config")
        return OPStackConfiguration(
            activations: activations,
            baseFeeParameters: BaseFeeParameters(
                elasticity: try fees.required("eip1559Elasticity").integer64(),
                denominator: try fees.required("eip1559DenominatorCanyon").integer64()))
    }

    private static func header(_ fields: JSONValue) throws(FixtureError) -> BlockHeader {
        guard let bloom = LogsBloom(bytes: try fields.required("logsBloom").bytes()) else {
            throw try fields.required("logsBloom").error(expected: "512 hexadecimal digits")
        }
        return BlockHeader(
            parentHash: try fields.required("parentHash").hash(),
            unclesHash: try fields.required("sha3Uncles").hash(),
            coinbase: try fields.required("miner").address(), stateRoot: try fields.required("stateRoot").hash(),
            transactionsRoot: try fields.required("transactionsRoot").hash(),
            receiptsRoot: try fields.required("receiptsRoot").hash(), logsBloom: bloom,
            difficulty: try fields.required("difficulty").integer(),
            number: try fields.required("number").integer64(), gasLimit: try fields.required("gasLimit").integer64(),
            gasUsed: try fields.required("gasUsed").integer64(),
            timestamp: try fields.required("timestamp").integer64(),
            extraData: try fields.required("extraData").bytes(), mixHash: try fields.required("mixHash").hash(),
            nonce: try fields.required("nonce").integer64(),
            baseFee: try fields.optional("baseFeePerGas")?.integer(),
            withdrawalsRoot: try fields.optional("withdrawalsRoot")?.hash(),
            blobGasUsed: try fields.optional("blobGasUsed")?.integer64(),
            excessBlobGas: try fields.optional("excessBlobGas")?.integer64(),
            parentBeaconBlockRoot: try fields.optional("parentBeaconBlockRoot")?.hash(),
            requestsHash: try fields.optional("requestsHash")?.hash())
    }

    private static func attributes(_ payload: JSONValue) throws(FixtureError) -> RollupAttributes {
        var transactions: [[UInt8]] = []
        for transaction in try payload.required("transactions").elements {
            transactions.append(try transaction.bytes())
        }
        return RollupAttributes(
            timestamp: try payload.required("timestamp").integer64(),
            randomness: try payload.required("prevRandao").hash(),
            coinbase: try payload.required("suggestedFeeRecipient").address(),
            parentBeaconBlockRoot: try payload.optional("parentBeaconBlockRoot")?.hash() ?? Hash256(),
            gasLimit: try payload.required("gasLimit").integer64(),
            baseFeeParameters: try payload.optional("eip1559Params")?.bytes() ?? [],
            minimumBaseFee: try payload.optional("minBaseFee")?.integer64(), transactions: transactions)
    }

    /// A header and its ancestors as far as the witness has them: those that the block asked for by BLOCKHASH, and those
    /// between.
    private static func chain(endingIn parent: BlockHeader, _ preimages: [[UInt8]]) -> [BlockHeader] {
        var byHash = HashTable<Hash256, BlockHeader>()
        for preimage in preimages {
            if let header = try? BlockHeader(decoding: preimage) { byHash.set(header.hash, header) }
        }
        var headers = [parent]
        while headers.count < RollupBlockInput.largestHeaderCount,
            let ancestor = byHash[headers[headers.count - 1].parentHash]
        {
            headers.append(ancestor)
        }
        return headers
    }

    private static func preimages(_ witness: FixtureFile) throws(FixtureError) -> [[UInt8]] {
        var preimages: [[UInt8]] = []
        for member in try witness.json().members { preimages.append(try member.value.bytes()) }
        return preimages
    }
}

import EVM
import Primitives
import StateTransition

/// BlockchainTests of ethereum/tests and blockchain_tests of the execution specifications: a genesis, blocks of which
/// some must be refused, and the head and state that are left.
struct BlockSuite: Suite {
    static let kind = ConformanceKind.block

    private let codes = CodeCache()

    init(options: SuiteOptions) {}

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let tests = try file.json()
        guard tests.isObject, tests.members.contains(where: { Self.isBlockTest($0.value) }) else {
            return .other(FixtureShape.describe(tests))
        }
        for test in tests.members where test.name != "_info" {
            reporter.run(test.name, fork: test.value["network"]?.text) { try check(test.value) }
        }
        return .ran
    }

    private static func isBlockTest(_ test: JSONValue) -> Bool {
        test["blocks"]?.isArray == true && test["genesisBlockHeader"] != nil
    }

    private func check(_ test: JSONValue) throws {
        let network = try FixtureNetwork(try test.required("network"))
        let accounts = try FixtureAccount.list(try test.required("pre"))
        let genesis = try Self.genesis(test)
        // Fixtures older than the key were all sealed by proof of work.
        let chain = FixtureChain(
            genesis: genesis, accounts: accounts, configuration: try network.configuration(test.optional("config")),
            verifiesSeals: (test["sealEngine"]?.text ?? "Ethash") == "Ethash", codes: codes)
        try Mismatch.check("genesis state root", expected: genesis.stateRoot, got: chain.genesisStateRoot)
        for (index, block) in try test.required("blocks").elements.enumerated() {
            try Self.add(block, at: index, to: chain, network)
        }
        try Mismatch.check("head", expected: try test.required("lastblockhash").hash(), got: chain.head)
        let state = chain.headState()
        if let root = test.optional("postStateHash") {
            try Mismatch.check("state root", expected: try root.hash(), got: state.root)
        } else {
            try StateDifference.check(expected: try FixtureAccount.list(try test.required("postState")), got: state)
        }
    }

    /// The genesis header: from its RLP where that is given, and in any case with the hash that the fixture says.
    private static func genesis(_ test: JSONValue) throws -> BlockHeader {
        let fields = try test.required("genesisBlockHeader")
        let header = try HeaderFields.header(fields)
        try Mismatch.check("genesis hash", expected: try fields.required("hash").hash(), got: header.hash)
        if let encoded = test.optional("genesisRLP") {
            let block: Block
            do { block = try Block(decoding: try encoded.bytes()) } catch let error as BlockDecodingError {
                throw Mismatch("genesis RLP", expected: "a block", got: "\(error)")
            }
            try Mismatch.check("genesis RLP", expected: header.hash, got: block.header.hash)
        }
        return header
    }

    private static func add(
        _ fixture: JSONValue, at index: Int, to chain: FixtureChain, _ network: FixtureNetwork
    ) throws {
        let refusalReason = refusalReason(fixture, network)
        let encoded = try fixture.required("rlp").bytes()
        do {
            let hash = try chain.add(encoded)
            if let refusalReason {
                throw Mismatch("block \(index)", expected: "refusal (\(refusalReason))", got: "imported")
            }
            if let expected = try fixture.optional("blockHeader")?.optional("hash")?.hash() {
                try Mismatch.check("hash of block \(index)", expected: expected, got: hash)
            }
        } catch let refusal as FixtureChain.Refusal {
            if refusalReason == nil {
                throw Mismatch("block \(index)", expected: "imported", got: refusal.description)
            }
        }
    }

    /// Why a block must be refused; nil where it must be taken.
    ///
    /// Old fixtures name the fork in the key (`expectExceptionByzantium`, `expectExceptionALL`) or say nothing at all and
    /// leave out the block's contents.
    private static func refusalReason(_ fixture: JSONValue, _ network: FixtureNetwork) -> String? {
        for suffix in ["", "ALL", network.name] {
            if let reason = fixture.optional("expectException" + suffix) { return reason.text ?? "an exception" }
        }
        return fixture.optional("blockHeader") == nil ? "no header given" : nil
    }
}

/// Headers as the fixtures spell them.
enum HeaderFields {
    static func header(_ fields: JSONValue) throws(FixtureError) -> BlockHeader {
        let bloom = try fields.required("bloom")
        guard let logsBloom = LogsBloom(bytes: try bloom.bytes()) else { throw bloom.error(expected: "256 bytes") }
        let nonce = try fields.required("nonce")
        return BlockHeader(
            parentHash: try fields.required("parentHash").hash(), unclesHash: try fields.required("uncleHash").hash(),
            coinbase: try fields.required("coinbase").address(), stateRoot: try fields.required("stateRoot").hash(),
            transactionsRoot: try fields.required("transactionsTrie").hash(),
            receiptsRoot: try fields.required("receiptTrie").hash(), logsBloom: logsBloom,
            difficulty: try fields.required("difficulty").integer(), number: try fields.required("number").integer64(),
            gasLimit: try fields.required("gasLimit").integer64(), gasUsed: try fields.required("gasUsed").integer64(),
            timestamp: try fields.required("timestamp").integer64(),
            extraData: try fields.required("extraData").bytes(),
            mixHash: try fields.required("mixHash").hash(), nonce: try nonce.integer64(),
            baseFee: try fields.optional("baseFeePerGas")?.integer(),
            withdrawalsRoot: try fields.optional("withdrawalsRoot")?.hash(),
            blobGasUsed: try fields.optional("blobGasUsed")?.integer64(),
            excessBlobGas: try fields.optional("excessBlobGas")?.integer64(),
            parentBeaconBlockRoot: try fields.optional("parentBeaconBlockRoot")?.hash(),
            requestsHash: try fields.optional("requestsHash")?.hash())
    }
}

import Cryptography
import Foundation
public import Primitives
import Yams

extension RollupManifest {
    /// Bytes of a document at most.
    public static let documentLimit = 16 << 20

    /// Reads and checks a document in YAML or JSON (schema: `docs/rollup.schema.json`).
    ///
    /// - Parameters:
    ///   - l1ChainID: of the chain that the rollup settles on: the default chain id depends on it.
    ///   - owner: where the document names none.
    /// - Throws: the first rule that is broken, with key and line.
    public init(document: String, l1ChainID: UInt64, owner: Address? = nil) throws(ManifestError) {
        guard document.utf8.count <= Self.documentLimit else {
            throw ManifestError("", "a document of at most \(Self.documentLimit >> 20) MiB")
        }
        let root = ManifestNode(node: try Self.root(of: document), path: "")
        let members = try root.members([
            "name", "chain-id", "layers", "gas-token", "lifetime", "block-time", "sub-block-time", "gas-limit",
            "sequencing-window", "accounts", "fees", "allocations",
        ])
        guard let name = members["name"] else { throw ManifestError("name", "every rollup has a name") }
        let accounts = try Self.accounts(members["accounts"], owner)
        self.init(
            name: try name.text(), accounts: accounts, l1ChainID: l1ChainID,
            chainID: try members["chain-id"]?.number())
        if let layers = members["layers"] { try read(layers: layers) }
        if let token = members["gas-token"] { gasToken = try token.choice(GasTokenChoice.self) }
        if let lifetime = members["lifetime"] { try read(lifetime: lifetime) }
        if let time = members["block-time"] { blockTime = try time.number() }
        if let time = members["sub-block-time"] { subBlockTime = try time.number() }
        if let limit = members["gas-limit"] { gasLimit = try limit.number() }
        if let window = members["sequencing-window"] { sequencingWindow = try window.number() }
        if let fees = members["fees"] { try read(fees: fees) }
        if let allocations = members["allocations"] { self.allocations = try Self.allocations(allocations) }
        if var breach = breaches.first {
            breach.line = breach.line ?? members[String(breach.key.prefix { $0 != "." })]?.line
            throw breach
        }
    }

    private static func root(of document: String) throws(ManifestError) -> Node {
        do {
            guard let node = try compose(yaml: document) else { throw ManifestError("", "the document is empty") }
            return node
        } catch let error as ManifestError {
            throw error
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw ManifestError("", "no YAML or JSON: \(problem)", line: mark.line)
            case .duplicatedKeysInMapping(let keys, let context):
                throw ManifestError(
                    "", "each key once, but this mapping has twice: \(keys.sorted().joined(separator: ", "))",
                    line: context.mark.line)
            default: throw ManifestError("", "no YAML or JSON: \(error)")
            }
        } catch {
            throw ManifestError("", "no YAML or JSON: \(error)")
        }
    }

    private mutating func read(layers: ManifestNode) throws(ManifestError) {
        let members = try layers.members(["execution", "data-availability", "security", "sequencing"])
        if let choice = members["execution"] { execution = try choice.choice(ExecutionChoice.self) }
        if let choice = members["data-availability"] {
            dataAvailability = try choice.choice(DataAvailabilityChoice.self)
        }
        if let choice = members["security"] { security = try choice.choice(SecurityChoice.self) }
        if let choice = members["sequencing"] { sequencing = try choice.choice(SequencingChoice.self) }
    }

    private mutating func read(lifetime node: ManifestNode) throws(ManifestError) {
        if case .scalar = node.node {
            guard try node.text() == "permanent" else {
                throw node.error("'permanent', or a mapping with 'duration' or 'until'")
            }
            return
        }
        let members = try node.members(["duration", "until", "drain-blocks", "idle-blocks", "budget"])
        switch (members["duration"], members["until"]) {
        case (let duration?, nil): lifetime = .duration(try duration.duration())
        case (nil, let until?): lifetime = .until(try until.time())
        default: throw node.error("either 'duration' or 'until'")
        }
        if let blocks = members["drain-blocks"] { ending.drainBlocks = try blocks.number() }
        if let blocks = members["idle-blocks"] { ending.idleBlocks = try blocks.number() }
        guard let budget = members["budget"] else { return }
        let terms = try budget.members(["wei", "wei-per-second", "payee"])
        guard let wei = terms["wei"], let price = terms["wei-per-second"] else {
            throw budget.error("a budget has 'wei' and 'wei-per-second'")
        }
        ending.budget = Budget(
            wei: try wei.number(), weiPerSecond: try price.number(), payee: try terms["payee"]?.address())
    }

    private static func accounts(_ node: ManifestNode?, _ owner: Address?) throws(ManifestError) -> Accounts {
        let members = try node?.members(["owner", "batcher", "sequencer", "proposer", "fee-recipient"]) ?? [:]
        guard let owner = try members["owner"]?.address() ?? owner else {
            throw ManifestError("accounts.owner", "every rollup has an owner")
        }
        return Accounts(
            owner: owner, batcher: try members["batcher"]?.address(), sequencer: try members["sequencer"]?.address(),
            proposer: try members["proposer"]?.address(), feeRecipient: try members["fee-recipient"]?.address())
    }

    private mutating func read(fees node: ManifestNode) throws(ManifestError) {
        let members = try node.members([
            "base-fee-denominator", "base-fee-elasticity", "minimum-base-fee", "base-fee-scalar",
            "blob-base-fee-scalar", "operator-fee-scalar", "operator-fee-constant", "data-footprint-gas-scalar",
        ])
        if let value = members["base-fee-denominator"] { fees.baseFeeDenominator = try value.number() }
        if let value = members["base-fee-elasticity"] { fees.baseFeeElasticity = try value.number() }
        if let value = members["minimum-base-fee"] { fees.minimumBaseFee = try value.number() }
        if let value = members["base-fee-scalar"] { fees.baseFeeScalar = try value.number() }
        if let value = members["blob-base-fee-scalar"] { fees.blobBaseFeeScalar = try value.number() }
        if let value = members["operator-fee-scalar"] { fees.operatorFeeScalar = try value.number() }
        if let value = members["operator-fee-constant"] { fees.operatorFeeConstant = try value.number() }
        if let value = members["data-footprint-gas-scalar"] { fees.dataFootprintGasScalar = try value.number() }
    }

    private static func allocations(_ node: ManifestNode) throws(ManifestError) -> [Allocation] {
        var allocations: [Allocation] = []
        for (key, value) in try node.pairs() {
            let address: Address
            do throws(Address.TypingError) { address = try Address(typed: key) } catch {
                throw value.error(error.message)
            }
            let members = try value.members(["nonce", "code", "storage"])
            var allocation = Allocation(address: address)
            if let nonce = members["nonce"] { allocation.nonce = try nonce.number() }
            if let code = members["code"] { allocation.code = try code.bytes() }
            for (slot, value) in try members["storage"]?.pairs() ?? [] {
                guard let key = ManifestNode.word(slot) else { throw value.error("a slot as a whole number") }
                allocation.storage.append(Allocation.Slot(key: key, value: try value.word()))
            }
            allocation.storage.sort { $0.key < $1.key }
            allocations.append(allocation)
        }
        return allocations.sorted { $0.address < $1.address }
    }
}

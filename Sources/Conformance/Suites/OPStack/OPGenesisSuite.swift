import Foundation
import Primitives
import StateTransition

/// Genesis blocks of the superchain registry: `genesis/<network>/<chain>.json` gives a header and its state, and
/// `configs/<network>/<chain>.toml` the hash that the block must have.
struct OPGenesisSuite: Suite {
    static let kind = ConformanceKind.opGenesis

    init(options: SuiteOptions) {}

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let place = RegistryPlace(path: file.path)
        if file.path.hasSuffix(".toml") {
            reporter.run(place.chain) {
                try Self.check(try FixtureFile(path: place.genesis).json(), configuration: file)
            }
            return .ran
        }
        let genesis = try file.json()
        guard genesis["alloc"] != nil || genesis["stateHash"] != nil, genesis["gasLimit"] != nil else {
            return .other(FixtureShape.describe(genesis))
        }
        reporter.run(place.chain) { try Self.check(genesis, configuration: try FixtureFile(path: place.configuration)) }
        return .ran
    }

    private static func check(_ genesis: JSONValue, configuration: FixtureFile) throws {
        let table = try TOMLTable(String(decoding: configuration.bytes, as: UTF8.self))
        guard let text = table["genesis.l2.hash"], let expected = try? Hash256(hex: text) else {
            throw FixtureError(place: configuration.path, problem: "genesis.l2.hash is missing or no hash")
        }
        let header = try header(genesis, table)
        try Mismatch.check("genesis hash", expected: expected, got: header.hash)
    }

    /// The genesis header: what the file says, the root of its state, and the fields that upgrades active at its time
    /// bring with them.
    static func header(_ genesis: JSONValue, _ table: TOMLTable) throws -> BlockHeader {
        let timestamp = try genesis.required("timestamp").integer64()
        func isActive(_ upgrade: String) -> Bool {
            guard let time = table["hardforks.\(upgrade)_time"].flatMap(UInt64.init) else { return false }
            return time <= timestamp
        }
        let state = FixtureState(try genesis.optional("alloc").map(FixtureAccount.list) ?? []) { _ in nil }
        var header = BlockHeader(
            parentHash: try genesis.optional("parentHash")?.hash() ?? Hash256(),
            coinbase: try genesis.optional("coinbase")?.address() ?? Address(),
            stateRoot: try genesis.optional("stateHash")?.hash() ?? state.root,
            difficulty: try genesis.optional("difficulty")?.integer() ?? .zero,
            number: try genesis.optional("number")?.integer64() ?? 0,
            gasLimit: try genesis.required("gasLimit").integer64(),
            gasUsed: try genesis.optional("gasUsed")?.integer64() ?? 0, timestamp: timestamp,
            extraData: try genesis.optional("extraData")?.bytes() ?? [],
            mixHash: try genesis.optional("mixHash")?.hash() ?? Hash256(),
            nonce: try genesis.optional("nonce")?.integer64() ?? 0,
            baseFee: try genesis.optional("baseFeePerGas")?.integer() ?? BaseFeeParameters.initialFee)
        if isActive("canyon") { header.withdrawalsRoot = EmptyHash.trieRoot }
        if isActive("ecotone") {
            header.blobGasUsed = try genesis.optional("blobGasUsed")?.integer64() ?? 0
            header.excessBlobGas = try genesis.optional("excessBlobGas")?.integer64() ?? 0
            header.parentBeaconBlockRoot = Hash256()
        }
        if isActive("isthmus") {
            header.withdrawalsRoot = try state.storageRoot(Predeploy.messagePasser, after: StateDiff())
            header.requestsHash = EmptyHash.requests
        }
        return header
    }
}

/// Where the two files about a chain are in a copy of the registry.
struct RegistryPlace: Equatable {
    /// `mainnet/ink`.
    let chain: String
    let genesis: String
    let configuration: String

    /// - Parameter path: of either file.
    init(path: String) {
        let file = URL(fileURLWithPath: path).standardizedFileURL
        let name = file.deletingPathExtension().lastPathComponent
        let network = file.deletingLastPathComponent().lastPathComponent
        let registry = file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        chain = "\(network)/\(name)"
        genesis = registry.appending(path: "genesis/\(network)/\(name).json").path
        configuration = registry.appending(path: "configs/\(network)/\(name).toml").path
    }
}

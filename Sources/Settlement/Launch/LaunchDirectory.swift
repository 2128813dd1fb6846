import Foundation
public import Layers
import Primitives

/// Where a launch keeps its plan and puts what it makes. Each file is whole or not there.
public struct LaunchDirectory: Sendable {
    /// The files, in the order in which they are written.
    public enum File: String, CaseIterable, Sendable {
        /// The plan, before anything is sent.
        case plan = "launch.json"
        case manifest = "manifest.json"
        /// As go-ethereum reads it.
        case genesis = "genesis.json"
        /// The contracts on L1, by the names that OP Stack tools give them.
        case addresses = "addresses.json"
        /// As OP Stack software reads it. The last: where it is, all are.
        case rollup = "rollup.json"
    }

    public let path: String
    private let genesisText: @Sendable (RollupGenesis) throws -> [UInt8]

    /// - Parameter genesisText: the genesis as go-ethereum has it in a file.
    public init(_ path: String, genesisText: @escaping @Sendable (RollupGenesis) throws -> [UInt8]) {
        self.path = path
        self.genesisText = genesisText
    }

    /// The path of a file.
    public func path(_ file: File) -> String { path + "/" + file.rawValue }

    /// Whether a launch was finished here.
    var isComplete: Bool { FileManager.default.fileExists(atPath: path(.rollup)) }

    /// The plan that was begun here; nil for none.
    func plan(_ manifest: RollupManifest) throws(SettlementError) -> LaunchPlan? {
        guard let text = try text(.plan) else { return nil }
        guard try self.text(.manifest) == manifest.document else {
            throw holdsAnother("with another configuration (\(File.manifest.rawValue))")
        }
        return try LaunchPlan(text: text, manifest: manifest)
    }

    func holdsAnother(_ what: String) -> SettlementError {
        .rule("\(path) holds a launch \(what): choose another --out, or repeat that one")
    }

    /// Keeps the plan, so that the launch can be taken up again.
    func keep(_ plan: LaunchPlan) throws(SettlementError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .rule("cannot make the directory \(path): \((error as NSError).localizedDescription)")
        }
        try write(Array(plan.manifest.document.utf8), .manifest)
        try write(Array(plan.text.utf8), .plan)
    }

    func write(_ plan: LaunchPlan, _ genesis: RollupGenesis) throws(SettlementError) {
        let bytes: [UInt8]
        do { bytes = try genesisText(genesis) } catch { throw .rule("the genesis cannot be written: \(error)") }
        try write(bytes, .genesis)
        try write(Array(Self.addresses(plan).utf8), .addresses)
        try write(Array(RollupFile(genesis.rollup).text.utf8), .rollup)
    }

    static func addresses(_ plan: LaunchPlan) -> String {
        let (shared, contracts) = (plan.shared, plan.contracts)
        var all: [(String, Address)] = [
            ("AnchorStateRegistryProxy", contracts.anchorStateRegistry),
            ("BondedProposal", shared.implementations.finalityModule),
            ("DisputeGameFactoryProxy", contracts.disputeGameFactory),
            ("L1CrossDomainMessengerProxy", contracts.l1CrossDomainMessenger),
            ("L1ERC721BridgeProxy", contracts.l1ERC721Bridge), ("L1StandardBridgeProxy", contracts.l1StandardBridge),
            ("OptimismPortalProxy", contracts.optimismPortal), ("RollupFactory", shared.factory),
            ("RollupRegistry", shared.registry), ("SystemConfigProxy", contracts.systemConfig),
            ("Timelock", plan.timelock), ("LifecycleProxy", contracts.lifecycle), ("ClaimsProxy", contracts.claims),
        ]
        if plan.manifest.ending.idleBlocks != 0 { all.append(("BatchInbox", contracts.batchInbox)) }
        if let budget = plan.budget { all.append(("TimeBudget", budget.address)) }
        all.sort { $0.0 < $1.0 }
        let members = all.map { "  \"\($0.0)\": \"\($0.1)\"" }
        return "{\n\(members.joined(separator: ",\n"))\n}\n"
    }

    // MARK: Files

    private func text(_ file: File) throws(SettlementError) -> String? {
        let path = path(file)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else { throw .rule("cannot read \(path)") }
        return String(decoding: data, as: UTF8.self)
    }

    private func write(_ bytes: [UInt8], _ file: File) throws(SettlementError) {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path(file)), options: .atomic)
        } catch {
            throw .rule("cannot write \(path(file)): \((error as NSError).localizedDescription)")
        }
    }
}

import Blockchain
import Derivation
import EthereumClient
import JSONRPC
import Lifecycles
import Primitives
import RollupNode
import Settlement
import StateTransition
import Storage

/// `mayfly_exits`: who could leave the rollup with what if it ended with this node's newest block.
actor ExitMethods {
    /// For which one report is good enough.
    private static let freshness = Duration.seconds(1)

    private let chain: Chain
    private let rollup: RollupConfiguration
    private let l1: EthereumClient
    private var bridge: Bridge?
    private var trail = ChainTrail()
    private var last: (made: ContinuousClock.Instant, block: BlockReference, json: String)?

    init(_ chain: Chain, _ rollup: RollupConfiguration, l1: EthereumClient) {
        self.chain = chain
        self.rollup = rollup
        self.l1 = l1
    }

    nonisolated func add(to methods: inout Methods) {
        methods.addDeferred("mayfly_exits") { call, responder throws(RPCError) in
            try call.parameters.finish()
            Task {
                do {
                    let report = Array(try await self.report().utf8)
                    responder.succeed { json throws(RPCError) in report.withUnsafeBytes { json.raw($0) } }
                } catch {
                    let message = (error as? SettlementError)?.message ?? CommandFailure(error).description
                    responder.fail(RPCError(code: -32_000, message: message))
                }
            }
        }
    }

    /// Has the method say, where another client executes and keeps the blocks, who can be asked instead: this process has
    /// neither the state nor the receipts that the report is made of.
    static func refuse(in methods: inout Methods) {
        methods.addInline("mayfly_exits") { _, _ throws(RPCError) in
            // EIP-1474: method not supported.
            throw RPCError(
                code: -32_004,
                message:
                    "this node has no state of its own: another client executes its blocks (--execution). Ask a node "
                    + "that executes them, or run mayfly exits without --node, which derives the rollup from L1.")
        }
    }

    private func report() async throws -> String {
        if let last, last.block == chain.database.head, last.made.duration(to: .now) < Self.freshness {
            return last.json
        }
        let bridge: Bridge
        if let known = self.bridge { bridge = known } else { bridge = try await Bridge(rollup, l1: l1) }
        self.bridge = bridge
        // The state first: what L1 gets meanwhile is on its way to it, while the state can have nothing that L1 has not.
        let census = try census()
        let ledger = try await ExitLedger.read(bridge)
        let books = try await ExitBooks(
            census.assets, trail.trail.withdrawals, origin: census.origin, ledger: ledger, bridge)
        let json = ExitReport(
            chainID: rollup.l2ChainID, block: (census.block.number, census.block.hash, census.root),
            isLast: census.isLast, books: books
        ).json
        last = (.now, census.block, json)
        return json
    }

    private struct Census {
        var assets: [AssetExits]
        var block: BlockReference
        var root: Hash256
        var origin: UInt64
        var isLast: Bool
    }

    private func census() throws -> Census {
        let snapshot = try chain.database.snapshot()
        try trail.follow(snapshot)
        let state = try snapshot.headState()
        guard let header = try snapshot.header(snapshot.head) else {
            throw CommandFailure("the header of block \(snapshot.head.number) is missing")
        }
        var census = ExitCensus()
        try state.forEachAccount { address, account in
            census.note(address, account)
            return true
        }
        return Census(
            assets: try census.assets(state, trail.trail), block: snapshot.head, root: header.stateRoot,
            origin: try state.l1Origin(), isLast: try state.isLastOfRollup())
    }
}

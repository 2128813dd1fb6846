import Cryptography
import Foundation
import Lifecycles
import Primitives
import StateTransition
import Testing
import Trie

/// Does what the contract Claims does with a plan, on a reader of nodes of its own, and keeps the books.
private struct ClaimModel {
    let root: Hash256
    let resolversRoot: Hash256
    var opened: [Address: Hash256] = [:]
    var known: [Address: Address] = [:]
    /// By token (zero: ether) and recipient.
    var paid: [Address: [Address: UInt256]] = [:]
    var items: [Address: [UInt256: Address]] = [:]
    /// By collection, item and holder.
    var balances: [Address: [ItemHolder: (recipient: Address, amount: UInt256)]] = [:]
    var callSizes: [Int] = []
    /// Leaves that were listed without their path.
    var shortLeaves = 0

    init(_ archive: ArchivedState) throws {
        root = archive.header.stateRoot
        resolversRoot = try archive.proof(of: PinnedContract.dissolver, slots: []).account.storageRoot
    }

    mutating func perform(_ step: ClaimStep) throws {
        var walk = NodeWalk(step.nodes)
        callSizes.append(step.nodes.count)
        #expect(step.nodes.count >= 596 && step.count <= 100)
        switch step {
        case .openToken(let token, _), .openCollection(let token, _, _):
            #expect(opened[token] == nil)
            let account = try #require(try account(token, &walk))
            opened[token] = account.storageRoot
            var slots: [UInt256] = [4, 5]
            if account.codeHash == PinnedContract.collectionCode { slots = [9, 11] }
            if account.codeHash == PinnedContract.mintedCode { slots = [1] }
            if account.codeHash == PinnedContract.multiTokenCode { slots = [2] }
            if token == PinnedContract.weth { slots = [] }
            for slot in slots { #expect(try word(slot, account.storageRoot, token, &walk).isZero == false) }
        case .claimETH(let holders, _):
            for holder in holders {
                let (recipient, balance) = try identify(holder.account, holder.delegate, &walk)
                known[holder.account] = recipient
                pay(Address(), recipient, balance)
            }
        case .claimTokens(let token, let holders, let areKnown, _):
            let storageRoot = try #require(opened[token])
            for holder in holders {
                let recipient =
                    areKnown
                    ? try #require(known[holder.account]) : try identify(holder.account, holder.delegate, &walk).0
                known[holder.account] = recipient
                let amount = try word(Self.slot(UInt256(holder.account)), storageRoot, token, &walk)
                #expect(amount != 0)
                pay(token, recipient, amount)
            }
        case .claimItems(let token, let claimed, let areKnown, _):
            let storageRoot = try #require(opened[token])
            for item in claimed {
                let owner = Address(truncating: try word(Self.slot(item.id), storageRoot, token, &walk))
                let recipient =
                    areKnown ? try #require(known[owner]) : try identify(owner, item.delegate, &walk).0
                #expect(items[token]?[item.id] == nil)
                items[token, default: [:]][item.id] = recipient
            }
        case .claimBalances(let token, let claimed, let areKnown, _):
            let storageRoot = try #require(opened[token])
            for balance in claimed {
                let holder = balance.holder
                let recipient =
                    areKnown
                    ? try #require(known[holder.account])
                    : try identify(holder.account, balance.delegate, &walk).0
                let item = Self.slot(holder.tokenID)
                let slot = UInt256(
                    Keccak256.hash(Hash256(item).bytes + Hash256(UInt256(holder.account)).bytes))
                let amount = try word(slot, storageRoot, token, &walk)
                #expect(amount != 0 && balances[token]?[holder] == nil)
                balances[token, default: [:]][holder] = (recipient, amount)
            }
        }
        #expect(walk.isAtEnd)
        shortLeaves += walk.shortLeaves
    }

    private mutating func pay(_ token: Address, _ recipient: Address, _ amount: UInt256) {
        paid[token, default: [:]][recipient] = (paid[token]?[recipient] ?? 0) &+ amount
    }

    private func identify(
        _ holder: Address, _ delegate: Address, _ walk: inout NodeWalk
    ) throws -> (Address, UInt256) {
        guard let account = try account(holder, &walk) else { return (holder, 0) }
        let delegation = Keccak256.hash([0xEF, 0x01, 0x00] + delegate.bytes)
        if account.codeHash == EmptyHash.code || account.codeHash == delegation { return (holder, account.balance) }
        let slot = Self.slot(UInt256(holder), of: 1)
        let resolver = Address(
            truncating: try word(slot, resolversRoot, PinnedContract.dissolver, &walk))
        #expect(!resolver.isZero)
        return (resolver, account.balance)
    }

    private func account(_ address: Address, _ walk: inout NodeWalk) throws -> TrieAccount? {
        try walk.find(Keccak256.hash(address), under: root, of: nil).map { try TrieAccount(decoding: $0) }
    }

    private func word(
        _ slot: UInt256, _ root: Hash256, _ trie: Address, _ walk: inout NodeWalk
    ) throws -> UInt256 {
        guard let value = try walk.find(Keccak256.hash(Hash256(slot)), under: root, of: trie) else { return 0 }
        var reader = RLPReader(value)
        return try reader.readUInt256()
    }

    static func slot(_ key: UInt256, of mapping: UInt64 = 0) -> UInt256 {
        UInt256(Keccak256.hash(Hash256(UInt256(mapping)).bytes + Hash256(key).bytes))
    }
}

@Suite struct ClaimTests {
    private static let token = Address(truncating: 0x70CE)
    private static let collection = Address(truncating: 0x70CF)
    private static let minted = Address(truncating: 0x70D0)
    private static let multiToken = Address(truncating: 0x70D1)
    /// Their balances lie so that leaves stand inside their parent: the hashes of the slots begin with the same 32 bits.
    private static let twins = ["twin 35498", "twin 110203"].map { FinalState.person($0) }

    /// Every kind of holder and asset, and as many more accounts.
    private static func state(people count: Int, holders: Int) throws -> FinalState {
        var state = FinalState()
        let people = (0..<count).map { FinalState.person("person \($0)") }
        for (index, person) in people.enumerated() {
            state.put(person, balance: UInt256(UInt64(index + 1)) &* 1_000_000_000, nonce: 1)
        }
        let delegated = FinalState.person("delegated")
        let (pool, stuck, absent) = (
            FinalState.person("pool"), FinalState.person("stuck"), FinalState.person("absent")
        )
        state.put(delegated, balance: 500, code: [0xEF, 0x01, 0x00] + Address(truncating: 0xDE1E).bytes)
        state.put(pool, balance: 7_000, nonce: 1, code: [0x60, 9])
        state.put(stuck, balance: 11, nonce: 1, code: [0x60, 9])
        state.resolve(pool, FinalState.person("heir"))
        var balances = people.prefix(holders).enumerated().map { ($1, UInt256(UInt64($0 + 1)) &* 3) }
        balances += [(delegated, 40), (pool, 50), (stuck, 60), (absent, 70)]
        balances += twins.map { ($0, 5) }
        try state.token(token, remote: Address(truncating: 0xAAA1), balances)
        let owners = (Array(people.prefix(5)) + [pool, stuck, absent, delegated]).enumerated()
        try state.collection(
            collection, remote: Address(truncating: 0xAAA2), owners.map { (UInt256(UInt64($0 * 7)), $1) })
        try state.minted(
            minted, ["Mints", "MNT", "ipfs://mints/of/a/collection/with/a/long/name/"], [pool, absent, people[0]])
        let most = UInt256(limbs: .max, .max, 0, 0)
        let rare = UInt256(limbs: 9, 0, 0, 1 << 63)
        var pieces = people.prefix(holders / 3).map { (id: UInt256(7), holder: $0, amount: UInt256(2)) }
        pieces += [(0, people[0], most), (7, pool, 5), (7, stuck, 6), (7, absent, 8), (rare, delegated, 1)]
        pieces += [(rare, absent, 9), (12, absent, 10), (12, stuck, 4), (rare, people[1], 3)]
        try state.multiToken(multiToken, ["Pieces", "PCS", "ipfs://pieces/{id}"], pieces)
        state.wrap(people[1], 300)
        state.wrap(absent, 20)
        return state
    }

    private func run(_ planner: ClaimPlanner, on model: inout ClaimModel) throws -> [ClaimStep] {
        var planner = planner
        var steps: [ClaimStep] = []
        while let step = try planner.next() {
            try model.perform(step)
            steps.append(step)
        }
        return steps
    }

    @Test(arguments: [(6, 0), (120, 30), (4_000, 900)])
    func paysAllThatIsClaimable(people: Int, holders: Int) throws {
        let archive = try Self.state(people: people, holders: holders).archive()
        let assets = try ExitCensus.assets(archive)
        #expect(assets.count == 5)
        var model = try ClaimModel(archive)
        let planner = ClaimPlanner(archive, assets, progress: ClaimProgress())
        _ = try run(planner, on: &model)
        for exits in assets {
            #expect(exits.unknown == 0)
            switch exits.asset {
            case .ether:
                let ether = exits.holdings.filter { $0.path.isOpen }
                let sum = { (payments: [Address: UInt256]?) in
                    (payments ?? [:]).values.reduce(0 as UInt256) { $0 &+ $1 }
                }
                #expect(
                    sum(model.paid[Address()]) == ether.filter { !$0.isWrapped }.map(\.amount).reduce(0) { $0 &+ $1 })
                #expect(sum(model.paid[PinnedContract.weth]) == 320)
                #expect(exits.stuck == 11)
            case .token(let token, _):
                #expect(model.paid[token]?.values.reduce(0 as UInt256) { $0 &+ $1 } == exits.claimable)
                #expect(exits.stuck == 60 && model.paid[token]?[Self.twins[0]] == 5)
                #expect(model.paid[token]?[FinalState.person("heir")] == 50)
            case .collection(let token, _), .minted(let token):
                #expect(UInt256(UInt64(model.items[token]?.count ?? 0)) == exits.claimable)
            case .multiToken(let token):
                let paid = try #require(model.balances[token])
                #expect(paid.values.reduce(0 as UInt256) { $0 &+ $1.amount } == exits.claimable && exits.stuck == 10)
                #expect(exits.items.map(\.tokenID) == [0, 7, 12, UInt256(limbs: 9, 0, 0, 1 << 63)])
                for item in exits.items {
                    let sum = paid.filter { $0.key.tokenID == item.tokenID }.values.reduce(0 as UInt256) {
                        $0 &+ $1.amount
                    }
                    #expect(sum == item.claimable && item.unknown == 0)
                }
                let pool = ItemHolder(tokenID: 7, account: FinalState.person("pool"))
                #expect(paid[pool]?.recipient == FinalState.person("heir"))
            }
        }
        // Those of all accounts that have ether alone.
        #expect(model.shortLeaves >= people)
        #expect(model.callSizes.allSatisfy { $0 <= 118_000 })
        // Full calls, but for the last of each kind and those that would grow too long.
        #expect(model.callSizes.count < 24 + (people + 4 * holders / 3) / 70)
    }

    @Test func leavesOutWhatWasPaid() throws {
        let archive = try Self.state(people: 150, holders: 120).archive()
        let assets = try ExitCensus.assets(archive)
        var progress = ClaimProgress()
        var planner = ClaimPlanner(archive, assets, progress: progress)
        var steps: [ClaimStep] = []
        while let step = try planner.next() { steps.append(step) }
        // As if it had been interrupted after each call.
        for (index, step) in steps.enumerated() {
            switch step {
            case .openToken(let token, _), .openCollection(let token, _, _): progress.opened.insert(token)
            case .claimETH(let holders, _): for holder in holders { progress.note(Address(), paidTo: holder.account) }
            case .claimTokens(let token, let holders, _, _):
                for holder in holders { progress.note(token, paidTo: holder.account) }
            case .claimItems(let token, let items, _, _): for item in items { progress.note(token, item: item.id) }
            case .claimBalances(let token, let balances, _, _):
                for balance in balances { progress.note(token, balanceOf: balance.holder) }
            }
            var rest = ClaimPlanner(archive, assets, progress: progress)
            var count = 0
            while let next = try rest.next() {
                #expect(next != step)
                count += 1
            }
            #expect(count <= steps.count - index - 1 + 1)
            if index == steps.count - 1 { #expect(count == 0) }
        }
    }

    @Test func paysOneHolderAlone() throws {
        let archive = try Self.state(people: 30, holders: 10).archive()
        let assets = try ExitCensus.assets(archive)
        var model = try ClaimModel(archive)
        let pool = FinalState.person("pool")
        let steps = try run(ClaimPlanner(archive, assets, for: [pool], progress: ClaimProgress()), on: &model)
        #expect(
            steps.map(\.name) == [
                "claimETHOf", "openToken", "claimTokensOf", "openToken", "claimItems", "openCollection", "claimItems",
                "openCollection", "claimBalances",
            ])
        #expect(model.paid[Address()] == [FinalState.person("heir"): 7_000])
        #expect(model.balances[Self.multiToken]?.values.map(\.amount) == [5])
        var none = ClaimPlanner(archive, assets, for: [FinalState.person("stuck")], progress: ClaimProgress())
        #expect(try none.next() == nil)
    }

    /// An account's items lie together where its account is shown, so that its nodes stand in the call once.
    @Test func showsAHolderOfManyItemsOnce() throws {
        var state = FinalState()
        for index in 0..<300 { state.put(FinalState.person("other \(index)"), balance: 1) }
        let holders = ["one", "two"].map { FinalState.person($0) }
        let ids = (0..<40).map { UInt256(UInt64($0)) }
        try state.multiToken(
            Self.multiToken, ["", "", ""], ids.flatMap { id in holders.map { (id, $0, 1 as UInt256) } })
        let archive = try state.archive()
        var model = try ClaimModel(archive)
        let planner = ClaimPlanner(
            archive, try ExitCensus.assets(archive), for: Set(holders), progress: ClaimProgress())
        let steps = try run(planner, on: &model)
        #expect(
            steps.map(\.name) == ["openCollection", "claimBalances"] && model.balances[Self.multiToken]?.count == 80)
        guard case .claimBalances(_, let balances, false, _) = steps[1] else {
            Issue.record("the holders are not known")
            return
        }
        let accounts = balances.map(\.holder.account)
        #expect(zip(accounts, accounts.dropFirst()).count { $0 != $1 } == 1)
    }

    @Test func makesCallsSmaller() throws {
        let archive = try Self.state(people: 300, holders: 90).archive()
        let assets = try ExitCensus.assets(archive)
        var planner = ClaimPlanner(archive, assets, progress: ClaimProgress())
        var (whole, parts) = (try ClaimModel(archive), try ClaimModel(archive))
        while let step = try planner.next() {
            try whole.perform(step)
            for half in try planner.packing.halves(of: step) ?? [step] { try parts.perform(half) }
        }
        #expect(whole.paid == parts.paid && whole.items == parts.items)
        let amounts = { (model: ClaimModel) in model.balances[Self.multiToken]?.mapValues(\.amount) }
        #expect(amounts(whole) == amounts(parts) && amounts(whole)?.isEmpty == false)
    }

    @Test func knowsTheCodesOfTokens() throws {
        #expect(Keccak256.hash(try FinalState.code("OptimismMintableERC20")) == PinnedContract.tokenCode)
        #expect(Keccak256.hash(try FinalState.code("OptimismMintableERC721")) == PinnedContract.collectionCode)
        #expect(Keccak256.hash(try FinalState.code("MayflyERC721")) == PinnedContract.mintedCode)
        #expect(Keccak256.hash(try FinalState.code("MayflyERC1155")) == PinnedContract.multiTokenCode)
    }

    /// The plan that the tests of the contracts send to Claims itself; MAYFLY_WRITE_FIXTURES makes it anew.
    @Test func plansWhatTheContractsAreTestedWith() throws {
        let state = try Self.state(people: 140, holders: 60)
        let archive = try state.archive()
        var planner = ClaimPlanner(archive, try ExitCensus.assets(archive), progress: ClaimProgress())
        var steps: [[String: Any]] = []
        while let step = try planner.next() { steps.append(Self.object(step)) }
        let accounts = state.accounts.sorted { $0.key < $1.key }.map { address, account -> [String: Any] in
            [
                "address": "\(address)", "nonce": account.record.nonce, "balance": Self.hex(account.record.balance),
                "codeHash": "\(account.record.codeHash)",
                "slots": account.slots.sorted { $0.key < $1.key }.map { [Self.hex($0.key), Self.hex($0.value)] },
            ]
        }
        let object: [String: Any] = [
            "accounts": accounts, "stateRoot": "\(archive.header.stateRoot)",
            "settle": Hex.encode(try planner.packing.settling()), "steps": steps,
        ]
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("contracts/tests/l1/claim_plan.json")
        if ProcessInfo.processInfo.environment["MAYFLY_WRITE_FIXTURES"] != nil { try data.write(to: file) }
        #expect(try Data(contentsOf: file) == data)
    }

    private static func hex(_ number: UInt256) -> String { "\(Hash256(number))" }

    private static func object(_ step: ClaimStep) -> [String: Any] {
        var object: [String: Any] = ["call": step.name, "nodes": Hex.encode(step.nodes)]
        let pairs = { (holders: [ClaimStep.Holder]) in holders.map { ["\($0.account)", "\($0.delegate)"] } }
        switch step {
        case .openToken(let token, _): object["token"] = "\(token)"
        case .openCollection(let token, let texts, _):
            object["token"] = "\(token)"
            object["texts"] = [texts.name, texts.symbol, texts.baseTokenURI].map { String(decoding: $0, as: UTF8.self) }
        case .claimETH(let holders, _): object["holders"] = pairs(holders)
        case .claimTokens(let token, let holders, let areKnown, _):
            (object["token"], object["holders"], object["areKnown"]) = ("\(token)", pairs(holders), areKnown)
        case .claimItems(let token, let items, let areKnown, _):
            (object["token"], object["areKnown"]) = ("\(token)", areKnown)
            object["items"] = items.map { [hex($0.id), "\($0.delegate)"] }
        case .claimBalances(let token, let balances, let areKnown, _):
            (object["token"], object["areKnown"]) = ("\(token)", areKnown)
            object["balances"] = balances.map {
                [hex($0.holder.tokenID), "\($0.holder.account)", "\($0.delegate)"]
            }
        }
        return object
    }
}

import Cryptography
import EVM
import Primitives
import StateTransition
import Testing

@Suite struct JournaledStateTests {
    private static func address(_ number: UInt64) -> Address { Address(truncating: UInt256(number)) }

    private static func source(_ model: CopiedState) -> MemoryState {
        let state = MemoryState()
        for (address, account) in model.accounts {
            let hash = Keccak256.hash(account.code)
            let codeHash = account.code.isEmpty ? EmptyHash.code : hash
            state.setAccount(
                address, AccountRecord(nonce: account.nonce, balance: account.balance, codeHash: codeHash))
            if !account.code.isEmpty { state.setCode(hash, account.code) }
            for (slot, value) in account.storage { state.setStorage(address, slot, value) }
        }
        return state
    }

    /// Random operations with nested checkpoints do to the journaled state what they do to a copied one.
    @Test(arguments: [Revision.homestead, .spuriousDragon, .prague], 0..<12 as Range<UInt64>)
    func agreesWithCopying(revision: Revision, seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let addresses = (0..<6).map { Self.address(0x1000 + $0) } + [Self.address(2)]
        let keys: [UInt256] = [0, 1, UInt256.max, 77]
        var model = CopiedState(clearsEmptyAccounts: revision >= .spuriousDragon)
        for address in addresses.prefix(4) {
            model.accounts[address] = CopiedState.Account(
                nonce: random.next() % 3, balance: UInt256(random.next() % 100), code: random.next() % 2 == 0 ? [] : [1]
            )
            if model.accounts[address]?.code != [] { model.accounts[address]?.storage[1] = 5 }
        }
        if revision >= .spuriousDragon {
            model.touched = Set(addresses)
            model.end()
        }
        let source = Self.source(model)
        var state = JournaledState(source: source, codes: CodeCache(), rules: Rules(revision))

        for _ in 0..<6 {
            model.begin()
            state.beginTransaction()
            var checkpoints: [(Checkpoint, CopiedState)] = []
            for _ in 0..<60 {
                let address = addresses[Int(random.next() % 7)]
                let key = keys[Int(random.next() % 4)]
                let handle = state.account(address)
                let value = UInt256(random.next() % 4)
                switch random.next() % 15 {
                case 0:
                    checkpoints.append((state.checkpoint(), model))
                case 1:
                    if let (checkpoint, copy) = checkpoints.popLast() {
                        state.revert(to: checkpoint)
                        model = copy
                    }
                case 2:
                    _ = checkpoints.popLast()
                case 3:
                    let slot = state.slot(handle, key)
                    if model.accounts[address] != nil {
                        try state.setStorage(slot, value)
                        model.accounts[address]?.storage[key] = value
                    }
                case 4:
                    state.setTransientStorage(handle, key, value)
                    model.transient[.init(address: address, key: key)] = value
                case 5:
                    let isPrecompile = address == Self.address(2)
                    let wasCold = model.warmAccounts.insert(address).inserted && !isPrecompile
                    #expect(state.warm(handle) == wasCold)
                case 6:
                    let slot = state.slot(handle, key)
                    let wasCold = model.warmSlots.insert(.init(address: address, key: key)).inserted
                    #expect(state.warm(slot) == wasCold)
                case 7:
                    try state.touch(handle)
                    model.touch(address)
                case 8:
                    let other = addresses[Int(random.next() % 7)]
                    guard value <= model.accounts[address]?.balance ?? 0 else { continue }
                    try state.transfer(value, from: handle, to: state.account(other))
                    if !value.isZero { model.change(address) { $0.balance = $0.balance &- value } }
                    model.change(other) { $0.balance = $0.balance &+ value }
                case 9:
                    try state.setNonce(handle, value.limb0)
                    model.change(address) { $0.nonce = value.limb0 }
                    if model.accounts[address] == nil { model.accounts[address] = CopiedState.Account() }
                case 10:
                    let code = [UInt8](repeating: 3, count: Int(value.limb0))
                    try code.withUnsafeBytes { try state.setCode(handle, $0) }
                    model.change(address) { $0.code = code }
                    if model.accounts[address] == nil { model.accounts[address] = CopiedState.Account() }
                case 11:
                    let isFirst = model.destroyed.insert(address).inserted
                    #expect(try state.selfDestruct(handle) == isFirst)
                    model.change(address) { $0.balance = 0 }
                case 12:
                    let log = Log(address: address, topics: [Hash256(key)], data: [UInt8(value.limb0)])
                    log.data.withUnsafeBytes { state.appendLog(address, topics: log.topics, data: $0) }
                    model.logs.append(log)
                case 13:
                    let account = model.accounts[address] ?? CopiedState.Account()
                    let isOccupied = account.nonce != 0 || !account.code.isEmpty || account.hasStorage
                    if try !state.isOccupied(handle) {
                        #expect(!isOccupied)
                        try state.beginContract(handle, nonce: 1)
                        model.change(address) { $0.nonce = 1 }
                        model.created.insert(address)
                    }
                default:
                    try check(&state, model, addresses, keys)
                }
            }
            try check(&state, model, addresses, keys)
            #expect(state.logs == model.logs)
            #expect(try state.endTransaction() == model.logs)
            model.end()
        }

        source.apply(state.diff())
        for address in addresses {
            let record = try source.account(address)
            let account = model.accounts[address]
            #expect((record == nil) == (account == nil))
            #expect(record?.balance == account?.balance)
            #expect(record?.nonce == account?.nonce)
            if let account, let record {
                #expect(record.hasStorage == account.hasStorage)
                if !account.code.isEmpty { #expect(try source.code(record.codeHash) == account.code) }
                for key in keys { #expect(try source.storage(address, key) == account.storage[key] ?? 0) }
            }
        }
    }

    private func check(
        _ state: inout JournaledState, _ model: CopiedState, _ addresses: [Address], _ keys: [UInt256]
    ) throws {
        for address in addresses {
            let handle = state.account(address)
            let account = model.accounts[address]
            #expect(try state.exists(handle) == (account != nil))
            #expect(try state.balance(handle) == account?.balance ?? 0)
            #expect(try state.nonce(handle) == account?.nonce ?? 0)
            #expect(try state.isEmpty(handle) == (account?.isEmpty ?? true))
            #expect(try state.code(handle).count == account?.code.count ?? 0)
            #expect(state.wasCreatedInTransaction(handle) == model.created.contains(address))
            for key in keys {
                let slot = state.slot(handle, key)
                #expect(try state.storage(slot) == account?.storage[key] ?? 0)
                #expect(try state.originalStorage(slot) == model.originals[address]?.storage[key] ?? 0)
                #expect(state.transientStorage(handle, key) == model.transient[.init(address: address, key: key)] ?? 0)
            }
        }
    }

    /// Slots picked to collide under another seed are found as fast as others.
    @Test func takesTheSeed() {
        var state = JournaledState(
            source: MemoryState(), codes: CodeCache(), rules: Rules(.osaka), seed: 0x1234_5678_9ABC_DEF1)
        let account = state.account(Self.address(1))
        let keys = (0..<60_000 as Range<UInt64>).map { UInt256(limbs: $0, 0xE703_7ED1_A0B4_28DB, 0, 0) }
        let time = ContinuousClock().measure {
            let handles = keys.map { state.slot(account, $0) }
            let isFound = zip(handles, keys).allSatisfy { state.slot(account, $1) == $0 }
            #expect(isFound)
        }
        // Some milliseconds, where one after the other would take many seconds.
        #expect(time < .seconds(1))
    }

    /// A contract that destroys itself and is reverted again and again is removed once.
    @Test func removesTheDestroyedOnce() throws {
        var state = JournaledState(source: MemoryState(), codes: CodeCache(), rules: Rules(.cancun))
        let time = try ContinuousClock().measure {
            state.beginTransaction()
            let contract = state.account(Self.address(1))
            try state.beginContract(contract, nonce: 1)
            for key in 0..<40_000 as Range<UInt64> { _ = state.slot(contract, UInt256(key)) }
            for _ in 0..<40_000 {
                let checkpoint = state.checkpoint()
                _ = try state.selfDestruct(contract)
                state.revert(to: checkpoint)
            }
            _ = try state.selfDestruct(contract)
            try state.endTransaction()
        }
        #expect(time < .seconds(1))
        #expect(state.diff().accounts.isEmpty)
    }

    /// Tables that outgrow their first size still find everything.
    @Test func growsWithoutLosing() throws {
        let source = MemoryState()
        for number in 0..<2000 as Range<UInt64> {
            source.setAccount(Self.address(number << 20), AccountRecord(balance: UInt256(number &+ 1)))
        }
        var state = JournaledState(source: source, codes: CodeCache(), rules: Rules(.osaka))
        state.beginTransaction()
        for number in 0..<2000 as Range<UInt64> {
            let handle = state.account(Self.address(number << 20))
            try state.setStorage(state.slot(handle, UInt256(number)), 7)
        }
        for number in 0..<2000 as Range<UInt64> {
            let handle = state.account(Self.address(number << 20))
            #expect(try state.balance(handle) == UInt256(number &+ 1))
            #expect(try state.storage(state.slot(handle, UInt256(number))) == 7)
        }
        try state.endTransaction()
        #expect(state.diff().accounts.count == 2000)
    }

    /// The touch of the RIPEMD-160 precompile outlives a revert, so that the account goes if it is empty.
    @Test func keepsTheTouchOfRipemd() throws {
        let source = MemoryState()
        source.setAccount(Self.address(3), AccountRecord())
        source.setAccount(Self.address(4), AccountRecord())
        var state = JournaledState(source: source, codes: CodeCache(), rules: Rules(.spuriousDragon))
        state.beginTransaction()
        let checkpoint = state.checkpoint()
        try state.touch(state.account(Self.address(3)))
        try state.touch(state.account(Self.address(4)))
        state.revert(to: checkpoint)
        try state.endTransaction()
        #expect(state.diff().accounts.map(\.address) == [Self.address(3)])
    }

    /// An account destroyed and created again in one block has none of its old storage.
    @Test func forgetsTheStorageOfTheDestroyed() throws {
        let source = MemoryState()
        let address = Self.address(0x77)
        source.setAccount(address, AccountRecord(nonce: 1))
        source.setStorage(address, 1, 10)
        source.setStorage(address, 2, 20)
        var state = JournaledState(source: source, codes: CodeCache(), rules: Rules(.istanbul))
        let handle = state.account(address)
        state.beginTransaction()
        #expect(try state.storage(state.slot(handle, 1)) == 10)
        #expect(try state.selfDestruct(handle))
        try state.endTransaction()
        state.beginTransaction()
        #expect(try !state.isOccupied(handle))
        try state.beginContract(handle, nonce: 1)
        #expect(try state.storage(state.slot(handle, 1)) == 0)
        #expect(try state.storage(state.slot(handle, 2)) == 0)
        try state.setStorage(state.slot(handle, 3), 30)
        try state.endTransaction()
        let diff = state.diff()
        #expect(diff.accounts.count == 1)
        #expect(diff.accounts.first?.isStorageCleared == true)
        source.apply(diff)
        #expect(try source.storage(address, 1) == 0)
        #expect(try source.storage(address, 2) == 0)
        #expect(try source.storage(address, 3) == 30)
    }
}

import Primitives
import StateTransition

/// A small generator with a fixed seed: a failing case repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// The naive state to compare with: everything in dictionaries, and a checkpoint is a copy.
struct CopiedState {
    struct Account: Equatable {
        var nonce: UInt64 = 0
        var balance: UInt256 = 0
        var code: [UInt8] = []
        var storage: [UInt256: UInt256] = [:]

        var isEmpty: Bool { nonce == 0 && balance.isZero && code.isEmpty }
        var hasStorage: Bool { storage.values.contains { !$0.isZero } }
    }

    struct SlotKey: Hashable {
        let address: Address
        let key: UInt256
    }

    let clearsEmptyAccounts: Bool
    var accounts: [Address: Account] = [:]
    var transient: [SlotKey: UInt256] = [:]
    var warmAccounts: Set<Address> = []
    var warmSlots: Set<SlotKey> = []
    var touched: Set<Address> = []
    var created: Set<Address> = []
    var destroyed: Set<Address> = []
    var logs: [Log] = []
    var originals: [Address: Account] = [:]

    init(clearsEmptyAccounts: Bool) { self.clearsEmptyAccounts = clearsEmptyAccounts }

    mutating func touch(_ address: Address) {
        touched.insert(address)
        if !clearsEmptyAccounts && accounts[address] == nil { accounts[address] = Account() }
    }

    mutating func change(_ address: Address, _ body: (inout Account) -> Void) {
        touch(address)
        var account = accounts[address] ?? Account()
        let before = account
        body(&account)
        if account != before || accounts[address] != nil { accounts[address] = account }
    }

    mutating func begin() {
        transient = [:]
        warmAccounts = []
        warmSlots = []
        touched = []
        created = []
        destroyed = []
        logs = []
        originals = accounts
    }

    mutating func end() {
        for address in destroyed { accounts[address] = nil }
        if clearsEmptyAccounts {
            for address in touched where accounts[address]?.isEmpty == true { accounts[address] = nil }
        }
    }
}

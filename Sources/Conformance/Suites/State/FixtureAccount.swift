import Primitives

/// An account as fixtures list it in `pre`, `post`, `postState` and `alloc`.
struct FixtureAccount {
    var address: Address
    var nonce: UInt64
    /// Wei.
    var balance: UInt256
    var code: [UInt8]
    /// Slots that are not zero.
    var storage: [(slot: UInt256, value: UInt256)]

    /// An account with nothing in it.
    init(address: Address) {
        self.address = address
        nonce = 0
        balance = .zero
        code = []
        storage = []
    }

    /// Reads one member of an allocation; fields that are missing are zero or empty, as in genesis files.
    init(_ member: JSONMembers.Member) throws(FixtureError) {
        address = try member.key.address()
        let account = member.value
        nonce = try account.optional("nonce")?.integer64() ?? 0
        balance = try account.optional("balance")?.integer() ?? .zero
        code = try account.optional("code")?.bytes() ?? []
        storage = []
        guard let slots = account.optional("storage") else { return }
        storage.reserveCapacity(slots.count)
        for slot in slots.members {
            let value = try slot.value.integer()
            if !value.isZero { storage.append((try slot.key.integer(), value)) }
        }
    }

    /// Reads a whole allocation.
    static func list(_ allocation: JSONValue) throws(FixtureError) -> [FixtureAccount] {
        guard allocation.isObject else { throw allocation.error(expected: "an object of accounts") }
        var accounts: [FixtureAccount] = []
        accounts.reserveCapacity(allocation.count)
        for member in allocation.members { accounts.append(try FixtureAccount(member)) }
        return accounts
    }
}

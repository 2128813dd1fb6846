import Primitives
import StateTransition

/// The transactions of a state test: one template with several choices of call data, gas limit and value.
struct TransactionTemplate {
    /// The choice that a post entry makes.
    struct Indexes {
        let data: Int
        let gas: Int
        let value: Int

        init(_ indexes: JSONValue) throws(FixtureError) {
            data = try Self.index(indexes, "data")
            gas = try Self.index(indexes, "gas")
            value = try Self.index(indexes, "value")
        }

        private static func index(_ indexes: JSONValue, _ name: String) throws(FixtureError) -> Int {
            let value = try indexes.required(name)
            guard let index = Int(exactly: try value.integer64()) else { throw value.error(expected: "an index") }
            return index
        }
    }

    private let fields: JSONValue
    let sender: Address

    init(_ fields: JSONValue) throws(FixtureError) {
        self.fields = fields
        sender = try fields.required("sender").address()
    }

    /// The transaction that `indexes` choose, without a signature; nil where a field is larger than its type, so that no
    /// such transaction can be encoded.
    func transaction(_ indexes: Indexes) throws(FixtureError) -> Transaction? {
        var transaction = Transaction(chainID: 1)
        transaction.input = try choice("data", indexes.data).bytes()
        guard let gasLimit = try choice("gasLimit", indexes.gas).integerIfInRange()?.asUInt64,
            let value = try choice("value", indexes.value).integerIfInRange(),
            let nonce = try fields.required("nonce").integerIfInRange()?.asUInt64
        else { return nil }
        transaction.gasLimit = gasLimit
        transaction.value = value
        transaction.nonce = nonce
        let recipient = try fields.required("to")
        transaction.to = recipient.hasText("") || recipient.hasText("0x") ? nil : try recipient.address()
        guard try readFees(&transaction) else { return nil }
        try readLists(&transaction, indexes)
        return transaction
    }

    /// False where a fee is larger than 256 bits.
    private func readFees(_ transaction: inout Transaction) throws(FixtureError) -> Bool {
        if let maximum = fields.optional("maxFeePerGas") {
            guard let fee = try maximum.integerIfInRange() else { return false }
            transaction.kind = .dynamicFee
            transaction.maxFeePerGas = fee
            if let priority = fields.optional("maxPriorityFeePerGas") {
                guard let tip = try priority.integerIfInRange() else { return false }
                transaction.maxPriorityFeePerGas = tip
            }
        } else {
            guard let price = try fields.required("gasPrice").integerIfInRange() else { return false }
            transaction.maxFeePerGas = price
            transaction.maxPriorityFeePerGas = price
        }
        return true
    }

    /// Access list, blobs and authorisations; the type follows from which of them there are.
    private func readLists(_ transaction: inout Transaction, _ indexes: Indexes) throws(FixtureError) {
        if let lists = fields.optional("accessLists"), let list = lists[indexes.data], !list.isNull {
            if transaction.kind == .legacy { transaction.kind = .accessList }
            for entry in list.elements {
                var slots: [UInt256] = []
                for slot in try entry.required("storageKeys").elements { slots.append(UInt256(try slot.hash())) }
                transaction.accessList.append(
                    AccessListEntry(address: try entry.required("address").address(), slots: slots))
            }
        }
        if let hashes = fields.optional("blobVersionedHashes") {
            transaction.kind = .blob
            transaction.maxFeePerBlobGas = try fields.optional("maxFeePerBlobGas")?.integer() ?? .zero
            for hash in hashes.elements { transaction.blobHashes.append(try hash.hash()) }
        }
        if let authorizations = fields.optional("authorizationList") {
            transaction.kind = .setCode
            for item in authorizations.elements { transaction.authorizations.append(try Self.authorization(item)) }
        }
    }

    private static func authorization(_ item: JSONValue) throws(FixtureError) -> Authorization {
        let parity = item.optional("yParity") == nil ? try item.required("v") : try item.required("yParity")
        guard let yParity = UInt8(exactly: try parity.integer64()) else {
            throw parity.error(expected: "a parity of 8 bits")
        }
        return Authorization(
            chainID: try item.required("chainId").integer(), address: try item.required("address").address(),
            nonce: try item.required("nonce").integer64(), yParity: yParity, r: try item.required("r").integer(),
            s: try item.required("s").integer())
    }

    private func choice(_ name: String, _ index: Int) throws(FixtureError) -> JSONValue {
        let choices = try fields.required(name)
        guard let choice = choices[index] else {
            throw FixtureError(place: choices.pointer, problem: "there is no element \(index)")
        }
        return choice
    }
}

import JSONRPC
import Primitives
import Trie

extension JSONReader {
    /// Reads a proof of an account and slots of it (EIP-1186).
    mutating func readProof(of address: Address, slots: [UInt256]) throws -> AccountProof {
        var proof = AccountProof(address: address, account: TrieAccount(), nodes: [], slots: [])
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "accountProof": proof.nodes = try readNodes()
            case "balance": proof.account.balance = try readUInt256()
            case "nonce": proof.account.nonce = try readQuantity()
            case "codeHash": proof.account.codeHash = try readHash()
            case "storageHash": proof.account.storageRoot = try readHash()
            case "storageProof": proof.slots = try readArray { reader throws(JSONError) in try reader.readSlot() }
            default: try skipValue()
            }
        }
        guard proof.slots.count == slots.count else {
            throw EthereumClientError.malformed("proofs of \(proof.slots.count) slots in place of \(slots.count)")
        }
        // For an account that does not exist some nodes give zero hashes.
        if proof.account.codeHash == Hash256() { proof.account.codeHash = TrieAccount().codeHash }
        if proof.account.storageRoot == Hash256() { proof.account.storageRoot = TrieAccount().storageRoot }
        // Nodes write the key as they like; the order is that of the request.
        for index in slots.indices { proof.slots[index].key = slots[index] }
        return proof
    }

    private mutating func readSlot() throws(JSONError) -> AccountProof.Slot {
        var slot = AccountProof.Slot(key: 0, value: 0, nodes: [])
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "value": slot.value = try readUInt256()
            case "proof": slot.nodes = try readNodes()
            default: try skipValue()
            }
        }
        return slot
    }

    private mutating func readNodes() throws(JSONError) -> [[UInt8]] {
        try readArray { reader throws(JSONError) in try reader.readData() }
    }
}

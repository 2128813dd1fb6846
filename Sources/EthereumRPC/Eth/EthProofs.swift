import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Trie

/// `eth_getProof` (EIP-1186).
struct EthProofs: Sendable {
    let context: NodeContext

    func add(to methods: inout Methods) {
        methods.add("eth_getProof") { [self] call, json throws(RPCError) in
            let address = try call.parameters.required { reader throws(JSONError) in try reader.readAddress() }
            let texts = try call.parameters.required(StorageKey.texts)
            let tag = try call.parameters.block()
            try call.parameters.finish()
            guard texts.count <= EthState.slotLimit else {
                throw .invalidParams(
                    "too many storage keys requested (max \(EthState.slotLimit), got \(texts.count))")
            }
            let keys = try StorageKey.keys(texts)
            let view = try context.view()
            let reference = try context.reference(tag, in: view)
            let proof = try asking { () throws(ChainError) in
                try view.proof(of: address, slots: keys.map { $0.slot }, at: reference)
            }
            Self.write(proof, keys, to: &json)
        }
    }

    private static func write(_ proof: AccountProof, _ keys: [StorageKey], to json: inout JSONWriter) {
        json.beginObject()
        json.member("address", proof.address)
        json.key("accountProof")
        json.array(proof.nodes) { $0.data($1) }
        json.member("balance", proof.account.balance)
        json.member("codeHash", proof.account.codeHash)
        json.member("nonce", proof.account.nonce)
        json.member("storageHash", proof.account.storageRoot)
        json.key("storageProof")
        json.beginArray()
        for (slot, key) in zip(proof.slots, keys) {
            json.beginObject()
            json.key("key")
            // As it was asked for: a whole word as one, anything shorter as a number.
            if key.isWhole { json.data(Hash256(slot.key)) } else { json.quantity(slot.key) }
            json.member("value", slot.value)
            json.key("proof")
            json.array(slot.nodes) { $0.data($1) }
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}

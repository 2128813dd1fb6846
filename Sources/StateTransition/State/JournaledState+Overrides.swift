import Cryptography
import EVM
import Primitives

extension JournaledState {
    /// Gives an account what a caller says; between transactions only, as nothing of it can be undone.
    mutating func override(_ override: AccountOverride) throws(StateError) {
        guard override.nonce != nil || override.balance != nil || override.code != nil || override.storage != nil
        else { return }
        let handle = account(override.address)
        let entry = accounts.base + Int(handle.index)
        try load(entry)
        entry.pointee.exists = true
        if let nonce = override.nonce { entry.pointee.nonce = nonce }
        if let balance = override.balance { entry.pointee.balance = balance }
        if let bytes = override.code {
            let code = bytes.isEmpty ? codes.empty : bytes.withUnsafeBytes { Code($0, hash: Keccak256.hash($0)) }
            if code.count > 0 { deployedCodes.set(code.hash, code) }
            entry.pointee.codeHash = code.hash
            entry.pointee.code = code
        }
        switch override.storage {
        case .replaced(let slots):
            clearStorage(of: handle)
            try overrideSlots(slots, of: handle)
        case .changed(let slots): try overrideSlots(slots, of: handle)
        case nil: break
        }
    }

    private mutating func overrideSlots(
        _ changes: [StateDiff.SlotChange], of account: AccountHandle
    ) throws(StateError) {
        for change in changes {
            let entry = slots.base + Int(slot(account, change.key).index)
            // Loaded first, as what the diff says is in comparison with what was there.
            try load(entry)
            entry.pointee.value = change.value
        }
    }
}

import EVM
import JSONRPC
import Primitives
import StateTransition

/// Writes what a transaction read, or what it changed, as `prestateTracer` does.
struct PrestateWriter {
    private let trace: PrestateTrace
    private let options: TraceOptions

    init(_ trace: PrestateTrace, _ options: TraceOptions) {
        self.trace = trace
        self.options = options
    }

    func write(to writer: inout JSONWriter) {
        guard options.diffMode else { return writeAll(to: &writer) }
        let changed = trace.accounts.filter { isChanged($0) }
        writer.beginObject()
        writer.key("post")
        writer.beginObject()
        for account in changed where account.after != nil { writeChanges(of: account, to: &writer) }
        writer.endObject()
        writer.key("pre")
        writer.beginObject()
        for account in changed where !isEmpty(account.before) {
            // Of an account that is gone all that was looked at is shown.
            let slots = account.after == nil ? account.slots : changedSlots(of: account)
            write(account, slots.filter { !$0.before.isZero }, to: &writer)
        }
        writer.endObject()
        writer.endObject()
    }

    private func writeAll(to writer: inout JSONWriter) {
        writer.beginObject()
        for account in trace.accounts where options.includesEmpty || !isEmpty(account.before) {
            write(account, account.slots, to: &writer)
        }
        writer.endObject()
    }

    private func isEmpty(_ record: AccountRecord?) -> Bool { record?.isEmpty ?? true }

    private func changedSlots(of account: PrestateTrace.Account) -> [PrestateTrace.Slot] {
        account.slots.filter { $0.before != $0.after }
    }

    private func isChanged(_ account: PrestateTrace.Account) -> Bool {
        let (before, after) = (account.before ?? AccountRecord(), account.after ?? AccountRecord())
        return before.balance != after.balance || before.nonce != after.nonce || before.codeHash != after.codeHash
            || !options.disablesPrestateStorage && !changedSlots(of: account).isEmpty
    }

    /// The account as it was.
    private func write(
        _ account: PrestateTrace.Account, _ slots: [PrestateTrace.Slot], to writer: inout JSONWriter
    ) {
        let record = account.before ?? AccountRecord()
        writer.key(Hex.encode(account.address.bytes))
        writer.beginObject()
        writer.member("balance", record.balance)
        if record.nonce > 0 {
            writer.key("nonce")
            writer.number(Int64(clamping: record.nonce))
        }
        if record.codeHash != EmptyHash.code {
            if !options.disablesCode { writer.member("code", account.codeBefore) }
            writer.member("codeHash", record.codeHash)
        }
        writeStorage(slots.map { ($0.key, $0.before) }, to: &writer)
        writer.endObject()
    }

    /// What of the account is different now.
    private func writeChanges(of account: PrestateTrace.Account, to writer: inout JSONWriter) {
        let (before, after) = (account.before ?? AccountRecord(), account.after ?? AccountRecord())
        writer.key(Hex.encode(account.address.bytes))
        writer.beginObject()
        if after.balance != before.balance { writer.member("balance", after.balance) }
        if after.nonce != before.nonce {
            writer.key("nonce")
            writer.number(Int64(clamping: after.nonce))
        }
        if after.codeHash != before.codeHash {
            if !options.disablesCode { writer.member("code", account.codeAfter) }
            writer.member("codeHash", after.codeHash)
        }
        let slots = changedSlots(of: account).filter { !$0.after.isZero }
        writeStorage(slots.map { ($0.key, $0.after) }, to: &writer)
        writer.endObject()
    }

    private func writeStorage(_ slots: [(key: UInt256, value: UInt256)], to writer: inout JSONWriter) {
        guard !slots.isEmpty, !options.disablesPrestateStorage else { return }
        writer.key("storage")
        writer.beginObject()
        for slot in slots {
            writer.key(Hex.encode(slot.key.bytes))
            writer.data(Hash256(slot.value))
        }
        writer.endObject()
    }
}

import EVM
import JSONRPC
import Primitives
import StateTransition

/// Writes what a transaction read, or what it changed, as `prestateTracer` does.
struct PrestateWriter {
    private let trace: PrestateTrace
    private let before: StateSource
    private let after: StateSource
    private let options: TraceOptions
    /// Bytes that may be written.
    private let byteLimit: Int

    init(
        of access: AccessTracer, before: StateSource, after: StateSource, _ options: TraceOptions, byteLimit: Int
    ) throws(StateError) {
        trace = try PrestateTrace(of: access, before: before, after: after, includesCodes: false)
        self.before = before
        self.after = after
        self.options = options
        self.byteLimit = byteLimit
    }

    func write(to writer: inout JSONWriter) throws(RPCError) {
        let limit = writer.count.addingReportingOverflow(byteLimit)
        let end = limit.overflow ? Int.max : limit.partialValue
        guard options.diffMode else { return try writeAll(to: &writer, end: end) }
        let changed = trace.accounts.filter { isChanged($0) }
        writer.beginObject()
        writer.key("post")
        writer.beginObject()
        for account in changed where account.after != nil { try writeChanges(of: account, to: &writer, end: end) }
        writer.endObject()
        writer.key("pre")
        writer.beginObject()
        for account in changed where !isEmpty(account.before) {
            // Of an account that is gone all that was looked at is shown.
            let slots = account.after == nil ? account.slots : changedSlots(of: account)
            try write(account, slots.filter { !$0.before.isZero }, to: &writer, end: end)
        }
        writer.endObject()
        writer.endObject()
    }

    private func writeAll(to writer: inout JSONWriter, end: Int) throws(RPCError) {
        writer.beginObject()
        for account in trace.accounts where options.includesEmpty || !isEmpty(account.before) {
            try write(account, account.slots, to: &writer, end: end)
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
        _ account: PrestateTrace.Account, _ slots: [PrestateTrace.Slot], to writer: inout JSONWriter, end: Int
    ) throws(RPCError) {
        if writer.count > end { throw .responseTooLarge }
        let record = account.before ?? AccountRecord()
        writer.key(Hex.encode(account.address.bytes))
        writer.beginObject()
        writer.member("balance", record.balance)
        if record.nonce > 0 {
            writer.key("nonce")
            writer.number(Int64(clamping: record.nonce))
        }
        if record.codeHash != EmptyHash.code {
            try writeCode(record.codeHash, in: before, to: &writer)
            writer.member("codeHash", record.codeHash)
        }
        writeStorage(slots.map { ($0.key, $0.before) }, to: &writer)
        writer.endObject()
    }

    /// What of the account is different now.
    private func writeChanges(
        of account: PrestateTrace.Account, to writer: inout JSONWriter, end: Int
    ) throws(RPCError) {
        if writer.count > end { throw .responseTooLarge }
        let (before, after) = (account.before ?? AccountRecord(), account.after ?? AccountRecord())
        writer.key(Hex.encode(account.address.bytes))
        writer.beginObject()
        if after.balance != before.balance { writer.member("balance", after.balance) }
        if after.nonce != before.nonce {
            writer.key("nonce")
            writer.number(Int64(clamping: after.nonce))
        }
        if after.codeHash != before.codeHash {
            try writeCode(after.codeHash, in: self.after, to: &writer)
            writer.member("codeHash", after.codeHash)
        }
        let slots = changedSlots(of: account).filter { !$0.after.isZero }
        writeStorage(slots.map { ($0.key, $0.after) }, to: &writer)
        writer.endObject()
    }

    private func writeCode(
        _ hash: Hash256, in state: StateSource, to writer: inout JSONWriter
    ) throws(RPCError) {
        if options.disablesCode { return }
        let code = try readingState { () throws(StateError) in
            hash == EmptyHash.code ? [] : try state.code(hash)
        }
        writer.member("code", code)
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

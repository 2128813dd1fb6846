import EVM
import JSONRPC
import NIOCore
import Primitives
import StateTransition

/// The search for the access list (EIP-2930) that a call needs: what it touches may depend on what it has touched before.
struct AccessListCreation {
    private let base: CallBase
    private let parameters: CallParameters
    private let codes: CodeCache
    private let deadline: NIODeadline
    private var transaction: Transaction

    init(
        _ parameters: CallParameters, _ context: NodeContext, _ codes: CodeCache, deadline: NIODeadline
    ) throws(RPCError) {
        base = try CallBase(context, parameters.block)
        self.parameters = parameters
        self.codes = codes
        self.deadline = deadline
        let gasCap = context.settings.callGasLimit
        transaction = try parameters.request.transaction(
            hasBaseFee: base.header.baseFee != nil, gas: gasCap, nonce: 0, chainID: base.configuration.chainID,
            gasCap: gasCap)
    }

    /// Repeats the call with the list that the last one led to until it does not grow, and writes list and gas.
    mutating func run(_ result: inout JSONWriter) throws(RPCError) {
        let sender = parameters.request.sender
        guard UInt64(transaction.authorizations.count) <= transaction.gasLimit / IntrinsicGas.authorization else {
            throw RPCError(code: -32_000, message: "insufficient gas to process all authorizations")
        }
        let authorities = transaction.authorizations.compactMap { $0.authority }
        var recorder = AccessListRecorder(transaction.accessList)
        while true {
            if NIODeadline.now() > deadline { throw .timedOut }
            var execution = try base.execution(
                nil, parameters.stateOverrides, isFree: transaction.maxFeePerGas.isZero, codes: codes)
            let excluded = try excludedAddresses(authorities, &execution)
            transaction.accessList = recorder.list(excluding: excluded)
            let count = recorder.count
            let ended = try execution.answer(transaction, sender: sender, tracer: &recorder)
            guard recorder.count == count || recorder.list(excluding: excluded) == transaction.accessList else {
                continue
            }
            write(ended, recorder.halt, &result)
            return
        }
    }

    private func write(_ ended: CallResult, _ report: HaltReport?, _ result: inout JSONWriter) {
        result.beginObject()
        result.key("accessList")
        result.accessList(transaction.accessList)
        switch ended.outcome {
        case .success: break
        case .revert:
            result.key("error")
            result.string("execution reverted")
        case .halt(let halt):
            result.key("error")
            result.string((report ?? HaltReport(halt: halt)).message)
        }
        result.member("gasUsed", ended.gasUsed)
        result.endObject()
    }

    /// What is warm without being listed: sender, recipient, precompiles, and who has signed an authorisation.
    private func excludedAddresses(
        _ authorities: [Address], _ execution: inout BlockExecution
    ) throws(RPCError) -> ExcludedAddresses {
        let sender = parameters.request.sender
        var addresses = authorities
        addresses.append(sender)
        if let to = transaction.to {
            addresses.append(to)
        } else {
            let nonce = try readingState { () throws(StateError) in try execution.nonceAndBalance(of: sender).nonce }
            addresses.append(ContractAddress.create(sender: sender, nonce: nonce))
        }
        return ExcludedAddresses(
            addresses: addresses, rules: Rules(execution.revision, optimism: execution.optimism))
    }
}

/// Addresses that an access list does without, unless slots of them are listed.
struct ExcludedAddresses {
    let addresses: [Address]
    let rules: Rules

    func contains(_ address: Address) -> Bool {
        addresses.contains(address) || Precompile.at(address, rules: rules) != nil
    }
}

/// Records the accounts and slots for an access list; contracts that the call makes itself are none of it.
struct AccessListRecorder: Tracer {
    private struct Account {
        var isListed = false
        var slots: HashTable<UInt256, Bool>
    }

    static var tracesMessages: Bool { true }
    static var tracesState: Bool { true }
    static var explainsHalts: Bool { true }
    private let seed = UInt64.random(in: .min ... .max)
    private var accounts: HashTable<Address, Account>
    private var created: [Address] = []
    /// Accounts and slots recorded.
    private(set) var count = 0
    /// Of the last message that halted.
    private(set) var halt: HaltReport?

    init(_ list: [AccessListEntry]) {
        accounts = HashTable(seed: seed)
        for entry in list {
            didAccess(entry.address)
            for slot in entry.slots { record(slot, of: entry.address) }
        }
    }

    mutating func didEnter(_ message: MessageSummary) {
        if message.kind.isCreation { created.append(message.recipient) }
    }

    mutating func didHalt(_ halt: Halt, _ cause: HaltCause) { self.halt = HaltReport(halt: halt, cause: cause) }

    mutating func didAccess(_ account: Address) {
        let index = index(of: account)
        if !accounts[position: index].isListed { count += 1 }
        accounts[position: index].isListed = true
    }

    mutating func didReadStorage(of account: Address, key: UInt256, value: UInt256) { record(key, of: account) }
    mutating func didWriteStorage(of account: Address, key: UInt256, value: UInt256) { record(key, of: account) }

    private mutating func record(_ slot: UInt256, of account: Address) {
        let index = index(of: account)
        if accounts[position: index].slots.indexInserting(slot, { true }).isNew { count += 1 }
    }

    private mutating func index(of account: Address) -> Int {
        accounts.indexInserting(account) { Account(slots: HashTable(seed: seed)) }.index
    }

    /// What is recorded, in ascending order.
    func list(excluding excluded: ExcludedAddresses) -> [AccessListEntry] {
        var made = HashTable<Address, Bool>(seed: seed)
        for address in created { made.set(address, true) }
        var list: [AccessListEntry] = []
        for account in accounts.entries {
            let slots = account.value.slots.entries.map { $0.key }.sorted()
            if slots.isEmpty && (excluded.contains(account.key) || made[account.key] == true) { continue }
            list.append(AccessListEntry(address: account.key, slots: slots))
        }
        return list.sorted { $0.address < $1.address }
    }
}

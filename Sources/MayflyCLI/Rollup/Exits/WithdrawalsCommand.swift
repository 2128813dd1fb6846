import ArgumentParser
import Derivation
import EthereumClient
import Foundation
import JSONRPC
import Lifecycles
import Primitives
import Settlement

struct WithdrawalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdrawals",
        abstract: "Shows the withdrawals of a rollup that has ended, and finishes them.",
        discussion: """
            Those that were begun on the rollup and are not paid yet, by an archive of its last state, or derived from L1 and the rollup's
            data alone. With --finish each is proven by the last state where it has to be, and finalized when it may be. Who sends it
            pays the gas; the recipient of the withdrawal gets everything. What is done already is passed over, so that the command can be
            repeated.
            """)

    @OptionGroup var rollup: NamedRollupOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var rebuild: RebuildOptions

    @Option(help: ArgumentHelp("Who began them, or gets them on L1; may be repeated.", valueName: "address"))
    var holder: [String] = []

    @Flag(help: "Those of everybody.")
    var all = false

    @Option(help: ArgumentHelp("The archive of the rollup's last state (mayfly derive --archive).", valueName: "file"))
    var archive: String?

    @Flag(help: "Prove what is not proven, and finalize what is final.")
    var finish = false

    @Option(help: ArgumentHelp("With --finish: seconds to wait until they are final.", valueName: "n"))
    var wait: UInt64 = 0

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        if holder.isEmpty != all { throw ValidationError("Give one --holder ADDRESS at least, or --all.") }
        if wait > 0 && !finish { throw ValidationError("--wait goes with --finish.") }
    }

    func run() async throws {
        let wanted = all ? nil : Set(try holder.map { try AssetOptions.address($0, "--holder") })
        let archived = try await rebuild.archived(archive, rollup)
        try await rollup.withBridge { bridge in
            let signer = finish ? try key.signer(chainID: bridge.rollup.l1ChainID) : nil
            let leaving = try await LeavingWithdrawals(archived, bridge, of: wanted)
            guard let signer else { return try await tell(leaving, with: nil) }
            let sender = TransactionSender(client: bridge.l1, signer: signer, chainID: bridge.rollup.l1ChainID)
            let failures = try await leaving.finish(by: sender, seconds: wait) { entry, text in
                if !json { say("\(text): \(entry.terms.words), to \(entry.terms.to)") }
            }
            try await tell(try await leaving.again(), with: sender.address)
            if let first = failures.first {
                throw CommandFailure(
                    "\(failures.count) withdrawals are not finished, the first of them \(first.hash): \(first.reason)")
            }
        }
    }

    private func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    private func tell(_ leaving: LeavingWithdrawals, with own: Address?) async throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("withdrawals")
        writer.beginArray()
        for entry in leaving.entries {
            let state = try await leaving.state(of: entry, with: own)
            if json {
                writer.withdrawal(entry, state)
            } else {
                say(
                    "\(entry.passed.hash)  \(entry.terms.words), from \(entry.terms.from) to \(entry.terms.to): "
                        + state.words(messenger: leaving.bridge.contracts.l1CrossDomainMessenger))
            }
        }
        writer.endArray()
        writer.endObject()
        if json {
            print(writer.withBytes { String(decoding: $0, as: UTF8.self) })
        } else if leaving.entries.isEmpty {
            print("no withdrawals")
        }
        fflush(nil)
    }
}

extension LeavingWithdrawals.State {
    fileprivate func words(messenger: Address) -> String {
        switch self {
        case .unproven: "not proven yet (--finish proves it)"
        case .waiting(let seconds): "proven; can be finalized in about \(seconds) s"
        case .finalizable: "can be finalized (--finish does)"
        case .finalized: "finalized just now: ask again for what came of it"
        case .unknown(let reason): "not known: \(reason)"
        case .done(.paid): "paid"
        case .done(.kept):
            "finalized, and its message failed: anybody can have \(messenger) relay it again when the reason is gone"
        case .done(.failed): "finalized, and its call failed: a call of one's own has one try"
        }
    }
}

extension JSONWriter {
    fileprivate mutating func withdrawal(_ entry: LeavingWithdrawals.Entry, _ state: LeavingWithdrawals.State) {
        beginObject()
        key("withdrawal")
        data(entry.passed.hash)
        key("state")
        string(state.name)
        if case .waiting(let seconds) = state {
            key("secondsLeft")
            number(Int64(clamping: seconds))
        }
        key("from")
        data(entry.terms.from)
        key("to")
        data(entry.terms.to)
        switch entry.terms.asset {
        case .ether(let wei), .call(let wei):
            key("wei")
            string(Wei.digits(wei))
        case .token(let token, let amount):
            key("token")
            data(token)
            key("amount")
            string(Wei.digits(amount))
        case .item(let collection, let id):
            key("token")
            data(collection)
            key("tokenId")
            string(Wei.digits(id))
        }
        key("l2Block")
        number(Int64(clamping: entry.passed.blockNumber))
        // What the portal is called with, for other tools.
        key("transaction")
        beginObject()
        key("nonce")
        string(Wei.digits(entry.passed.nonce))
        key("sender")
        data(entry.passed.sender)
        key("target")
        data(entry.passed.target)
        key("value")
        string(Wei.digits(entry.passed.value))
        key("gasLimit")
        string(Wei.digits(entry.passed.gasLimit))
        key("data")
        string(Hex.encode(entry.passed.data))
        endObject()
        endObject()
    }
}

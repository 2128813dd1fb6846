import ArgumentParser
import Derivation
import EthereumClient
import Foundation
import JSONRPC
import Lifecycles
import Primitives
import Settlement
import StateTransition

struct ClaimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim",
        abstract: "Pays out what a rollup that has ended owes its holders, whoever sends it.",
        discussion: """
            Ether, tokens and collections (ERC-721 and ERC-1155), by proof of the rollup's last state: from an archive, or derived from L1 and the rollup's
            data alone. What was paid before is passed over, so that the command can be repeated. Who sends it pays the gas; the
            holder, or whom a contract has named, gets everything.
            """)

    @OptionGroup var rollup: NamedRollupOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var rebuild: RebuildOptions

    @Option(help: ArgumentHelp("Whom to pay; may be repeated.", valueName: "address"))
    var holder: [String] = []

    @Flag(help: "Pay everybody.")
    var all = false

    @Option(help: ArgumentHelp("The archive of the rollup's last state (mayfly derive --archive).", valueName: "file"))
    var archive: String?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        if holder.isEmpty != all { throw ValidationError("Give one --holder ADDRESS at least, or --all.") }
    }

    func run() async throws {
        let wanted = all ? nil : Set(try holder.map { try AssetOptions.address($0, "--holder") })
        let archived = try await rebuild.archived(archive, rollup)
        guard try archived.isLastOfRollup() else {
            throw CommandFailure(
                "block \(archived.header.number) is not the rollup's last: it has not ended, or its end is not on L1 yet"
            )
        }
        let assets = try ExitCensus.assets(archived)
        let stuck = assets.flatMap(\.holdings).filter { !$0.path.isOpen }.map(\.holder)
        if let wanted, let one = stuck.first(where: { wanted.contains($0) }) {
            throw CommandFailure("\(one) is a contract that has named no resolver: L1 pays nobody for it")
        }
        try await rollup.withBridge { bridge in
            guard archived.chainID == bridge.rollup.l2ChainID else {
                throw CommandFailure(
                    "the archive is of chain \(archived.chainID), and the rollup is chain \(bridge.rollup.l2ChainID)")
            }
            let signer = try key.signer(chainID: bridge.rollup.l1ChainID)
            let driver = ClaimDriver(
                bridge.contracts.claims,
                TransactionSender(client: bridge.l1, signer: signer, chainID: bridge.rollup.l1ChainID))
            try await driver.check(stateRoot: archived.header.stateRoot)
            let ledger = try await ExitLedger.read(bridge)
            let planner = ClaimPlanner(archived, assets, for: wanted, progress: ledger.progress)
            var sent: [ClaimDriver.Sent] = []
            do {
                try await driver.run(planner) { transaction in
                    sent.append(transaction)
                    if !json { tell(transaction) }
                }
            } catch {
                // What is paid is paid: it is told in any case.
                tell(sent)
                throw error
            }
            tell(sent)
        }
    }

    // MARK: What is said

    private func tell(_ sent: ClaimDriver.Sent) {
        print("\(sent.name) of \(sent.count) in L1 block \(sent.inclusion.blockNumber), \(sent.inclusion.gasUsed) gas")
        for payment in sent.paid {
            print("  \(Self.amount(payment)) of \(payment.holder) to \(payment.recipient)")
        }
        for payment in sent.failed {
            print("  not paid: \(Self.amount(payment)) of \(payment.holder) to \(payment.recipient), who refused it")
        }
        fflush(nil)
    }

    private static func amount(_ payment: ClaimDriver.Payment) -> String {
        if payment.token.isZero { return "\(Wei.ether(payment.amount)) ETH" }
        let tokenID = payment.tokenID.map { "token \(Wei.digits($0)) of " } ?? ""
        // Of an ERC-721 there is one of each.
        let units = payment.tokenID != nil && payment.amount == 1 ? "" : "\(Wei.digits(payment.amount)) units of "
        return units + tokenID + "\(payment.token)"
    }

    private func tell(_ sent: [ClaimDriver.Sent]) {
        let gas = sent.reduce(0 as UInt64) { $0 + $1.inclusion.gasUsed }
        let cost = sent.reduce(0 as UInt256) { $0 &+ $1.cost }
        guard json else {
            let paid = sent.reduce(0) { $0 + $1.paid.count }
            print(
                sent.isEmpty
                    ? "nothing is left to pay"
                    : "\(paid) payments in \(sent.count) transactions, \(gas) gas, \(Wei.ether(cost)) ETH")
            return
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("transactions")
        writer.beginArray()
        for transaction in sent { writer.transaction(transaction) }
        writer.endArray()
        for (name, payments) in [("paid", sent.flatMap(\.paid)), ("failed", sent.flatMap(\.failed))] {
            writer.key(name)
            writer.beginArray()
            for payment in payments { writer.payment(payment) }
            writer.endArray()
        }
        writer.key("gasUsed")
        writer.number(Int64(clamping: gas))
        writer.key("cost")
        writer.string(Wei.digits(cost))
        writer.endObject()
        print(writer.withBytes { String(decoding: $0, as: UTF8.self) })
    }
}

extension JSONWriter {
    fileprivate mutating func transaction(_ sent: ClaimDriver.Sent) {
        beginObject()
        key("hash")
        data(sent.inclusion.transactionHash)
        key("block")
        number(Int64(clamping: sent.inclusion.blockNumber))
        key("call")
        string(sent.name)
        key("count")
        number(Int64(sent.count))
        key("gasUsed")
        number(Int64(clamping: sent.inclusion.gasUsed))
        key("cost")
        string(Wei.digits(sent.cost))
        endObject()
    }

    fileprivate mutating func payment(_ payment: ClaimDriver.Payment) {
        beginObject()
        key("token")
        if payment.token.isZero { null() } else { data(payment.token) }
        key("holder")
        data(payment.holder)
        key("recipient")
        data(payment.recipient)
        key("amount")
        string(Wei.digits(payment.amount))
        if let tokenID = payment.tokenID {
            key("tokenId")
            string(Wei.digits(tokenID))
        }
        endObject()
    }
}

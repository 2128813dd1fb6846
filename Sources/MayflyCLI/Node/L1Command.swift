import Cryptography
import ArgumentParser
import Blockchain
import DevL1
import EthereumRPC
import Foundation
import JSONRPC
import Primitives
import Sequencing
import StateTransition
import Storage

struct L1Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "l1",
        abstract: "Runs an Ethereum L1 of its own, for development and for rollups that settle on this machine.",
        discussion: """
            Makes blocks by itself: as soon as there is a transaction, or every --block-time seconds. Its accounts are funded
            and their keys known to everybody: nothing of value belongs here. JSON-RPC over HTTP and WebSocket, and the beacon
            API that rollups read blobs from, are served on one port.
            """)

    @Option(help: ArgumentHelp("Where everything is served.", valueName: "addr:port"))
    var http = ListenAddress(host: "127.0.0.1", port: 8_545)

    @Option(
        name: .customLong("block-time"),
        help: ArgumentHelp(
            "Seconds between blocks, up to 86400; 0 makes one as soon as there is a transaction.", valueName: "n"))
    var blockTime: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            "The directory of the database, which a later start goes on from. Without it the chain is gone at the end.",
            valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("For how many blocks back the state can be read: a number, or all.", valueName: "n|all"))
    var history = HistoryLength.all

    @Option(name: .customLong("chain-id"), help: ArgumentHelp("The chain's number, from 1 on.", valueName: "n"))
    var chainID = DevL1Settings().chainID

    @Option(name: .customLong("gas-limit"), help: ArgumentHelp("Gas of a block, from 5000000 on.", valueName: "n"))
    var gasLimit = DevL1Settings().gasLimit

    @Option(help: ArgumentHelp("How many development accounts there are, 1 to 1000.", valueName: "n"))
    var accounts = DevL1Settings().accountCount

    @Option(help: ArgumentHelp("The words that the accounts are derived from.", valueName: "words"))
    var mnemonic = DevL1Settings().mnemonic

    @OptionGroup var serving: ServingOptions
    @OptionGroup var tracing: TraceOptions

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        if chainID == 0 { throw ValidationError("--chain-id takes a number from 1 on.") }
        if !(1...1_000).contains(accounts) { throw ValidationError("--accounts takes a number from 1 to 1000.") }
        if !(5_000_000...UInt64(Int64.max)).contains(gasLimit) {
            throw ValidationError("--gas-limit takes a number from 5000000 on: blocks have to hold more than nothing.")
        }
        if data?.isEmpty == true { throw ValidationError("--data takes a directory, not an empty text.") }
        if blockTime > 86_400 { throw ValidationError("--block-time takes at most 86400 seconds.") }
    }

    func run() async throws {
        try tracing.begin("l1")
        let temporary = data == nil ? try TemporaryDirectory(for: "l1", remedy: "Give a directory with --data.") : nil
        defer { temporary?.remove() }
        let directory = data ?? temporary?.path ?? ""
        var settings = DevL1Settings()
        settings.chainID = chainID
        settings.blockTime = blockTime
        settings.gasLimit = gasLimit
        settings.mnemonic = mnemonic
        settings.accountCount = accounts
        if let flaw = Mnemonic.flaw(of: mnemonic) {
            StandardStreams.writeError("warning: the words of --mnemonic are none that wallets take: \(flaw)")
        }
        if !http.isLoopback {
            StandardStreams.writeError(
                "warning: whoever reaches this machine can send from the development accounts and change the chain as they "
                    + "like. --http 127.0.0.1:\(http.port) serves this machine only.")
        }
        let l1: DevL1
        do {
            l1 = try DevL1(directory: directory, settings: settings, history: history.blocks)
        } catch {
            throw CommandFailure(error)
        }
        let service = NodeService(chain: l1.chain, memoryLimit: serving.memoryLimit)
        let context = NodeContext(chain: l1.chain, settings: RPCSettings(clientVersion: Version.client))
        let methods = l1.methods(context)
        let routes = l1.routes(context, status: StatusRoutes.all(context, server: service.server))
        l1.producer.report { [producer = l1.producer] in Self.warn($0, producer.failureText) }
        let address = try await service.listen(serving.endpoint(http, methods, routes: routes), for: "--http")
        if let ipc = serving.ipc { try await service.listen(IPCEndpoint(path: ipc, methods: methods)) }
        l1.start()
        tell(address, l1)
        try await service.run { l1.stop() }
    }

    /// Says on the error stream that the chain is in trouble, and when that is over.
    private static func warn(_ trouble: BlockProducer.Trouble, _ text: String?) {
        switch trouble {
        case .blocks: StandardStreams.writeError("warning: \(text ?? "a block could not be made")")
        case .blobs(let error):
            StandardStreams.writeError(
                "warning: \(error.message) Until then blob transactions are dropped, and blocks made without them.")
        case .over: StandardStreams.writeError("blocks are made again")
        }
    }

    private func tell(_ address: String, _ l1: DevL1) {
        let head = l1.chain.database.head
        if json {
            let accounts = l1.accounts.map { account in
                "{\"address\": \"\(account.checksummedAddress)\", \"privateKey\": \"\(Hash256(account.privateKey))\"}"
            }
            print(
                """
                {"url": "http://\(address)", "chainId": \(chainID), "head": \(head.number), \
                "accounts": [\(accounts.joined(separator: ", "))]}
                """)
        } else {
            let isUsual = mnemonic == DevL1Settings().mnemonic
            print(
                "Development accounts, 10000 ETH each in the first block. "
                    + (isUsual ? "Everybody knows these keys.\n" : "Their keys are those of your --mnemonic.\n"))
            for (index, account) in l1.accounts.enumerated() {
                print("(\(index)) \(account.checksummedAddress)  key \(Hash256(account.privateKey))")
            }
            let blocks = blockTime == 0 ? "one for each transaction" : "one every \(blockTime) s"
            print(
                """

                Chain \(chainID), blocks: \(blocks), head: block \(head.number)\(data.map { ", data in \($0)" } ?? "")
                JSON-RPC and beacon API:  http://\(address)
                WebSocket:                ws://\(address)

                Try:  curl -s http://\(address) -H 'Content-Type: application/json' \
                -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}'
                """)
        }
        fflush(nil)
    }
}

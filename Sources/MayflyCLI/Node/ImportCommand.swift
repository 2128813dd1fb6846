import ArgumentParser
import Blockchain
import Foundation
import Storage

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Imports and executes the blocks of a file.",
        discussion: """
            The file holds blocks in RLP, one after the other, as `geth export` writes them. Everything about a block is
            verified but the seal of a proof of work. It may be compressed (gzip), or a pipe: - is the standard input. The import stops at the first bad block and says why; it can be
            repeated, and goes on where it stopped.
            """)

    @Option(help: ArgumentHelp("The genesis of the chain, as go-ethereum has it.", valueName: "file"))
    var genesis: String

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    @Argument(help: ArgumentHelp("The blocks.", valueName: "file"))
    var blocks: String

    func run() throws {
        let chain = try database.chain(try GenesisFile.read(genesis))
        let bar = ProgressBar(isQuiet: json)
        let result = Result { try ChainImport(chain: chain, bar: bar).run(blocks) }
        try chain.database.close()
        let report = try result.get()
        let head = chain.database.head
        guard json else { return print(report.summary(head: head)) }
        print(
            """
            {"imported": \(report.imported), "known": \(report.known), "transactions": \(report.transactions), \
            "gas": \(report.gas), "seconds": \(report.seconds), "head": {"number": \(head.number), "hash": "\(head.hash)"}}
            """)
    }
}

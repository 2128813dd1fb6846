import Blockchain
import Foundation
import StateTransition
import Storage

/// Blocks from a file being put on a chain.
struct ChainImport {
    let chain: Chain
    /// Shows how far it is.
    var bar: ProgressBar

    struct Report {
        var imported = 0
        /// Blocks that the chain had already.
        var known = 0
        var transactions = 0
        var gas: UInt64 = 0
        var seconds = 0.0
    }

    /// Imports until the file ends.
    ///
    /// - Throws: at the first block that is not valid; those before it are in the chain.
    func run(_ path: String) throws -> Report {
        var report = Report()
        defer { bar.end() }
        do {
            try run(path, &report)
        } catch {
            let text = CommandFailure(error).description
            throw CommandFailure("\(text)\(text.hasSuffix(".") ? "" : ".") \(report.kept)")
        }
        return report
    }

    private func run(_ path: String, _ report: inout Report) throws {
        var file = try BlockFile(path)
        let start = Date()
        var (told, shown) = (start, start)
        while let block = try file.next() {
            let reference = BlockReference(block.header)
            let now = Date()
            if now.timeIntervalSince(shown) > 0.2 {
                shown = now
                let (read, size) = file.progress
                bar.show("block \(reference.number)", Int(clamping: read), of: size.map { Int(clamping: $0) })
            }
            if try chain.view().isCanonical(reference) {
                report.known += 1
                continue
            }
            do throws(ChainError) {
                try chain.append(block, hash: reference.hash)
            } catch {
                throw CommandFailure(
                    "\(path): block \(reference.number) (\(reference.hash)) was not imported: \(error.message)")
            }
            report.imported += 1
            report.transactions += block.transactions.count
            report.gas += block.header.gasUsed
            if !bar.isLive, now.timeIntervalSince(told) > 5 {
                told = now
                bar.say("block \(reference.number)")
            }
        }
        report.seconds = Date().timeIntervalSince(start)
    }
}

extension ChainImport.Report {
    /// What a failed import leaves.
    var kept: String {
        switch imported {
        case 0: "Nothing was imported."
        case 1: "The block before it was imported, and stays."
        default: "The \(imported) blocks before it were imported, and stay."
        }
    }

    /// One line for a person.
    func summary(head: BlockReference) -> String {
        if imported == 0 && known > 0 {
            return "nothing to import: all \(known) blocks are in the chain already, by the hashes of their headers; "
                + "the head is block \(head.number), \(head.hash)"
        }
        let known = known > 0 ? " (\(known) more were in the chain already, by the hashes of their headers)" : ""
        let speed = seconds > 0 ? String(format: ", %.1f Mgas/s", Double(gas) / seconds / 1e6) : ""
        return "imported \(imported) blocks\(known) with \(transactions) transactions in "
            + String(format: "%.2f s", seconds) + "\(speed); the head is block \(head.number), \(head.hash)"
    }
}

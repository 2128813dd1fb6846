import Foundation
import Storage

/// `node --check`: goes through a whole database, from the head's state root down.
enum DatabaseCheck {
    static func run(_ directory: String, json: Bool) throws {
        do throws(StorageError) {
            let database = try ChainDatabase(existing: directory, isReadOnly: true, checksPages: true)
            let start = Date()
            var told = start
            let report = try database.verify { progress in
                guard !json, Date().timeIntervalSince(told) > 5 else { return }
                told = Date()
                switch progress {
                case .blocks(let done, let total): print("blocks: \(done) of \(total)")
                case .accounts(let done): print("accounts: \(done)")
                }
            }
            if json {
                print(
                    """
                    {"head": {"number": \(report.head.number), "hash": "\(report.head.hash)"}, \
                    "blocks": \(report.blockCount), "accounts": \(report.accountCount), "slots": \(report.slotCount), \
                    "nodes": \(report.nodeCount)}
                    """)
            } else {
                print(
                    "\(directory): sound. Head: block \(report.head.number), \(report.head.hash); "
                        + "\(report.blockCount) blocks, \(report.accountCount) accounts, \(report.slotCount) slots, "
                        + "\(report.nodeCount) trie nodes verified in "
                        + String(format: "%.2f s", Date().timeIntervalSince(start)))
            }
        } catch {
            throw CommandFailure(error)
        }
    }
}

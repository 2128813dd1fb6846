import Foundation
import Lifecycles
import Primitives
import Testing

/// What people are told of the gas of claims is what the contracts' tests measure.
@Suite struct ClaimGasTests {
    /// The table that the contracts' tests write: names, two spaces and more, gas.
    private static func table() throws -> [String: Int] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appendingPathComponent("contracts/snapshots/l1/gas.txt")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            line.lastIndex(of: " ").flatMap { space in
                Int(line[line.index(after: space)...]).map {
                    (line[..<space].trimmingCharacters(in: .whitespaces), $0)
                }
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private static let rows: [(asset: ExitAsset, one: String, each: String)] = [
        (.ether, "claimETHOf", "claimETH of 100"),
        (.token(Address(), remote: Address()), "claimTokensOf an ERC-20", "claimTokens of 100 ERC-20 of known holders"),
        (.collection(Address(), remote: Address()), "claimItems of one bridged", "claimItems of 100 bridged"),
        (.minted(Address()), "claimItems of one minted", "claimItems of 99 minted"),
        (.multiToken(Address()), "claimBalances of one", "claimBalances of 100 of known holders"),
    ]

    @Test("Gas that is told is the table's, rounded up to the next thousand", arguments: rows)
    func isTheTables(asset: ExitAsset, one: String, each: String) throws {
        let table = try Self.table()
        let figures = try ["\(one), whole", "\(each), whole, each"].map { row in
            let gas = try #require(table["Claims.\(row)"], "no row 'Claims.\(row)'")
            return (gas + 999) / 1000 * 1000
        }
        #expect([asset.claimGas.one, asset.claimGas.each] == figures)
    }
}

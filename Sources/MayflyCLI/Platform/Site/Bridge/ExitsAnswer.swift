import Dashboard
import Foundation
import Primitives
import Settlement

/// What the report on exits says, as far as pages show it (`mayfly exits --json`).
struct ExitsAnswer: Decodable, Sendable {
    struct Flight: Decodable, Sendable {
        var deposits: String
        var withdrawals: String
    }

    struct Holding: Decodable, Sendable {
        var holder: String
        var amount: String
        var tokenId: String?
        var isWrapped: Bool
        var path: String
        var recipient: String?
        var isPaid: Bool
    }

    struct Asset: Decodable, Sendable {
        var kind: String
        var l2: String?
        var l1: String?
        var locked: String?
        var claimable: String
        var paid: String
        var stuck: String
        var inFlight: Flight
        var unknown: String
        var difference: String
        var balances: Bool
        var holdings: [Holding]
    }

    struct Block: Decodable, Sendable { var number: UInt64 }

    var block: Block
    var assets: [Asset]

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(ExitsAnswer.self, from: Data(bytes)) }

    /// What a holder has, in the report's order.
    func rows(of holder: String) -> [ClaimsView.Row] {
        assets.flatMap { asset in
            asset.holdings.filter { $0.holder.lowercased() == holder.lowercased() }.map { holding in
                ClaimsView.Row(
                    asset: asset.title(isWrapped: holding.isWrapped),
                    amount: asset.amount(holding.amount, tokenID: holding.tokenId), path: holding.path,
                    recipient: holding.recipient ?? "nobody", isPaid: holding.isPaid)
            }
        }
    }

    var table: ExitsTable {
        let rows = assets.map { asset in
            var row = ExitsTable.Row(
                name: asset.title(isWrapped: false), kind: asset.kind, locked: asset.locked.map { asset.plain($0) },
                claimable: asset.plain(asset.claimable))
            row.paid = asset.plain(asset.paid)
            row.stuck = asset.plain(asset.stuck)
            row.inFlight =
                asset.plain(asset.inFlight.deposits) + " in, " + asset.plain(asset.inFlight.withdrawals) + " out"
            row.unknown = asset.plain(asset.unknown)
            row.difference = asset.plain(asset.difference)
            row.balances = asset.balances
            return row
        }
        return ExitsTable(rows: rows, note: "By block \(Format.number(block.number)).")
    }
}

extension ExitsAnswer.Asset {
    func title(isWrapped: Bool) -> String {
        switch kind {
        case "ether": isWrapped ? "Ether in WETH" : "Ether"
        case "erc20": "Token \(Format.shortHash(l1 ?? l2 ?? ""))"
        default: "Collection \(Format.shortHash(l1 ?? l2 ?? ""))"
        }
    }

    /// An amount of the report: ether, or the smallest units.
    func plain(_ digits: String) -> String {
        if kind == "ether", digits != "0" {
            let (sign, size) = digits.hasPrefix("-") ? ("-", String(digits.dropFirst())) : ("", digits)
            return Wei.amount(size, decimals: 0).map { sign + Format.ether($0) } ?? digits
        }
        return digits
    }

    func amount(_ digits: String, tokenID: String?) -> String {
        guard let tokenID else { return kind == "ether" ? plain(digits) : digits + " units" }
        return kind == "erc721" ? "token \(tokenID)" : "\(digits) of token \(tokenID)"
    }
}

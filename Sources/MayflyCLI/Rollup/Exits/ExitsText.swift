import Foundation
import Primitives
import Settlement

/// The report on exits as people read it, of the object that programs get.
struct ExitsText {
    let text: String

    init(_ report: String) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(report.utf8)) as? [String: Any],
            let assets = object["assets"] as? [[String: Any]]
        else { throw CommandFailure("the report on exits cannot be read") }
        let block = object["block"] as? [String: Any] ?? [:]
        let l1 = object["l1"] as? [String: Any] ?? [:]
        let isLast = object["isLast"] as? Bool ?? false
        var lines = [
            "block \(block["number"] ?? "?")\(isLast ? ", the last," : "") of chain \(object["chainId"] ?? "?"); on L1 the rollup is "
                + "\(l1["state"] ?? "?") (block \(l1["block"] ?? "?"))"
        ]
        for asset in assets { lines += Self.lines(asset) }
        let even = object["balances"] as? Bool ?? false
        lines.append(
            even
                ? "L1 holds what is owed, of each asset to the last unit."
                : "Not every asset comes out even: see the differences above.")
        text = lines.joined(separator: "\n")
    }

    private static func lines(_ asset: [String: Any]) -> [String] {
        let kind = asset["kind"] as? String ?? ""
        let write = { (key: String) -> String in
            let digits = asset[key] as? String ?? "0"
            return kind == "ether" ? ether(digits) : digits
        }
        let holdings = asset["holdings"] as? [[String: Any]] ?? []
        var paths: [String: Int] = [:]
        for holding in holdings { paths[holding["path"] as? String ?? "", default: 0] += 1 }
        let flight = asset["inFlight"] as? [String: Any] ?? [:]
        let gas = asset["gas"] as? [String: Any] ?? [:]
        let under = { (key: String) -> String in
            let digits = flight[key] as? String ?? "0"
            return kind == "ether" ? ether(digits) : digits
        }
        let isThere = asset["locked"] is String || asset["isOpen"] as? Bool ?? false
        let places = [("l2", "on the rollup"), ("l1", isThere ? "on L1" : "on L1 once it is opened")]
        let addresses = places.compactMap { key, place in
            (asset[key] as? String).map { "\($0) \(place)" }
        }
        var lines = ["", ([kind] + addresses).joined(separator: "  ")]
        lines.append(
            "  locked      \(asset["locked"] is String ? write("locked") : "none: L1 makes them when they are claimed")"
        )
        lines.append(
            "  claimable   \(write("claimable"))  (own address \(paths["holder"] ?? 0), delegated \(paths["delegated"] ?? 0), resolver "
                + "\(paths["resolver"] ?? 0); gas \(gas["one"] ?? "?") alone, \(gas["each"] ?? "?") each of a hundred)")
        lines.append("  paid        \(write("paid"))")
        lines.append("  stuck       \(write("stuck"))  (\(paths["none"] ?? 0) contracts without a resolver)")
        lines.append("  in flight   \(under("deposits")) deposited, \(under("withdrawals")) withdrawn")
        if asset["unknown"] as? String != "0" { lines.append("  unknown     \(write("unknown"))") }
        if asset["difference"] as? String != "0" {
            let digits = asset["difference"] as? String ?? "0"
            let sign = digits.hasPrefix("-") ? "-" : ""
            let size = String(digits.drop { $0 == "-" })
            lines.append("  difference  \(sign)\(kind == "ether" ? ether(size) : size)")
        }
        return lines + items(asset)
    }

    /// What there is of each item of an ERC-1155 collection; of many, of the first.
    private static func items(_ asset: [String: Any]) -> [String] {
        guard let items = asset["items"] as? [[String: Any]] else { return [] }
        var holders: [String: Int] = [:]
        for holding in asset["holdings"] as? [[String: Any]] ?? [] {
            holders[holding["tokenId"] as? String ?? "", default: 0] += 1
        }
        var lines = items.prefix(itemLimit).map { item in
            let write = { (key: String) -> String in item[key] as? String ?? "0" }
            let unknown = write("unknown") == "0" ? "" : ", \(write("unknown")) unknown"
            return "  token \(write("tokenId")): \(write("supply")), of them \(write("claimable")) claimable, "
                + "\(write("paid")) paid, \(write("stuck")) stuck\(unknown), of \(holders[write("tokenId")] ?? 0) holders"
        }
        if items.count > itemLimit { lines.append("  and \(items.count - itemLimit) tokens more (--json lists all)") }
        return lines
    }

    /// Items of a collection that are told of one by one.
    private static let itemLimit = 20

    private static func ether(_ digits: String) -> String {
        Wei.amount(digits, decimals: 0).map { Wei.ether($0) + " ETH" } ?? digits
    }
}

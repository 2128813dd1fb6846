/// Where the pages are. Names and hashes in them are percent-encoded, whatever they hold.
package enum Links {
    package static let rollups = "/"
    package static let launch = "/launch"
    package static let signIn = "/sign-in"
    package static let signOut = "/sign-out"
    package static let operators = "/operators"
    package static let governance = "/governance"
    package static let billing = "/billing"

    package static let organisations = "/organisations"
    package static let members = "/members"
    package static let keys = "/keys"

    package static func memberRole(_ address: String) -> String { members + "/" + segment(address) + "/role" }
    package static func memberRemoval(_ address: String) -> String { members + "/" + segment(address) + "/remove" }
    package static func keyRevocation(_ id: String) -> String { keys + "/" + segment(id) + "/revoke" }

    package static func rollup(_ name: String) -> String { "/rollups/" + segment(name) }
    package static func layers(_ name: String) -> String { rollup(name) + "/layers" }
    package static func wake(_ name: String) -> String { rollup(name) + "/wake" }
    package static func idle(_ name: String) -> String { rollup(name) + "/idle" }
    package static func dissolve(_ name: String) -> String { rollup(name) + "/dissolve" }
    package static func job(_ id: String) -> String { "/jobs/" + segment(id) }

    package static func blocks(_ name: String) -> String { rollup(name) + "/blocks" }
    /// - Parameter before: shows blocks below this number.
    package static func blocks(_ name: String, before: UInt64) -> String { blocks(name) + "?before=\(before)" }
    /// - Parameter block: a number or a hash.
    package static func block(_ name: String, _ block: String) -> String { blocks(name) + "/" + segment(block) }
    package static func transaction(_ name: String, _ hash: String) -> String {
        rollup(name) + "/transactions/" + segment(hash)
    }
    package static func account(_ name: String, _ address: String) -> String {
        rollup(name) + "/accounts/" + segment(address)
    }
    package static func search(_ name: String) -> String { rollup(name) + "/search" }

    package static func bridge(_ name: String) -> String { rollup(name) + "/bridge" }
    package static func withdraw(_ name: String) -> String { rollup(name) + "/bridge/withdraw" }
    package static func deposit(_ name: String, _ transaction: String) -> String {
        rollup(name) + "/deposits/" + segment(transaction)
    }
    package static func withdrawals(_ name: String) -> String { rollup(name) + "/withdrawals" }
    /// - Parameter transaction: the one on the rollup that began it.
    package static func withdrawal(_ name: String, _ transaction: String) -> String {
        rollup(name) + "/withdrawals/" + segment(transaction)
    }
    package static func claims(_ name: String) -> String { rollup(name) + "/claims" }
    package static func claims(_ name: String, holder: String) -> String {
        claims(name) + "?holder=" + segment(holder)
    }

    /// Percent-encodes all but the unreserved characters (RFC 3986).
    static func segment(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        // A segment of dots would be another folder.
        return encoded == "." || encoded == ".." ? encoded.replacing(".", with: "%2E") : encoded
    }
}

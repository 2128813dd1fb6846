/// A file that pages refer to. Its name has the hash of its content, so it may be cached for ever.
package struct Asset: Sendable, Equatable {
    package var name: String
    package var contentType: String
    package var bytes: [UInt8]

    init(_ stem: String, _ ending: String, _ contentType: String, _ text: String) {
        bytes = Array(text.utf8)
        name = "\(stem)-\(Self.hash(bytes)).\(ending)"
        self.contentType = contentType
    }

    /// 64-bit FNV-1a: it tells versions apart, and secures nothing.
    private static func hash(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// Everything that pages refer to, served at `/assets/` and the name.
package enum Assets {
    package static let stylesheet = Asset(
        "mayfly", "css", "text/css; charset=utf-8", Stylesheet.all)
    package static let icon = Asset("mark", "svg", "image/svg+xml", iconText)
    package static let live = Asset("live", "js", "text/javascript; charset=utf-8", Scripts.live)
    package static let wallet = Asset("wallet", "js", "text/javascript; charset=utf-8", Scripts.wallet)
    package static let network = Asset("network", "js", "text/javascript; charset=utf-8", Scripts.network)
    package static let transaction = Asset("transaction", "js", "text/javascript; charset=utf-8", Scripts.transaction)
    package static let ownAddress = Asset("own-address", "js", "text/javascript; charset=utf-8", Scripts.ownAddress)
    package static let signIn = Asset("sign-in", "js", "text/javascript; charset=utf-8", Scripts.signIn)

    package static let all = [stylesheet, icon, live, wallet, network, transaction, ownAddress, signIn]

    /// The asset of this name; nil for none.
    package static func asset(named name: String) -> Asset? { all.first { $0.name == name } }

    /// Of all pages and assets.
    package static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// What goes with every page.
    package static let pageHeaders = [
        (name: "Content-Security-Policy", value: contentSecurityPolicy),
        (name: "Content-Type", value: "text/html; charset=utf-8"),
        (name: "X-Content-Type-Options", value: "nosniff"),
        (name: "Referrer-Policy", value: "same-origin"),
        (name: "Cache-Control", value: "no-store"),
    ]

    /// What goes with every asset, beside its content type.
    package static let assetHeaders = [
        (name: "Content-Security-Policy", value: contentSecurityPolicy),
        (name: "X-Content-Type-Options", value: "nosniff"),
        (name: "Cache-Control", value: "public, max-age=31536000, immutable"),
    ]

    private static let iconWing = "fill=\"#159582\""
    private static let iconBody = "fill=\"none\" stroke=\"#7d8b87\" stroke-linecap=\"round\""
    private static let iconHead = "fill=\"#7d8b87\""

    /// The mark by itself, in colours that stand out from a light and a dark ground.
    private static let iconText = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">\
        \(Mark.paths(wing: iconWing, body: iconBody, head: iconHead))</svg>
        """
}

/// A mayfly at rest: two upright wings, a slender body that rises behind, three long tails.
enum Mark {
    /// Each part with these attributes.
    static func paths(wing: String, body: String, head: String) -> String {
        """
        <path \(wing) opacity=".5" d="M14 19C13 12 17 5 25.5 1.5c2 7.5-1.5 14.5-8.5 18.5z"/>\
        <path \(wing) d="M12.5 18.5C6.5 14.5 4 7.5 6.5 .5c6.5 3 9 10.5 7.5 18z"/>\
        <path \(body) stroke-width="2.4" d="M6 20.5c5.5-2 11-1.5 15 2"/>\
        <path \(body) stroke-width="1.1" d="M21 22.5c3.5 1.200 6.5.6 10-2M21 22.5c3 2.5 6 3.5 9.5 3.200M21 22.5c1.5 3.5 3.5 6 6.5 8.5"/>\
        <circle \(head) cx="5.5" cy="20.7" r="2.1"/>
        """
    }
}

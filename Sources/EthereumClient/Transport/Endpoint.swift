/// Where an Ethereum node is asked: a URL, and how often.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    /// With everything in it that may be secret: a key in the path, a password.
    let url: String
    /// Scheme, host and port: all that is ever printed.
    public let name: String
    /// Requests that may be sent in a second; nil for no limit but what the endpoint itself says.
    public let requestsPerSecond: Double?

    /// - Parameter text: `http://` or `https://`, a host, and what else is needed.
    /// - Throws: `endpoint` saying what is wrong with the text.
    public init(_ text: String, requestsPerSecond: Double? = nil) throws(EthereumClientError) {
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw .endpoint("the URL of an endpoint begins with http:// or https://")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .endpoint("the URL of an endpoint is of printable ASCII characters")
        }
        let authority = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !host.isEmpty, !host.hasPrefix(":") else { throw .endpoint("the URL of an endpoint names a host") }
        if let requestsPerSecond, !(requestsPerSecond > 0) {
            throw .endpoint("the requests that may be sent in a second are more than 0")
        }
        url = text
        name = scheme + host
        self.requestsPerSecond = requestsPerSecond
    }

    public var description: String { name }

    /// The URL of something below the endpoint.
    func url(_ path: String) -> String {
        if path.isEmpty { return url }
        return (url.hasSuffix("/") ? String(url.dropLast()) : url) + path
    }
}

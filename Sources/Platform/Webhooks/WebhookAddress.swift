import Foundation

/// Where a webhook leads: what tenants name must not have the platform speak to its own network for them.
struct WebhookAddress: Equatable, Sendable {
    /// Bytes of an address at most.
    static let lengthLimit = 500

    let host: String
    let isSecure: Bool

    /// - Throws: `invalid-field` where it is no address of a webhook.
    init(_ text: String, allowsPrivate: Bool) throws(PlatformProblem) {
        guard text.utf8.count <= Self.lengthLimit, text.utf8.allSatisfy({ (33...126).contains($0) }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), let host = parts.host,
            !host.isEmpty, scheme == "https" || scheme == "http", parts.fragment == nil
        else { throw .invalid("url", "is to be https://... of \(Self.lengthLimit) bytes at most") }
        guard parts.user == nil, parts.password == nil else {
            throw .invalid("url", "is to have no user and no password: others can see it")
        }
        isSecure = scheme == "https"
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        if !isSecure && !allowsPrivate { throw .invalid("url", "is to be https") }
    }

    /// One of the host's addresses now.
    ///
    /// - Returns: nil where it has none, or where one of them is of a network of its own and these are not allowed.
    func resolve(allowsPrivate: Bool) async -> String? {
        let host = host
        return await withCheckedContinuation { continuation in
            // Asking for a name may take seconds, which no other task is to wait for.
            DispatchQueue.global().async {
                continuation.resume(returning: Self.resolve(host, allowsPrivate: allowsPrivate))
            }
        }
    }

    private static func resolve(_ host: String, allowsPrivate: Bool) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let list else { return nil }
        defer { freeaddrinfo(list) }
        var first: String?
        for entry in sequence(first: list, next: { $0.pointee.ai_next }) {
            guard let address = entry.pointee.ai_addr else { continue }
            var bytes: [UInt8] = []
            switch entry.pointee.ai_family {
            case AF_INET:
                address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                    bytes = withUnsafeBytes(of: four.pointee.sin_addr) { Array($0) }
                }
            case AF_INET6:
                address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                    bytes = withUnsafeBytes(of: six.pointee.sin6_addr) { Array($0) }
                }
            default: continue
            }
            if !allowsPrivate && !isPublic(bytes) { return nil }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if first == nil,
                getnameinfo(address, entry.pointee.ai_addrlen, &text, UInt32(text.count), nil, 0, NI_NUMERICHOST) == 0
            {
                first = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
        return first
    }

    /// Whether an address of 4 or 16 bytes is of the public internet (IANA special-purpose address registries).
    static func isPublic(_ bytes: [UInt8]) -> Bool {
        if bytes.count == 4 {
            let (a, b) = (bytes[0], bytes[1])
            switch a {
            case 0, 10, 127, 224...255: return false
            case 100: return !(64...127).contains(b)
            case 169: return b != 254
            case 172: return !(16...31).contains(b)
            case 192: return b != 168 && !(b == 0 && (bytes[2] == 0 || bytes[2] == 2)) && !(b == 88 && bytes[2] == 99)
            case 198: return b != 18 && b != 19 && !(b == 51 && bytes[2] == 100)
            case 203: return !(b == 0 && bytes[2] == 113)
            default: return true
            }
        }
        guard bytes.count == 16 else { return false }
        // Addresses of version 4 within ones of version 6: mapped, translated, 6to4.
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return isPublic(Array(bytes[12...]))
        }
        if bytes[..<12] == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] { return isPublic(Array(bytes[12...])) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return isPublic(Array(bytes[2..<6])) }
        // All that is routed is of 2000::/3, but for documentation and Teredo.
        guard bytes[0] & 0xE0 == 0x20 else { return false }
        return !(bytes[0] == 0x20 && bytes[1] == 0x01 && (bytes[2] == 0x0D && bytes[3] == 0xB8 || bytes[2] < 2))
    }
}

/// HMAC with SHA-512 (RFC 2104), its key taken in once and then used for many messages.
struct HMACSHA512 {
    /// The hash after the padded key, for the inner and the outer pass.
    private let inner: SHA512
    private let outer: SHA512

    init(key: [UInt8]) {
        var key = key.count > SHA512.blockBytes ? SHA512.hash(key) : key
        key += [UInt8](repeating: 0, count: SHA512.blockBytes - key.count)
        var inner = SHA512()
        inner.update(key.map { $0 ^ 0x36 })
        var outer = SHA512()
        outer.update(key.map { $0 ^ 0x5C })
        self.inner = inner
        self.outer = outer
    }

    func authenticate(_ message: [UInt8]) -> [UInt8] {
        var first = inner
        first.update(message)
        var second = outer
        second.update(first.finish())
        return second.finish()
    }

    static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        HMACSHA512(key: key).authenticate(message)
    }
}

/// The head of an HTTP/1.1 request (RFC 9112): what the server looks at, and the rest by name.
package struct RequestHead {
    package enum Method {
        case get, head, post, options, put, delete, other
    }

    package enum BodyLength: Equatable {
        case none, bytes(Int), chunked
    }

    /// Why a head is refused, with the status that says so.
    package struct Refusal: Error, Equatable {
        package let status: HTTPStatus
        package let message: StaticString

        package init(_ status: HTTPStatus, _ message: StaticString) {
            self.status = status
            self.message = message
        }

        package static func == (a: Refusal, b: Refusal) -> Bool { a.status == b.status }
    }

    package var method = Method.other
    package var bodyLength = BodyLength.none
    package var keepsAlive = true
    package var expectsContinue = false
    package var acceptsGzip = false
    package var bodyIsGzip = false
    package var wantsWebSocket = false
    package private(set) var isHTTP10 = false
    /// The bytes of the head, its final empty line included.
    private let bytes: UnsafeRawBufferPointer
    private var targetRange = 0..<0
    private var hostRange: Range<Int>?
    private var contentTypeRange: Range<Int>?
    private var originRange: Range<Int>?
    private var headersStart = 0

    /// The most header lines of a request.
    static let headerLimit = 100

    package var target: UnsafeRawBufferPointer { text(targetRange) }
    package var host: UnsafeRawBufferPointer? { hostRange.map(text) }
    package var contentType: UnsafeRawBufferPointer? { contentTypeRange.map(text) }
    package var origin: UnsafeRawBufferPointer? { originRange.map(text) }

    private func text(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    /// Where the head ends in `bytes`, past the empty line; nil where it does not. The search starts at `start`.
    package static func end(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = max(3, start)
        while index < bytes.count {
            // The last of CR LF CR LF: step by what the byte there can still be.
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                if bytes[index - 1] == 13, bytes[index - 2] == 10, bytes[index - 3] == 13 { return index + 1 }
                index += 2
            case UInt8(ascii: "\r"): index += 1
            default: index += 4
            }
        }
        return nil
    }

    /// Parses a head, all of it and nothing else.
    package init(_ bytes: UnsafeRawBufferPointer) throws(Refusal) {
        self.bytes = bytes
        var position = try parseRequestLine()
        headersStart = position
        var hasLength = false
        var isChunked = false
        for _ in 0...Self.headerLimit {
            if bytes[position] == 13 {
                guard position + 2 == bytes.count else { throw Refusal(.badRequest, "malformed header") }
                try finish(hasLength: hasLength, isChunked: isChunked)
                return
            }
            let (name, value, next) = try Self.line(bytes, at: position)
            position = next
            switch name.count {
            case 4 where bytes.matches(name, "host"):
                guard hostRange == nil else { throw Refusal(.badRequest, "more than one host") }
                hostRange = value
            case 6 where bytes.matches(name, "origin"): originRange = value
            case 6 where bytes.matches(name, "expect"): expectsContinue = bytes.matches(value, "100-continue")
            case 7 where bytes.matches(name, "upgrade"): wantsWebSocket = bytes.matches(value, "websocket")
            case 10 where bytes.matches(name, "connection"):
                if bytes.contains(value, token: "close") {
                    keepsAlive = false
                } else if isHTTP10, bytes.contains(value, token: "keep-alive") {
                    keepsAlive = true
                }
            case 12 where bytes.matches(name, "content-type"): contentTypeRange = value
            case 14 where bytes.matches(name, "content-length"):
                let length = try Self.length(text(value))
                guard !hasLength || bodyLength == length else { throw Refusal(.badRequest, "two content lengths") }
                hasLength = true
                bodyLength = length
            case 15 where bytes.matches(name, "accept-encoding"):
                acceptsGzip = bytes.contains(value, token: "gzip")
            case 16 where bytes.matches(name, "content-encoding"):
                bodyIsGzip = bytes.matches(value, "gzip")
                guard bodyIsGzip || bytes.matches(value, "identity") else {
                    throw Refusal(.unsupportedMediaType, "unknown content encoding")
                }
            case 17 where bytes.matches(name, "transfer-encoding"):
                guard !isChunked, bytes.matches(value, "chunked") else {
                    throw Refusal(.notImplemented, "unknown transfer encoding")
                }
                isChunked = true
            default: break
            }
        }
        throw Refusal(.headerTooLarge, "too many headers")
    }

    private mutating func finish(hasLength: Bool, isChunked: Bool) throws(Refusal) {
        // Two lengths, or a length of an old client in chunks, is how requests are smuggled (RFC 9112, section 6.1).
        guard !(hasLength && isChunked), !(isChunked && isHTTP10) else {
            throw Refusal(.badRequest, "both length and transfer encoding")
        }
        if isChunked { bodyLength = .chunked }
        guard hostRange != nil || isHTTP10 else { throw Refusal(.badRequest, "missing host") }
    }

    private mutating func parseRequestLine() throws(Refusal) -> Int {
        let malformed = Refusal(.badRequest, "malformed request line")
        var index = 0
        while index < bytes.count, bytes[index] != UInt8(ascii: " ") {
            guard bytes[index] > 0x20, bytes[index] < 0x7F else { throw malformed }
            index += 1
        }
        guard index > 0, index < bytes.count else { throw malformed }
        let name = 0..<index
        if bytes.equals(name, "POST") {
            method = .post
        } else if bytes.equals(name, "GET") {
            method = .get
        } else if bytes.equals(name, "OPTIONS") {
            method = .options
        } else if bytes.equals(name, "HEAD") {
            method = .head
        } else if bytes.equals(name, "PUT") {
            method = .put
        } else if bytes.equals(name, "DELETE") {
            method = .delete
        }
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: " ") {
            guard bytes[index] > 0x20, bytes[index] != 0x7F else { throw malformed }
            index += 1
        }
        targetRange = start..<index
        guard !targetRange.isEmpty, index + 11 <= bytes.count else { throw malformed }
        let version = index + 1..<index + 9
        guard bytes[index + 9] == 13, bytes[index + 10] == 10 else { throw malformed }
        if bytes.equals(version, "HTTP/1.0") {
            isHTTP10 = true
            keepsAlive = false
        } else if !bytes.equals(version, "HTTP/1.1") {
            throw Refusal(.versionNotSupported, "unknown HTTP version")
        }
        return index + 11
    }

    /// The header line at `position`: name, trimmed value, start of the next.
    private static func line(
        _ bytes: UnsafeRawBufferPointer, at position: Int
    ) throws(Refusal) -> (name: Range<Int>, value: Range<Int>, next: Int) {
        let malformed = Refusal(.badRequest, "malformed header")
        var index = position
        while index < bytes.count, bytes[index] != UInt8(ascii: ":") {
            // No space before the colon, no folded line.
            guard bytes[index] > 0x20, bytes[index] < 0x7F else { throw malformed }
            index += 1
        }
        guard index > position else { throw malformed }
        let name = position..<index
        index += 1
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 9 { index += 1 }
        let start = index
        while index < bytes.count, bytes[index] >= 0x20 || bytes[index] == 9, bytes[index] != 0x7F { index += 1 }
        guard index + 1 < bytes.count, bytes[index] == 13, bytes[index + 1] == 10 else { throw malformed }
        var end = index
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 9 { end -= 1 }
        return (name, start..<end, index + 2)
    }

    private static func length(_ text: UnsafeRawBufferPointer) throws(Refusal) -> BodyLength {
        guard (1...15).contains(text.count) else { throw Refusal(.badRequest, "malformed content length") }
        var value = 0
        for byte in text {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { throw Refusal(.badRequest, "malformed content length") }
            value = value * 10 + Int(digit)
        }
        return .bytes(value)
    }

    /// The value of the first header of that lower-case name.
    package func header(_ name: StaticString) -> String? {
        var position = headersStart
        while position < bytes.count, bytes[position] != 13 {
            guard let (found, value, next) = try? Self.line(bytes, at: position) else { return nil }
            if bytes.matches(found, name) { return String(decoding: text(value), as: UTF8.self) }
            position = next
        }
        return nil
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes in the range are those.
    func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<range.count where self[range.lowerBound + index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether the bytes in the range are those of a lower-case ASCII text, in either case.
    func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<range.count {
            let byte = self[range.lowerBound + index]
            let lower = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
            guard lower == text.utf8Start[index] else { return false }
        }
        return true
    }

    /// Whether a list of tokens parted by commas holds one; parameters after a semicolon are passed over, but for a
    /// quality of zero.
    func contains(_ range: Range<Int>, token: StaticString) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, self[end] != UInt8(ascii: ",") { end += 1 }
            var first = start
            while first < end, self[first] == 0x20 || self[first] == 9 { first += 1 }
            var last = first
            while last < end, self[last] != 0x20, self[last] != 9, self[last] != UInt8(ascii: ";") { last += 1 }
            if matches(first..<last, token) {
                let quality = self[last..<end].filter { $0 != 0x20 && $0 != 9 }
                return !(quality.starts(with: ";q=0".utf8) && !quality.contains { 0x31...0x39 ~= $0 })
            }
            start = end + 1
        }
        return false
    }
}

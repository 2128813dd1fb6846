import AsyncHTTPClient
package import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// One HTTP exchange with an endpoint, within bounds of time and size.
package struct HTTPTransport: Sendable {
    /// What came of a request.
    package enum Outcome {
        case answered(ByteBuffer)
        /// The endpoint understood, and has no such thing or no such method, or does not take what it was sent.
        case absent(ByteBuffer)
        /// Not now: after so many nanoseconds where it says.
        case later(UInt64?, String)
        case failed(String)
    }

    let client: HTTPClient
    /// Bytes of an answer.
    let answerLimit: Int

    package init(connectTimeout: TimeAmount, answerLimit: Int, tls: ClientTLS? = nil) {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = connectTimeout
        configuration.tlsConfiguration = tls?.configuration
        configuration.decompression = .enabled(limit: .size(answerLimit))
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .automatic
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.answerLimit = answerLimit
    }

    /// Closes the connections, with what is still asked.
    package func close() async { try? await client.shutdown() }

    package func post(
        _ body: ByteBuffer, to endpoint: Endpoint, _ path: String = "", type: String = "application/json",
        authorization: String? = nil, headers: [(name: String, value: String)] = [], timeout: TimeAmount
    ) async -> Outcome {
        var request = HTTPClientRequest(url: endpoint.url(path))
        request.method = .POST
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        request.headers.add(name: "Content-Type", value: type)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(body)
        return await execute(request, timeout)
    }

    package func get(
        _ path: String, from endpoint: Endpoint, type: String = "application/json", timeout: TimeAmount
    ) async -> Outcome {
        var request = HTTPClientRequest(url: endpoint.url(path))
        request.headers.add(name: "Accept", value: type)
        return await execute(request, timeout)
    }

    private func execute(_ request: HTTPClientRequest, _ timeout: TimeAmount) async -> Outcome {
        do {
            let response = try await client.execute(request, deadline: .now() + timeout)
            let body = try await response.body.collect(upTo: answerLimit)
            let status = "HTTP status \(response.status.code)\(Self.reason(body, response.headers))"
            switch response.status.code {
            case 200: return .answered(body)
            case 429, 503: return .later(Self.pause(response.headers), status)
            case 400, 404, 405, 413, 501: return .absent(body)
            default: return .failed(status)
            }
        } catch NIOHTTPDecompression.DecompressionError.limit {
            return .failed("an answer of more than \(answerLimit) bytes")
        } catch is NIOTooManyBytesError {
            return .failed("an answer of more than \(answerLimit) bytes")
        } catch let error as HTTPClientError {
            return .failed(error.shortDescription)
        } catch {
            return .failed("\(error)")
        }
    }

    /// The first line of an answer in plain text, for people: what is printable of it.
    private static func reason(_ body: ByteBuffer, _ headers: HTTPHeaders) -> String {
        guard headers.first(name: "Content-Type")?.hasPrefix("text/plain") == true else { return "" }
        let line = body.readableBytesView.prefix(200).prefix { $0 >= 0x20 && $0 < 0x7F }
        return line.isEmpty ? "" : ": " + String(decoding: line, as: UTF8.self)
    }

    /// What `Retry-After` asks for in seconds (RFC 9110, section 10.2.3); dates are not understood.
    private static func pause(_ headers: HTTPHeaders) -> UInt64? {
        guard let text = headers.first(name: "Retry-After"), let seconds = UInt64(text) else { return nil }
        return min(seconds, 3_600) * 1_000_000_000
    }
}

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// One HTTP exchange with an endpoint, within bounds of time and size.
struct HTTPTransport: Sendable {
    /// What came of a request.
    enum Outcome {
        case answered(ByteBuffer)
        /// The endpoint understood, and has no such thing or no such method.
        case absent(ByteBuffer)
        /// Not now: after so many nanoseconds where it says.
        case later(UInt64?, String)
        case failed(String)
    }

    let client: HTTPClient
    /// Bytes of an answer.
    let answerLimit: Int

    init(connectTimeout: TimeAmount, answerLimit: Int) {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = connectTimeout
        configuration.decompression = .enabled(limit: .size(answerLimit))
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .automatic
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.answerLimit = answerLimit
    }

    /// Closes the connections, with what is still asked.
    func close() async { try? await client.shutdown() }

    func post(_ body: ByteBuffer, to endpoint: Endpoint, timeout: TimeAmount) async -> Outcome {
        var request = HTTPClientRequest(url: endpoint.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(body)
        return await execute(request, timeout)
    }

    func get(_ path: String, from endpoint: Endpoint, timeout: TimeAmount) async -> Outcome {
        var request = HTTPClientRequest(url: endpoint.url(path))
        request.headers.add(name: "Accept", value: "application/json")
        return await execute(request, timeout)
    }

    private func execute(_ request: HTTPClientRequest, _ timeout: TimeAmount) async -> Outcome {
        do {
            let response = try await client.execute(request, deadline: .now() + timeout)
            let body = try await response.body.collect(upTo: answerLimit)
            let status = "HTTP status \(response.status.code)"
            switch response.status.code {
            case 200: return .answered(body)
            case 429, 503: return .later(Self.pause(response.headers), status)
            case 400, 404, 405, 501: return .absent(body)
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

    /// What `Retry-After` asks for in seconds (RFC 9110, section 10.2.3); dates are not understood.
    private static func pause(_ headers: HTTPHeaders) -> UInt64? {
        guard let text = headers.first(name: "Retry-After"), let seconds = UInt64(text) else { return nil }
        return min(seconds, 3_600) * 1_000_000_000
    }
}

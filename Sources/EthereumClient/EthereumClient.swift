public import JSONRPC
import NIOCore
import Spans
import Synchronization

/// Asks Ethereum nodes by JSON-RPC: several for the same chain, one in place of another when that fails.
///
/// What hashes commit to is checked against them, so that a node can withhold blocks, transactions and receipts and not
/// invent them. Which block is the head, safe or final is the node's word.
public final class EthereumClient: Sendable {
    /// How long and how much.
    public struct Settings: Sendable {
        /// For one request.
        public var requestTimeout: Duration = .seconds(15)
        /// For one answer, with all that is tried on all endpoints for it.
        public var patience: Duration = .seconds(60)
        /// Bytes of one answer.
        public var answerLimit = 256 << 20

        public init() {}
    }

    let transport: HTTPTransport
    private let authorization: (@Sendable () -> String)?
    private let asking: EndpointAsking
    private let endpoints: [Endpoint]
    private let settings: Settings
    private let nextID = Atomic<UInt64>(1)

    /// - Parameters:
    ///   - endpoints: of nodes of one chain, the preferred first; at least one.
    ///   - authorization: gives what each request says in its `Authorization` header; nil for nothing.
    ///   - tls: for endpoints of `https`; nil for what the system trusts.
    /// - Throws: `endpoint` where there is none.
    public convenience init(
        _ endpoints: [Endpoint], settings: Settings = Settings(), authorization: (@Sendable () -> String)? = nil,
        tls: ClientTLS? = nil
    ) throws(EthereumClientError) {
        let transport = HTTPTransport(connectTimeout: .seconds(5), answerLimit: settings.answerLimit, tls: tls)
        try self.init(endpoints, settings, authorization, transport)
    }

    private init(
        _ endpoints: [Endpoint], _ settings: Settings, _ authorization: (@Sendable () -> String)?,
        _ transport: HTTPTransport
    ) throws(EthereumClientError) {
        self.authorization = authorization
        self.transport = transport
        self.endpoints = endpoints
        self.settings = settings
        asking = try EndpointAsking(endpoints, settings)
    }

    /// The endpoints one by one, for what is not to be one's word alone: each answers within 5 s or not at all.
    ///
    /// They use the connections of this client, and are of no use once it is closed.
    public var separately: [EthereumClient] {
        var settings = settings
        settings.patience = min(settings.patience, .seconds(5))
        return endpoints.compactMap { try? EthereumClient([$0], settings, authorization, transport) }
    }

    /// Closes the connections; nothing may be asked afterwards.
    public func close() async { await transport.close() }

    /// The result of a method.
    ///
    /// - Parameters:
    ///   - parameters: writes the elements of the array of parameters.
    ///   - patience: for this answer, where it is another than in the settings.
    ///   - sizeMatters: whether an endpoint whose limit is exceeded is to be asked for less, so that this is `refused`;
    ///     otherwise it is asked again later.
    ///   - read: reads the result; where it throws, another endpoint is asked.
    /// - Throws: `refused` with the node's error; `unreachable` where no endpoint gives an answer that can be read.
    public func call<Result>(
        _ method: String, _ parameters: (inout JSONWriter) -> Void = { _ in }, patience: Duration? = nil,
        sizeMatters: Bool = false, read: (inout JSONReader) throws -> Result
    ) async throws(EthereumClientError) -> Result {
        let id = nextID.wrappingAdd(1, ordering: .relaxed).oldValue
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.number(Int64(truncatingIfNeeded: id))
        writer.key("method")
        writer.string(method)
        writer.key("params")
        writer.beginArray()
        parameters(&writer)
        writer.endArray()
        writer.endObject()
        let body = writer.buffer
        // Of the request that was sent last.
        var span: Span?
        return try await asking.ask(patience: patience, sizeMatters: sizeMatters) { (endpoint, timeout) async in
            span = Span.current.map { $0.request(method, to: endpoint) }
            let outcome = await self.transport.post(
                body, to: endpoint, authorization: self.authorization?(), headers: span?.headers ?? [],
                timeout: timeout)
            span?.note(outcome)
            return outcome
        } read: { (answer, isFound) throws(EthereumClientError) in
            defer { span?.end() }
            do throws(EthereumClientError) {
                return try Self.result(of: answer, id: Int64(truncatingIfNeeded: id), read)
            } catch {
                span?.note(error)
                // Some nodes answer errors of JSON-RPC with a status of their own.
                if case .malformed = error, !isFound { throw .malformed("no JSON-RPC answer") }
                throw error
            }
        }
    }

    private static func result<Result>(
        of answer: ByteBuffer, id: Int64, _ read: (inout JSONReader) throws -> Result
    ) throws(EthereumClientError) -> Result {
        do {
            return try answer.withUnsafeReadableBytes { bytes in
                var reader = JSONReader(bytes)
                var result: JSONReader?
                var failure: EthereumClientError?
                var hasID = false
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key {
                    case "result":
                        result = reader
                        try reader.skipValue()
                    case "error":
                        if try !reader.readNull() { failure = try self.failure(&reader) }
                    case "id": hasID = try reader.readRaw().elementsEqual("\(id)".utf8)
                    default: try reader.skipValue()
                    }
                }
                if let failure { throw failure }
                guard hasID else { throw EthereumClientError.malformed("an answer to another request") }
                guard var result else { throw EthereumClientError.malformed("neither a result nor an error") }
                return try read(&result)
            }
        } catch let error as EthereumClientError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
    }

    private static func failure(_ reader: inout JSONReader) throws(JSONError) -> EthereumClientError {
        var code = 0
        var message = ""
        var data: [UInt8]?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "code":
                let text = String(decoding: try reader.readNumber(), as: UTF8.self)
                code = Int(text) ?? 0
            case "message": message = String(try reader.readString().string.prefix(1_000))
            case "data":
                var ahead = reader
                data = try? ahead.readData()
                try reader.skipValue()
            default: try reader.skipValue()
            }
        }
        return .refused(code: code, message: message, data: data)
    }
}

import Foundation
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Testing

@testable import EthereumRPC

/// Payloads as the tests take them apart.
extension ExecutionPayload {
    init(_ object: [String: Any]) throws {
        self = try Array(text(object).utf8).withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            return try Self.read(&reader).payload
        }
    }

    func object() throws -> [String: Any] {
        var json = JSONWriter()
        write(to: &json)
        let value = try JSONSerialization.jsonObject(with: Data(json.buffer.readableBytesView))
        return try #require(value as? [String: Any])
    }

    /// The hash that the payload should state.
    func restated() throws -> Hash256 {
        let companions = Companions(blobHashes: [], parentBeaconBlockRoot: Hash256(), requests: [])
        do throws(MalformedPayload) {
            return try block(companions).header.hash
        } catch {
            let words = error.reason.split(separator: " ")
            return try Hash256(hex: String(words[4].dropLast()))
        }
    }
}

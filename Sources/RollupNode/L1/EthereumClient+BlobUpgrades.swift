import EthereumClient
import JSONRPC
import Primitives
import StateTransition

extension EthereumClient {
    /// When the parameters of L1's blobs change, as far as its endpoint tells (EIP-7910: the present fork, the next and the
    /// last one that is planned).
    ///
    /// - Returns: in ascending order of time; empty where the endpoint does not say, or there are no blobs.
    func blobUpgrades() async throws(EthereumClientError) -> [ChainConfiguration.BlobUpgrade] {
        do throws(EthereumClientError) {
            return try await call("eth_config") { reader in
                var found: [ChainConfiguration.BlobUpgrade] = []
                try reader.beginObject()
                while try reader.nextKey() != nil {
                    if try reader.readNull() { continue }
                    guard let upgrade = try reader.readBlobUpgrade() else { continue }
                    if !found.contains(upgrade) { found.append(upgrade) }
                }
                return found.sorted { $0.timestamp < $1.timestamp }
            }
        } catch {
            if case .refused = error { return [] }
            throw error
        }
    }
}

extension JSONReader {
    /// Reads one fork of `eth_config`; nil where it has no blobs.
    fileprivate mutating func readBlobUpgrade() throws -> ChainConfiguration.BlobUpgrade? {
        var timestamp: UInt64 = 0
        var parameters: BlobParameters?
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "activationTime": timestamp = try readUInt64()
            case "blobSchedule":
                if try readNull() { continue }
                guard let read = try readBlobParameters() else {
                    throw EthereumClientError.malformed("a blob schedule without baseFeeUpdateFraction")
                }
                parameters = read
            default: try skipValue()
            }
        }
        return parameters.map { ChainConfiguration.BlobUpgrade(timestamp: timestamp, parameters: $0) }
    }

    /// Reads the parameters of a fork (EIP-7840); nil where there is no fraction, or it is zero.
    mutating func readBlobParameters() throws(JSONError) -> BlobParameters? {
        var parameters = BlobParameters(target: 0, maximum: 0, baseFeeUpdateFraction: 0)
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "target": parameters.target = try readUInt64()
            case "max": parameters.maximum = try readUInt64()
            case "baseFeeUpdateFraction": parameters.baseFeeUpdateFraction = try readUInt64()
            default: try skipValue()
            }
        }
        return parameters.baseFeeUpdateFraction > 0 ? parameters : nil
    }
}

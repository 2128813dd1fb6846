import Cryptography
import JSONRPC
import NIOCore
public import Primitives
import Sequencing
import Synchronization

/// Asks consensus clients for blobs (ethereum/beacon-APIs); several for the same chain, one in place of another.
///
/// Each blob is checked against the versioned hash that it was asked for by.
public final class BeaconClient: Sendable {
    /// The times of a chain's slots.
    struct Slots: Sendable {
        /// Seconds since the Unix epoch.
        var genesisTime: UInt64
        var secondsPerSlot: UInt64

        /// The slot of a block with this timestamp; nil before the genesis.
        func slot(at timestamp: UInt64) -> UInt64? {
            timestamp >= genesisTime ? (timestamp - genesisTime) / secondsPerSlot : nil
        }
    }

    private let transport: HTTPTransport
    private let asking: EndpointAsking
    private let slots = Mutex<Slots?>(nil)
    private static let kzg = KZG(.mainnet())

    /// - Parameter endpoints: of consensus clients of one chain, the preferred first; at least one.
    /// - Throws: `endpoint` where there is none.
    public init(
        _ endpoints: [Endpoint], settings: EthereumClient.Settings = EthereumClient.Settings()
    ) throws(EthereumClientError) {
        transport = HTTPTransport(connectTimeout: .seconds(5), answerLimit: settings.answerLimit)
        asking = try EndpointAsking(endpoints, settings)
    }

    /// Closes the connections; nothing may be asked afterwards.
    public func close() async { await transport.close() }

    /// The blobs with these versioned hashes in the block of a timestamp, in the order of the hashes.
    ///
    /// - Returns: 131,072 bytes for each.
    /// - Throws: `notFound` where no endpoint has them all: they are kept for 18 days, or that block is in no chain of theirs.
    public func blobs(
        _ hashes: [Hash256], inBlockAt timestamp: UInt64
    ) async throws(EthereumClientError) -> [[UInt8]] {
        if hashes.isEmpty { return [] }
        let slots = try await knownSlots()
        guard let slot = slots.slot(at: timestamp) else {
            throw .notFound("a slot at \(timestamp), before the genesis of the beacon chain")
        }
        let list = hashes.map { "\($0)" }.joined(separator: ",")
        do throws(EthereumClientError) {
            return try await get("/eth/v1/beacon/blobs/\(slot)?versioned_hashes=\(list)") { reader in
                try Self.pick(hashes, from: try reader.readBlobs(), slot)
            }
        } catch {
            // Clients from before Fusaka have them with their proofs only.
            guard case .notFound = error else { throw error }
            return try await get("/eth/v1/beacon/blob_sidecars/\(slot)") { reader in
                try Self.pick(hashes, from: try reader.readSidecarBlobs(), slot)
            }
        }
    }

    /// The blobs of a list that have these versioned hashes.
    private static func pick(_ hashes: [Hash256], from blobs: [[UInt8]], _ slot: UInt64) throws -> [[UInt8]] {
        var found: [Hash256: [UInt8]] = [:]
        for blob in blobs where found.count < hashes.count {
            let commitment: [UInt8]
            do throws(KZGError) {
                commitment = try kzg.blobToCommitment(blob)
            } catch {
                throw EthereumClientError.unproven("a blob in slot \(slot) that is none: \(error)")
            }
            let hash = BlobSidecar.versionedHash(ofCommitment: commitment)
            if hashes.contains(hash) { found[hash] = blob }
        }
        return try hashes.map { hash in
            guard let blob = found[hash] else { throw EthereumClientError.notFound("blob \(hash) in slot \(slot)") }
            return blob
        }
    }

    private func knownSlots() async throws(EthereumClientError) -> Slots {
        if let known = slots.withLock({ $0 }) { return known }
        let genesisTime = try await get("/eth/v1/beacon/genesis") { reader in
            try reader.readDecimal(of: "genesis_time")
        }
        let secondsPerSlot = try await get("/eth/v1/config/spec") { reader in
            try reader.readDecimal(of: "SECONDS_PER_SLOT")
        }
        guard secondsPerSlot > 0 else { throw .malformed("slots of 0 seconds") }
        let found = Slots(genesisTime: genesisTime, secondsPerSlot: secondsPerSlot)
        slots.withLock { $0 = found }
        return found
    }

    /// - Parameter read: reads the value of `data`.
    private func get<Result>(
        _ path: String, read: (inout JSONReader) throws -> Result
    ) async throws(EthereumClientError) -> Result {
        try await asking.ask { (endpoint, timeout) async in
            await self.transport.get(path, from: endpoint, timeout: timeout)
        } read: { (answer, isFound) throws(EthereumClientError) in
            guard isFound else { throw .notFound(String(path.prefix { $0 != "?" })) }
            do {
                return try answer.withUnsafeReadableBytes { bytes in
                    var reader = JSONReader(bytes)
                    try reader.beginObject()
                    while let key = try reader.nextKey() {
                        if key == "data" { return try read(&reader) }
                        try reader.skipValue()
                    }
                    throw EthereumClientError.malformed("an answer without data")
                }
            } catch let error as EthereumClientError {
                throw error
            } catch {
                throw .malformed("\(error)")
            }
        }
    }
}

import Blockchain
import JSONRPC
import Primitives
import Sequencing

/// `engine_getBlobsV1` to `engine_getBlobsV3`: blobs of transactions in the pool or lately included.
struct EngineBlobs: Sendable {
    private let chain: Chain
    private let versions: EngineVersions

    /// Blobs that one call may ask for.
    static let limit = 128

    init(_ context: NodeContext) {
        chain = context.chain
        versions = EngineVersions(configuration: context.chain.configuration)
    }

    func add(to methods: inout Methods) {
        methods.add("engine_getBlobsV1") { [self] call, json throws(RPCError) in
            let hashes = try Self.hashes(&call.parameters)
            guard try !isPastOsaka() else { throw EngineError.unsupportedFork("engine_getBlobsV1 ends at Osaka") }
            json.array(find(hashes, .blobProofs)) { Self.write($1, to: &$0) }
        }
        methods.add("engine_getBlobsV2") { [self] call, json throws(RPCError) in
            let blobs = find(try Self.hashes(&call.parameters), .cellProofs)
            if blobs.contains(where: { $0 == nil }) { return json.null() }
            json.array(blobs) { Self.write($1, to: &$0) }
        }
        methods.add("engine_getBlobsV3") { [self] call, json throws(RPCError) in
            json.array(find(try Self.hashes(&call.parameters), .cellProofs)) { Self.write($1, to: &$0) }
        }
    }

    private static func hashes(_ parameters: inout Parameters) throws(RPCError) -> [Hash256] {
        let hashes = try parameters.required { reader throws(JSONError) in
            try reader.readArray { reader throws(JSONError) in try reader.readHash() }
        }
        try parameters.finish()
        guard hashes.count <= limit else {
            throw EngineError.tooLargeRequest("\(hashes.count) blobs, at most \(limit)")
        }
        return hashes
    }

    private func isPastOsaka() throws(RPCError) -> Bool {
        do throws(ChainError) {
            return try versions.isOsaka(chain.view().headHeader)
        } catch { throw .internalError(error.message) }
    }

    /// The blobs that have proofs of that kind, nil for the others.
    private func find(_ hashes: [Hash256], _ version: BlobSidecar.Version) -> [PooledBlob?] {
        chain.pool.withPool { pool in
            hashes.map { hash in
                guard let blob = pool.blob(hash), blob.version == version else { return nil }
                return blob
            }
        }
    }

    /// Writes a BlobAndProof V1 or V2, or null.
    private static func write(_ blob: PooledBlob?, to json: inout JSONWriter) {
        guard let blob else { return json.null() }
        json.beginObject()
        json.key("blob")
        json.data(blob.blob)
        switch blob.version {
        case .blobProofs:
            json.key("proof")
            json.data(blob.proofs.first ?? [])
        case .cellProofs:
            json.key("proofs")
            json.array(blob.proofs) { $0.data($1) }
        }
        json.endObject()
    }
}

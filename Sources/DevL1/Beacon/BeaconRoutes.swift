import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage

/// The part of the beacon API that rollup software reads (ethereum/beacon-APIs): times, headers, blobs.
struct BeaconRoutes: Sendable {
    let chain: Chain
    let blobs: BlobArchive
    let clientVersion: String

    var all: [HTTPRoute] {
        [HTTPRoute("/eth/", needsAuthorisation: false) { request in answer(request) }]
    }

    private func answer(_ request: HTTPRequest) -> HTTPAnswer {
        let query = BeaconQuery(request.query)
        let path = request.path.split(separator: "/").map(String.init)
        do throws(BeaconError) {
            switch (path.dropFirst(2).first, path.dropFirst(3).first, path.count) {
            case ("node", "version", 4):
                return .data { json in
                    json.beginObject()
                    json.key("version")
                    json.string(clientVersion)
                    json.endObject()
                }
            case ("node", "health", 4): return HTTPAnswer(text: "")
            case ("node", "syncing", 4): return try syncing()
            case ("node", "identity", 4): return identity()
            case ("config", "spec", 4): return specification()
            case ("config", "fork_schedule", 4): return schedule()
            case ("config", "deposit_contract", 4): return depositContract()
            case ("beacon", "genesis", 4): return try genesis()
            case ("beacon", "headers", 4): return try headers(query)
            case ("beacon", "headers", 5): return try header(path[4])
            case ("beacon", "blob_sidecars", 5): return try sidecars(path[4], query, request)
            case ("beacon", "blobs", 5): return try blobs(path[4], query)
            default: throw BeaconError(404, "no such endpoint: \(request.path.prefix(200))")
            }
        } catch {
            return error.answer
        }
    }

    // MARK: Node and configuration

    private func syncing() throws(BeaconError) -> HTTPAnswer {
        let blocks = try BeaconBlocks(chain)
        let slot = blocks.slot(try blocks.header(blocks.view.head))
        return .data { json in
            json.beginObject()
            json.decimal("head_slot", slot)
            json.decimal("sync_distance", 0)
            for (key, value) in [("is_syncing", false), ("is_optimistic", false), ("el_offline", false)] {
                json.key(key)
                json.boolean(value)
            }
            json.endObject()
        }
    }

    private func genesis() throws(BeaconError) -> HTTPAnswer {
        let time = try BeaconBlocks(chain).genesisTime
        return .data { json in
            json.beginObject()
            json.decimal("genesis_time", time)
            json.key("genesis_validators_root")
            json.data(Hash256())
            json.key("genesis_fork_version")
            json.data([0, 0, 0, 0])
            json.endObject()
        }
    }

    private func specification() -> HTTPAnswer {
        let blobs = chain.configuration.blobParameters(timestamp: .max)
        let chainID = chain.configuration.chainID
        return .data { json in
            json.beginObject()
            json.key("PRESET_BASE")
            json.string("mainnet")
            json.key("CONFIG_NAME")
            json.string("mayfly")
            json.decimal("SECONDS_PER_SLOT", BeaconBlocks.secondsPerSlot)
            json.decimal("SLOT_DURATION_MS", BeaconBlocks.secondsPerSlot * 1_000)
            json.decimal("SLOTS_PER_EPOCH", BeaconBlocks.slotsPerEpoch)
            json.decimal("MAX_BLOBS_PER_BLOCK", blobs?.maximum ?? 0)
            json.decimal("MAX_BLOBS_PER_BLOCK_ELECTRA", blobs?.maximum ?? 0)
            json.decimal("FIELD_ELEMENTS_PER_BLOB", 4_096)
            json.key("GENESIS_FORK_VERSION")
            json.data(Self.version(0))
            for (index, fork) in Self.forks.enumerated() {
                json.key("\(fork)_FORK_VERSION")
                json.data(Self.version(index + 1))
                json.decimal("\(fork)_FORK_EPOCH", 0)
            }
            json.decimal("DEPOSIT_CHAIN_ID", chainID)
            json.decimal("DEPOSIT_NETWORK_ID", chainID)
            json.key("DEPOSIT_CONTRACT_ADDRESS")
            json.data(chain.configuration.depositContract)
            json.endObject()
        }
    }

    /// The forks of the consensus, all of which hold from the first epoch on.
    private static let forks = ["ALTAIR", "BELLATRIX", "CAPELLA", "DENEB", "ELECTRA", "FULU"]

    private static func version(_ fork: Int) -> [UInt8] { [UInt8(clamping: fork), 0, 0, 0] }

    private func schedule() -> HTTPAnswer {
        .data { json in
            json.beginArray()
            for fork in 0...Self.forks.count {
                json.beginObject()
                json.key("previous_version")
                json.data(Self.version(max(0, fork - 1)))
                json.key("current_version")
                json.data(Self.version(fork))
                json.decimal("epoch", 0)
                json.endObject()
            }
            json.endArray()
        }
    }

    private func depositContract() -> HTTPAnswer {
        .data { json in
            json.beginObject()
            json.decimal("chain_id", chain.configuration.chainID)
            json.key("address")
            json.data(chain.configuration.depositContract)
            json.endObject()
        }
    }

    /// It has no peers, so that nobody could find it by an identity.
    private func identity() -> HTTPAnswer {
        .data { json in
            json.beginObject()
            for key in ["peer_id", "enr"] {
                json.key(key)
                json.string("")
            }
            for key in ["p2p_addresses", "discovery_addresses"] {
                json.key(key)
                json.beginArray()
                json.endArray()
            }
            json.key("metadata")
            json.beginObject()
            json.decimal("seq_number", 0)
            json.key("attnets")
            json.data([UInt8](repeating: 0, count: 8))
            json.key("syncnets")
            json.data([0])
            json.decimal("custody_group_count", 0)
            json.endObject()
            json.endObject()
        }
    }

    // MARK: Headers

    private func headers(_ query: BeaconQuery) throws(BeaconError) -> HTTPAnswer {
        let blocks = try BeaconBlocks(chain)
        var block = blocks.view.head
        if let slot = query.first("slot") {
            block = try blocks.find(slot)
        } else if let root = query.first("parent_root") {
            let parent = try blocks.find(root)
            let child = try BeaconBlocks.reading { () throws(ChainError) in
                try blocks.view.reference(.number(parent.number &+ 1))
            }
            guard let child else { throw BeaconError(404, "no block has that parent") }
            block = child
        }
        let header = try blocks.header(block)
        return .data(isFinal: blocks.isFinal(block)) { json in
            json.beginArray()
            json.beaconHeader(header, block, slot: blocks.slot(header))
            json.endArray()
        }
    }

    private func header(_ identifier: String) throws(BeaconError) -> HTTPAnswer {
        let blocks = try BeaconBlocks(chain)
        let block = try blocks.find(identifier)
        let header = try blocks.header(block)
        return .data(isFinal: blocks.isFinal(block)) { json in
            json.beaconHeader(header, block, slot: blocks.slot(header))
        }
    }

    // MARK: Blobs

    private func kept(_ blocks: BeaconBlocks, _ block: BlockReference) throws(BeaconError) -> [KeptBlob] {
        let count = try blocks.blobHashes(block).count
        guard let kept = blobs.blobs(of: block, count: count) else {
            throw BeaconError(404, "the blobs of block \(block.number) are not kept any more")
        }
        return kept
    }

    /// The proof of inclusion in a beacon block is all zeros: there is no such block.
    private func sidecars(
        _ identifier: String, _ query: BeaconQuery, _ request: HTTPRequest
    ) throws(BeaconError) -> HTTPAnswer {
        let blocks = try BeaconBlocks(chain)
        let block = try blocks.find(identifier)
        let header = try blocks.header(block)
        let kept = try kept(blocks, block)
        var wanted: Set<Int> = []
        for text in query.all("indices") {
            guard let index = Int(text), index >= 0 else {
                throw BeaconError(400, "invalid index: \(text.prefix(100))")
            }
            if index < kept.count { wanted.insert(index) }
        }
        // Each once, whoever asks how often.
        let indices = query.all("indices").isEmpty ? Array(kept.indices) : wanted.sorted()
        guard let proofs = blobs.proofs(of: block, kept, isWanted: { !request.isCancelled }) else {
            throw BeaconError(503, "computing the proofs took too long")
        }
        return .data(isFinal: blocks.isFinal(block)) { json in
            json.beginArray()
            for index in indices {
                json.beginObject()
                json.decimal("index", UInt64(index))
                json.key("blob")
                json.data(kept[index].blob)
                json.key("kzg_commitment")
                json.data(kept[index].commitment)
                json.key("kzg_proof")
                json.data(proofs[index])
                json.key("signed_block_header")
                json.signedHeader(header, slot: blocks.slot(header))
                json.key("kzg_commitment_inclusion_proof")
                json.beginArray()
                for _ in 0..<17 { json.data(Hash256()) }
                json.endArray()
                json.endObject()
            }
            json.endArray()
        }
    }

    private func blobs(_ identifier: String, _ query: BeaconQuery) throws(BeaconError) -> HTTPAnswer {
        let blocks = try BeaconBlocks(chain)
        let block = try blocks.find(identifier)
        var kept = try kept(blocks, block)
        var wanted: Set<Hash256> = []
        for text in query.all("versioned_hashes") {
            guard let hash = try? Hash256(hex: text) else {
                throw BeaconError(400, "invalid versioned hash: \(text.prefix(100))")
            }
            wanted.insert(hash)
        }
        if !wanted.isEmpty { kept.removeAll { !wanted.contains($0.versionedHash) } }
        return .data(isFinal: blocks.isFinal(block)) { json in
            json.beginArray()
            for blob in kept { json.data(blob.blob) }
            json.endArray()
        }
    }
}

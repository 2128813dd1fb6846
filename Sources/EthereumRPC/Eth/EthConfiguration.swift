import Storage
import Blockchain
import EVM
import JSONRPC
import Primitives
import StateTransition

/// `eth_config`: the rules that hold, the next ones, and the last that are known of (EIP-7910).
struct EthConfiguration: Sendable {
    let context: NodeContext

    private static let precompiles: [(name: StaticString, address: UInt64, since: Revision)] = [
        ("BLAKE2F", 0x09, .istanbul), ("BLS12_G1ADD", 0x0B, .prague), ("BLS12_G1MSM", 0x0C, .prague),
        ("BLS12_G2ADD", 0x0D, .prague), ("BLS12_G2MSM", 0x0E, .prague), ("BLS12_MAP_FP2_TO_G2", 0x11, .prague),
        ("BLS12_MAP_FP_TO_G1", 0x10, .prague), ("BLS12_PAIRING_CHECK", 0x0F, .prague),
        ("BN254_ADD", 0x06, .byzantium), ("BN254_MUL", 0x07, .byzantium), ("BN254_PAIRING", 0x08, .byzantium),
        ("ECREC", 0x01, .frontier), ("ID", 0x04, .frontier), ("KZG_POINT_EVALUATION", 0x0A, .cancun),
        ("MODEXP", 0x05, .byzantium), ("P256VERIFY", 0x100, .osaka), ("RIPEMD160", 0x03, .frontier),
        ("SHA256", 0x02, .frontier),
    ]

    func add(to methods: inout Methods) {
        methods.add("eth_config") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            let view = try context.view()
            let (header, genesis) = try asking { () throws(ChainError) in
                (try view.headHeader, try view.header(view.genesis))
            }
            let configuration = view.configuration
            var times = configuration.blobUpgrades.map { $0.timestamp }
            for upgrade in configuration.upgrades {
                if case .timestamp(let timestamp) = upgrade.activation { times.append(timestamp) }
            }
            let identifier = ForkIdentifier(
                configuration, genesis: view.genesis.hash, genesisTime: genesis?.timestamp ?? 0)
            let future = times.filter { $0 > header.timestamp }
            json.beginObject()
            json.key("current")
            let current = times.filter { $0 <= header.timestamp }.max() ?? 0
            write(current, at: header, configuration, identifier, to: &json)
            json.key("next")
            if let next = future.min() {
                write(next, at: header, configuration, identifier, to: &json)
            } else {
                json.null()
            }
            json.key("last")
            if let last = future.max() {
                write(last, at: header, configuration, identifier, to: &json)
            } else {
                json.null()
            }
            json.endObject()
        }
    }

    private func write(
        _ activation: UInt64, at head: BlockHeader, _ configuration: ChainConfiguration,
        _ identifier: ForkIdentifier, to json: inout JSONWriter
    ) {
        let revision = configuration.revision(number: head.number, timestamp: activation)
        json.beginObject()
        json.key("activationTime")
        json.number(Int64(clamping: activation))
        json.key("blobSchedule")
        if let blobs = configuration.blobParameters(timestamp: activation) {
            json.beginObject()
            json.key("baseFeeUpdateFraction")
            json.number(Int64(clamping: blobs.baseFeeUpdateFraction))
            json.key("max")
            json.number(Int64(clamping: blobs.maximum))
            json.key("target")
            json.number(Int64(clamping: blobs.target))
            json.endObject()
        } else {
            json.null()
        }
        json.member("chainId", configuration.chainID)
        json.key("forkId")
        let hash = identifier.hash(number: head.number, timestamp: activation)
        withUnsafeBytes(of: hash.bigEndian) { json.data($0) }
        json.key("precompiles")
        json.beginObject()
        for precompile in Self.precompiles where precompile.since <= revision {
            json.member(precompile.name, Address(truncating: UInt256(precompile.address)))
        }
        json.endObject()
        json.key("systemContracts")
        json.beginObject()
        if revision >= .cancun { json.member("BEACON_ROOTS_ADDRESS", SystemContract.beaconRoots) }
        if revision >= .prague {
            json.member("CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS", SystemContract.consolidationRequests)
            json.member("DEPOSIT_CONTRACT_ADDRESS", configuration.depositContract)
            json.member("HISTORY_STORAGE_ADDRESS", SystemContract.blockHashes)
            json.member("WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS", SystemContract.withdrawalRequests)
        }
        json.endObject()
        json.endObject()
    }
}

import EVM
import JSONRPC
import Primitives
import StateTransition

/// Which version of a method goes with which time, and what each version has (Engine API, Paris to Osaka).
struct EngineVersions: Sendable {
    let configuration: ChainConfiguration

    private func revision(_ number: UInt64, _ timestamp: UInt64) -> Revision {
        configuration.revision(number: number, timestamp: timestamp)
    }

    private func isIsthmus(_ timestamp: UInt64) -> Bool {
        configuration.opStack.map { $0.upgrade(timestamp: timestamp) >= .isthmus } ?? false
    }

    // MARK: engine_newPayload

    /// Checks that payload and companions are what version `version` of `engine_newPayload` takes.
    func check(
        _ payload: ExecutionPayload, _ companions: ExecutionPayload.Companions, version: Int
    ) throws(RPCError) {
        let revision = revision(payload.number, payload.timestamp)
        if version < 3 {
            guard payload.blobGasUsed == nil, payload.excessBlobGas == nil else {
                throw EngineError.invalidParameters("blobGasUsed and excessBlobGas are of ExecutionPayloadV3")
            }
        }
        guard payload.withdrawalsRoot == nil || (version == 4 && isIsthmus(payload.timestamp)) else {
            throw EngineError.invalidParameters("withdrawalsRoot is of a rollup's payloads from Isthmus on")
        }
        switch version {
        case 1:
            guard payload.withdrawals == nil else {
                throw EngineError.invalidParameters("withdrawals are of ExecutionPayloadV2")
            }
        case 2:
            guard revision < .cancun else { throw EngineError.unsupportedFork("engine_newPayloadV2 ends at Cancun") }
            guard (payload.withdrawals != nil) == (revision >= .shanghai) else {
                throw EngineError.invalidParameters("withdrawals come with Shanghai, no earlier and no later")
            }
        default: try checkFields(payload, companions, version: version, revision)
        }
    }

    private func checkFields(
        _ payload: ExecutionPayload, _ companions: ExecutionPayload.Companions, version: Int, _ revision: Revision
    ) throws(RPCError) {
        guard payload.withdrawals != nil else { throw EngineError.invalidParameters("withdrawals are missing") }
        guard payload.blobGasUsed != nil else { throw EngineError.invalidParameters("blobGasUsed is missing") }
        guard payload.excessBlobGas != nil else { throw EngineError.invalidParameters("excessBlobGas is missing") }
        guard companions.blobHashes != nil else {
            throw EngineError.invalidParameters("expectedBlobVersionedHashes are missing")
        }
        guard companions.parentBeaconBlockRoot != nil else {
            throw EngineError.invalidParameters("parentBeaconBlockRoot is missing")
        }
        if version == 3 {
            guard revision == .cancun else { throw EngineError.unsupportedFork("engine_newPayloadV3 is of Cancun") }
            return
        }
        guard let requests = companions.requests else {
            throw EngineError.invalidParameters("executionRequests are missing")
        }
        if let refusal = ExecutionRequests.refusal(of: requests) { throw EngineError.invalidParameters(refusal) }
        guard revision >= .prague else {
            throw EngineError.unsupportedFork("engine_newPayloadV4 is of Prague and Osaka")
        }
        if isIsthmus(payload.timestamp), payload.withdrawalsRoot == nil {
            throw EngineError.invalidParameters("withdrawalsRoot is missing")
        }
    }

    // MARK: engine_forkchoiceUpdated

    /// Checks that attributes are what version `version` of `engine_forkchoiceUpdated` takes.
    func check(_ attributes: PayloadAttributes, after head: BlockHeader, version: Int) throws(RPCError) {
        let revision = revision(head.number &+ 1, attributes.timestamp)
        switch version {
        case 1:
            guard attributes.withdrawals == nil, attributes.parentBeaconBlockRoot == nil else {
                throw EngineError.invalidPayloadAttributes(
                    "withdrawals and parentBeaconBlockRoot are of later versions")
            }
            guard revision < .shanghai else {
                throw EngineError.unsupportedFork("engine_forkchoiceUpdatedV1 ends at Shanghai")
            }
        case 2:
            guard attributes.parentBeaconBlockRoot == nil else {
                throw EngineError.invalidPayloadAttributes("parentBeaconBlockRoot is of PayloadAttributesV3")
            }
            guard revision < .cancun else {
                throw EngineError.unsupportedFork("engine_forkchoiceUpdatedV2 ends at Cancun")
            }
            guard (attributes.withdrawals != nil) == (revision >= .shanghai) else {
                throw EngineError.invalidPayloadAttributes("withdrawals come with Shanghai, no earlier and no later")
            }
        default:
            guard attributes.withdrawals != nil else {
                throw EngineError.invalidPayloadAttributes("withdrawals are missing")
            }
            guard attributes.parentBeaconBlockRoot != nil else {
                throw EngineError.invalidPayloadAttributes("parentBeaconBlockRoot is missing")
            }
            guard revision >= .cancun else {
                throw EngineError.unsupportedFork("engine_forkchoiceUpdatedV3 begins with Cancun")
            }
        }
        if configuration.opStack != nil, attributes.gasLimit == nil {
            throw EngineError.invalidPayloadAttributes("gasLimit is missing")
        }
    }

    // MARK: engine_getPayload

    /// Checks that version `version` of `engine_getPayload` gives blocks of that time.
    func checkPayload(number: UInt64, timestamp: UInt64, version: Int) throws(RPCError) {
        let revision = revision(number, timestamp)
        let isSupported =
            switch version {
            case 1: revision < .shanghai
            case 2: revision < .cancun
            case 3: revision == .cancun
            case 4: revision == .prague
            default: revision >= .osaka
            }
        guard isSupported else {
            throw EngineError.unsupportedFork("engine_getPayloadV\(version) gives no payloads of \(revision)")
        }
    }

    /// Whether the rules of Osaka hold for a block.
    func isOsaka(_ header: BlockHeader) -> Bool { revision(header.number, header.timestamp) >= .osaka }
}

public import Derivation
import Foundation
import Primitives
import StateTransition

/// A rollup's configuration as OP Stack software reads it: `rollup.json`.
public struct RollupFile: Equatable, Sendable {
    public var configuration: RollupConfiguration

    public init(_ configuration: RollupConfiguration) { self.configuration = configuration }

    /// The text, the same for the same configuration.
    public var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        // Numbers and strings only: nothing in it that could not be encoded.
        guard let data = try? encoder.encode(Fields(configuration)) else { return "" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// Reads the text.
    ///
    /// - Throws: `ManifestError` naming the key that is missing or wrong.
    public init(text: String) throws(ManifestError) {
        do {
            let fields = try JSONDecoder().decode(Fields.self, from: Data(text.utf8))
            configuration = try fields.configuration
        } catch let error as ManifestError {
            throw error
        } catch DecodingError.keyNotFound(let key, let context) {
            throw ManifestError(Self.path(context.codingPath + [key]), "it is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw ManifestError(Self.path(context.codingPath), "a value of another type")
        } catch DecodingError.dataCorrupted(let context) {
            throw ManifestError(
                Self.path(context.codingPath), context.codingPath.isEmpty ? "no JSON" : "no such number")
        } catch {
            throw ManifestError("", "it cannot be read")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { $0.stringValue }.joined(separator: ".")
    }
}

extension RollupFile {
    /// The members that matter to derivation, by their names in the file.
    struct Fields: Codable {
        struct Block: Codable {
            var hash: String
            var number: UInt64
        }

        struct System: Codable {
            var batcherAddr: String
            var overhead: String?
            var scalar: String
            var gasLimit: UInt64
            var eip1559Params: String?
            var operatorFeeParams: String?
            var minBaseFee: UInt64?
            var daFootprintGasScalar: UInt16?
        }

        struct Genesis: Codable {
            var l1: Block
            var l2: Block
            var l2_time: UInt64
            var system_config: System
        }

        struct Fees: Codable {
            var eip1559Elasticity: UInt64
            var eip1559Denominator: UInt64
            var eip1559DenominatorCanyon: UInt64
        }

        /// What other software does not know.
        struct Mayfly: Codable {
            /// The contract that ends the rollup.
            var lifecycle: String?
        }

        struct AltDA: Codable {
            var da_challenge_contract_address: String?
            var da_commitment_type: String?
            var da_challenge_window: UInt64?
            var da_resolve_window: UInt64?
        }

        var genesis: Genesis
        var block_time: UInt64
        var max_sequencer_drift: UInt64
        var seq_window_size: UInt64
        var channel_timeout: UInt64
        var l1_chain_id: UInt64
        var l2_chain_id: UInt64
        var regolith_time: UInt64? = 0
        var canyon_time: UInt64? = 0
        var delta_time: UInt64? = 0
        var ecotone_time: UInt64? = 0
        var fjord_time: UInt64? = 0
        var granite_time: UInt64? = 0
        var holocene_time: UInt64? = 0
        var isthmus_time: UInt64? = 0
        var jovian_time: UInt64? = 0
        var batch_inbox_address: String
        var deposit_contract_address: String
        var l1_system_config_address: String
        var chain_op_config: Fees?
        var alt_da: AltDA?
        var mayfly: Mayfly?
    }
}

extension RollupFile.Fields {
    init(_ configuration: RollupConfiguration) {
        let system = configuration.genesis.systemConfig
        let scalars = UInt256(
            limbs: UInt64(system.blobBaseFeeScalar) << 32 | UInt64(system.baseFeeScalar), 0, 0, 1 << 56)
        let operatorFee = UInt256(limbs: system.operatorFeeConstant, UInt64(system.operatorFeeScalar), 0, 0)
        genesis = Genesis(
            l1: Block(configuration.genesis.l1), l2: Block(configuration.genesis.l2),
            l2_time: configuration.genesis.l2Time,
            system_config: System(
                batcherAddr: "\(system.batcher)", overhead: "\(Hash256())", scalar: "\(Hash256(scalars))",
                gasLimit: system.gasLimit, eip1559Params: Hex.encode(system.eip1559Parameters),
                operatorFeeParams: "\(Hash256(operatorFee))", minBaseFee: system.minimumBaseFee,
                daFootprintGasScalar: system.footprintGasScalar))
        block_time = configuration.blockTime
        max_sequencer_drift = ProtocolConstant.sequencerDrift
        seq_window_size = configuration.sequencingWindow
        channel_timeout = ProtocolConstant.channelTimeout
        l1_chain_id = configuration.l1ChainID
        l2_chain_id = configuration.l2ChainID
        batch_inbox_address = "\(configuration.batchInbox)"
        deposit_contract_address = "\(configuration.depositContract)"
        l1_system_config_address = "\(configuration.systemConfigContract)"
        chain_op_config = Fees(
            eip1559Elasticity: UInt64(system.eip1559Elasticity), eip1559Denominator: UInt64(system.eip1559Denominator),
            eip1559DenominatorCanyon: UInt64(system.eip1559Denominator))
        if let lifecycle = configuration.lifecycleContract { mayfly = Mayfly(lifecycle: "\(lifecycle)") }
        if configuration.allowsAltDA {
            alt_da = AltDA(
                da_challenge_contract_address: "\(Address())", da_commitment_type: "GenericCommitment",
                da_challenge_window: 0, da_resolve_window: 0)
        }
    }

    var configuration: RollupConfiguration {
        get throws(ManifestError) {
            for (name, time) in [
                ("regolith", regolith_time), ("canyon", canyon_time), ("delta", delta_time), ("ecotone", ecotone_time),
                ("fjord", fjord_time), ("granite", granite_time), ("holocene", holocene_time),
                ("isthmus", isthmus_time), ("jovian", jovian_time),
            ] where time == nil || time ?? 0 > genesis.l2_time {
                throw ManifestError("\(name)_time", "0: Mayfly derives rollups that have had Jovian from the start")
            }
            var system = SystemConfig(
                batcher: try Self.address(genesis.system_config.batcherAddr, "genesis.system_config.batcherAddr"),
                gasLimit: genesis.system_config.gasLimit)
            guard system.setFeeScalars(try Self.word(genesis.system_config.scalar, "genesis.system_config.scalar"))
            else { throw ManifestError("genesis.system_config.scalar", "a word of version 0 or 1") }
            if let text = genesis.system_config.eip1559Params {
                guard let bytes = try? Hex.decode(text), bytes.count == 8 else {
                    throw ManifestError("genesis.system_config.eip1559Params", "8 bytes in hex digits")
                }
                let value = bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
                system.eip1559Denominator = UInt32(truncatingIfNeeded: value >> 32)
                system.eip1559Elasticity = UInt32(truncatingIfNeeded: value)
            }
            if let text = genesis.system_config.operatorFeeParams {
                let word = UInt256(try Self.word(text, "genesis.system_config.operatorFeeParams"))
                system.operatorFeeConstant = word.limb0
                system.operatorFeeScalar = UInt32(truncatingIfNeeded: word.limb1)
            }
            system.minimumBaseFee = genesis.system_config.minBaseFee ?? 0
            system.footprintGasScalar = genesis.system_config.daFootprintGasScalar ?? 0
            let configuration = RollupConfiguration(
                genesis: RollupConfiguration.Genesis(
                    l1: try genesis.l1.id("genesis.l1.hash"), l2: try genesis.l2.id("genesis.l2.hash"),
                    l2Time: genesis.l2_time, systemConfig: system),
                blockTime: block_time, sequencingWindow: seq_window_size, l1ChainID: l1_chain_id,
                l2ChainID: l2_chain_id, batchInbox: try Self.address(batch_inbox_address, "batch_inbox_address"),
                depositContract: try Self.address(deposit_contract_address, "deposit_contract_address"),
                systemConfigContract: try Self.address(l1_system_config_address, "l1_system_config_address"),
                allowsAltDA: alt_da != nil,
                lifecycleContract: try mayfly?.lifecycle.map { (text) throws(ManifestError) in
                    try Self.address(text, "mayfly.lifecycle")
                })
            guard let configuration else { throw ManifestError("block_time", "at least 1") }
            return configuration
        }
    }

    private static func address(_ text: String, _ key: String) throws(ManifestError) -> Address {
        guard let address = try? Address(hex: text) else { throw ManifestError(key, "an address of 40 hex digits") }
        return address
    }

    fileprivate static func word(_ text: String, _ key: String) throws(ManifestError) -> Hash256 {
        guard let word = try? Hash256(hex: text) else { throw ManifestError(key, "32 bytes in hex digits") }
        return word
    }
}

extension RollupFile.Fields.Block {
    init(_ block: BlockID) {
        hash = "\(block.hash)"
        number = block.number
    }

    func id(_ key: String) throws(ManifestError) -> BlockID {
        BlockID(number: number, hash: try RollupFile.Fields.word(hash, key))
    }
}

import Foundation
import Primitives

extension RollupManifest {
    /// The manifest as a JSON document that names everything: the same text for the same manifest, which reads as an equal
    /// one.
    public var document: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Numbers, strings and maps of them: nothing in it that could not be encoded.
        guard let data = try? encoder.encode(Document(self)) else { return "" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private struct Document: Encodable {
        struct Account: Encodable {
            var nonce: UInt64
            var code: String
            var storage: [String: String]
        }

        private enum CodingKeys: String, CodingKey {
            case name, layers, lifetime, accounts, fees, allocations
            case chainID = "chain-id"
            case gasToken = "gas-token"
            case blockTime = "block-time"
            case subBlockTime = "sub-block-time"
            case gasLimit = "gas-limit"
            case sequencingWindow = "sequencing-window"
        }

        /// A word, or a mapping.
        enum LifetimeMember: Encodable {
            case permanent
            case ending(Ending)

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch self {
                case .permanent: try container.encode("permanent")
                case .ending(let members): try container.encode(members)
                }
            }
        }

        struct Ending: Encodable {
            private enum CodingKeys: String, CodingKey {
                case duration, until, budget
                case drainBlocks = "drain-blocks"
                case idleBlocks = "idle-blocks"
            }

            var duration: String?
            var until: String?
            var drainBlocks: UInt64
            var idleBlocks: UInt64
            /// Numbers as text: they may be larger than what readers of JSON take.
            var budget: [String: String]?

            init(_ ending: RollupManifest.Ending) {
                drainBlocks = ending.drainBlocks
                idleBlocks = ending.idleBlocks
                guard let terms = ending.budget else { return }
                budget = ["wei": "\(terms.wei)", "wei-per-second": "\(terms.weiPerSecond)"]
                budget?["payee"] = terms.payee.map { "\($0)" }
            }
        }

        var name: String
        var chainID: UInt64
        var layers: [String: String]
        var gasToken: String
        var lifetime: LifetimeMember
        var blockTime: UInt64
        var subBlockTime: UInt64
        var gasLimit: UInt64
        var sequencingWindow: UInt64
        var accounts: [String: String]
        var fees: [String: UInt64]
        var allocations: [String: Account]

        init(_ manifest: RollupManifest) {
            name = manifest.name
            chainID = manifest.chainID
            layers = [
                "execution": manifest.execution.rawValue, "data-availability": manifest.dataAvailability.rawValue,
                "security": manifest.security.rawValue, "sequencing": manifest.sequencing.rawValue,
            ]
            gasToken = manifest.gasToken.rawValue
            var ending = Ending(manifest.ending)
            switch manifest.lifetime {
            case .permanent: lifetime = .permanent
            case .duration(let seconds):
                ending.duration = "\(seconds)s"
                lifetime = .ending(ending)
            case .until(let time):
                ending.until = LifetimeText.text(time)
                lifetime = .ending(ending)
            }
            blockTime = manifest.blockTime
            subBlockTime = manifest.subBlockTime
            gasLimit = manifest.gasLimit
            sequencingWindow = manifest.sequencingWindow
            let people = manifest.accounts
            accounts = [
                "owner": "\(people.owner)", "batcher": "\(people.batcher)", "sequencer": "\(people.sequencer)",
                "proposer": "\(people.proposer)", "fee-recipient": "\(people.feeRecipient)",
            ]
            let paid = manifest.fees
            fees = [
                "base-fee-denominator": UInt64(paid.baseFeeDenominator),
                "base-fee-elasticity": UInt64(paid.baseFeeElasticity), "minimum-base-fee": paid.minimumBaseFee,
                "base-fee-scalar": UInt64(paid.baseFeeScalar), "blob-base-fee-scalar": UInt64(paid.blobBaseFeeScalar),
                "operator-fee-scalar": UInt64(paid.operatorFeeScalar),
                "operator-fee-constant": paid.operatorFeeConstant,
                "data-footprint-gas-scalar": UInt64(paid.dataFootprintGasScalar),
            ]
            allocations = [:]
            for allocation in manifest.allocations {
                var storage: [String: String] = [:]
                for slot in allocation.storage { storage["\(Hash256(slot.key))"] = "\(Hash256(slot.value))" }
                allocations["\(allocation.address)"] = Account(
                    nonce: allocation.nonce, code: Hex.encode(allocation.code), storage: storage)
            }
        }
    }
}

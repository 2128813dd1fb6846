import Cryptography
import Derivation
import Foundation
import Primitives
import StateTransition
import Testing

@Suite(.enabled(if: OPStackVectors.isThere, "MAYFLY_VECTORS names no folder")) struct RecordedAttributesTests {
    @Test func recordedL1InfoIsDecoded() throws {
        for recorded in try OPStackVectors.constants().objects("l1_info_calldata") {
            let input = try recorded.bytes("calldata")
            let decoded = try recorded.object("decoded")
            let info = try #require(L1BlockInfo(decoding: input))
            #expect(info.encoded == input)
            #expect(info.number == (try decoded.number("number")))
            #expect(info.timestamp == (try decoded.number("time")))
            #expect(info.baseFee == UInt256(try decoded.number("base_fee")))
            #expect(info.hash.bytes == (try decoded.bytes("block_hash")))
            #expect(info.sequenceNumber == (try decoded.number("sequence_number")))
            #expect(info.batcher.bytes == (try decoded.bytes("batcher_address")))
            if info.form == .bedrock {
                #expect(info.feeOverhead == 0xBC)
                #expect(info.feeScalar == 0xA6FE0)
            } else {
                #expect(UInt64(info.baseFeeScalar) == (try decoded.number("base_fee_scalar")))
                #expect(UInt64(info.blobBaseFeeScalar) == (try decoded.number("blob_base_fee_scalar")))
                #expect(info.blobBaseFee == UInt256(try decoded.number("blob_base_fee")))
            }
            if info.form == .isthmus {
                #expect(UInt64(info.operatorFeeScalar) == (try decoded.number("operator_fee_scalar")))
                #expect(info.operatorFeeConstant == (try decoded.number("operator_fee_constant")))
            }
        }
    }

    @Test func recordedDepositLogsBecomeTheirTransactions() throws {
        for recorded in try OPStackVectors.constants().objects("deposit_logs") {
            let fields = try recorded.object("log")
            let topics = try #require(fields["topics"] as? [String]).map { try Hash256(hex: $0) }
            let log = Log(address: Address(), topics: topics, data: try fields.bytes("data"))
            let transaction = try DepositLog.transaction(
                log, l1Hash: try Hash256(hex: try recorded.text("l1_block_hash")),
                logIndex: try recorded.number("log_index"))
            #expect(transaction.encoded == (try recorded.bytes("deposit_tx")))
        }
    }

    /// The first transactions of recorded blocks are what `L1BlockInfo` makes of its own decoding.
    @Test(arguments: ["26207960", "26207962"]) func recordedAttributesAreMadeAgain(block: String) throws {
        let fixture = try OPStackVectors.object("kona-executor/block-\(block)/fixture.json")
        let payload = try fixture.object("executing_payload")
        let transactions = try #require(payload["transactions"] as? [String])
        let bytes = try Hex.decode(try #require(transactions.first))
        let transaction = try Transaction(decoding: bytes)
        let info = try #require(L1BlockInfo(decoding: transaction.input))
        #expect(info.form == .ecotone)
        #expect(info.transaction.encoded == bytes)
    }
}

@Suite struct DepositTests {
    private static func word(_ value: UInt64) -> [UInt8] { UInt256(value).bytes }

    private static func log(_ packed: [UInt8], padding: Int? = nil) -> Log {
        let padding = padding ?? (32 - packed.count % 32) % 32
        return Log(
            address: testConfiguration.depositContract,
            topics: [DepositLog.topic, Hash256(UInt256(0xA)), Hash256(UInt256(0xB)), Hash256()],
            data: word(32) + word(UInt64(packed.count)) + packed + [UInt8](repeating: 0, count: padding))
    }

    private static let packed = word(5) + word(6) + [0, 0, 0, 0, 0, 1, 0, 0] + [0] + [1, 2, 3]

    @Test func topicsAreHashesOfSignatures() {
        let deposit = Keccak256.hash(Array("TransactionDeposited(address,address,uint256,bytes)".utf8))
        #expect(DepositLog.topic == deposit)
        #expect(SystemConfig.updateTopic == Keccak256.hash(Array("ConfigUpdate(uint256,uint8,bytes)".utf8)))
    }

    @Test func sourceHashesAreThoseOfTheSpecification() throws {
        // Isthmus and Jovian, network upgrade transactions.
        let isthmus = DepositSource.upgrade(intent: Array("Isthmus: L1 Block Deployment".utf8))
        #expect(
            isthmus.hash.bytes
                == (try Hex.decode("0x3b2d0821ca2411ad5cd3595804d1213d15737188ae4cbd58aa19c821a6c211bf")))
    }

    @Test func depositsAreRead() throws {
        let transaction = try DepositLog.transaction(Self.log(Self.packed), l1Hash: Hash256(), logIndex: 3)
        #expect(transaction.deposit?.mint == 5)
        #expect(transaction.value == 6)
        #expect(transaction.gasLimit == 65_536)
        #expect(transaction.to == Address(truncating: 0xB))
        #expect(transaction.deposit?.from == Address(truncating: 0xA))
        #expect(transaction.input == [1, 2, 3])
        var creation = Self.packed
        creation[72] = 9
        #expect(try DepositLog.transaction(Self.log(creation), l1Hash: Hash256(), logIndex: 3).to == nil)
    }

    @Test func malformedDepositsAreErrors() {
        func error(_ log: Log) -> DepositLogError? {
            do {
                _ = try DepositLog.transaction(log, l1Hash: Hash256(), logIndex: 0)
                return nil
            } catch {
                return error
            }
        }
        var log = Self.log(Self.packed)
        log.topics[3] = Hash256(UInt256(1))
        #expect(error(log) == .unknownVersion)
        log.topics.removeLast()
        #expect(error(log) == .topics)
        #expect(error(Self.log(Array(Self.packed[..<72]))) == .data)
        #expect(error(Self.log(Self.packed, padding: 52)) == .data)
        #expect(error(Self.log(Self.packed, padding: 19)) == .data)
        log = Self.log(Self.packed)
        log.data[31] = 64
        #expect(error(log) == .data)
        log.data = []
        #expect(error(log) == .data)
    }

    @Test func logsAreCountedThroughTheBlock() throws {
        let other = Log(address: Address(), topics: [], data: [])
        func receipt(_ logs: [Log], success: Bool = true) -> Receipt {
            Receipt(kind: .dynamicFee, outcome: .status(success), cumulativeGasUsed: 0, bloom: LogsBloom(), logs: logs)
        }
        let deposit = Self.log(Self.packed)
        let hash = Hash256(UInt256(77))
        let transactions = try DepositLog.transactions(
            [receipt([other, deposit]), receipt([deposit], success: false), receipt([deposit])],
            contract: testConfiguration.depositContract, l1Hash: hash)
        #expect(
            transactions == [
                try DepositLog.transaction(deposit, l1Hash: hash, logIndex: 1).encoded,
                try DepositLog.transaction(deposit, l1Hash: hash, logIndex: 3).encoded,
            ])
    }
}

@Suite struct SystemConfigTests {
    private static func log(_ type: UInt64, _ words: [UInt256]) -> Log {
        let payload = words.flatMap(\.bytes)
        return Log(
            address: testConfiguration.systemConfigContract,
            topics: [SystemConfig.updateTopic, Hash256(), Hash256(UInt256(type))],
            data: UInt256(32).bytes + UInt256(payload.count).bytes + payload)
    }

    private static let start = SystemConfig(batcher: Address(truncating: 1), gasLimit: 30_000_000)

    @Test func updatesAreApplied() {
        var config = Self.start
        let logs = [
            Self.log(0, [0xABCD]), Self.log(1, [99, UInt256(limbs: 0x0000_0002_0000_0003, 0, 0, 1 << 56)]),
            Self.log(2, [60_000_000]), Self.log(3, [0xEF]), Self.log(4, [UInt256(250 << 32 | 6 as UInt64)]),
            Self.log(5, [UInt256(limbs: 17, 16, 0, 0)]), Self.log(6, [1_000]), Self.log(7, [500]),
        ]
        let understood = logs.map { config.apply($0) }
        #expect(understood.allSatisfy { $0 })
        #expect(
            config
                == SystemConfig(
                    batcher: Address(truncating: 0xABCD), gasLimit: 60_000_000, baseFeeScalar: 3,
                    blobBaseFeeScalar: 2, eip1559Denominator: 250, eip1559Elasticity: 6, operatorFeeScalar: 16,
                    operatorFeeConstant: 17, minimumBaseFee: 1_000, footprintGasScalar: 500,
                    unsafeBlockSigner: Address(truncating: 0xEF)))
        #expect(config.eip1559Parameters == [0, 0, 0, 250, 0, 0, 0, 6])
    }

    @Test func updatesNotUnderstoodChangeNothing() {
        var config = Self.start
        let wide = UInt256(limbs: 0, 0, 0, 1)
        var logs = [Self.log(7, [65_536]), Self.log(8, [1])]
        for type in [0, 2, 3, 4, 5, 6, 7] as [UInt64] {
            logs += [Self.log(type, [wide]), Self.log(type, [1, 1]), Self.log(type, [])]
        }
        let scalars = [
            UInt256(limbs: 0, 0, 0, 2 << 56), UInt256(limbs: 0, 1, 0, 1 << 56), UInt256(limbs: 1 << 32, 0, 0, 0),
        ]
        logs += scalars.map { Self.log(1, [0, $0]) }
        var version = Self.log(0, [1])
        version.topics[1] = Hash256(UInt256(1))
        logs.append(version)
        let understood = logs.map { config.apply($0) }
        #expect(!understood.contains(true))
        #expect(config == Self.start)
    }

    @Test func onlyTheContractsSuccessfulLogsCount() {
        var config = Self.start
        var foreign = Self.log(2, [1])
        foreign.address = Address()
        func receipt(_ log: Log, success: Bool) -> Receipt {
            Receipt(kind: .legacy, outcome: .status(success), cumulativeGasUsed: 0, bloom: LogsBloom(), logs: [log])
        }
        config.apply(
            [receipt(foreign, success: true), receipt(Self.log(2, [2]), success: false)],
            contract: testConfiguration.systemConfigContract)
        #expect(config == Self.start)
        config.apply([receipt(Self.log(2, [3]), success: true)], contract: testConfiguration.systemConfigContract)
        #expect(config.gasLimit == 3)
    }
}

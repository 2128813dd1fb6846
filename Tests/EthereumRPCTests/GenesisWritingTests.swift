import Blockchain
import EthereumRPC
import Foundation
import Primitives
import StateTransition
import Testing

@Suite struct GenesisWritingTests {
    static let vectors = ProcessInfo.processInfo.environment["MAYFLY_VECTORS"]

    private static let texts = [
        """
        {"config": {"chainId": 7, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0, "eip158Block": 0,
          "byzantiumBlock": 0, "constantinopleBlock": 0, "petersburgBlock": 0, "istanbulBlock": 0, "berlinBlock": 0,
          "londonBlock": 0, "terminalTotalDifficulty": 0, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 10,
          "osakaTime": 20, "bpo1Time": 30,
          "blobSchedule": {"bpo1": {"target": 10, "max": 15, "baseFeeUpdateFraction": 8346193}}},
         "gasLimit": "30000000", "difficulty": "0x0", "extraData": "0xabcd",
         "alloc": {"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266": {"balance": "1000000000000000000000000"},
          "000000000000000000000000000000000000aaaa": {"balance": "0x0", "nonce": "1", "code": "0x6001",
            "storage": {"0x1": "0x02"}}}}
        """,
        """
        {"config": {"chainId": 901, "regolithTime": 0, "canyonTime": 0, "ecotoneTime": 0, "fjordTime": 0,
          "graniteTime": 0, "holoceneTime": 0, "isthmusTime": 0, "jovianTime": 7,
          "optimism": {"eip1559Elasticity": 4, "eip1559Denominator": 50, "eip1559DenominatorCanyon": 200}},
         "gasLimit": "0x1c9c380", "difficulty": "0x0", "alloc":
          {"4200000000000000000000000000000000000016": {"balance": "0x0", "storage": {"0x01": "0x01"}}}}
        """,
    ]

    @Test(arguments: texts)
    func isReadAsItWas(text: String) throws { try check(Array(text.utf8)) }

    @Test(.enabled(if: vectors != nil, "set MAYFLY_VECTORS to the folder of unpacked vectors"))
    func officialGenesisToo() throws {
        let path = try #require(Self.vectors) + "/rpc-compat/tests/genesis.json"
        try check([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    private func check(_ text: [UInt8]) throws {
        let genesis = try Genesis(json: text)
        let written = try genesis.json
        let again = try Genesis(json: written)
        #expect(try again.block == genesis.block)
        #expect(again.configuration.chainID == genesis.configuration.chainID)
        #expect(again.configuration.depositContract == genesis.configuration.depositContract)
        #expect(again.configuration.opStack == genesis.configuration.opStack)
        for time: UInt64 in [0, 7, 10, 20, 30, 390, 420, 450, 480, 510, 540] {
            for number: UInt64 in [0, 5, 18, 27, 36] {
                #expect(
                    again.configuration.revision(number: number, timestamp: time)
                        == genesis.configuration.revision(number: number, timestamp: time))
            }
            #expect(
                again.configuration.blobParameters(timestamp: time)
                    == genesis.configuration.blobParameters(timestamp: time))
        }
        #expect(try again.json == written)
    }
}

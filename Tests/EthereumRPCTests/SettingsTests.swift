import DevL1
import EthereumRPC
import Testing

@Suite struct SettingsTests {
    @Test func developmentChainIsWhatToolsExpect() {
        #expect(DevL1Settings().chainID == 1337)
        #expect(RPCSettings(clientVersion: "mayfly/1").clientVersion == "mayfly/1")
    }
}

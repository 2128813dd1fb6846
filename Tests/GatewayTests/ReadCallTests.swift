import NIOCore
import Testing

@testable import Gateway

@Suite struct ReadCallTests {
    private func read(_ text: String) -> ReadCall? { ByteBuffer(string: text).withUnsafeReadableBytes { ReadCall($0) } }

    @Test func findsTheParts() throws {
        let text = #" {"id" : "a\"b", "method":"eth_call" ,"params": [{"to":"0x01"}, "latest"],"jsonrpc":"2.0"} "#
        let call = try #require(read(text))
        let bytes = Array(text.utf8)
        #expect(call.method == .call)
        #expect(String(decoding: bytes[call.id], as: UTF8.self) == #""a\"b""#)
        #expect(String(decoding: bytes[call.params], as: UTF8.self) == #"[{"to":"0x01"}, "latest"]"#)
    }

    /// Each of these is for the node to judge, or depends on more than its chain.
    @Test(arguments: [
        #"[{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}]"#,
        #"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]} {}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]"#,
        #"{"jsonrpc":"1.0","id":1,"method":"eth_chainId","params":[]}"#,
        #"{"id":1,"method":"eth_chainId","params":[]}"#,
        #"{"jsonrpc":"2.0","method":"eth_chainId","params":[]}"#,
        #"{"jsonrpc":"2.0","id":null,"method":"eth_chainId","params":[]}"#,
        #"{"jsonrpc":"2.0","id":1,"id":2,"method":"eth_chainId","params":[]}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[],"more":1}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x"]}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{},"pending"]}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{},"p\u0065nding"]}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"eth_syncing","params":[]}"#,
        "", "null", "{", #"{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[}"#,
    ]) func leavesToTheNode(_ text: String) { #expect(read(text) == nil) }

    @Test func boundsWhatItKeeps() {
        func text(_ id: Int, _ params: Int) -> String {
            let (id, data) = (String(repeating: "i", count: id), String(repeating: "0", count: params))
            return #"{"jsonrpc":"2.0","id":"\#(id)","method":"eth_call","params":["\#(data)"]}"#
        }
        #expect(read(text(126, 100)) != nil)
        #expect(read(text(127, 100)) == nil)
        #expect(read(text(1, 17_000)) == nil)
    }
}

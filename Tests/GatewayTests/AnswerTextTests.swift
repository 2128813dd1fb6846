import NIOCore
import Testing

@testable import Gateway

@Suite struct AnswerTextTests {
    private func request(_ id: String) throws -> (ReadCall, ByteBuffer) {
        var body = ByteBuffer(string: "before")
        body.writeString(#"{"jsonrpc":"2.0","id":\#(id),"method":"eth_chainId","params":[]}"#)
        body.moveReaderIndex(forwardBy: 6)
        return (try #require(body.withUnsafeReadableBytes { ReadCall($0) }), body)
    }

    @Test func putsTheCallersIDIn() throws {
        let (call, body) = try request(#""x""#)
        let answer = ByteBuffer(string: #"{"jsonrpc":"2.0","id":"x","result":"0x1"}"#)
        let rest = try #require(AnswerText.rest(of: answer, to: call, in: body))
        #expect(String(buffer: rest) == #","result":"0x1"}"#)
        let (other, otherBody) = try request("1234567890123")
        let response = AnswerText.response(rest, to: other, in: otherBody, extra: ["Connection: close"])
        let text = #"{"jsonrpc":"2.0","id":1234567890123,"result":"0x1"}"#
        #expect(
            String(buffer: response) == "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)")
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"result"}}"#,
        #"{"jsonrpc":"2.0","id":12,"result":"0x1"}"#, #"{"jsonrpc":"2.0","id":2,"result":"0x1"}"#, "", "{}",
    ]) func takesNoOtherAnswer(_ text: String) throws {
        let (call, body) = try request("1")
        #expect(AnswerText.rest(of: ByteBuffer(string: text), to: call, in: body) == nil)
    }

    @Test func readsAnAnswersHead() throws {
        let text =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCONNECTION: keep-alive\r\nContent-Length:     12\r\n"
        let head = try #require(AnswerHead(ByteBuffer(string: text + "\r\n")))
        #expect(head.length == 12 && head.isPlain)
        #expect(
            String(buffer: head.lines)
                == "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:     12\r\n")
        #expect(AnswerHead(ByteBuffer(string: text + "Content-Encoding: gzip\r\n\r\n"))?.isPlain == false)
        #expect(AnswerHead(ByteBuffer(string: "HTTP/1.1 503 X\r\nContent-Length: 1\r\n\r\n"))?.isPlain == false)
        for wrong in [
            "", "Content-Length: 1x\r\n", "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n",
        ] {
            #expect(AnswerHead(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\(wrong)\r\n")) == nil)
        }
    }
}

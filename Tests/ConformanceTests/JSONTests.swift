import Primitives
import Testing

import Conformance

@Suite("JSON reader")
struct JSONTests {
    @Test func readsEveryKind() throws {
        let text = #" {"a": [1, -2.5e+3, "x\u00e9\ud83d\ude00\n", true, false, null], "b/c": {"d": {}}, "": []} "#
        let root = try JSONDocument(Array(text.utf8)).root
        #expect(root.count == 3)
        let list = try #require(root["a"])
        #expect(list.elements.map(\.text) == ["1", "-2.5e+3", "x\u{e9}\u{1F600}\n", nil, nil, nil])
        #expect(list[3]?.boolean == true && list[4]?.boolean == false && list[5]?.isNull == true)
        #expect(list[6] == nil && list[-1] == nil)
        #expect(root["b/c"]?["d"]?.isObject == true)
        #expect(root["b/c"]?["d"]?.pointer == "/b~1c/d")
        #expect(list[2]?.pointer == "/a/2")
        #expect(root[""]?.isArray == true)
        #expect(root["z"] == nil)
    }

    @Test(
        "refuses what the grammar forbids",
        arguments: [
            ("", 0), ("{", 1), ("[1,]", 3), (#"{"a" 1}"#, 5), (#"{"a":1,}"#, 7), ("[1 2]", 3), ("01", 1), ("-", 1),
            ("1.", 2), ("1e", 2), ("tru", 3), ("nul", 3), ("[1] x", 4), ("\"abc", 4), ("\"a\nb\"", 2),
            (#""\x""#, 2), (#""\u12g4""#, 5), ("{1:2}", 1), ("]", 0), (",", 0), ("[1}", 2),
        ])
    func refuses(text: String, offset: Int) {
        #expect {
            _ = try JSONDocument(Array(text.utf8))
        } throws: { error in
            (error as? JSONSyntaxError)?.offset == offset
        }
    }

    @Test func boundsNesting() throws {
        let deep = JSONDocument.deepestNesting
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        _ = try JSONDocument(nested(deep))
        #expect(throws: JSONSyntaxError.self) { try JSONDocument(nested(deep + 1)) }
    }

    @Test("finds the end of a string wherever it is in a word", arguments: 0..<40)
    func stringEnds(length: Int) throws {
        let body = String(repeating: "f", count: length)
        let plain = try JSONDocument(Array("[\"\(body)\", 7]".utf8)).root
        #expect(plain[0]?.text == body && plain[1]?.text == "7")
        let escaped = try JSONDocument(Array("[\"\(body)\\\"é\", 7]".utf8)).root
        #expect(escaped[0]?.text == body + "\"é" && escaped[1]?.text == "7")
        #expect(throws: JSONSyntaxError.self) { try JSONDocument(Array("[\"\(body)\u{1F}\"]".utf8)) }
    }
}

@Suite("fixture fields")
struct FixtureFieldTests {
    private func value(_ text: String) throws -> JSONValue { try JSONDocument(Array(text.utf8)).root }

    @Test(
        arguments: [
            (#""0x""#, UInt256(0)), (#""0x0a""#, 10), (#""0x:bigint 0x0100""#, 256), (#""17""#, 17), ("17", 17),
            (#""115792089237316195423570985008687907853269984665640564039457584007913129639935""#, .max),
            (#""0x00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff""#, .max),
        ])
    func readsIntegers(text: String, expected: UInt256) throws {
        #expect(try value(text).integer() == expected)
    }

    @Test(
        arguments: [
            #""0x10000000000000000000000000000000000000000000000000000000000000000""#,
            #""0x:bigint 0x010000000000000000000000000000000000000000000000000000000000000000""#,
            #""115792089237316195423570985008687907853269984665640564039457584007913129639936""#,
            #""1157920892373161954235709850086879078532699846656405640394575840079131296399350""#,
        ])
    func tellsIntegersThatAreTooLarge(text: String) throws {
        #expect(try value(text).integerIfInRange() == nil)
        #expect(throws: FixtureError.self) { try value(text).integer() }
    }

    @Test(arguments: [#""""#, #""0xg""#, #""1a""#, "-1", "1.5", "null", "[]", "true"])
    func refusesOtherText(text: String) throws {
        #expect(throws: FixtureError.self) { try value(text).integer() }
    }

    @Test func readsBytes() throws {
        #expect(try value(#""0x00fF""#).bytes() == [0, 255])
        #expect(try value(#""00fF""#).bytes() == [0, 255])
        #expect(try value(#""""#).bytes() == [])
        for text in [#""0x0""#, #""0xzz""#, "12", "null"] {
            #expect(throws: FixtureError.self) { try value(text).bytes() }
        }
    }

    @Test func errorsNameThePlace() throws {
        let root = try value(#"{"test": {"env": [1, "0xzz"]}}"#)
        #expect {
            _ = try root.required("test").required("env")[1]?.integer()
        } throws: { error in
            (error as? FixtureError)?.description == #"at /test/env/1: expected an integer, found a string "0xzz""#
        }
        #expect {
            _ = try root.required("test").required("pre")
        } throws: { error in
            (error as? FixtureError)?.description == #"at /test: "pre" is missing"#
        }
    }
}

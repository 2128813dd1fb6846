import Testing

import Conformance

@Suite("YAML reader")
struct YAMLTests {
    /// The value written as JSON, so that it can be compared as text.
    private static func shown(_ value: YAMLValue) -> String {
        switch value {
        case .plain(let text): String(decoding: text, as: UTF8.self)
        case .quoted(let text): "\"\(String(decoding: text, as: UTF8.self))\""
        case .sequence(let items): "[\(items.map(shown).joined(separator: ","))]"
        case .mapping(let members): "{\(members.map { "\($0.key):\(shown($0.value))" }.joined(separator: ","))}"
        }
    }

    private static func read(_ text: String) throws -> String {
        var text = text
        return try text.withUTF8 { shown(try YAMLReader.read(UnsafeRawBufferPointer($0))) }
    }

    @Test(
        arguments: [
            ("input:\n  blob: '0x00'\n  z: '0x01'\noutput: null\n", #"{input:{blob:"0x00",z:"0x01"},output:null}"#),
            ("a: [0, 1,\n      2, 3]\nb: []\n", "{a:[0,1,2,3],b:[]}"),
            ("a:\n- '0x'\n- \"0y\"\nb: true", #"{a:["0x","0y"],b:true}"#),
            ("a:\n  - - 'x'\n    - 'y'\n  - - 'z'\nb: 1", #"{a:[["x","y"],["z"]],b:1}"#),
            ("output:\n- - 'x'\n  - 'y'\n- - 'z'\n", #"{output:[["x","y"],["z"]]}"#),
            ("a:\n  b:\n  - 'x'\n  c: []\n", #"{a:{b:["x"],c:[]}}"#),
            ("# comment\n[[1, 2], []] # end\n", "[[1,2],[]]"),
            ("- a: 1\n  b: 2\n- c: 3\n", "[{a:1,b:2},{c:3}]"),
        ])
    func reads(text: String, expected: String) throws {
        #expect(try Self.read(text) == expected)
    }

    @Test(
        arguments: [
            "", "a:", "a: 'x", "a: [1, 2", "a: [1 2]", "-", "- \n- x", "a: 1\n b: 2", "a: 1\nb", "a: 1\n- x",
            String(repeating: "[", count: 100), String(repeating: "- ", count: 100) + "x",
        ])
    func refuses(text: String) {
        #expect(throws: FixtureError.self) { try Self.read(text) }
    }
}

@Suite("TOML reader")
struct TOMLTests {
    @Test func readsTables() throws {
        let table = try TOMLTable(
            """
            name = "Ink # not a comment"
            chain_id = 57073 # a comment
            list = [ "a",
              "b" ]
            [hardforks]
              canyon_time = 0 # Thu
            [genesis]
              [genesis.l2]
                hash = "0x23a2"
            """)
        #expect(table["name"] == "Ink # not a comment")
        #expect(table["chain_id"] == "57073")
        #expect(table["hardforks.canyon_time"] == "0")
        #expect(table["genesis.l2.hash"] == "0x23a2")
        #expect(table["genesis.hash"] == nil)
        #expect(throws: FixtureError.self) { try TOMLTable("no assignment") }
        #expect(throws: FixtureError.self) { try TOMLTable("[open") }
    }
}

import Testing

import Conformance

@Suite("conformance run")
struct RunTests {
    private static let good = #"{"dog": {"in": "dog", "out": "0x83646f67"}, "bad": {"in": "INVALID", "out": "0x8100"}}"#

    @Test func countsPasses() throws {
        let report = try RunFixture.report(.rlp, Self.good)
        #expect(report.passedCount == 2 && report.failureCount == 0 && report.isSuccess)
    }

    @Test("a wrong expectation is a failure that says both sides")
    func failsOnWrongExpectation() throws {
        let report = try RunFixture.report(.rlp, #"{"dog": {"in": "dog", "out": "0x83646f68"}}"#)
        #expect(report.passedCount == 0 && !report.isSuccess)
        let failure = try #require(report.failures.first)
        #expect(failure.name.hasSuffix("/fixture.json::dog"))
        #expect(failure.mismatch == Mismatch("encoding", expected: "0x83646f68", got: "0x83646f67"))
    }

    @Test("what should be refused and is not is a failure")
    func failsOnMissingRefusal() throws {
        let report = try RunFixture.report(.rlp, #"{"dog": {"in": "INVALID", "out": "0x83646f67"}}"#)
        #expect(report.failures.map(\.mismatch.expected) == ["an error"])
    }

    @Test func reportsFilesThatAreNotJSON() throws {
        let report = try RunFixture.report(.rlp, "{\"a\":\n  oops}")
        #expect(
            report.failures.first?.mismatch.got == "at line 2, column 3: not JSON: no value begins with this character")
    }

    @Test func reportsMalformedCases() throws {
        let report = try RunFixture.report(.rlp, #"{"a": {"in": "x", "out": "0xz"}, "b": {"in": "", "out": "0x80"}}"#)
        #expect(report.passedCount == 1)
        #expect(report.failures.first?.mismatch.got.contains("/a/out") == true)
    }

    @Test("a folder without any case is a failure")
    func reportsEmptyFolders() throws {
        let report = try RunFixture.report(.rlp, #"{"a": {"in": {"k": "v"}, "root": "0x00"}}"#)
        #expect(!report.isSuccess && report.passedCount == 0)
        #expect(report.emptyPaths.first?.mismatch.got == "none in 1 files; its files hold a trie fixture (kind `trie`)")
        #expect(report.foreign.map(\.description) == ["a trie fixture (kind `trie`)"])
    }

    @Test("a file of another family is a failure where it was named, a note where it was found")
    func tellsForeignFiles() throws {
        let files = ["a/rlp.json": Self.good, "a/trie.json": #"{"a": {"in": {}, "root": "0x00"}}"#, "a/README.md": ""]
        try RunFixture.withFolder(files) { folder in
            let found = try ConformanceRun(kind: .rlp).run(paths: [folder])
            #expect(found.isSuccess && found.passedCount == 2 && found.foreign.count == 2)
            let named = try ConformanceRun(kind: .rlp).run(paths: [folder + "/a/trie.json"])
            #expect(!named.isSuccess)
        }
    }

    @Test func selectsByName() throws {
        let byText = try RunFixture.report(.rlp, Self.good, selection: CaseSelection(pattern: "::dog"))
        #expect(byText.passedCount == 1)
        let byExpression = try RunFixture.report(.rlp, Self.good, selection: CaseSelection(pattern: "::(dog|bad)$"))
        #expect(byExpression.passedCount == 2)
        #expect(throws: FixtureError.self) {
            try RunFixture.report(.rlp, Self.good, selection: CaseSelection(pattern: "(("))
        }
    }

    @Test func refusesWhatIsNotThere() {
        #expect(throws: FixtureError.self) { try ConformanceRun(kind: .rlp).run(paths: ["/nonexistent/path"]) }
    }

    @Test("results come in the order of the files, whatever thread ran them")
    func keepsOrder() throws {
        var files: [String: String] = [:]
        for index in 100..<160 { files["\(index).json"] = #"{"t": {"in": "a", "out": "0x62"}}"# }
        try RunFixture.withFolder(files) { folder in
            let report = try ConformanceRun(kind: .rlp, threadCount: 4).run(paths: [folder])
            #expect(report.failures.map(\.name) == (100..<160).map { "\(folder)/\($0).json::t" })
        }
    }

    @Test(.enabled(if: Vectors.folder != nil, "set MAYFLY_VECTORS to the folder of unpacked vectors"))
    func passesOfficialVectors() throws {
        try Vectors.expectAllPass(.rlp, "basic-tests/RLPTests", atLeast: 50)
        try Vectors.expectAllPass(.trie, "basic-tests/TrieTests", atLeast: 30)
    }
}

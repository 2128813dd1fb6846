import Primitives
import StateTransition

/// blockchain_tests_engine of the execution specifications: payloads given to the Engine API of a node that has only a
/// genesis, of which some must be refused, and the head and state that are left.
///
/// The calls are JSON-RPC messages, answered by the methods that an engine endpoint serves.
struct EngineSuite: Suite {
    static let kind = ConformanceKind.engine

    init(options: SuiteOptions) {}

    func run(_ file: FixtureFile, _ reporter: CaseReporter) throws(FixtureError) -> FileVerdict {
        let tests = try file.json()
        guard tests.isObject, tests.members.contains(where: { Self.isEngineTest($0.value) }) else {
            return .other(FixtureShape.describe(tests))
        }
        for test in tests.members where test.name != "_info" {
            reporter.run(test.name, fork: test.value["network"]?.text) { try Self.check(test.value) }
        }
        return .ran
    }

    private static func isEngineTest(_ test: JSONValue) -> Bool {
        test["engineNewPayloads"]?.isArray == true && test["genesisBlockHeader"] != nil
    }

    private static func check(_ test: JSONValue) throws {
        let network = try FixtureNetwork(try test.required("network"))
        let genesis = try HeaderFields.header(try test.required("genesisBlockHeader"))
        let stated = try test.required("genesisBlockHeader").required("hash").hash()
        try Mismatch.check("genesis hash", expected: stated, got: genesis.hash)
        let node = try EngineNode(
            genesis: genesis, accounts: try FixtureAccount.list(try test.required("pre")),
            configuration: try network.configuration(test.optional("config")))
        let payloads = try test.required("engineNewPayloads").elements.map { try EnginePayload($0) }
        var version = payloads.first?.forkChoiceVersion ?? 3
        try choose(stated, version, node)
        for (index, payload) in payloads.enumerated() {
            version = payload.forkChoiceVersion
            if let hash = try give(payload, at: index, to: node) { try choose(hash, version, node) }
        }
        let head = try test.required("lastblockhash").hash()
        try choose(head, version, node)
        try Mismatch.check("head", expected: head, got: try node.head())
        if let accounts = test.optional("postState") {
            // The root has been checked with the block, so that there is nothing beside what is listed.
            try StateDifference.check(expected: try FixtureAccount.list(accounts), in: try node.headState())
        }
    }

    /// Gives a payload to the node and checks what it says to it.
    ///
    /// - Returns: the hash of the block where it is valid.
    private static func give(_ payload: EnginePayload, at index: Int, to node: EngineNode) throws -> Hash256? {
        let answer = try node.call("engine_newPayloadV\(payload.version)", parameters: payload.parameters)
        let subject = "payload \(index)"
        if let expected = payload.errorCode {
            guard let error = answer.optional("error") else {
                throw Mismatch(
                    subject, expected: "error \(expected)", got: answer.optional("result")?.shortText ?? "nothing")
            }
            try Mismatch.check("\(subject): error", expected: expected, got: try error.required("code").text ?? "")
            return nil
        }
        let status = try node.result(of: answer, subject)
        let verdict = try status.required("status").string()
        guard payload.validationError == nil else {
            try Mismatch.check(
                "\(subject): status (\(payload.validationError ?? ""))", expected: "INVALID", got: verdict)
            return nil
        }
        if verdict != "VALID" {
            throw Mismatch("\(subject): status", expected: "VALID", got: status.shortText)
        }
        try Mismatch.check(
            "\(subject): latestValidHash", expected: payload.blockHash,
            got: try status.required("latestValidHash").hash())
        return payload.blockHash
    }

    private static func choose(_ hash: Hash256, _ version: Int, _ node: EngineNode) throws {
        let zero = Hash256()
        let parameters =
            "[{\"headBlockHash\":\"\(hash)\",\"safeBlockHash\":\"\(zero)\",\"finalizedBlockHash\":\"\(zero)\"},null]"
        let answer = try node.call("engine_forkchoiceUpdatedV\(version)", parameters: Array(parameters.utf8))
        let status = try node.result(of: answer, "fork choice").required("payloadStatus")
        try Mismatch.check("fork choice: status", expected: "VALID", got: try status.required("status").string())
        try Mismatch.check(
            "fork choice: latestValidHash", expected: hash, got: try status.required("latestValidHash").hash())
    }
}

/// One entry of `engineNewPayloads`.
private struct EnginePayload {
    let version: Int
    let forkChoiceVersion: Int
    /// The text of the call's parameters.
    let parameters: [UInt8]
    let blockHash: Hash256
    /// Why the payload must be refused; nil where it must be taken.
    let validationError: String?
    /// The code of the error that must be answered, in decimal.
    let errorCode: String?

    init(_ fixture: JSONValue) throws(FixtureError) {
        version = try Self.number(fixture, "newPayloadVersion")
        forkChoiceVersion = try Self.number(fixture, "forkchoiceUpdatedVersion")
        let params = try fixture.required("params")
        guard let payload = params[0] else { throw params.error(expected: "a payload") }
        blockHash = try payload.required("blockHash").hash()
        var text: [UInt8] = []
        params.appendText(to: &text)
        parameters = text
        validationError = fixture.optional("validationError")?.text
        errorCode = fixture.optional("errorCode")?.text
    }

    private static func number(_ fixture: JSONValue, _ name: String) throws(FixtureError) -> Int {
        Int(truncatingIfNeeded: try fixture.required(name).integer64())
    }
}

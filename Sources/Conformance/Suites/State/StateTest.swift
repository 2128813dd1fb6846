import Cryptography
import EVM
import Primitives
import StateTransition

/// One state test, read as far as its cases have in common.
final class StateTest {
    private let accounts: [FixtureAccount]
    private let state: FixtureState
    private let template: TransactionTemplate
    private let environment: JSONValue
    private let config: JSONValue?
    private lazy var rootBefore = state.root

    init(_ test: JSONValue) throws(FixtureError) {
        accounts = try FixtureAccount.list(try test.required("pre"))
        state = FixtureState(accounts) { FixtureBlockHash.hash(of: $0) }
        template = try TransactionTemplate(try test.required("transaction"))
        environment = try test.required("env")
        config = test.optional("config")
    }

    /// Runs one entry of `post` and compares what comes of it.
    func check(_ post: JSONValue, fork: String, codes: CodeCache, trace: (@Sendable (String) -> Void)?) throws {
        guard let revision = ForkName.revision(named: fork) else {
            throw FixtureError(place: post.pointer, problem: "there is no fork \"\(fork)\"")
        }
        let run = try execute(post, fork: fork, revision: revision, codes: codes, trace: trace)
        let expectedFailure = post.optional("expectException")?.text
        if let expectedFailure, run.refusal == nil {
            throw Mismatch("transaction", expected: "refusal (\(expectedFailure))", got: "executed")
        }
        if expectedFailure == nil, let refusal = run.refusal {
            throw Mismatch("transaction", expected: "executed", got: "refused: \(refusal)")
        }
        try Mismatch.check("logs hash", expected: try post.required("logs").hash(), got: LogsHash.of(run.logs))
        let expected = try post.required("hash").hash()
        let root = run.diff.isEmpty ? rootBefore : try state.root(after: run.diff)
        if root != expected { throw try explain(post, run, expected: expected, root: root) }
    }

    /// What became of a transaction.
    private struct Run {
        var refusal: String?
        var diff = StateDiff()
        var logs: [Log] = []
    }

    private func execute(
        _ post: JSONValue, fork: String, revision: Revision, codes: CodeCache, trace: (@Sendable (String) -> Void)?
    ) throws -> Run {
        let indexes = try TransactionTemplate.Indexes(try post.required("indexes"))
        var configuration = ChainConfiguration.always(
            revision, chainID: try config?.optional("chainid")?.integer64() ?? 1,
            blobs: try BlobSchedule.parameters(fork: fork, config))
        configuration.daoForkBlock = nil
        let header = try header(revision)
        var execution = BlockExecution(
            header: header, chain: configuration, revision: revision, source: state, codes: codes)
        guard let transaction = try transaction(post, indexes) else {
            // The fixtures' makers pay the miner nothing even where they refuse the only transaction.
            try execution.touch(header.coinbase)
            return Run(refusal: "a field is too large", diff: execution.stateDiff())
        }
        do {
            let result: TransactionResult
            if let trace {
                var tracer = EIP3155Tracer(write: trace)
                result = try execution.execute(transaction, sender: template.sender, tracer: &tracer)
            } else {
                var tracer = NoTracer()
                result = try execution.execute(transaction, sender: template.sender, tracer: &tracer)
            }
            try execution.touch(header.coinbase)
            let run = Run(diff: execution.stateDiff(), logs: result.receipt.logs)
            if let trace { trace(EIP3155Tracer.summary(result, root: try state.root(after: run.diff), fork: fork)) }
            return run
        } catch let failure as TransactionFailure {
            guard case .invalid(let rule) = failure else { throw failure }
            try execution.touch(header.coinbase)
            return Run(refusal: "\(rule)", diff: execution.stateDiff())
        }
    }

    /// The transaction of a case: from its signed bytes where the fixture has them, for they are what a node would see.
    private func transaction(
        _ post: JSONValue, _ indexes: TransactionTemplate.Indexes
    ) throws(FixtureError) -> Transaction? {
        guard let encoded = post.optional("txbytes") else { return try template.transaction(indexes) }
        return try? Transaction(decoding: try encoded.bytes())
    }

    private func header(_ revision: Revision) throws(FixtureError) -> BlockHeader {
        var header = BlockHeader(
            coinbase: try environment.required("currentCoinbase").address(),
            number: try environment.required("currentNumber").integer64(),
            gasLimit: try environment.required("currentGasLimit").integer64(),
            timestamp: try environment.required("currentTimestamp").integer64())
        if revision >= .paris {
            header.mixHash = Hash256(try environment.optional("currentRandom")?.integer() ?? .zero)
        } else {
            header.difficulty = try environment.required("currentDifficulty").integer()
        }
        if revision >= .london { header.baseFee = try environment.optional("currentBaseFee")?.integer() ?? 0 }
        if revision >= .cancun {
            header.excessBlobGas = try environment.optional("currentExcessBlobGas")?.integer64() ?? 0
        }
        return header
    }

    /// The mismatch of two roots, with the first difference where the fixture lists the state that it means.
    private func explain(_ post: JSONValue, _ run: Run, expected: Hash256, root: Hash256) throws -> Mismatch {
        var got = root.description
        if let refusal = run.refusal { got += " (refused: \(refusal))" }
        if let listed = post.optional("state") {
            let after = FixtureState(accounts) { _ in nil }
            after.apply(run.diff)
            if let difference = try StateDifference.first(expected: try FixtureAccount.list(listed), got: after) {
                got += " (\(difference.subject): expected \(difference.expected), got \(difference.got))"
            }
        }
        return Mismatch("state root", expected: expected.description, got: got)
    }
}

import AsyncHTTPClient
import EthereumClient
import Foundation
import Layers
import NIOCore
import NIOHTTP1
import Primitives
import SQLStore
import Settlement

extension PlatformService {
    /// Gas of a launch: contracts, and money for the accounts of its processes.
    private static let launchGas: UInt64 = 2_300_000 + 2 * 21_000
    /// Bytes of a report that a node answers with.
    private static let reportLimit = 16 << 20

    /// Rollups by state, open jobs, and alerts that last by kind.
    func counts() async throws(PlatformProblem) -> (
        rollups: [RollupRecord.State: Int], openJobs: Int, alerts: [Alert.Kind: Int]
    ) {
        try await read { connection throws(SQLStoreError) in
            (
                try RollupTable(connection: connection).counts(), try JobTable(connection: connection).openCount(),
                try AlertTable(connection: connection).counts()
            )
        }
    }

    /// Jobs by what they are and what came of them, and the mean time of those that are over.
    func jobTimes() async throws(PlatformProblem) -> [(kind: String, state: String, count: Int, seconds: Double)] {
        try await read { connection throws(SQLStoreError) in try JobTable(connection: connection).times() }
    }

    /// Forgets a rollup that has come to its end, or to nothing. What a failed launch has left goes first, by a job.
    func remove(_ name: String, by caller: Caller) async throws(PlatformProblem) {
        try check(caller, .operator_)
        let rollup = try await rollup(name, for: caller)
        guard rollup.state == .dissolved || rollup.state == .failed else {
            throw PlatformProblem(409, "not-over", "\(name) is \(rollup.state.rawValue): dissolve it first")
        }
        let job = RandomText.hex(bytes: 8)
        try await write { connection throws(SQLStoreError) in
            let (rollups, jobs) = (RollupTable(connection: connection), JobTable(connection: connection))
            // It may have been tried again meanwhile.
            guard let now = try rollups.find(name), now.state == rollup.state else { throw .conflict(name) }
            try AccessTable(connection: connection).audit(caller, "rollup.remove", name)
            if rollup.state == .dissolved { return try rollups.remove(name) }
            if let newest = try jobs.newest(of: name), newest.state == .open, newest.kind == .remove { return }
            try jobs.insert(.remove, for: name, id: job)
        }
        if rollup.state == .failed { try await waitForRemoval(of: name) }
    }

    private func waitForRemoval(of name: String) async throws(PlatformProblem) {
        runner.call()
        for _ in 0..<300 {
            let isThere = try await read { connection throws(SQLStoreError) in
                try RollupTable(connection: connection).find(name) != nil
            }
            if !isThere { return }
            try? await Task.sleep(for: .milliseconds(100))
        }
        throw PlatformProblem(
            503, "still-removing", "\(name) is being removed: what its accounts have is on its way back")
    }

    /// What an order would cost and could do.
    func estimate(_ order: LaunchOrder) async throws(PlatformProblem) -> EstimateResource {
        let (manifest, _) = try order.manifest(
            l1ChainID: settings.l1ChainID, launcher: settings.signer.address, isDevelopment: settings.isDevelopment)
        let fee: UInt256
        do throws(EthereumClientError) {
            let fees = try await settings.l1.fees()
            fee = fees.baseFee &+ fees.tip
        } catch {
            throw PlatformProblem(503, "l1-unavailable", "L1 does not say what gas costs: \(error.message)")
        }
        let perSecond = manifest.gasLimit / max(1, manifest.blockTime)
        return EstimateResource(
            price: .init(
                launchWei: Wei.digits(UInt256(Self.launchGas) &* fee),
                depositWei: Wei.digits(settings.purse &+ settings.purse),
                launchGas: Self.launchGas, l1FeePerGasWei: Wei.digits(fee)),
            capacity: .init(gasPerSecond: perSecond, transfersPerSecond: perSecond / 21_000),
            note: "in ether, at L1's fees of this moment; a rollup that sleeps costs nothing")
    }

    /// Who could leave with what, as the rollup's node says: JSON.
    public func exits(of name: String, for caller: Caller) async throws(PlatformProblem) -> [UInt8] {
        let rollup = try await rollup(name, for: caller)
        guard [.active, .closing, .settling].contains(rollup.state) else {
            throw PlatformProblem(
                409, "not-running", "\(name) is \(rollup.state.rawValue): its archive says who has what (mayfly exits)")
        }
        var request = HTTPClientRequest(url: fleet.endpoint(of: name))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"mayfly_exits","params":[]}"#))
        let object: [String: Any]?
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
            let body = try await response.body.collect(upTo: Self.reportLimit)
            object = try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any]
        } catch {
            throw PlatformProblem(503, "no-answer", "\(name) does not answer: look at its logs")
        }
        guard let result = object?["result"], let data = try? JSONSerialization.data(withJSONObject: result) else {
            let reason = (object?["error"] as? [String: Any])?["message"] as? String
            throw PlatformProblem(503, "no-answer", "\(name) cannot say: \(reason ?? "its answer is no report")")
        }
        return Array(data)
    }
}

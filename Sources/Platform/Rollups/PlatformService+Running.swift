public import Layers
import SQLStore
import Settlement

/// What is to be otherwise about a rollup that runs. What is not said stays as it is.
public struct RollupChange: Codable, Equatable, Sendable {
    /// Where its data go.
    public var dataAvailability: String?

    public init(dataAvailability: String? = nil) { self.dataAvailability = dataAvailability }
}

extension PlatformService {
    /// How long a rollup's processes may take to go to sleep.
    private static let sleepPatience = Duration.seconds(10)

    /// The places that a rollup's data can go to here.
    public static let dataChoices: [DataAvailabilityChoice] = [.calldata, .blobs]

    /// Whether rollups can be put to sleep by hand.
    public var restsByOrder: Bool { fleet.restsByOrder }

    /// Orders that a rollup that runs runs otherwise from now on.
    public func change(
        _ name: String, _ change: RollupChange, by caller: Caller
    ) async throws(PlatformProblem) -> RollupRecord {
        try check(caller, .operator_)
        _ = try await rollup(name, for: caller)
        guard let text = change.dataAvailability else {
            throw .invalid("dataAvailability", "is the only thing that can be changed: name a place for the data")
        }
        guard let choice = DataAvailabilityChoice(rawValue: text) else {
            let all = DataAvailabilityChoice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("dataAvailability", "is one of \(all)")
        }
        guard Self.dataChoices.contains(choice) else {
            let all = Self.dataChoices.map(\.rawValue).joined(separator: " or ")
            throw PlatformProblem(
                422, "not-offered", "this platform does not offer \(text): choose \(all)", field: "dataAvailability")
        }
        let job = RandomText.hex(bytes: 8)
        let l1ChainID = settings.l1ChainID
        let refusal = try await write { connection throws(SQLStoreError) -> PlatformProblem? in
            let (rollups, jobs) = (RollupTable(connection: connection), JobTable(connection: connection))
            guard let now = try rollups.find(name, of: caller.organisation) else { return .noRollup(name) }
            guard now.state == .active else {
                return PlatformProblem(
                    409, "not-running", "\(name) is \(now.state.rawValue): it can be changed while it is active")
            }
            if let last = try jobs.newest(of: name) {
                if last.state == .open { return .busy(name) }
                if last.state == .failed, last.kind == .launch {
                    return PlatformProblem(
                        409, "not-launched", "the launch of \(name) has failed: try that again first")
                }
            }
            // What was kept was read before it was.
            guard var manifest = try? RollupManifest(document: now.document, l1ChainID: l1ChainID) else {
                return PlatformProblem(500, "unreadable", "the manifest of \(name) cannot be read")
            }
            manifest.dataAvailability = choice
            try rollups.update(name, document: manifest.document)
            try jobs.insert(.change, for: name, id: job)
            try EventTable(connection: connection).add("change.ordered", "its data are to go to \(text)", to: now)
            try AccessTable(connection: connection).audit(caller, "rollup.change", "\(name) dataAvailability=\(text)")
            return nil
        }
        if let refusal { throw refusal }
        runner.call()
        return try await self.rollup(name, for: caller)
    }

    /// Has a rollup's processes end until somebody needs them, without waiting for the usual time of quiet.
    public func rest(_ name: String, by caller: Caller) async throws(PlatformProblem) -> RollupRecord {
        try check(caller, .operator_)
        let rollup = try await rollup(name, for: caller)
        guard [.active, .closing, .settling].contains(rollup.state) else {
            throw PlatformProblem(409, "not-running", "\(name) is \(rollup.state.rawValue): it has no processes")
        }
        if await fleet.state(of: name) == .idle { return rollup }
        let end = ContinuousClock.now + Self.sleepPatience
        var asked: ContinuousClock.Instant?
        while ContinuousClock.now < end {
            // A request that came between takes the wish back.
            if asked.map({ ContinuousClock.now - $0 > .seconds(1) }) ?? true {
                asked = .now
                do throws(FleetError) { try await fleet.rest(name) } catch {
                    throw PlatformProblem(409, "not-offered", error.message)
                }
            }
            if await fleet.state(of: name) == .idle { return rollup }
            do { try await Task.sleep(for: .milliseconds(100)) } catch { break }
        }
        throw PlatformProblem(
            409, "in-use",
            "\(name) is in use, or has something that is not on L1 yet: it goes to sleep by itself when nobody uses it")
    }
}

import Dashboard
import Foundation
import HTTPTypes
import Platform

extension DashboardSite {
    /// The steps of a launch, as its events call them.
    private static let launchSteps = [
        "shared contracts", "L1 block", "genesis", "launch transaction", "verification", "files", "first answer",
        "accounts",
    ]

    /// The form, with what this platform cannot launch marked so.
    static func launchForm(idempotencyKey: String) -> LaunchView {
        var view = LaunchView(idempotencyKey: idempotencyKey)
        for index in view.data.indices where view.data[index].id == "alt-da" {
            view.data[index].refusal = "This platform has no data server."
        }
        return view
    }

    func launch(_ caller: Caller, _ form: FormBody) async throws -> Outcome {
        var view = Self.launchForm(idempotencyKey: form["idempotency-key"] ?? UUID().uuidString)
        for field in LaunchView.Field.allCases { view.values[field] = form[field.rawValue] }
        var order = LaunchOrder(name: view.values[.name]?.trimmingCharacters(in: .whitespaces) ?? "")
        order.template = view.values[.template]
        order.execution = view.values[.execution]
        order.dataAvailability = view.values[.data]
        order.security = view.values[.security]
        if view.values[.life] == "ephemeral" {
            let units = ["minutes": "m", "hours": "h", "days": "d"]
            guard let unit = units[view.values[.unit] ?? ""], let number = UInt64(view.values[.duration] ?? "") else {
                view.errors[.duration] = "A whole number of minutes, hours or days."
                return .page(view, status: .unprocessableContent)
            }
            order.ephemeral = "\(number)\(unit)"
        } else {
            order.permanent = true
        }
        do throws(PlatformProblem) {
            let (rollup, _) = try await service.launch(order, by: caller, idempotencyKey: view.idempotencyKey)
            guard let job = try await service.job(of: rollup.name, for: caller) else {
                return .seeOther(Links.rollup(rollup.name))
            }
            return .seeOther(Links.job(job.id))
        } catch {
            let fields: [String: LaunchView.Field] = [
                "name": .name, "template": .template, "execution": .execution, "dataAvailability": .data,
                "security": .security, "ephemeral": .duration,
            ]
            if let field = error.field.flatMap({ fields[$0] }) {
                view.errors[field] = error.detail
            } else {
                view.error = error.detail
            }
            return .page(view, status: .init(integerLiteral: error.status))
        }
    }

    /// How far a job is.
    func job(_ id: String, _ caller: Caller) async throws -> JobView {
        let (job, rollup) = try await service.job(id, for: caller)
        let events = try await service.events(of: rollup.name, for: caller, after: nil)
            .filter { $0.time >= job.createdAt && $0.kind.hasPrefix(job.kind.rawValue) }
        let state: JobView.State =
            switch job.state {
            case .open: job.claims == 0 ? .waiting : .running
            case .done: .done
            case .failed: .failed
            }
        let steps = job.kind == .launch ? Self.steps(of: job, events) : Self.passed(events, isOpen: job.state == .open)
        var view = JobView(
            id: id, title: Self.title(job.kind, rollup.name),
            rollup: rollup.name, state: state, steps: steps)
        view.error = job.failure
        if job.state == .done, job.kind == .launch {
            view.results = [
                Fact("RPC", service.urls(of: rollup.name).http), Fact("Chain id", "\(rollup.chainID)"),
                Fact("Launched in", "\(rollup.details.launchMilliseconds ?? 0) ms"),
                Fact("Of these waiting for L1", "\(rollup.details.waitedMilliseconds ?? 0) ms"),
            ]
        }
        if job.state == .open {
            let after = events.last?.sequence ?? 0
            view.live = LiveSource(path: "/v1/rollups/\(rollup.name)/events?after=\(after)", events: Self.eventKinds)
        }
        return view
    }

    private static func title(_ kind: Job.Kind, _ name: String) -> String {
        switch kind {
        case .launch: "Launching \(name)"
        case .change: "Changing \(name)"
        case .dissolve: "Dissolving \(name)"
        case .remove: "Removing what is left of \(name)"
        }
    }

    private static func steps(of job: Job, _ events: [PlatformEvent]) -> [JobView.Step] {
        var times: [String: UInt64] = [:]
        for event in events where event.kind == "launch.step" {
            times[event.text] = event.details["milliseconds"].flatMap { UInt64($0) }
        }
        // The last two are told when they begin.
        let parts = [("first answer", "launch.start", "launch.answers"), ("accounts", "launch.answers", "launch.done")]
        for (title, kind, next) in parts {
            guard let start = events.last(where: { $0.kind == kind }), let end = events.last(where: { $0.kind == next })
            else { continue }
            times[title] = UInt64(max(0, end.time - start.time))
        }
        var isNext = true
        return launchSteps.map { title in
            if let time = times[title] { return JobView.Step(title: title, state: .done, milliseconds: time) }
            defer { isNext = false }
            let current: JobView.State = job.state == .failed ? .failed : .running
            return JobView.Step(title: title, state: isNext ? current : .waiting)
        }
    }

    private static func passed(_ events: [PlatformEvent], isOpen: Bool) -> [JobView.Step] {
        events.enumerated().map { index, event in
            JobView.Step(title: event.text, state: isOpen && index == events.count - 1 ? .running : .done)
        }
    }
}

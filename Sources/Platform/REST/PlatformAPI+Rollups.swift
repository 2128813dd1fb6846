import Foundation
import HTTPTypes

extension PlatformAPI {
    func resource(_ rollup: RollupRecord) -> RollupResource {
        RollupResource(rollup, urls: service.urls(of: rollup.name), l1ChainID: service.settings.l1ChainID)
    }

    func launch(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let key = request.headers[.idempotencyKey]
        if let key, !(1...200).contains(key.utf8.count) || !key.utf8.allSatisfy({ (32...126).contains($0) }) {
            throw PlatformProblem(
                400, "invalid-parameter", "an Idempotency-Key has 1 to 200 printable characters of ASCII",
                field: "Idempotency-Key")
        }
        let order = try request.decode(LaunchOrder.self, "LaunchOrder")
        let (rollup, isNew) = try await service.launch(order, by: request.caller, idempotencyKey: key)
        return .json(
            resource(rollup), status: isNew ? 202 : 200, headers: ["Location": "/v1/rollups/\(rollup.name)"])
    }

    func list(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let limit = Int(try request.number("limit", 1...500) ?? 100)
        var state: RollupRecord.State?
        if let text = request.query["state"] {
            guard let known = RollupRecord.State(rawValue: text) else {
                let all = RollupRecord.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw PlatformProblem(400, "invalid-parameter", "state is one of \(all)", field: "state")
            }
            state = known
        }
        let after = request.query["after"] ?? ""
        guard after.isEmpty || LaunchOrder.isName(after) else {
            throw PlatformProblem(400, "invalid-parameter", "after is the name of a rollup", field: "after")
        }
        let found = try await service.rollups(
            for: request.caller, after: after, state: state, limit: limit + 1)
        let page = found.prefix(limit)
        return .json(
            RollupList(rollups: page.map { resource($0) }, next: found.count > limit ? page.last?.name : nil))
    }

    func find(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(resource(try await service.rollup(request.name("name"), for: request.caller)))
    }

    func remove(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        try await service.remove(request.name("name"), by: request.caller)
        return .empty(204)
    }

    func dissolve(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(resource(try await service.dissolve(request.name("name"), by: request.caller)), status: 202)
    }

    func wake(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(resource(try await service.wake(request.name("name"), by: request.caller)))
    }

    func idle(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(resource(try await service.rest(request.name("name"), by: request.caller)))
    }

    func change(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let change = try request.decode(RollupChange.self, "RollupChange")
        return .json(
            resource(try await service.change(request.name("name"), change, by: request.caller)), status: 202)
    }

    func retry(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(resource(try await service.retry(request.name("name"), by: request.caller)), status: 202)
    }

    func job(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        guard let job = try await service.job(of: request.name("name"), for: request.caller) else {
            throw PlatformProblem(404, "no-job", "nothing was ever done to \(request.name("name"))")
        }
        return .json(JobResource(job))
    }

    func exits(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(200, try await service.exits(of: request.name("name"), for: request.caller))
    }

    // MARK: What happens

    /// Looks of a stream from one to the next that asks whether it may go on: two seconds.
    private static let checkRounds = 8

    func events(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let name = request.name("name")
        var after = try request.number("after", 0...Int64.max)
        if !request.wantsEvents {
            let found = try await service.events(of: name, for: request.caller, after: after)
            return .json(EventList(events: found.map { EventResource($0) }))
        }
        if let last = request.headers[.lastEventID], let number = Int64(last), number >= 0 { after = number }
        _ = try await service.rollup(name, for: request.caller)
        let (caller, start) = (request.caller, after)
        return .events(
            try streams.stream { send in
                var known = start
                var rounds = 0
                while true {
                    rounds += 1
                    if rounds % Self.checkRounds == 0, await !request.isStillAllowed() { return }
                    let events = try await service.events(of: name, for: caller, after: known)
                    known = events.last?.sequence ?? known ?? 0
                    for event in events {
                        try send(
                            ServerSentEvent(
                                id: "\(event.sequence)", name: event.kind, data: JSONText.write(EventResource(event))))
                    }
                    try await Task.sleep(for: .milliseconds(250))
                }
            })
    }

    func logs(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let name = request.name("name")
        guard let program = FleetProgram(rawValue: request.query["program"] ?? "node") else {
            let all = FleetProgram.allCases.map(\.rawValue).joined(separator: ", ")
            throw PlatformProblem(400, "invalid-parameter", "program is one of \(all)", field: "program")
        }
        let limit = Int(try request.number("bytes", 1...1 << 20) ?? 1 << 16)
        _ = try await service.rollup(name, for: request.caller)
        let (fleet, caller) = (service.fleet, request.caller)
        let part = await fleet.log(of: name, program, from: nil, limit: limit)
        guard request.wantsEvents else { return .text(part?.text ?? "") }
        return .events(
            try streams.stream { send in
                if let part { try send(ServerSentEvent(id: nil, name: "log", data: part.text)) }
                var next = part?.next ?? 0
                var rounds = 0
                while true {
                    rounds += 1
                    if rounds % Self.checkRounds == 0, await !request.isStillAllowed() { return }
                    try await Task.sleep(for: .milliseconds(250))
                    // Another may have that name by now.
                    _ = try await service.rollup(name, for: caller)
                    guard let part = await fleet.log(of: name, program, from: next, limit: 1 << 16), part.next != next
                    else {
                        continue
                    }
                    next = part.next
                    try send(ServerSentEvent(id: nil, name: "log", data: part.text))
                }
            })
    }
}

import HTTPTypes

/// An operation of the interface: what does it, and what the document says of it.
struct APIOperation: Sendable {
    typealias Work = @Sendable (PlatformAPI) -> @Sendable (APIRequest) async throws(PlatformProblem) -> APIAnswer

    /// A value in the query or in a header.
    enum Parameter: CaseIterable {
        case limit, after, state, program, bytes, all
        case sequence
        case idempotencyKey
        case lastEventID
    }

    var method: HTTPRequest.Method
    /// Below `/v1`.
    var path: String
    /// What generated clients call it.
    var id: String
    /// In a sentence.
    var summary: String
    var parameters: [Parameter] = []
    /// The schema of the body; nil for none.
    var body: String?
    /// The statuses of success, and the schema of the answer; nil for none.
    var success: [Int] = [200]
    var answer: String?
    /// Whether it also answers with server-sent events, where these are asked for.
    var streams = false
    /// Whether it says in `Location` where what it has made is.
    var locates = false
    /// The statuses of problems beside those of every operation.
    var problems: [Int] = []
    /// Whether it needs no key and no session.
    var isPublic = false
    var work: Work

    /// The names in braces.
    var names: [String] {
        path.split(separator: "/").compactMap { $0.hasPrefix("{") ? String($0.dropFirst().dropLast()) : nil }
    }
}

extension PlatformAPI {
    /// All operations, as the document names them.
    static var operations: [APIOperation] {
        rollupOperations + watchingOperations + peopleOperations + [
            APIOperation(
                method: .get, path: "/templates", id: "listTemplates", summary: "What a launch can begin with.",
                answer: "TemplateList", work: templates),
            APIOperation(
                method: .post, path: "/estimate", id: "estimate", summary: "What a launch would cost and could do.",
                body: "LaunchOrder", answer: "Estimate", problems: [400, 413, 415, 422], work: estimate),
            APIOperation(
                method: .get, path: "/keys", id: "listKeys",
                summary: "The keys of the organisation, without their secrets.",
                answer: "KeyList", work: keys),
            APIOperation(
                method: .post, path: "/keys", id: "makeKey", summary: "Makes a key. Its secret is in this answer only.",
                body: "KeyOrder", success: [201], answer: "Key", problems: [400, 409, 413, 415, 422], work: makeKey),
            APIOperation(
                method: .delete, path: "/keys/{id}", id: "revokeKey", summary: "Revokes a key.", success: [204],
                problems: [404], work: revokeKey),
        ]
    }

    private static var rollupOperations: [APIOperation] {
        [
            APIOperation(
                method: .post, path: "/rollups", id: "launchRollup",
                summary: "Orders a launch. Taken once for each Idempotency-Key; 200 where it was taken before.",
                parameters: [.idempotencyKey], body: "LaunchOrder", success: [202, 200], answer: "Rollup",
                locates: true, problems: [400, 409, 413, 415, 422], work: launch),
            APIOperation(
                method: .get, path: "/rollups", id: "listRollups", summary: "The organisation's rollups by name.",
                parameters: [.limit, .after, .state], answer: "RollupList", problems: [400], work: list),
            APIOperation(
                method: .get, path: "/rollups/{name}", id: "getRollup", summary: "One rollup.", answer: "Rollup",
                problems: [404], work: find),
            APIOperation(
                method: .delete, path: "/rollups/{name}", id: "removeRollup",
                summary: "Forgets a rollup that is dissolved or whose launch has failed.", success: [204],
                problems: [404, 409], work: remove),
            APIOperation(
                method: .patch, path: "/rollups/{name}", id: "changeRollup",
                summary: "Orders that a rollup runs otherwise from now on; its blocks go on meanwhile.",
                body: "RollupChange", success: [202], answer: "Rollup", problems: [400, 404, 409, 413, 415, 422],
                work: change),
            APIOperation(
                method: .post, path: "/rollups/{name}/dissolve", id: "dissolveRollup",
                summary: "Orders a rollup's end: closed on L1, its last state proven, every asset claimable.",
                success: [202], answer: "Rollup", problems: [404, 409], work: dissolve),
            APIOperation(
                method: .post, path: "/rollups/{name}/wake", id: "wakeRollup",
                summary: "Has a sleeping rollup's processes run, and waits until they answer.", answer: "Rollup",
                problems: [404, 409], work: wake),
            APIOperation(
                method: .post, path: "/rollups/{name}/idle", id: "idleRollup",
                summary: "Has the processes of a rollup that nobody uses end at once, and waits until they have.",
                answer: "Rollup", problems: [404, 409], work: idle),
            APIOperation(
                method: .post, path: "/rollups/{name}/retry", id: "retryRollup",
                summary: "Tries a launch again that has failed.", success: [202], answer: "Rollup",
                problems: [404, 409], work: retry),
            APIOperation(
                method: .get, path: "/rollups/{name}/job", id: "getJob",
                summary: "What is being done to a rollup, or was last.",
                answer: "Job", problems: [404], work: job),
            APIOperation(
                method: .get, path: "/rollups/{name}/events", id: "listEvents",
                summary: "What happened to a rollup: a list, or server-sent events as it happens.",
                parameters: [.sequence, .lastEventID], answer: "EventList", streams: true, problems: [400, 404],
                work: events),
            APIOperation(
                method: .get, path: "/rollups/{name}/logs", id: "getLogs",
                summary: "The end of what a process has said: text, or server-sent events as it goes on.",
                parameters: [.program, .bytes], answer: "text", streams: true, problems: [400, 404], work: logs),
            APIOperation(
                method: .get, path: "/rollups/{name}/metrics", id: "getMetrics",
                summary: "What a rollup's node measured last, and what its accounts have; asking wakes nobody.",
                answer: "RollupMetrics", problems: [404], work: metrics),
            APIOperation(
                method: .get, path: "/rollups/{name}/exits", id: "getExits",
                summary: "Who could leave with what, and what is stuck, as the rollup's node says.", answer: "Exits",
                problems: [404, 409], work: exits),
        ]
    }
}

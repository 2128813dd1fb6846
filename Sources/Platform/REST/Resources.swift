import Foundation
import Layers
import Settlement

/// What REST answers with; the names of the fields are part of the interface (`openapi.json`).
struct RollupResource: Encodable {
    struct Choices: Encodable {
        var execution, dataAvailability, security, sequencing, gasToken: String
    }

    struct Launch: Encodable {
        var milliseconds: Int64?
        var waitedForL1Milliseconds: Int64?
    }

    var name: String
    var state: String
    var template: String
    /// A number of 53 bits at most, as JSON's readers have them; else its digits are in `manifest`.
    var chainId: UInt64
    var layers: Choices
    var blockTime: UInt64
    var gasLimit: UInt64
    /// RFC 3339; nil for a permanent one.
    var endsAt: String?
    var rpcUrl: String
    var webSocketUrl: String
    var addresses: [String: String]
    var genesisHash: String?
    var registryId: String?
    var archiveHash: String?
    var launch: Launch
    var failure: String?
    var createdAt: String
    var updatedAt: String

    init(_ rollup: RollupRecord, urls: (http: String, webSocket: String), l1ChainID: UInt64) {
        name = rollup.name
        state = rollup.state.rawValue
        template = rollup.template
        chainId = rollup.chainID
        // What was kept was read before it was.
        let manifest = try? RollupManifest(document: rollup.document, l1ChainID: l1ChainID)
        layers = Choices(
            execution: manifest?.execution.rawValue ?? "", dataAvailability: manifest?.dataAvailability.rawValue ?? "",
            security: manifest?.security.rawValue ?? "", sequencing: manifest?.sequencing.rawValue ?? "",
            gasToken: manifest?.gasToken.rawValue ?? "")
        blockTime = manifest?.blockTime ?? 0
        gasLimit = manifest?.gasLimit ?? 0
        endsAt = rollup.details.expiresAt.map { Self.time(Int64($0) * 1_000) }
        (rpcUrl, webSocketUrl) = urls
        addresses = rollup.details.addresses
        genesisHash = rollup.details.genesisHash
        registryId = rollup.details.registryID
        archiveHash = rollup.details.archiveHash
        launch = Launch(
            milliseconds: rollup.details.launchMilliseconds,
            waitedForL1Milliseconds: rollup.details.waitedMilliseconds)
        failure = rollup.failure
        createdAt = Self.time(rollup.createdAt)
        updatedAt = Self.time(rollup.updatedAt)
    }

    /// RFC 3339 in UTC, with milliseconds.
    static func time(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(
            .iso8601.year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: true)
                .timeSeparator(.colon).timeZone(separator: .omitted))
    }
}

struct RollupList: Encodable {
    var rollups: [RollupResource]
    /// What `after` is for the next page; nil where there is none.
    var next: String?
}

struct JobResource: Encodable {
    var id, rollup, kind, state, step: String
    var failures: Int64
    var failure: String?
    var createdAt: String
    var finishedAt: String?

    init(_ job: Job) {
        (id, rollup, kind, state, step) = (job.id, job.rollup, job.kind.rawValue, job.state.rawValue, job.step)
        (failures, failure) = (job.failures, job.failure)
        createdAt = RollupResource.time(job.createdAt)
        finishedAt = job.finishedAt.map { RollupResource.time($0) }
    }
}

struct EventResource: Encodable {
    var sequence: Int64
    var time, kind, text: String
    var details: [String: String]

    init(_ event: PlatformEvent) {
        (sequence, kind, text, details) = (event.sequence, event.kind, event.text, event.details)
        time = RollupResource.time(event.time)
    }
}

struct EventList: Encodable {
    var events: [EventResource]
}

struct TemplateResource: Encodable {
    var id, title, summary: String
    /// Seconds; nil for a permanent one.
    var lifetimeSeconds: UInt64?
    var blockTime, gasLimit: UInt64

    init(_ template: RollupTemplate) {
        (id, title, summary) = (template.id, template.title, template.summary)
        (lifetimeSeconds, blockTime, gasLimit) = (template.lifetime, template.blockTime, template.gasLimit)
    }
}

struct TemplateList: Encodable {
    var templates: [TemplateResource]
}

struct KeyResource: Encodable {
    var id, name, role, createdAt: String
    var revokedAt: String?
    /// Once, where it was made.
    var secret: String?

    init(_ key: AccessKey, secret: String? = nil) {
        (id, name, role) = (key.id, key.name, key.role.rawValue)
        createdAt = RollupResource.time(key.createdAt)
        revokedAt = key.revokedAt.map { RollupResource.time($0) }
        self.secret = secret
    }
}

struct KeyList: Encodable {
    var keys: [KeyResource]
}

struct KeyOrder: Decodable {
    var name: String
    var role: AccessRole
}

struct ProblemResource: Encodable {
    var type, title, detail, code: String
    var status: Int
    var field: String?

    init(_ problem: PlatformProblem) {
        type = "about:blank"
        title = PlatformProblem.title(problem.status)
        (detail, code, status, field) = (problem.detail, problem.code, problem.status, problem.field)
    }
}

/// What a rollup takes and can do, before anything is paid.
struct EstimateResource: Encodable {
    struct Price: Encodable {
        /// Digits, as a wei amount does not fit JSON's numbers.
        var launchWei: String
        /// Comes back at the end, as far as it was not spent on data and proposals.
        var depositWei: String
        var launchGas: UInt64
        var l1FeePerGasWei: String
    }

    struct Capacity: Encodable {
        var gasPerSecond: UInt64
        /// Of 21,000 gas.
        var transfersPerSecond: UInt64
    }

    var price: Price
    var capacity: Capacity
    var note: String
}

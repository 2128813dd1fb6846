import Foundation
import Layers

/// The shapes of what goes in and out.
enum OpenAPISchemas {
    /// What a rollup can be called.
    static let name = "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"

    /// What an object of a schema can have.
    static func members(of schema: String) -> Set<String> {
        let properties = (all[schema] as? [String: Any])?["properties"] as? [String: Any]
        return Set(properties?.keys.map { $0 } ?? [])
    }

    static func reference(_ name: String) -> [String: Any] { ["$ref": "#/components/schemas/\(name)"] }

    private static var text: [String: Any] { ["type": "string"] }
    private static var optionalText: [String: Any] { ["type": ["string", "null"]] }
    private static var time: [String: Any] { ["type": "string", "format": "date-time"] }
    private static var number: [String: Any] { ["type": "integer", "minimum": 0] }
    private static var optionalNumber: [String: Any] { ["type": ["integer", "null"], "minimum": 0] }
    private static var texts: [String: Any] { ["type": "object", "additionalProperties": ["type": "string"]] }

    private static func within(_ bounds: ClosedRange<UInt64>) -> [String: Any] {
        ["type": ["integer", "null"], "minimum": bounds.lowerBound, "maximum": bounds.upperBound]
    }

    private static func matching(_ pattern: String) -> [String: Any] {
        ["type": ["string", "null"], "pattern": pattern]
    }

    private static func choice(_ choices: [String], isOptional: Bool = false) -> [String: Any] {
        isOptional
            ? ["type": ["string", "null"], "enum": choices as [Any] + [NSNull()]] : ["type": "string", "enum": choices]
    }

    private static func object(_ members: [String: Any], required: [String]) -> [String: Any] {
        ["type": "object", "properties": members, "required": required]
    }

    /// What is sent here: nothing is passed over.
    private static func order(_ members: [String: Any], required: [String]) -> [String: Any] {
        object(members, required: required).merging(["additionalProperties": false]) { $1 }
    }

    private static func list(_ name: String) -> [String: Any] { ["type": "array", "items": reference(name)] }

    static var all: [String: Any] {
        [
            "LaunchOrder": launchOrder,
            "RollupChange": order(
                ["dataAvailability": choice(DataAvailabilityChoice.allCases.map(\.rawValue))],
                required: ["dataAvailability"]),
            "Rollup": rollup, "RollupList": rollupList, "Job": job, "Event": event,
            "EventList": object(["events": list("Event")], required: ["events"]), "Template": template,
            "TemplateList": object(["templates": list("Template")], required: ["templates"]), "Estimate": estimate,
            "KeyOrder": order(
                [
                    "name": [
                        "type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[^\\x00-\\x1f\\x7f]+$",
                        "description": "100 bytes at most.",
                    ],
                    "role": choice(AccessRole.allCases.map(\.rawValue)),
                ], required: ["name", "role"]),
            "Alert": alert, "AlertList": object(["alerts": list("Alert")], required: ["alerts"]),
            "WebhookOrder": order(
                [
                    "url": [
                        "type": "string", "pattern": "^https://[!-~]+$", "maxLength": WebhookAddress.lengthLimit,
                        "example": "https://example.com/mayfly",
                    ],
                    "kinds": [
                        "type": ["array", "null"], "maxItems": PlatformService.kindCount,
                        "items": ["type": "string", "pattern": "^[a-z.-]{1,\(PlatformService.kindLength)}$"],
                        "description": "Beginnings of kinds of events; all without it.",
                    ],
                ], required: ["url"]),
            "Webhook": webhook, "WebhookList": object(["webhooks": list("Webhook")], required: ["webhooks"]),
            "Nonce": object(["nonce": text], required: ["nonce"]),
            "SignIn": order(
                [
                    "message": ["type": "string", "maxLength": SignInMessage.limit],
                    "signature": ["type": "string", "pattern": "^0x([0-9a-fA-F]{2})*$", "maxLength": 2_048],
                    "organisation": optionalText,
                ], required: ["message", "signature"]),
            "Session": object(
                [
                    "address": text, "organisation": text, "role": choice(AccessRole.allCases.map(\.rawValue)),
                    "organisations": ["type": "array", "items": text] as [String: Any], "expiresAt": time,
                ], required: ["organisation", "role"]),
            "MemberOrder": order(
                [
                    "address": ["type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"],
                    "role": choice(AccessRole.allCases.map(\.rawValue)),
                ], required: ["address", "role"]),
            "Member": member, "MemberList": object(["members": list("Member")], required: ["members"]),
            "Key": key, "KeyList": object(["keys": list("Key")], required: ["keys"]), "Problem": problem,
            // As `mayfly_exits` has it.
            "Exits": ["type": "object"] as [String: Any],
            "RollupMetrics": rollupMetrics,
        ]
    }

    private static var launchOrder: [String: Any] {
        order(
            [
                "name": ["type": "string", "pattern": name, "example": "fair"],
                "template": choice(RollupTemplate.all.map(\.id), isOptional: true),
                "execution": choice(ExecutionChoice.allCases.map(\.rawValue), isOptional: true),
                "dataAvailability": choice(DataAvailabilityChoice.allCases.map(\.rawValue), isOptional: true),
                "security": choice(SecurityChoice.allCases.map(\.rawValue), isOptional: true),
                "sequencing": choice(SequencingChoice.allCases.map(\.rawValue), isOptional: true),
                "gasToken": choice(GasTokenChoice.allCases.map(\.rawValue), isOptional: true),
                "blockTime": within(RollupManifest.Bounds.blockTime),
                "gasLimit": within(RollupManifest.Bounds.gasLimit), "chainId": within(RollupManifest.Bounds.chainID),
                "ephemeral": matching("^[0-9]{1,9}[smhd]$").merging(["example": "2h"]) { $1 }, "until": optionalText,
                "permanent": ["type": ["boolean", "null"]],
                "drainBlocks": within(RollupManifest.Bounds.drainBlocks), "idleBlocks": optionalNumber,
                "owner": matching("^0x[0-9a-fA-F]{40}$"), "config": optionalText,
            ], required: ["name"])
    }

    private static var rollup: [String: Any] {
        let layers = ["execution", "dataAvailability", "security", "sequencing", "gasToken"]
        return object(
            [
                "name": text, "state": choice(RollupRecord.State.allCases.map(\.rawValue)), "template": text,
                "chainId": number,
                "layers": object(Dictionary(uniqueKeysWithValues: layers.map { ($0, text) }), required: layers),
                "blockTime": number, "gasLimit": number, "endsAt": time, "rpcUrl": text, "webSocketUrl": text,
                "addresses": texts, "genesisHash": text, "registryId": text, "archiveHash": text,
                "launch": object(["milliseconds": number, "waitedForL1Milliseconds": number], required: []),
                "failure": text, "createdAt": time, "updatedAt": time,
            ],
            required: [
                "name", "state", "template", "chainId", "layers", "blockTime", "gasLimit", "rpcUrl", "webSocketUrl",
                "addresses", "launch", "createdAt", "updatedAt",
            ])
    }

    private static var rollupList: [String: Any] {
        object(["rollups": list("Rollup"), "next": text], required: ["rollups"])
    }

    private static var job: [String: Any] {
        object(
            [
                "id": text, "rollup": text, "kind": choice(Job.Kind.allCases.map(\.rawValue)),
                "state": choice(["open", "done", "failed"]), "step": text, "failures": number, "failure": text,
                "createdAt": time, "finishedAt": time,
            ], required: ["id", "rollup", "kind", "state", "step", "failures", "createdAt"])
    }

    private static var event: [String: Any] {
        object(
            ["sequence": number, "time": time, "kind": text, "text": text, "details": texts],
            required: ["sequence", "time", "kind", "text", "details"])
    }

    private static var template: [String: Any] {
        object(
            [
                "id": text, "title": text, "summary": text, "lifetimeSeconds": number, "blockTime": number,
                "gasLimit": number,
            ], required: ["id", "title", "summary", "blockTime", "gasLimit"])
    }

    private static var estimate: [String: Any] {
        object(
            [
                "price": object(
                    ["launchWei": text, "depositWei": text, "launchGas": number, "l1FeePerGasWei": text],
                    required: ["launchWei", "depositWei", "launchGas", "l1FeePerGasWei"]),
                "capacity": object(
                    ["gasPerSecond": number, "transfersPerSecond": number],
                    required: ["gasPerSecond", "transfersPerSecond"]),
                "note": text,
            ], required: ["price", "capacity", "note"])
    }

    private static var rollupMetrics: [String: Any] {
        let numbers = [
            "headBlock", "headTime", "safeBlock", "safeTime", "finalizedBlock", "l1OriginBlock", "transactionsTotal",
            "gasUsedTotal", "pendingTransactions", "residentBytes", "databaseBytes",
        ]
        let account = object(
            ["role": text, "address": text, "balanceWei": text], required: ["role", "address", "balanceWei"])
        let others: [String: Any] = [
            "name": text, "state": choice(RollupRecord.State.allCases.map(\.rawValue)), "place": text,
            "measuredAt": time,
            // Minus one until they are counted.
            "unpublishedBytes": ["type": "integer", "minimum": -1],
            "accounts": ["type": "array", "items": account] as [String: Any],
        ]
        return object(
            others.merging(numbers.map { ($0, number) }) { $1 }, required: ["name", "state", "place", "accounts"])
    }

    private static var key: [String: Any] {
        object(
            [
                "id": text, "name": text, "role": choice(AccessRole.allCases.map(\.rawValue)), "createdAt": time,
                "revokedAt": time, "secret": text,
            ], required: ["id", "name", "role", "createdAt"])
    }

    private static var alert: [String: Any] {
        object(
            [
                "id": text, "kind": choice(Alert.Kind.allCases.map(\.rawValue)), "rollup": text, "text": text,
                "raisedAt": time, "resolvedAt": time,
            ], required: ["id", "kind", "text", "raisedAt"])
    }

    private static var webhook: [String: Any] {
        object(
            [
                "id": text, "url": text, "kinds": ["type": "array", "items": text], "failures": number, "failure": text,
                "createdAt": time, "disabledAt": time, "secret": text,
            ], required: ["id", "url", "kinds", "failures", "createdAt"])
    }

    private static var member: [String: Any] {
        object(
            ["address": text, "role": choice(AccessRole.allCases.map(\.rawValue)), "createdAt": time],
            required: ["address", "role", "createdAt"])
    }

    private static var problem: [String: Any] {
        object(
            ["type": text, "title": text, "status": number, "detail": text, "code": text, "field": text],
            required: ["type", "title", "status", "detail", "code"])
    }
}

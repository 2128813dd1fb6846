import Foundation
import Testing

@testable import Platform

private typealias Object = [String: Any]

private func object(_ value: Any?) -> Object { value as? Object ?? [:] }

private func document(isOpen: Bool = true) throws -> Object {
    let text = OpenAPIDocument(operations: PlatformAPI.operations, isOpen: isOpen).text
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
}

/// Paths and what the document says of their methods.
private func described(_ document: Object) -> [(path: String, operation: Object)] {
    object(document["paths"]).flatMap { path, methods in object(methods).values.map { (path, object($0)) } }
}

/// Everything that a `$ref` of a value names.
private func references(_ value: Any) -> [String] {
    if let members = value as? Object {
        return members.flatMap { key, value in
            if key == "$ref", let name = value as? String { return [name] }
            return references(value)
        }
    }
    return (value as? [Any] ?? []).flatMap { references($0) }
}

private func schema(_ name: String) throws -> Object {
    object(object(object(try document()["components"])["schemas"])[name])
}

@Test func everyOperationHasANameOfItsOwn() throws {
    let names = described(try document()).compactMap { $0.operation["operationId"] as? String }
    #expect(names.count == PlatformAPI.operations.count)
    #expect(Set(names).count == names.count)
}

@Test func everySchemaThatIsNamedIsThere() throws {
    let document = try document()
    let schemas = Set(object(object(document["components"])["schemas"]).keys.map { "#/components/schemas/\($0)" })
    let named = Set(references(document))
    #expect(named.subtracting(schemas).isEmpty)
    #expect(!named.isEmpty)
}

@Test func everyNameOfAPathIsDescribed() throws {
    for (path, operation) in described(try document()) {
        let names = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        let parameters = (operation["parameters"] as? [Object] ?? []).filter { $0["in"] as? String == "path" }
        #expect(parameters.compactMap { $0["name"] as? String } == names, "\(path)")
        #expect(parameters.allSatisfy { $0["required"] as? Bool == true }, "\(path)")
    }
}

@Test(arguments: APIOperation.Parameter.allCases)
func everyParameterIsReadFromTheQueryOrAHeader(parameter: APIOperation.Parameter) throws {
    let operation = try #require(PlatformAPI.operations.first { $0.parameters.contains(parameter) })
    let found = try #require(described(try document()).first { $0.operation["operationId"] as? String == operation.id })
    let parameters = (found.operation["parameters"] as? [Object] ?? []).filter { $0["in"] as? String != "path" }
    #expect(parameters.count == operation.parameters.count)
    #expect(parameters.allSatisfy { ["query", "header"].contains($0["in"] as? String) && $0["schema"] != nil })
}

@Test func everyStatusHasItsTitle() throws {
    for (_, operation) in described(try document()) {
        let responses = object(operation["responses"])
        #expect(["401", "403", "500", "503"].allSatisfy { responses[$0] != nil })
        #expect(responses.values.allSatisfy { object($0)["description"] as? String != "" })
    }
    #expect(PlatformProblem.title(422) == "Unprocessable Entity")
}

@Test func aKeyIsAskedForWhereRequestsWithoutOneAreRefused() throws {
    let closed = try document(isOpen: false)["security"] as? [Object]
    #expect(closed?.flatMap(\.keys) == ["key", "session"])
    #expect((try document(isOpen: true)["security"] as? [Object])?.last?.isEmpty == true)
}

// MARK: What is answered

private let rollup: RollupRecord = {
    var details = RollupDetails()
    (details.registryID, details.genesisHash, details.archiveHash) = ("1", "0x01", "0x02")
    details.addresses = ["OptimismPortalProxy": "0x03"]
    (details.expiresAt, details.launchMilliseconds, details.waitedMilliseconds) = (1_800_000_000, 900, 300)
    return RollupRecord(
        name: "fair", organisation: "one", state: .active, template: "mint", document: "{}", chainID: 7, createdAt: 1,
        updatedAt: 2, details: details, failure: "none")
}()

private let bareRollup = RollupRecord(
    name: "fair", organisation: "one", state: .launching, template: "mint", document: "{}", chainID: 7, createdAt: 1,
    updatedAt: 2, details: RollupDetails())

private func job(failure: String?, finishedAt: Int64?) -> Job {
    Job(
        id: "j", rollup: "fair", kind: .launch, state: .done, step: "first answer", failures: 0, claims: 1,
        failure: failure, createdAt: 1, finishedAt: finishedAt, fence: 1)
}

private func key(revokedAt: Int64?) -> AccessKey {
    AccessKey(id: "k", name: "CI", role: .viewer, createdAt: 1, revokedAt: revokedAt)
}

/// A value with all it can have, and one with no more than it must have.
private struct Sample: Sendable, CustomTestStringConvertible {
    var schema: String
    var full: String
    var bare: String
    var testDescription: String { schema }

    init(_ schema: String, _ full: some Encodable, _ bare: (some Encodable)? = String?.none) {
        self.schema = schema
        self.full = JSONText.write(full)
        self.bare = bare.map { JSONText.write($0) } ?? self.full
    }

    static let all: [Sample] = {
        let rollups = [rollup, bareRollup].map {
            RollupResource($0, urls: ("http://a/fair", "ws://a/fair"), l1ChainID: 1)
        }
        let event = EventResource(
            PlatformEvent(
                sequence: 1, organisation: "one", rollup: "fair", time: 1, kind: "launch.done", text: "launched",
                details: ["a": "b"]))
        let keys = [KeyResource(key(revokedAt: 2), secret: "s"), KeyResource(key(revokedAt: nil))]
        var order = LaunchOrder(name: "fair")
        (order.template, order.execution, order.dataAvailability, order.security) = ("mint", "evm", "blobs", "x")
        (order.sequencing, order.gasToken, order.blockTime, order.gasLimit) = ("single", "eth", 1, 2)
        (order.chainId, order.ephemeral, order.until, order.permanent) = (1, "2h", "1", true)
        (order.drainBlocks, order.idleBlocks, order.owner, order.config) = (1, 1, "0x", "name: fair")
        return [
            Sample("Rollup", rollups[0], rollups[1]),
            Sample("RollupList", RollupList(rollups: rollups, next: "fair"), RollupList(rollups: [], next: nil)),
            Sample(
                "Job", JobResource(job(failure: "no", finishedAt: 2)),
                JobResource(job(failure: nil, finishedAt: nil))),
            Sample("Event", event), Sample("EventList", EventList(events: [event])),
            Sample("Template", TemplateResource(RollupTemplate.all[0]), TemplateResource(RollupTemplate.all[2])),
            Sample("TemplateList", TemplateList(templates: [])),
            Sample("Key", keys[0], keys[1]), Sample("KeyList", KeyList(keys: keys)),
            Sample(
                "Estimate",
                EstimateResource(
                    price: .init(launchWei: "1", depositWei: "2", launchGas: 3, l1FeePerGasWei: "4"),
                    capacity: .init(gasPerSecond: 5, transfersPerSecond: 6), note: "n")),
            Sample(
                "Problem", ProblemResource(PlatformProblem(422, "invalid-field", "name is missing", field: "name")),
                ProblemResource(PlatformProblem("it failed"))),
            Sample("LaunchOrder", order, LaunchOrder(name: "fair")),
        ]
    }()
}

/// That an object has what its schema requires and nothing that it has not, in its members, too.
private func check(_ value: Object, _ schema: Object, _ place: String) {
    let properties = object(schema["properties"])
    let required = Set(schema["required"] as? [String] ?? [])
    #expect(Set(value.keys).subtracting(properties.keys).isEmpty, "\(place)")
    #expect(required.subtracting(value.keys).isEmpty, "\(place)")
    for (name, member) in value {
        let described = object(properties[name])
        guard let member = member as? Object, described["properties"] != nil else { continue }
        check(member, described, place + "." + name)
    }
}

@Test(arguments: Sample.all)
private func whatIsAnsweredIsAsItsSchemaSays(sample: Sample) throws {
    let schema = try schema(sample.schema)
    let read = { (text: String) in
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    }
    let (full, bare) = (try read(sample.full), try read(sample.bare))
    check(full, schema, sample.schema)
    check(bare, schema, sample.schema)
    // What a schema has, some value has.
    #expect(Set(object(schema["properties"]).keys) == Set(full.keys))
    // What is not required may be left out.
    #expect(Set(bare.keys) == Set(schema["required"] as? [String] ?? []))
}

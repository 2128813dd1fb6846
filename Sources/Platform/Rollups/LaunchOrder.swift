import Cryptography
import Foundation
import Layers
import Primitives

/// What somebody wants launched. What is not said is as the template has it.
public struct LaunchOrder: Codable, Equatable, Sendable {
    public var name: String
    public var template: String?
    public var execution: String?
    public var dataAvailability: String?
    public var security: String?
    public var sequencing: String?
    public var gasToken: String?
    /// Seconds.
    public var blockTime: UInt64?
    public var gasLimit: UInt64?
    public var chainId: UInt64?
    /// How long it lasts: `90s`, `30m`, `2h`, `7d`.
    public var ephemeral: String?
    /// When it ends: `2027-01-31T12:00:00Z`, or seconds since 1970.
    public var until: String?
    public var permanent: Bool?
    public var drainBlocks: UInt64?
    public var idleBlocks: UInt64?
    /// Who may change the rollup and end it at any time; the platform's account where nobody is named.
    public var owner: String?
    /// A whole manifest in YAML or JSON, in place of all of the above but the name.
    public var config: String?

    public init(name: String) { self.name = name }

    /// Checks it as a whole.
    ///
    /// - Parameter launcher: the account that launches.
    func manifest(
        l1ChainID: UInt64, launcher: Address, isDevelopment: Bool
    ) throws(PlatformProblem) -> (manifest: RollupManifest, template: String) {
        guard let template = RollupTemplate.named(template ?? "blank") else {
            throw .invalid("template", "is one of \(RollupTemplate.all.map(\.id).joined(separator: ", "))")
        }
        guard Self.isName(name) else {
            throw .invalid("name", "has 1 to 40 of a-z, 0-9 and '-', a letter first and no hyphen last")
        }
        var manifest: RollupManifest
        if let config {
            do throws(ManifestError) {
                manifest = try RollupManifest(document: config, l1ChainID: l1ChainID, owner: launcher)
            } catch { throw .invalid("config", "\(error)") }
            guard manifest.name == name else { throw .invalid("config", "is for the rollup \(manifest.name)") }
        } else {
            manifest = RollupManifest(
                name: name, accounts: RollupManifest.Accounts(owner: try ownerAddress() ?? launcher),
                l1ChainID: l1ChainID, chainID: chainId)
            // Whoever owns it, the platform's processes act for it.
            (manifest.accounts.batcher, manifest.accounts.proposer) = (launcher, launcher)
            manifest.accounts.sequencer = launcher
            try choose(&manifest, template, isDevelopment: isDevelopment)
        }
        if let breach = manifest.breaches.first {
            let field = Self.field(breach.key)
            throw PlatformProblem(422, "invalid-field", "\(field): \(breach.rule)", field: field)
        }
        return (manifest, template.id)
    }

    static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...40).contains(bytes.count), let first = bytes.first, (97...122).contains(first), bytes.last != 45
        else { return false }
        return bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    private func ownerAddress() throws(PlatformProblem) -> Address? {
        guard let owner else { return nil }
        do throws(Address.TypingError) { return try Address(typed: owner) } catch {
            throw .invalid("owner", "takes \(error.message)")
        }
    }

    private func choose(
        _ manifest: inout RollupManifest, _ template: RollupTemplate, isDevelopment: Bool
    ) throws(PlatformProblem) {
        manifest.execution = try Self.choice("execution", execution, manifest.execution)
        manifest.dataAvailability = try Self.choice("dataAvailability", dataAvailability, manifest.dataAvailability)
        manifest.security = try Self.choice("security", security, manifest.security)
        manifest.sequencing = try Self.choice("sequencing", sequencing, manifest.sequencing)
        manifest.gasToken = try Self.choice("gasToken", gasToken, manifest.gasToken)
        manifest.blockTime = blockTime ?? template.blockTime
        manifest.gasLimit = gasLimit ?? template.gasLimit
        manifest.lifetime = try lifetime(template)
        guard manifest.lifetime != .permanent else {
            if drainBlocks != nil { throw .invalid("drainBlocks", "is for a rollup that ends") }
            if idleBlocks != nil { throw .invalid("idleBlocks", "is for a rollup that ends") }
            return
        }
        manifest.ending.drainBlocks = drainBlocks ?? (isDevelopment ? 16 : manifest.ending.drainBlocks)
        manifest.ending.idleBlocks = idleBlocks ?? 0
    }

    private func lifetime(_ template: RollupTemplate) throws(PlatformProblem) -> RollupManifest.Lifetime {
        let said = [ephemeral != nil, until != nil, permanent == true].count(where: { $0 })
        if said > 1 { throw .invalid("ephemeral", "goes neither with until nor with permanent") }
        if let ephemeral {
            guard let seconds = LifetimeText.duration(ephemeral) else {
                throw .invalid("ephemeral", "takes a duration such as 90s, 30m, 2h or 7d")
            }
            return .duration(seconds)
        }
        if let until {
            guard let time = LifetimeText.time(until) else {
                throw .invalid("until", "takes a time such as 2027-01-31T12:00:00Z, or seconds since 1970")
            }
            return .until(time)
        }
        return permanent == true ? .permanent : template.lifetime.map { .duration($0) } ?? .permanent
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ field: String, _ text: String?, _ usual: Choice
    ) throws(PlatformProblem) -> Choice {
        guard let text else { return usual }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(field, "is one of \(all)")
        }
        return choice
    }

    /// The field of an order that a key of a manifest comes from.
    private static func field(_ key: String) -> String {
        if key == "lifetime.duration" { return "ephemeral" }
        let words = key.split(separator: ".").last.map(String.init)?.split(separator: "-").map(String.init) ?? []
        return (words.first ?? "config") + words.dropFirst().map(\.capitalized).joined()
    }
}

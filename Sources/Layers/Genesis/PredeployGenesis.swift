import Cryptography
import Foundation
public import Primitives
public import StateTransition

/// The contracts that a rollup begins with, as a function of a few parameters (`docs/predeploys.md`).
public struct PredeployGenesis: Sendable {
    private struct Description: Decodable {
        struct Parameter: Decodable {
            var name: String
        }

        struct Account: Decodable {
            var address: String
            var nonce: UInt64
            var code: String
            var storage: [Slot]
        }

        struct Slot: Decodable {
            var slot: String
            var value: String?
            var parameter: String?
            var alias: Bool?
        }

        struct Proxies: Decodable {
            var first: String
            var count: UInt64
            var except: [String]
            var nonce: UInt64
            var code: String
            var storage: [Slot]
        }

        var parameters: [Parameter]
        var codes: [String: String]
        var accounts: [Account]
        var proxies: Proxies
    }

    /// Why the description cannot be used.
    public enum Failure: Error, Equatable, Sendable {
        case malformed(String)
        case parameterMissing(String)
    }

    private let description: Description

    /// The contracts of this version of Mayfly.
    public init() throws(Failure) {
        do {
            description = try JSONDecoder().decode(Description.self, from: Data(predeployDescription.utf8))
        } catch {
            throw .malformed("\(error)")
        }
    }

    /// The names of the parameters.
    public var parameterNames: [String] { description.parameters.map { $0.name } }

    /// The accounts with their code and storage.
    ///
    /// - Parameter parameters: a word for each name; addresses of L1 as they are there.
    /// - Throws: `parameterMissing`.
    public func state(_ parameters: [String: UInt256]) throws(Failure) -> StateDiff {
        for name in parameterNames where parameters[name] == nil { throw .parameterMissing(name) }
        var codes: [String: Hash256] = [:]
        var state = StateDiff()
        for (name, text) in description.codes.sorted(by: { $0.key < $1.key }) {
            guard let bytes = try? Hex.decode(text) else { throw .malformed("the code \(name)") }
            let hash = Keccak256.hash(bytes)
            codes[name] = hash
            state.codes.append(StateDiff.NewCode(hash: hash, bytes: bytes))
        }
        var taken: Set<UInt256> = []
        for account in description.accounts {
            let address = try Self.word(account.address)
            taken.insert(address)
            try add(address, account.nonce, account.code, account.storage, codes, parameters, to: &state)
        }
        let proxies = description.proxies
        let first = try Self.word(proxies.first)
        for text in proxies.except { taken.insert(try Self.word(text)) }
        for index in 0..<proxies.count {
            let address = first &+ UInt256(index)
            if taken.contains(address) { continue }
            try add(address, proxies.nonce, proxies.code, proxies.storage, codes, parameters, to: &state)
        }
        return state
    }

    private func add(
        _ address: UInt256, _ nonce: UInt64, _ code: String, _ storage: [Description.Slot], _ codes: [String: Hash256],
        _ parameters: [String: UInt256], to state: inout StateDiff
    ) throws(Failure) {
        guard let hash = codes[code] else { throw .malformed("no code \(code)") }
        let start = state.slots.count
        for slot in storage {
            var value: UInt256 = 0
            if let text = slot.value { value = try Self.word(text) }
            if let name = slot.parameter {
                guard let parameter = parameters[name] else { throw .parameterMissing(name) }
                value = slot.alias == true ? Self.alias(parameter) : parameter
            }
            if value.isZero { continue }
            state.slots.append(StateDiff.SlotChange(key: try Self.word(slot.slot), value: value))
        }
        state.accounts.append(
            StateDiff.AccountChange(
                address: Address(truncating: address), record: AccountRecord(nonce: nonce, codeHash: hash),
                slots: start..<state.slots.count))
    }

    /// What an address of L1 is on the rollup (OP Stack specification, address aliasing).
    private static func alias(_ address: UInt256) -> UInt256 {
        let offset = UInt256(limbs: 0x1111, 0, 0x1111_0000, 0)
        return UInt256(Address(truncating: address &+ offset))
    }

    private static func word(_ text: String) throws(Failure) -> UInt256 {
        guard let word = ManifestNode.word(text) else { throw .malformed("no number: \(text.prefix(80))") }
        return word
    }
}

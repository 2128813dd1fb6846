import Cryptography
import Derivation
import Primitives
import RollupNode
import StateTransition
import Testing

/// An account that sends on a rollup.
enum TestSender {
    private static let key = UInt256(0x5E9)

    static var address: Address {
        guard let signature = Secp256k1.sign(hash: Hash256(), privateKey: key) else { return Address() }
        return Secp256k1.recoverAddress(
            hash: Hash256(), r: signature.r, s: signature.s, isOdd: signature.isOdd) ?? Address()
    }

    /// A transfer of three wei to 0xBEEF, as it is sent.
    static func transfer(_ nonce: UInt64, _ rollup: RollupOnL1) throws -> [UInt8] {
        var transaction = Transaction(
            kind: .dynamicFee, chainID: rollup.configuration.l2ChainID, nonce: nonce,
            maxFeePerGas: 100_000_000_000, maxPriorityFeePerGas: 1_000_000, gasLimit: 21_000,
            to: Address(truncating: 0xBEEF), value: 3)
        let signature = try #require(Secp256k1.sign(hash: transaction.signingHash, privateKey: key))
        transaction.signature = Signature(v: signature.isOdd ? 1 : 0, r: signature.r, s: signature.s)
        return transaction.encoded
    }
}

/// Waits until something is so, and records an issue where it does not come to pass.
func eventually(
    _ what: String, seconds: Int = 30, _ condition: () async throws -> Bool, location: SourceLocation = #_sourceLocation
) async throws {
    for _ in 0..<seconds * 500 {
        if try await condition() { return }
        try await Task.sleep(nanoseconds: 2_000_000)
    }
    Issue.record("\(what) did not happen", sourceLocation: location)
}

/// Runs nodes while `body` does something with them, and stops them.
func running(
    _ nodes: [RollupNode], _ notices: @escaping @Sendable (RollupNode.Notice) -> Void = { _ in },
    _ body: () async throws -> Void
) async throws {
    let tasks = nodes.map { node in Task { try? await node.run(every: .milliseconds(50)) { notices($0) } } }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    try result.get()
}

import EVM
import Primitives
import Testing

/// A stranger decides what is predecoded: whatever the code, it takes time linear in its size.
struct PredecodingTimeTests {
    #if DEBUG
        private static let limit = Duration.seconds(1)
    #else
        private static let limit = Duration.milliseconds(60)
    #endif

    /// Whether the first call of a code of 48,000 bytes that stops at once is fast in the fast loop; a machine that is busy
    /// gets some tries. Linear is a millisecond or two, quadratic half a second.
    private func isFast(_ pattern: [UInt8]) throws -> Bool {
        let body = Array(repeatElement(pattern, count: 48_000 / pattern.count).joined())
        for _ in 0..<5 {
            var machine = Machine(rules: Rules(.osaka))
            machine.loop = .fast
            var host = TestHost()
            host.set(contract, code: [0x00, 0x5B] + body)
            let message = Message(
                kind: .call, gas: 100, recipient: contract, codeAddress: contract, caller: sender, value: 0, input: [])
            let time = try ContinuousClock().measure { _ = try machine.execute(message, host: &host) }
            if time < Self.limit { return true }
        }
        return false
    }

    @Test(
        arguments: [
            [0x5B], [0x15], [0x50], [0x90], [0x80], [0x5F], [0x01], [0x5F, 0x01], [0x60, 0x00, 0x57],
            [0x15, 0x60, 0x01, 0x57],
            [0x5B, 0x58], [0x80, 0x15], [0x10, 0x15, 0x15], [0x61, 0x00, 0x01, 0x56], [0x19], [0x5A], [0xFE, 0x5B],
            [0x0C],
        ] as [[UInt8]])
    func isLinear(_ pattern: [UInt8]) throws { #expect(try isFast(pattern)) }

    /// The whole row of SWAP1 is folded into the instruction behind it.
    @Test func foldsALongRow() throws {
        #expect(try isFast([UInt8](repeating: 0x90, count: 40_000) + [0x01]))
    }
}

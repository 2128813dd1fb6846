import EVM
import Primitives
import Testing

/// A stranger decides what is predecoded: whatever the code, it takes time linear in its size.
struct PredecodingTimeTests {
    /// The time of the first call of a code that stops at once, in the fast loop.
    private func seconds(_ pattern: [UInt8], count: Int) throws -> Double {
        let body = Array(repeatElement(pattern, count: count / pattern.count).joined())
        var least = Double.infinity
        for _ in 0..<4 {
            var machine = Machine(rules: Rules(.osaka))
            machine.loop = .fast
            var host = TestHost()
            host.set(contract, code: [0x00, 0x5B] + body)
            let message = Message(
                kind: .call, gas: 100, recipient: contract, codeAddress: contract, caller: sender, value: 0, input: [])
            let time = try ContinuousClock().measure { _ = try machine.execute(message, host: &host) }
            least = min(least, Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds))
        }
        return least
    }

    @Test(
        arguments: [
            [0x5B], [0x15], [0x50], [0x90], [0x80], [0x5F], [0x01], [0x5F, 0x01], [0x60, 0x00, 0x57],
            [0x15, 0x60, 0x01, 0x57],
            [0x5B, 0x58], [0x80, 0x15], [0x10, 0x15, 0x15], [0x61, 0x00, 0x01, 0x56], [0x19], [0x5A], [0xFE, 0x5B],
            [0x0C],
        ] as [[UInt8]])
    func isLinear(_ pattern: [UInt8]) throws {
        let (short, long) = (try seconds(pattern, count: 6_000), try seconds(pattern, count: 48_000))
        #expect(long < 30 * short, "8 times the code takes \(long / short) times as long")
    }

    /// The whole row of SWAP1 is folded into the instruction behind it.
    @Test func foldsALongRow() throws {
        #expect(try seconds([UInt8](repeating: 0x90, count: 40_000) + [0x01], count: 40_001) < 1)
    }
}

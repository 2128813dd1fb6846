import Conformance
import Primitives
import Testing

@Suite("Ethash")
struct EthashTests {
    /// PoWTests of ethereum/tests, "first" and "second".
    @Test(
        arguments: [
            (
                "2a8de2adf89af77358250bf908bf04ba94a6e8c3ba87775564a41d269a05e4ce", 0x4242_4242_4242_4242 as UInt64,
                "58f759ede17a706c93f13030328bcea40c1d1341fb26f2facd21ceb0dae57017",
                "dd47fd2d98db51078356852d7c4014e6a5d6c387c35f40e2875b74a256ed7906"
            ),
            (
                "100cbec5e5ef82991290d0d93d758f19082e71f234cf479192a8b94df6da6bfe", 0x3076_92cf_71b1_2f6d,
                "e55d02c555a7969361cf74a9ec6211d8c14e4517930a00442f171bdb1698d175",
                "ab9b13423cface72cbec8424221651bc2e384ef0f7a560e038fc68c8d8684829"
            ),
        ])
    func evaluates(sealingHash: String, nonce: UInt64, mix: String, result: String) throws {
        let outcome = Ethash.firstEpoch.evaluate(sealingHash: try Hash256(hex: sealingHash), nonce: nonce)
        #expect(outcome.mix == (try Hash256(hex: mix)))
        #expect(outcome.result == (try Hash256(hex: result)))
        let bound = UInt256.max / UInt256(outcome.result)
        for (difficulty, isSealed) in [(UInt256.zero, false), (.one, true), (bound, true), (bound &+ 1, false)] {
            let answer = Ethash.firstEpoch.isSealed(
                sealingHash: try Hash256(hex: sealingHash), nonce: nonce, mixHash: outcome.mix, difficulty: difficulty)
            #expect(answer == isSealed, "difficulty \(difficulty)")
        }
        #expect(
            !Ethash.firstEpoch.isSealed(
                sealingHash: try Hash256(hex: sealingHash), nonce: nonce, mixHash: Hash256(), difficulty: .one))
    }
}

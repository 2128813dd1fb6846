import Cryptography
import Foundation
import Primitives

/// Prints what 200 operators' BN254 signatures of one digest cost, verified together and one by one, in turns; and what it
/// costs to find one among them that is not valid.
func printSignatureBatch() {
    let count = 200
    let digest = Keccak256.hash([1])
    let signers = (0..<count).map { BN254SecretKey(UInt256(Keccak256.hash([2, UInt8($0)])) >> 3)! }
    let good = signers.map { (key: $0.publicKey, signature: $0.sign(digest)) }
    var bad = good
    bad[123].signature = signers[123].sign(Keccak256.hash([3]))

    let clock = ContinuousClock()
    var times: [(single: Duration, batch: Duration, search: Duration)] = []
    let end = clock.now + .seconds(5)
    repeat {
        let single = clock.measure {
            precondition(good.allSatisfy { $0.signature.isValid(for: digest, by: $0.key) })
        }
        let batch = clock.measure { precondition(BN254Signature.areValid(good, for: digest)) }
        let search = clock.measure { precondition(BN254Signature.invalid(among: bad, for: digest) == [123]) }
        times.append((single, batch, search))
    } while clock.now < end || times.count < 3
    let middle = times.count / 2
    let single = times.map(\.single).sorted()[middle]
    let batch = times.map(\.batch).sorted()[middle]
    let search = times.map(\.search).sorted()[middle]
    let ratio = times.map { $0.single / $0.batch }.sorted()[middle]
    print("bn254/200 signatures one by one: \(milliseconds(single)) ms")
    print("bn254/200 signatures in a batch: \(milliseconds(batch)) ms, \((ratio * 10).rounded() / 10) times faster")
    print("bn254/200 signatures, finding one that is not valid: \(milliseconds(search)) ms")
}

/// With two decimals.
private func milliseconds(_ time: Duration) -> Double { (time / .milliseconds(1) * 100).rounded() / 100 }

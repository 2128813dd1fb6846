import Cryptography
import Primitives
import Testing

@Suite struct Keccak256Tests {
    @Test func constantsAreHashes() {
        #expect(Keccak256.hash([UInt8]()) == Keccak256.emptyBytes)
        #expect(Keccak256.hash([0x80]) == Keccak256.emptyTrie)
    }

    @Test(arguments: [
        ("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        ("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        (
            "The quick brown fox jumps over the lazy dog",
            "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"
        ),
    ])
    func knownHashes(message: String, expected: String) throws {
        #expect(Keccak256.hash(Array(message.utf8)) == (try Hash256(hex: expected)))
    }

    @Test func piecesMakeTheWhole() {
        let message = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for cut in [0, 1, 7, 135, 136, 137, 272, 999] {
            var state = Keccak256()
            state.update(Array(message[..<cut]))
            state.update(Array(message[cut...]))
            #expect(state.finalize() == Keccak256.hash(message))
        }
    }

    /// A sponge as plain as the definition, over the portable permutation.
    private func plainHash(_ message: [UInt8]) -> Hash256 {
        var padded = message + [1]
        padded += [UInt8](repeating: 0, count: (136 - padded.count % 136) % 136)
        padded[padded.count - 1] ^= 0x80
        var lanes = [UInt64](repeating: 0, count: 25)
        for block in stride(from: 0, to: padded.count, by: 136) {
            for index in 0..<136 { lanes[index / 8] ^= UInt64(padded[block + index]) << UInt64(index % 8 * 8) }
            lanes.withUnsafeMutableBufferPointer { KeccakPermutation.applyPortably($0.baseAddress!) }
        }
        return lanes.withUnsafeBytes { Hash256(copying: $0.baseAddress!) }
    }

    @Test func everyPathAgreesWithThePortablePermutation() {
        var generator = SystemRandomNumberGenerator()
        for count in 0...300 {
            let message = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let expected = plainHash(message)
            #expect(Keccak256.hash(message) == expected, "\(count) bytes")
            let unaligned = [0] + message
            #expect(
                unaligned.withUnsafeBytes { Keccak256.hash(UnsafeRawBufferPointer(rebasing: $0[1...])) } == expected)
            let cut = Int.random(in: 0...count, using: &generator)
            var state = Keccak256()
            state.update(Array(message[..<cut]))
            state.update(Array(message[cut...]))
            #expect(state.finalize() == expected, "\(count) bytes cut at \(cut)")
            if count == 20 {
                #expect(Keccak256.hash(message.withUnsafeBytes { Address(copying: $0.baseAddress!) }) == expected)
            }
            if count == 32 {
                #expect(Keccak256.hash(message.withUnsafeBytes { Hash256(copying: $0.baseAddress!) }) == expected)
            }
        }
    }
}

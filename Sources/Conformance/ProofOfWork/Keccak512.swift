/// Keccak-512 of messages of at most 71 bytes, which is all that Ethash asks for: eight lanes out, one permutation.
enum Keccak512 {
    /// The hash of `count` ≤ 8 lanes (little-endian words of the message).
    static func hash(_ lanes: InlineArray<8, UInt64>, count: Int = 8) -> InlineArray<8, UInt64> {
        var state = InlineArray<25, UInt64>(repeating: 0)
        for index in 0..<count { state[index] = lanes[index] }
        state[count] ^= 0x01
        state[8] ^= 0x8000_0000_0000_0000
        permute(&state)
        var result = InlineArray<8, UInt64>(repeating: 0)
        for index in 0..<8 { result[index] = state[index] }
        return result
    }

    /// Keccak-f[1600] (FIPS 202, section 3.3), rho and pi walked along the one cycle that they form.
    private static func permute(_ state: inout InlineArray<25, UInt64>) {
        for round in 0..<24 {
            var parities = InlineArray<5, UInt64>(repeating: 0)
            for x in 0..<5 { parities[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] }
            for x in 0..<5 {
                let mask = parities[(x + 4) % 5] ^ rotated(parities[(x + 1) % 5], 1)
                for y in 0..<5 { state[x + 5 * y] ^= mask }
            }
            var moving = state[1]
            for step in 0..<24 {
                let target = targets[step]
                let next = state[target]
                state[target] = rotated(moving, rotations[step])
                moving = next
            }
            for y in 0..<5 {
                let row: InlineArray<5, UInt64> = [
                    state[5 * y], state[5 * y + 1], state[5 * y + 2], state[5 * y + 3], state[5 * y + 4],
                ]
                for x in 0..<5 { state[5 * y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]) }
            }
            state[0] ^= roundConstants[round]
        }
    }

    @inline(__always)
    private static func rotated(_ lane: UInt64, _ count: UInt64) -> UInt64 {
        (lane &<< count) | (lane &>> (64 &- count))
    }

    private static let targets: InlineArray<24, Int> = [
        10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1,
    ]

    private static let rotations: InlineArray<24, UInt64> = [
        1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44,
    ]

    private static let roundConstants: InlineArray<24, UInt64> = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
        0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
        0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
        0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
        0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}

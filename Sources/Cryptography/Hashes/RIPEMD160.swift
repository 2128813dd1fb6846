public import Primitives

/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996).
public enum RIPEMD160 {
    /// The 20-byte hash of `bytes`.
    ///
    /// - Complexity: O(*n*), no allocation.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Address {
        var state: State = (0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0)
        var offset = 0
        while bytes.count - offset >= 64 {
            compress(&state, bytes.baseAddress! + offset)
            offset += 64
        }
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 16) { tail in
            let rest = bytes.count - offset
            for index in 0..<128 { tail[index] = index < rest ? bytes[offset + index] : 0 }
            tail[rest] = 0x80
            let end = rest < 56 ? 64 : 128
            tail.storeBytes(of: (UInt64(bytes.count) &* 8).littleEndian, toByteOffset: end - 8, as: UInt64.self)
            compress(&state, tail.baseAddress!)
            if end == 128 { compress(&state, tail.baseAddress! + 64) }
        }
        let words = (
            state.0.littleEndian, state.1.littleEndian, state.2.littleEndian, state.3.littleEndian,
            state.4.littleEndian
        )
        return withUnsafeBytes(of: words) { Address(copying: $0.baseAddress!) }
    }

    private typealias State = (UInt32, UInt32, UInt32, UInt32, UInt32)

    /// The message word of each step, left line.
    private static let leftWords: [UInt8] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
        3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
        1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
        4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
    ]

    /// The message word of each step, right line.
    private static let rightWords: [UInt8] = [
        5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
        6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
        15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
        8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
        12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
    ]

    /// The rotation of each step, left line.
    private static let leftShifts: [UInt8] = [
        11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
        7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
        11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
        11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
        9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
    ]

    /// The rotation of each step, right line.
    private static let rightShifts: [UInt8] = [
        8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
        9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
        9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
        15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
        8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
    ]

    private static let leftConstants: [UInt32] = [0, 0x5A82_7999, 0x6ED9_EBA1, 0x8F1B_BCDC, 0xA953_FD4E]
    private static let rightConstants: [UInt32] = [0x50A2_8BE6, 0x5C4D_D124, 0x6D70_3EF3, 0x7A6D_76E9, 0]

    @inline(__always)
    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
        (word &<< count) | (word &>> (32 &- count))
    }

    @inline(__always)
    private static func mixed(_ round: Int, _ x: UInt32, _ y: UInt32, _ z: UInt32) -> UInt32 {
        switch round {
        case 0: x ^ y ^ z
        case 1: (x & y) | (~x & z)
        case 2: (x | ~y) ^ z
        case 3: (x & z) | (y & ~z)
        default: x ^ (y | ~z)
        }
    }

    /// Takes in one block of 64 bytes.
    private static func compress(_ state: inout State, _ block: UnsafeRawPointer) {
        var (a, b, c, d, e) = state
        var (f, g, h, i, j) = state
        for step in 0..<80 {
            let round = step / 16
            let left = block.loadUnaligned(fromByteOffset: Int(leftWords[step]) * 4, as: UInt32.self).littleEndian
            let right = block.loadUnaligned(fromByteOffset: Int(rightWords[step]) * 4, as: UInt32.self).littleEndian
            let leftSum = a &+ mixed(round, b, c, d) &+ left &+ leftConstants[round]
            (a, b, c, d, e) = (e, rotated(leftSum, UInt32(leftShifts[step])) &+ e, b, rotated(c, 10), d)
            let rightSum = f &+ mixed(4 - round, g, h, i) &+ right &+ rightConstants[round]
            (f, g, h, i, j) = (j, rotated(rightSum, UInt32(rightShifts[step])) &+ j, g, rotated(h, 10), i)
        }
        state = (
            state.1 &+ c &+ i, state.2 &+ d &+ j, state.3 &+ e &+ f, state.4 &+ a &+ g, state.0 &+ b &+ h
        )
    }
}

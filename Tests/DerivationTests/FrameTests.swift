import Derivation
import Primitives
import Testing

private let channel = ChannelID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)

@Suite struct FrameTests {
    @Test(arguments: [[1, 2, 3], [0], [70_000, 1], [5, 1_000_000]])
    func framesRoundTrip(counts: [Int]) throws {
        var dice = Dice(1)
        let frames = counts.enumerated().map { index, count in
            Frame(
                channel: channel, number: UInt16(index), data: dice.bytes(count), isLast: index == counts.count - 1)
        }
        #expect(try Frame.decodeAll(Frame.encodeAll(frames)) == frames)
    }

    @Test func oneMalformedFrameSpoilsAll() {
        let good = Frame(channel: channel, number: 0, data: [1, 2], isLast: true)
        let bytes = Frame.encodeAll([good, good])
        #expect(throws: FrameError.empty) { try Frame.decodeAll([]) }
        #expect(throws: FrameError.noFrames) { try Frame.decodeAll([0]) }
        #expect(throws: FrameError.unknownVersion(1)) { try Frame.decodeAll([1] + bytes.dropFirst()) }
        for count in 2..<bytes.count where count != 26 {
            #expect(throws: FrameError.truncated) { try Frame.decodeAll(Array(bytes[..<count])) }
        }
        var wrong = bytes
        wrong[bytes.count - 1] = 2
        #expect(throws: FrameError.invalidLastByte(2)) { try Frame.decodeAll(wrong) }
        var long = bytes
        long.replaceSubrange(19..<23, with: [0, 0x0F, 0x42, 0x41])
        #expect(throws: FrameError.dataTooLong(1_000_001)) { try Frame.decodeAll(long) }
    }

    @Test(arguments: [0, 1, 76, 77, 78, 1_000, 100_000], [24, 100, 120_000])
    func channelsAreCutAndPutTogether(count: Int, largest: Int) throws {
        var dice = Dice(UInt64(count))
        let data = dice.bytes(count)
        let frames = Frame.split(data, channel: channel, largestFrame: largest)
        guard count / (largest - Frame.overhead) < 65_536 else {
            #expect(frames == nil)
            return
        }
        var whole = Channel(id: channel, openBlock: 7)
        for frame in try #require(frames) {
            #expect(frame.data.count + Frame.overhead <= largest)
            #expect(!whole.isComplete)
            let isTaken = whole.append(frame)
            #expect(isTaken)
        }
        #expect(whole.isComplete)
        #expect(whole.data == data)
    }

    @Test func framesTooSmallForDataAreRefused() {
        #expect(Frame.split([1], channel: channel, largestFrame: 23) == nil)
    }

    @Test func channelTakesFramesInOrderOnly() {
        var open = Channel(id: channel, openBlock: 7)
        func frame(_ number: UInt16, last: Bool = false) -> Frame {
            Frame(channel: channel, number: number, data: [UInt8(number)], isLast: last)
        }
        let foreign = Frame(channel: ChannelID(high: 0, low: 0), number: 1, data: [], isLast: false)
        let frames = [frame(1), frame(0), frame(0), frame(2), foreign, frame(1, last: true), frame(2)]
        let taken = frames.map { open.append($0) }
        #expect(taken == [false, true, false, false, false, true, false])
        #expect(open.data == [0, 1])
        #expect(open.size == 402)
        #expect(!open.isTimedOut(at: 57))
        #expect(open.isTimedOut(at: 58))
    }
}

@Suite struct BlobEncodingTests {
    @Test(arguments: [0, 1, 26, 27, 28, 122, 123, 124, 4_096, 130_043, 130_044])
    func blobsRoundTrip(count: Int) throws {
        var dice = Dice(UInt64(count))
        let data = dice.bytes(count)
        let blob = try BlobEncoding.encode(data)
        #expect(blob.count == BlobEncoding.blobSize)
        #expect(stride(from: 0, to: blob.count, by: 32).allSatisfy { blob[$0] < 0x40 })
        #expect(try BlobEncoding.decode(blob) == data)
    }

    @Test func malformedBlobsAreRefused() throws {
        let blob = try BlobEncoding.encode([1, 2, 3])
        func changed(_ index: Int, _ value: UInt8) -> [UInt8] {
            var copy = blob
            copy[index] = value
            return copy
        }
        #expect(throws: BlobEncodingError.wrongSize(1)) { try BlobEncoding.decode([0]) }
        #expect(throws: BlobEncodingError.unknownVersion(1)) { try BlobEncoding.decode(changed(1, 1)) }
        #expect(throws: BlobEncodingError.lengthTooLarge(0xFF_0003)) { try BlobEncoding.decode(changed(2, 0xFF)) }
        #expect(throws: BlobEncodingError.elementTooLarge(index: 6)) { try BlobEncoding.decode(changed(192, 0x40)) }
        #expect(throws: BlobEncodingError.trailingData) { try BlobEncoding.decode(changed(131_071, 1)) }
        #expect(throws: BlobEncodingError.trailingData) { try BlobEncoding.decode(changed(96, 1)) }
        #expect(throws: BlobEncodingError.tooMuchData(130_045)) {
            try BlobEncoding.encode([UInt8](repeating: 0, count: 130_045))
        }
    }
}

@Suite struct AltDACommitmentTests {
    @Test func commitmentsRoundTrip() throws {
        var dice = Dice(3)
        let commitments: [AltDACommitment] = [.keccak256(dice.hash()), .generic([0]), .generic(dice.bytes(200))]
        for commitment in commitments {
            #expect(AltDACommitment(batcherData: commitment.batcherData) == commitment)
        }
        #expect(AltDACommitment(batcherData: []) == nil)
        #expect(AltDACommitment(batcherData: [1]) == nil)
        #expect(AltDACommitment(batcherData: [1, 1]) == nil)
        #expect(AltDACommitment(batcherData: [1, 2, 3]) == nil)
        #expect(AltDACommitment(batcherData: [0, 1, 3]) == nil)
        #expect(AltDACommitment(batcherData: [1, 0] + dice.bytes(31)) == nil)
    }

    @Test func keccakCommitmentsAreChecked() throws {
        let empty = try Hash256(hex: "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
        let commitment = AltDACommitment.keccak256(empty)
        #expect(commitment.matches([]))
        #expect(!commitment.matches([0]))
        #expect(commitment.allows(count: 130_672))
        #expect(!commitment.allows(count: 130_673))
    }
}

/// Identifies a channel: sixteen bytes of the batcher's choice.
public struct ChannelID: Equatable, Sendable, BitwiseCopyable {
    /// The first eight bytes, big-endian.
    public var high: UInt64
    /// The last eight bytes, big-endian.
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// A piece of a channel (OP Stack specification, derivation, frame format).
public struct Frame: Equatable, Sendable {
    public var channel: ChannelID
    /// Its place in the channel, from zero.
    public var number: UInt16
    public var data: [UInt8]
    /// Whether the channel ends with it.
    public var isLast: Bool

    public init(channel: ChannelID, number: UInt16, data: [UInt8], isLast: Bool) {
        self.channel = channel
        self.number = number
        self.data = data
        self.isLast = isLast
    }

    /// The bytes of a frame besides its data.
    public static var overhead: Int { 23 }
    /// The most bytes of data in a frame.
    public static var largestDataCount: Int { 1_000_000 }
    /// The version byte before the frames of a batcher transaction.
    public static var version: UInt8 { 0 }
}

/// Why the data of a batcher transaction are not frames.
public enum FrameError: Error, Equatable, Sendable {
    /// There is no version byte.
    case empty
    case unknownVersion(UInt8)
    case truncated
    /// Over `Frame.largestDataCount` bytes.
    case dataTooLong(UInt64)
    /// The byte that says whether the frame is the last one is neither 0 nor 1.
    case invalidLastByte(UInt8)
    /// A version byte and nothing else.
    case noFrames
}

extension Frame {
    /// Reads all frames of a batcher transaction's data; where one is malformed, there are none.
    ///
    /// - Complexity: O(*n*).
    public static func decodeAll(_ data: [UInt8]) throws(FrameError) -> [Frame] {
        guard let version = data.first else { throw .empty }
        guard version == Self.version else { throw .unknownVersion(version) }
        var cursor = ByteCursor(data.dropFirst())
        guard cursor.remaining > 0 else { throw .noFrames }
        var frames: [Frame] = []
        while cursor.remaining > 0 { frames.append(try Frame(reading: &cursor)) }
        return frames
    }

    private init(reading cursor: inout ByteCursor) throws(FrameError) {
        guard let high = cursor.readBigEndian(width: 8), let low = cursor.readBigEndian(width: 8),
            let number = cursor.readBigEndian(width: 2), let count = cursor.readBigEndian(width: 4)
        else { throw .truncated }
        guard count <= UInt64(Self.largestDataCount) else { throw .dataTooLong(count) }
        guard let data = cursor.read(Int(count)), let last = cursor.readByte() else { throw .truncated }
        guard last <= 1 else { throw .invalidLastByte(last) }
        self.init(
            channel: ChannelID(high: high, low: low), number: UInt16(truncatingIfNeeded: number), data: Array(data),
            isLast: last == 1)
    }

    /// Appends the bytes of the frame; its data must be at most `largestDataCount`.
    public func encode(to bytes: inout [UInt8]) {
        bytes.appendBigEndian(channel.high, width: 8)
        bytes.appendBigEndian(channel.low, width: 8)
        bytes.appendBigEndian(UInt64(number), width: 2)
        bytes.appendBigEndian(UInt64(data.count), width: 4)
        bytes.append(contentsOf: data)
        bytes.append(isLast ? 1 : 0)
    }

    /// The data of a batcher transaction with these frames.
    public static func encodeAll(_ frames: [Frame]) -> [UInt8] {
        var bytes = [version]
        bytes.reserveCapacity(1 + frames.reduce(0) { $0 + overhead + $1.data.count })
        for frame in frames { frame.encode(to: &bytes) }
        return bytes
    }

    /// Cuts a channel into frames.
    ///
    /// - Parameters:
    ///   - data: the channel as its compressor left it.
    ///   - largestFrame: bytes a frame at most, its overhead included.
    /// - Returns: nil where a frame would hold nothing, or the channel has more frames than there are numbers.
    public static func split(_ data: [UInt8], channel: ChannelID, largestFrame: Int) -> [Frame]? {
        let room = min(largestFrame - overhead, largestDataCount)
        guard room > 0 else { return nil }
        let count = max(1, data.count / room + (data.count % room == 0 ? 0 : 1))
        guard count <= Int(UInt16.max) + 1 else { return nil }
        return (0..<count).map { index in
            let end = min(data.count, (index + 1) * room)
            return Frame(
                channel: channel, number: UInt16(truncatingIfNeeded: index), data: Array(data[index * room..<end]),
                isLast: index == count - 1)
        }
    }
}

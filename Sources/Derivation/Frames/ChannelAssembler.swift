/// A channel that is being put together from frames in order (OP Stack specification, Holocene, channel bank).
public struct Channel: Equatable, Sendable {
    public let id: ChannelID
    /// The number of the L1 block with its first frame.
    public let openBlock: UInt64
    public private(set) var data: [UInt8] = []
    /// Bytes of all frames' data, and `Channel.frameOverhead` for each.
    public private(set) var size = 0
    public private(set) var isComplete = false
    /// One more than any frame number where the channel can have no further frame.
    private var nextNumber: UInt32 = 0

    /// What each frame counts besides its data.
    public static var frameOverhead: Int { 200 }

    public init(id: ChannelID, openBlock: UInt64) {
        self.id = id
        self.openBlock = openBlock
    }

    /// Takes the next frame; false where it is another channel's or not the next one.
    public mutating func append(_ frame: Frame) -> Bool {
        guard frame.channel == id, !isComplete, UInt32(frame.number) == nextNumber else { return false }
        data.append(contentsOf: frame.data)
        size += frame.data.count + Self.frameOverhead
        nextNumber += 1
        isComplete = frame.isLast
        return true
    }

    /// Whether frames in L1 block `number` come too late for it.
    public func isTimedOut(at number: UInt64) -> Bool {
        let (end, overflow) = openBlock.addingReportingOverflow(ProtocolConstant.channelTimeout)
        return !overflow && number > end
    }
}

/// Holds the one channel that is open at a time: the channel bank since Holocene.
struct ChannelAssembler {
    private var staging: Channel?

    /// Takes a frame found in L1 block `origin`.
    ///
    /// - Returns: the channel's compressed data, where the frame completes it.
    mutating func add(_ frame: Frame, origin: UInt64) -> [UInt8]? {
        if let open = staging, open.isTimedOut(at: origin) { staging = nil }
        if frame.number == 0 { staging = Channel(id: frame.channel, openBlock: origin) }
        guard let appended = staging?.append(frame), appended, let channel = staging else { return nil }
        if channel.size > ProtocolConstant.largestChannel {
            staging = nil
            return nil
        }
        guard channel.isComplete else { return nil }
        staging = nil
        return channel.data
    }

    mutating func reset() { staging = nil }
}

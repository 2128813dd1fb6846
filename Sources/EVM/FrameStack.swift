public import Primitives

extension Frame {
    /// Slot 0 of the stack of a frame that lies at the start of its block.
    @inlinable @inline(__always)
    public static func stackBase(of frame: UnsafeMutablePointer<Frame>) -> UnsafeMutablePointer<UInt256> {
        (UnsafeMutableRawPointer(frame) + (stackOffset &+ 32)).assumingMemoryBound(to: UInt256.self)
    }

    /// The top word of the stack while the frame is outside an inner loop; the spare slot where the stack is empty.
    @inlinable @inline(__always)
    public static func stackTop(of frame: UnsafeMutablePointer<Frame>) -> UnsafeMutablePointer<UInt256> {
        stackBase(of: frame) + (frame.pointee.stackCount &- 1)
    }

    /// Puts a word on the stack of a frame that is outside an inner loop and has room.
    @inlinable @inline(__always)
    static func push(_ word: UInt256, on frame: UnsafeMutablePointer<Frame>) {
        stackBase(of: frame)[frame.pointee.stackCount] = word
        frame.pointee.stackCount &+= 1
    }
}

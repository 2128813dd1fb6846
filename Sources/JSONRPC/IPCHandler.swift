import NIOCore

/// One connection of the Unix socket: JSON values one after the other, each answer on a line.
final class IPCHandler: StreamSink, @unchecked Sendable {
    private var splitter: MessageSplitter

    init(_ dispatcher: Dispatcher, _ limits: ConnectionLimits, _ gate: ConnectionGate, loop: any EventLoop) {
        splitter = MessageSplitter(limit: limits.messageBytes)
        super.init(.ipc, dispatcher, limits, gate, loop: loop, received: ByteBuffer())
    }

    override func seal(_ message: inout ByteBuffer) { message.writeInteger(UInt8(ascii: "\n")) }

    override func nextMessage() -> ByteBuffer? {
        do throws(MessageSplitter.Failure) {
            let length = try input.withUnsafeReadableBytes { bytes throws(MessageSplitter.Failure) in
                try splitter.next(bytes)
            }
            return length.flatMap { input.readSlice(length: $0) }
        } catch {
            let message = error == .tooLong ? "message too large" : "parse error: a message is an object or an array"
            refuse(RPCError(code: -32700, message: message))
            end(drains: true)
            return nil
        }
    }

    override func refuseForMemory() { refuse(.outOfMemory) }

    private func refuse(_ error: RPCError) {
        var refusal = Dispatcher.refuse(error, ByteBuffer(), dispatcher.limits)
        seal(&refusal)
        send(refusal)
    }
}

import NIOCore

/// A connection that carries one message after the other in both directions: WebSocket or IPC.
///
/// Answers go out as they become ready, so their order is not that of the requests. Confined to its loop.
class StreamSink: MessageSink, ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let dispatcher: Dispatcher
    let limits: ConnectionLimits
    private let gate: ConnectionGate
    private(set) var context: ChannelHandlerContext?
    /// What has come and is not used yet.
    var input: ByteBuffer
    private var inFlight: [Exchange] = []
    private var clock: RepeatedTask?
    private var readIsHeld = false
    private var unwritableSince: NIODeadline?
    private var unreadBytes = 0
    /// Of the server's memory.
    private lazy var claim = MemoryClaim(dispatcher.budget) { [weak self] in self?.leaveForOthers() }
    /// Bytes that the client had not taken when it was last looked.
    private var waitingBytes = 0
    /// Whether a message has come whole since what is held was last accounted for.
    private var hasAdvanced = false
    /// When the connection closes, whatever still comes.
    private var drainDeadline: NIODeadline?
    private var endsDraining = false
    private var hasWritten = false
    /// When the message that is coming must be whole.
    private var messageDeadline: NIODeadline?
    /// Set when the connection is to end: nothing more is read, and the channel closes once answers are out.
    private(set) var isEnding = false
    private(set) var lastHeard = NIODeadline.now()

    init(
        _ transport: Peer.Transport, _ dispatcher: Dispatcher, _ limits: ConnectionLimits, _ gate: ConnectionGate,
        loop: any EventLoop, received: ByteBuffer
    ) {
        self.dispatcher = dispatcher
        self.limits = limits
        self.gate = gate
        input = received
        let subscriber = Subscriber(
            queueLimit: limits.unreadBytes, subscriptionLimit: limits.subscriptions, budget: dispatcher.budget)
        super.init(peer: Peer(transport, subscriber: subscriber), loop: loop)
        subscriber.attach(self)
    }

    // MARK: What the transports differ in

    /// Bytes to leave free before a message, for its framing.
    var reserve: Int { 0 }
    /// Frames a message that has `reserve` bytes before it.
    func seal(_ message: inout ByteBuffer) {}
    /// The next message that has come whole.
    func nextMessage() -> ByteBuffer? { nil }
    /// Bytes of parts of a message that are kept outside of `input`.
    var fragmentBytes: Int { 0 }
    /// Drops those parts, and says that the server has no room for the message.
    func refuseForMemory() {}
    /// Looks at what is due by the clock.
    func tick(_ now: NIODeadline) {}
    /// Says goodbye before the channel closes, because the server stops.
    func sayGoodbye() {}

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let tick = limits.tick
        clock = loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in self.lookAtClock() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        clock?.cancel()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        clock?.cancel()
        peer.close()
        isEnding = true
        input = ByteBuffer()
        _ = claim.hold(0)
        gate.leave(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isEnding { return }
        var incoming = unwrapInboundIn(data)
        lastHeard = .now()
        if input.readableBytes == 0 {
            input = incoming
        } else {
            if input.readerIndex > 1 << 20 { input.discardReadBytes() }
            input.writeBuffer(&incoming)
        }
        advance()
        if isWithinMessage { settle() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushIfWritten()
        settle()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if holdsInput { readIsHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        unwritableSince = context.channel.isWritable ? nil : .now()
        if context.channel.isWritable { unreadBytes = 0 }
        advance()
        flushIfWritten()
        settle()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as ChannelEvent where event == .inputClosed: context.close(promise: nil)
        case is StopEvent:
            if isEnding { return }
            if inFlight.isEmpty { sayGoodbye() }
            end()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private var holdsInput: Bool {
        guard let context else { return true }
        return !context.channel.isWritable || inFlight.count >= dispatcher.limits.concurrentMessages
    }

    func flushIfWritten() {
        guard hasWritten, let context else { return }
        hasWritten = false
        context.flush()
    }

    private func lookAtClock() {
        let now = NIODeadline.now()
        if let unwritableSince, now > unwritableSince + limits.writeTimeout { return cutOff() }
        if let messageDeadline, now > messageDeadline { return cutOff() }
        if let drainDeadline, now > drainDeadline { return cutOff() }
        settle(looksAtUnread: true)
        for exchange in inFlight where now > exchange.deadline {
            guard let output = exchange.expire(prepared()) else { continue }
            deliver(output, from: exchange)
        }
        if !isEnding { tick(now) }
        flushIfWritten()
    }

    // MARK: Memory

    /// Bytes that the connection keeps the server from using for others.
    private func heldBytes(looksAtUnread: Bool) -> Int {
        guard let context else { return 0 }
        if looksAtUnread || waitingBytes > 0 || !context.channel.isWritable {
            waitingBytes = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        }
        var bytes = waitingBytes + fragmentBytes
        if input.readableBytes > 0 {
            input.shedSpare()
            bytes += input.storageCapacity
        }
        return bytes
    }

    /// Accounts for what is held; where the server has no room for it the connection ends.
    private func settle(looksAtUnread: Bool = false) {
        guard context != nil else { return }
        let hasAdvanced = hasAdvanced
        self.hasAdvanced = false
        if !claim.hold(heldBytes(looksAtUnread: looksAtUnread), anew: hasAdvanced) { leave() }
    }

    /// Others need what this connection has been holding for long.
    private func leaveForOthers() {
        loop.execute {
            if !self.claim.settleEviction(self.heldBytes(looksAtUnread: true)) { self.leave() }
        }
    }

    private func leave() {
        guard let context else { return }
        guard !isEnding, context.channel.isWritable else { return cutOff() }
        refuseForMemory()
        end(drains: true)
        flushIfWritten()
        _ = claim.settleEviction(0)
    }

    // MARK: Messages

    /// Starts on what has come whole, as far as the limits allow.
    func advance() {
        while !isEnding, !holdsInput, let message = nextMessage() {
            // What follows is a message of its own, with its own time.
            messageDeadline = nil
            hasAdvanced = true
            switch dispatcher.process(message, for: self, into: prepared()) {
            case .answered(let output): write(output)
            case .pending(let exchange): inFlight.append(exchange)
            }
        }
        if input.readableBytes == 0 { input = ByteBuffer() }
        if holdsInput || isEnding || !isWithinMessage {
            messageDeadline = nil
        } else if messageDeadline == nil {
            messageDeadline = .now() + limits.bodyTimeout
        }
        if readIsHeld, !holdsInput, let context {
            readIsHeld = false
            context.read()
        }
    }

    /// Whether part of a message has come.
    var isWithinMessage: Bool { input.readableBytes > 0 }

    private func prepared() -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 256)
        buffer.writeRepeatingByte(0, count: reserve)
        return buffer
    }

    override func deliver(_ output: ByteBuffer?, from exchange: Exchange) {
        guard let index = inFlight.firstIndex(where: { $0 === exchange }) else { return }
        inFlight.remove(at: index)
        if let output { write(output) }
        if isEnding {
            flushIfWritten()
            if inFlight.isEmpty { close() }
            return
        }
        advance()
        flushIfWritten()
        settle()
    }

    private func write(_ output: ByteBuffer) {
        guard output.writerIndex > reserve else { return }
        var message = output
        seal(&message)
        send(message)
    }

    /// Sends a notification.
    func push(_ message: ByteBuffer) {
        guard context != nil, !isEnding else { return }
        var buffer = ByteBufferAllocator().buffer(capacity: message.readableBytes + reserve + 1)
        buffer.writeRepeatingByte(0, count: reserve)
        buffer.writeImmutableBuffer(message)
        seal(&buffer)
        send(buffer)
        flushIfWritten()
        if unreadBytes > 0 { settle() }
    }

    /// Writes a framed message; a client that leaves too much unread is cut off.
    func send(_ message: ByteBuffer) {
        guard let context else { return }
        if !context.channel.isWritable {
            unreadBytes += message.readableBytes
            guard unreadBytes <= limits.unreadBytes + dispatcher.limits.responseBytes else { return cutOff() }
        }
        context.write(wrapOutboundOut(message), promise: nil)
        hasWritten = true
    }

    /// Closes at once, whatever is unread.
    func cutOff() {
        isEnding = true
        context?.close(promise: nil)
    }

    /// Uses nothing that comes from now on, and closes when all answers are out.
    ///
    /// - Parameter drains: whether the client may be in the middle of sending: closing at once could lose to a reset what
    ///   it was told.
    func end(drains: Bool = false) {
        guard !isEnding else { return }
        isEnding = true
        endsDraining = drains
        input = ByteBuffer()
        if inFlight.isEmpty { close() }
    }

    private func close() {
        guard let context else { return }
        messageDeadline = nil
        if endsDraining { drainDeadline = .now() + .seconds(2) }
        let drains = endsDraining
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            if drains { context.close(mode: .output, promise: nil) } else { context.close(promise: nil) }
        }
    }
}

/// Fired at each channel when its server stops: finish what is under way and close.
package struct StopEvent {}

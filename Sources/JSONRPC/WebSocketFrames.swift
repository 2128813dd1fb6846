import NIOCore

/// Takes a stream of WebSocket frames apart (RFC 6455, section 5) and puts fragments together.
struct WebSocketFrames {
    /// Who sends the frames.
    enum Sender {
        case client, server
    }

    enum Event: Equatable {
        case message(ByteBuffer)
        case ping(ByteBuffer)
        case pong
        case close(code: UInt16?)
    }

    /// A breach, with the code to close with.
    struct Failure: Error, Equatable {
        let code: UInt16

        static let protocolError = Failure(code: 1002)
        static let unsupportedData = Failure(code: 1003)
        static let invalidPayload = Failure(code: 1007)
        static let tooBig = Failure(code: 1009)
    }

    private let messageLimit: Int
    private let sender: Sender
    /// The fragments of the message under way.
    private var fragments: ByteBuffer?

    init(messageLimit: Int, from sender: Sender = .client) {
        self.messageLimit = messageLimit
        self.sender = sender
    }

    /// Whether part of a message has come.
    var isWithinMessage: Bool { fragments != nil }

    /// Bytes of memory that the fragments take.
    var heldBytes: Int { fragments?.storageCapacity ?? 0 }

    /// Forgets the fragments.
    mutating func drop() { fragments = nil }

    /// The next event, or nil where more bytes are needed.
    mutating func next(_ input: inout ByteBuffer) throws(Failure) -> Event? {
        while true {
            let start = input.readerIndex
            guard let first = input.getInteger(at: start, as: UInt8.self),
                let second = input.getInteger(at: start + 1, as: UInt8.self)
            else { return nil }
            // No extension is spoken, so no reserved bit; a client masks, a server does not.
            guard first & 0x70 == 0, (second & 0x80 != 0) == (sender == .client) else { throw .protocolError }
            let isFinal = first & 0x80 != 0
            let opcode = first & 0x0F
            let isControl = opcode & 8 != 0
            var length = Int(second & 0x7F)
            var headLength = 2
            if length == 126 {
                guard let long = input.getInteger(at: start + 2, as: UInt16.self) else { return nil }
                guard long > 125 else { throw .protocolError }
                length = Int(long)
                headLength = 4
            } else if length == 127 {
                guard let long = input.getInteger(at: start + 2, as: UInt64.self) else { return nil }
                guard long > 65535 else { throw .protocolError }
                guard long <= UInt64(messageLimit) else { throw .tooBig }
                length = Int(long)
                headLength = 10
            }
            guard !isControl || (isFinal && length <= 125) else { throw .protocolError }
            guard length + (fragments?.readableBytes ?? 0) <= messageLimit else { throw .tooBig }
            let maskLength = sender == .client ? 4 : 0
            guard input.readableBytes >= headLength + maskLength + length else { return nil }
            let mask = input.getInteger(at: start + headLength, endianness: .little, as: UInt32.self)
            input.moveReaderIndex(forwardBy: headLength + maskLength)
            guard var payload = input.readSlice(length: length) else { return nil }
            if sender == .client, let mask { Self.applyMask(mask, to: &payload) }
            switch opcode {
            case 0:
                guard var whole = fragments else { throw .protocolError }
                fragments = nil
                whole.writeBuffer(&payload)
                if isFinal { return .message(whole) }
                fragments = whole
            case 1, 2:
                guard fragments == nil else { throw .protocolError }
                if isFinal { return .message(payload) }
                fragments = payload
            case 8: return try Self.close(payload)
            case 9: return .ping(payload)
            case 10: return .pong
            default: throw .protocolError
            }
        }
    }

    private static func close(_ payload: ByteBuffer) throws(Failure) -> Event {
        if payload.readableBytes == 0 { return .close(code: nil) }
        guard let code = payload.getInteger(at: payload.readerIndex, as: UInt16.self) else { throw .protocolError }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw .protocolError
        }
        guard String(validating: payload.readableBytesView.dropFirst(2), as: UTF8.self) != nil else {
            throw .invalidPayload
        }
        return .close(code: code)
    }

    private static func applyMask(_ mask: UInt32, to payload: inout ByteBuffer) {
        payload.withUnsafeMutableReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let wide = UInt64(mask) << 32 | UInt64(mask)
            var index = 0
            while index &+ 8 <= bytes.count {
                let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide.littleEndian
                base.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
                index &+= 8
            }
            while index < bytes.count {
                bytes[index] ^= UInt8(truncatingIfNeeded: mask >> UInt32(8 &* (index & 3)))
                index &+= 1
            }
        }
    }

    /// The opcodes that are sent.
    enum Opcode: UInt8 {
        case text = 1
        case close = 8
        case ping = 9
        case pong = 10
    }

    /// The head of a whole, unmasked frame.
    static func writeHead(_ opcode: Opcode, length: Int, to buffer: inout ByteBuffer) {
        buffer.writeInteger(0x80 | opcode.rawValue)
        switch length {
        case ...125: buffer.writeInteger(UInt8(length))
        case ...65535:
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(length))
        default:
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(length))
        }
    }

    /// A whole frame.
    static func frame(_ opcode: Opcode, _ payload: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 10)
        writeHead(opcode, length: payload.readableBytes, to: &buffer)
        buffer.writeImmutableBuffer(payload)
        return buffer
    }

    /// A whole frame as a client sends it.
    ///
    /// - Parameters:
    ///   - payload: at most 125 bytes.
    ///   - mask: which nobody can foresee.
    static func clientFrame(_ opcode: Opcode, _ payload: ByteBuffer, mask: UInt32) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(0x80 | opcode.rawValue)
        buffer.writeInteger(0x80 | UInt8(truncatingIfNeeded: min(payload.readableBytes, 125)))
        buffer.writeInteger(mask, endianness: .little)
        var masked = ByteBuffer(bytes: payload.readableBytesView.prefix(125))
        applyMask(mask, to: &masked)
        buffer.writeBuffer(&masked)
        return buffer
    }

    /// A close frame.
    static func close(_ code: UInt16?) -> ByteBuffer {
        var payload = ByteBuffer()
        if let code { payload.writeInteger(code) }
        return frame(.close, payload)
    }
}

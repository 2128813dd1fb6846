import NIOCore

/// Where a client is, as far as one tells clients apart: an address, or of version 6 the network that one has.
enum ClientAddress: Hashable {
    case four(UInt32)
    case six(UInt64)
    /// This machine.
    case loopback

    init(_ address: SocketAddress?) {
        switch address {
        // After family and port, and there the flow's label too.
        case .v4(let address): self.init(four: withUnsafeBytes(of: address.address) { Self.number($0, at: 4) })
        case .v6(let address):
            let (high, low): (UInt64, UInt64) = withUnsafeBytes(of: address.address) {
                (Self.number($0, at: 8), Self.number($0, at: 16))
            }
            if high == 0, low >> 32 == 0xFFFF {
                self.init(four: UInt32(truncatingIfNeeded: low))
            } else {
                self = high == 0 && low == 1 ? .loopback : .six(high)
            }
        case .unixDomainSocket, nil: self = .loopback
        }
    }

    private static func number<Number: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) -> Number where Number: BitwiseCopyable {
        Number(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    private init(four address: UInt32) { self = address >> 24 == 127 ? .loopback : .four(address) }
}

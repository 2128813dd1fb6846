/// How a channel is compressed (OP Stack specification, derivation, channel format; Fjord, Brotli channel compression).
public enum ChannelCompression: Equatable, Sendable {
    case zlib
    case brotli

    /// The byte before a channel that Brotli compressed.
    public static var brotliVersion: UInt8 { 1 }

    /// What a channel's first byte says; nil where it says nothing known.
    public init?(firstByte: UInt8) {
        switch firstByte {
        case let byte where byte & 0x0F == 8 || byte & 0x0F == 15: self = .zlib
        case Self.brotliVersion: self = .brotli
        default: return nil
        }
    }
}

extension ChannelReader {
    /// A reader of a channel as its frames bring it; nil where it is empty or compressed in a way not known.
    ///
    /// Of what does not decompress, or decompresses to more than `ProtocolConstant.largestChannel` bytes, the beginning
    /// is read.
    public init?(compressed: [UInt8], chainID: UInt64) {
        guard let first = compressed.first, let compression = ChannelCompression(firstByte: first) else { return nil }
        let limit = ProtocolConstant.largestChannel
        let decompressed =
            switch compression {
            case .zlib: Inflate.decompress(zlib: compressed[...], limit: limit)
            case .brotli: Brotli.decompress(compressed.dropFirst(), limit: limit)
            }
        self.init(decompressed: decompressed.bytes, chainID: chainID)
    }
}

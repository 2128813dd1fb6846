import Primitives
public import StateTransition

/// A transaction in the form in which it is sent to a pool: a blob transaction with its blobs around it (EIP-4844 and
/// EIP-7594, Networking), every other as in a block.
public struct NetworkForm: Sendable {
    public var transaction: Transaction
    /// The canonical form, without blobs.
    public var encoded: [UInt8]
    /// Not verified yet; nil where none came with it.
    public var sidecar: BlobSidecar?

    /// Decodes either form.
    public init(decoding bytes: [UInt8]) throws(TransactionDecodingError) {
        do throws(RLPError) {
            if let parts = try Self.parts(bytes) {
                encoded = parts.encoded
                sidecar = parts.sidecar
            } else {
                encoded = bytes
            }
        } catch {
            throw .malformed(error)
        }
        transaction = try Transaction(decoding: encoded)
    }

    /// The canonical form and the sidecar where the bytes have both: then the payload is a list that begins with one.
    private static func parts(_ bytes: [UInt8]) throws(RLPError) -> (encoded: [UInt8], sidecar: BlobSidecar)? {
        guard bytes.first == Transaction.Kind.blob.rawValue else { return nil }
        var reader = RLPReader(bytes.dropFirst())
        var list = try reader.readList()
        try reader.expectEnd()
        guard list.isAtList else { return nil }
        let encoded = [bytes[0]] + (try list.readItem())
        return (encoded, try BlobSidecar(reading: &list))
    }
}

extension BlobSidecar {
    /// Reads what follows the transaction in the list: a version where there is one, blobs, commitments, proofs.
    init(reading list: inout RLPReader) throws(RLPError) {
        var version = Version.blobProofs
        if !list.isAtList {
            guard try list.readUInt64() == 1 else { throw .notCanonical }
            version = .cellProofs
        }
        let blobs = try Self.readStrings(&list)
        let commitments = try Self.readStrings(&list)
        let proofs = try Self.readStrings(&list)
        try list.expectEnd()
        self.init(version: version, blobs: blobs, commitments: commitments, proofs: proofs)
    }

    private static func readStrings(_ list: inout RLPReader) throws(RLPError) -> [[UInt8]] {
        var items = try list.readList()
        var strings: [[UInt8]] = []
        while !items.isAtEnd {
            // More than any transaction has: a list of empty strings would take much more memory than bytes.
            guard strings.count < 64 * 128 else { throw .trailingBytes }
            strings.append(Array(try items.readBytes()))
        }
        return strings
    }

    /// The network form of a blob transaction with this sidecar.
    ///
    /// - Parameter encoded: the transaction's canonical form.
    public func networkForm(of encoded: [UInt8]) -> [UInt8] {
        var writer = RLPWriter(minimumCapacity: size + encoded.count + 1_024)
        writer.appendEncoded(encoded.prefix(1))
        writer.appendList { list in
            list.appendEncoded(encoded.dropFirst())
            if version != .blobProofs { list.append(UInt64(version.rawValue)) }
            for strings in [blobs, commitments, proofs] {
                list.appendList { items in for string in strings { items.append(string) } }
            }
        }
        return writer.bytes
    }
}

import Foundation
package import NIOSSL

/// What a client shows and demands in TLS, as files of PEM that are read once.
public struct ClientTLS: Sendable {
    package let configuration: TLSConfiguration

    /// - Parameters:
    ///   - authorities: who alone may have signed the server's certificate; nil for those that the system trusts.
    ///   - certificate: what the client shows, the leaf first; nil for nothing.
    ///   - key: of the certificate, that only its owner may read.
    /// - Throws: `endpoint` saying which file is wrong and why.
    public init(authorities: String?, certificate: String?, key: String?) throws(EthereumClientError) {
        var made = TLSConfiguration.makeClientConfiguration()
        made.minimumTLSVersion = .tlsv12
        if let authorities {
            made.trustRoots = .certificates(
                try Self.read(authorities) { try NIOSSLCertificate.fromPEMFile(authorities) })
        }
        guard (certificate == nil) == (key == nil) else {
            throw .endpoint("a certificate that is shown and its key go together: name both files or none")
        }
        if let certificate, let key {
            made.certificateChain = try Self.read(certificate) {
                try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
            }
            var status = stat()
            if stat(key, &status) == 0, status.st_mode & 0o077 != 0 {
                throw .endpoint("others may read the key \(key): make it yours alone with  chmod 600 \(key)")
            }
            made.privateKey = .privateKey(try Self.read(key) { try NIOSSLPrivateKey(file: key, format: .pem) })
        }
        configuration = made
    }

    private static func read<Found>(_ path: String, _ body: () throws -> Found) throws(EthereumClientError) -> Found {
        guard FileManager.default.isReadableFile(atPath: path) else { throw .endpoint("cannot read \(path)") }
        do { return try body() } catch { throw .endpoint("\(path) does not hold what it should in PEM") }
    }
}

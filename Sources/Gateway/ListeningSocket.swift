import Glibc

/// A TCP socket of this machine that listens for a process which may not run yet: who connects waits in the system's queue
/// until it does.
final class ListeningSocket: Sendable {
    let descriptor: Int32
    let port: Int

    init() throws(GatewayError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure() }
        // An address of this machine and port 0: any that is free.
        var address = [UInt8](repeating: 0, count: 16)
        withUnsafeBytes(of: sa_family_t(AF_INET)) { for (index, byte) in $0.enumerated() { address[index] = byte } }
        (address[4], address[7]) = (127, 1)
        var length = socklen_t(address.count)
        let isListening = address.withUnsafeMutableBytes { bytes in
            guard let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(descriptor, name, length) == 0 && listen(descriptor, 1_024) == 0
                && getsockname(descriptor, name, &length) == 0
        }
        guard isListening else {
            let failure = Self.failure()
            close(descriptor)
            throw failure
        }
        self.descriptor = descriptor
        port = Int(address[2]) << 8 | Int(address[3])
    }

    private static func failure() -> GatewayError {
        GatewayError("no socket for a rollup's process: \(String(cString: strerror(errno)))")
    }

    deinit { close(descriptor) }
}

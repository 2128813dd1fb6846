import Foundation
import JSONRPC
import NIOCore

extension Server {
    /// Starts to serve HTTP or WebSocket.
    ///
    /// - Parameter option: the one that said where, for who has to choose another place.
    /// - Returns: `ADDR:PORT`, with the port that was chosen where any was asked for.
    func serve(_ endpoint: HTTPEndpoint, for option: String) async throws -> String {
        if let descriptor = endpoint.descriptor, !Self.isListening(descriptor) {
            throw CommandFailure(
                "\(option) fd:\(descriptor): this process was started without a listening socket there.")
        }
        do {
            let address = try await listen(endpoint)
            if endpoint.descriptor != nil {
                return ListenAddress.text(address.ipAddress ?? "127.0.0.1", address.port ?? 0)
            }
            return ListenAddress.text(endpoint.host, address.port ?? endpoint.port)
        } catch {
            throw ListeningFailure.failure(error, host: endpoint.host, port: endpoint.port, option: option)
        }
    }

    private static func isListening(_ descriptor: Int32) -> Bool {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value == 1
    }
}

/// Why a server does not listen, for the person who said where.
enum ListeningFailure {
    static func failure(_ error: any Error, host: String, port: Int, option: String) -> CommandFailure {
        let place = "\(option) \(ListenAddress.text(host, port))"
        let what: String
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            what = "another process listens there. Stop it, choose another port, or 0 for any that is free."
        case EACCES, EPERM: what = "no permission: ports below 1024 are the administrator's. Choose another port."
        case EADDRNOTAVAIL:
            what = "this machine has no such address. 127.0.0.1 is this machine, 0.0.0.0 all its addresses."
        case EAFNOSUPPORT: what = "this machine does not speak that kind of address."
        case let code?: what = String(cString: strerror(code)) + "."
        case nil:
            if error is SocketAddressError || error is SocketAddressError.UnknownHost {
                what = "there is no address of that name."
            } else {
                what = reason(error)
            }
        }
        return CommandFailure("cannot listen on \(place): \(what)")
    }

    static func failure(_ error: any Error, path: String) -> CommandFailure {
        let what: String
        switch error {
        case ServerError.socketPathInUse:
            what = "another process listens there, or it is no socket. Choose another path, or remove the file."
        case ServerError.cannotRestrict: what = "the socket cannot be kept to its owner. Choose another directory."
        case SocketAddressError.unixDomainSocketPathTooLong:
            what = "the path is too long for a socket. Choose a shorter one."
        case let error as IOError:
            switch error.errnoCode {
            case ENOENT, ENOTDIR: what = "there is no such directory. Make it first."
            case EACCES, EPERM, EROFS: what = "no permission to make a file there. Choose another directory."
            default: what = String(cString: strerror(error.errnoCode)) + "."
            }
        default: what = reason(error)
        }
        return CommandFailure("cannot listen on --ipc \(path): \(what)")
    }

    private static func reason(_ error: any Error) -> String {
        if case ServerError.stopped = error { return "the node is being stopped." }
        return FileFailure.reason(error) + "."
    }
}

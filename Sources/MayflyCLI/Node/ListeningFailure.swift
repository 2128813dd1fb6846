import Foundation
import JSONRPC
import NIOCore

/// Why a server does not listen, for the person who said where.
enum ListeningFailure {
    static func failure(_ error: any Error, host: String, port: Int, option: String) -> CommandFailure {
        let place = "\(option) \(host.contains(":") ? "[\(host)]" : host):\(port)"
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

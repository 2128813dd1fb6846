/// The statuses that the server answers with.
package enum HTTPStatus: Int {
    case ok = 200
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case requestTimeout = 408
    case contentTooLarge = 413
    case unsupportedMediaType = 415
    case upgradeRequired = 426
    case tooManyRequests = 429
    case headerTooLarge = 431
    case internalServerError = 500
    case notImplemented = 501
    case badGateway = 502
    case serviceUnavailable = 503
    case gatewayTimeout = 504
    case versionNotSupported = 505

    /// Number and reason as they stand in a status line.
    package static func line(_ code: Int) -> String {
        let reason =
            switch code {
            case 200: "OK"
            case 202: "Accepted"
            case 204: "No Content"
            case 206: "Partial Content"
            case 400: "Bad Request"
            case 401: "Unauthorized"
            case 403: "Forbidden"
            case 404: "Not Found"
            case 405: "Method Not Allowed"
            case 408: "Request Timeout"
            case 413: "Content Too Large"
            case 415: "Unsupported Media Type"
            case 426: "Upgrade Required"
            case 429: "Too Many Requests"
            case 431: "Request Header Fields Too Large"
            case 500: "Internal Server Error"
            case 501: "Not Implemented"
            case 502: "Bad Gateway"
            case 503: "Service Unavailable"
            case 504: "Gateway Timeout"
            case 505: "HTTP Version Not Supported"
            default: "Status"
            }
        return "\(code) \(reason)"
    }
}

import HTTPTypes
import Hummingbird

/// Answers requests to `/v1` that no operation is for: 405 where another method is, 404 elsewhere.
struct UnknownRoutes<Context: RequestContext>: RouterMiddleware {
    /// The methods of each path, below `/v1`.
    private let routes: [(parts: [Substring], method: String)]

    init(_ operations: [APIOperation]) {
        routes =
            operations.map { ($0.path.split(separator: "/"), $0.method.rawValue) }
            + [(["openapi.json"], HTTPRequest.Method.get.rawValue)]
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let error as HTTPError where error.status == .notFound {
            let parts = request.uri.path.split(separator: "/")
            guard parts.first == "v1" else { throw error }
            let methods = methods(parts.dropFirst())
            if methods.isEmpty {
                return PlatformAPI.problem(PlatformProblem(404, "no-such-path", "there is nothing at this path"))
            }
            let allowed = methods.joined(separator: ", ")
            var response = PlatformAPI.problem(
                PlatformProblem(405, "method-not-allowed", "this path takes \(allowed) only"))
            response.headers[.allow] = allowed
            return response
        }
    }

    private func methods(_ parts: ArraySlice<Substring>) -> [String] {
        let found = routes.filter { route in
            route.parts.count == parts.count && zip(route.parts, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return Set(found.map(\.method)).sorted()
    }
}

import Cryptography
import Dashboard
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import Primitives

/// Sign-in with Ethereum (EIP-4361), for whoever comes.
extension DashboardSite {
    func addSignIn<Context: RequestContext>(to router: Router<Context>) {
        router.get("/sign-in") { request, _ in
            await anybody(request) {
                .page(SignInView(next: Self.next(FormBody(Array((request.uri.query ?? "").utf8))?["next"])))
            }
        }
        router.get("/sign-in/message") { request, _ in await message(request) }
        router.post("/sign-in") { request, _ in
            await anybody(request) {
                guard let form = try await form(request) else { return Self.outOfDate }
                return try await signIn(form, authority: request.head.authority ?? "")
            }
        }
        router.post("/sign-out") { request, _ in
            await anybody(request) {
                guard try await form(request) != nil else { return Self.outOfDate }
                if let token = api.token(of: request) { try await service.signOut(token) }
                return .session(
                    Links.signIn, cookie: PlatformAPI.cookie(nil, authority: request.head.authority ?? ""))
            }
        }
    }

    static let outOfDate = Outcome.page(
        ErrorView(
            status: 403, title: "The form is out of date",
            text: "This form is of another platform, or of another page.",
            advice: "Nothing was done. Go back, load the page again, and send it once more."), status: .forbidden)

    static let ofAnother = Outcome.page(
        ErrorView(
            status: 409, title: "The page is of another organisation",
            text: "This form was made for another organisation than the one that you act for now.",
            advice: "Nothing was done. Load the page again, or turn back to that organisation first."),
        status: .conflict)

    /// A page that needs nobody.
    private func anybody(_ request: Request, _ work: () async throws -> Outcome) async -> Response {
        do {
            try api.checkOrigin(request)
            return respond(try await work())
        } catch {
            return failure(error, request)
        }
    }

    private func message(_ request: Request) async -> Response {
        do throws(PlatformProblem) {
            try api.checkOrigin(request)
            let form = FormBody(Array((request.uri.query ?? "").utf8))
            guard let text = form?["address"], let address = try? Address(hex: text) else {
                return Response(status: .badRequest)
            }
            let authority = request.head.authority ?? ""
            let proxied = HTTPField.Name("X-Forwarded-Proto").flatMap { request.headers[$0] }
            let message = try service.signInMessage(
                for: address, authority: authority, scheme: proxied == "https" ? "https" : "http")
            return Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: message)))
        } catch {
            return Response(status: .init(integerLiteral: error.status))
        }
    }

    private func signIn(_ form: FormBody, authority: String) async throws -> Outcome {
        let next = Self.next(form["next"])
        var view = SignInView(next: next)
        guard let message = form["message"].flatMap({ try? Hex.decode($0) }),
            let text = String(validating: message, as: UTF8.self),
            let signature = form["signature"].flatMap({ try? Hex.decode($0) })
        else {
            view.error = "The wallet has signed nothing."
            return .page(view, status: .unprocessableContent)
        }
        do throws(PlatformProblem) {
            let (token, _) = try await service.signIn(text, signature, authority: authority)
            return .session(next, cookie: PlatformAPI.cookie(token, authority: authority))
        } catch {
            view.error = Self.sentence(error.detail)
            return .page(view, status: .init(integerLiteral: error.status))
        }
    }

    /// A place of this site; the list of rollups for anything else.
    private static func next(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"), path.utf8.count < 500,
            path.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return Links.rollups }
        return path
    }

    /// For a value in a query.
    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

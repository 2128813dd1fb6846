import Cryptography
import Dashboard
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import Primitives

/// The dashboard's pages, beside the REST interface: they show and order what that does.
struct DashboardSite: Sendable {
    /// Bytes of a form.
    private static let formLimit = 64 << 10

    let service: PlatformService
    let api: PlatformAPI
    let l1Name: String
    /// Where wallets reach an L1 that they do not know; nil for one that they know, and whose endpoint here may have a secret.
    let l1URL: String?

    let archives = ArchiveDesk()

    /// What became of a request.
    enum Outcome {
        case page(any PageView, status: HTTPResponse.Status = .ok)
        case seeOther(String)
        /// The same, with a cookie that is set.
        case session(String, cookie: String)
    }

    /// Who looks: for whom, and the account that has signed in; nil for nobody.
    typealias Viewer = (caller: Caller, account: String?)
    typealias Work = @Sendable (_ caller: Caller, _ path: [String: String]) async throws -> Outcome
    typealias FormWork =
        @Sendable (_ caller: Caller, _ path: [String: String], _ form: FormBody) async throws -> Outcome

    /// Adds all pages to a router.
    func add<Context: RequestContext>(to router: Router<Context>) {
        router.get("/assets/{name}") { _, context in
            guard let name = context.parameters.get("name"), let asset = Assets.asset(named: name) else {
                return Response(status: .notFound)
            }
            var headers = Self.fields(Assets.assetHeaders)
            headers[.contentType] = asset.contentType
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
        }
        get(router, "/") { caller, _ in .page(try await rollups(caller)) }
        get(router, "/launch") { _, _ in .page(Self.launchForm(idempotencyKey: UUID().uuidString)) }
        post(router, "/launch") { caller, _, form in try await launch(caller, form) }
        get(router, "/rollups/{name}") { caller, path in .page(try await rollup(path["name"] ?? "", caller)) }
        get(router, "/jobs/{id}") { caller, path in .page(try await job(path["id"] ?? "", caller)) }
        get(router, "/rollups/{name}/dissolve") { caller, path in
            .page(try await dissolution(path["name"] ?? "", caller))
        }
        post(router, "/rollups/{name}/dissolve") { caller, path, form in
            try await dissolve(path["name"] ?? "", caller, form)
        }
        post(router, "/rollups/{name}/wake") { caller, path, _ in
            let rollup = try await service.wake(path["name"] ?? "", by: caller)
            return .seeOther(Links.rollup(rollup.name))
        }
        post(router, "/rollups/{name}/idle") { caller, path, _ in
            let rollup = try await service.rest(path["name"] ?? "", by: caller)
            return .seeOther(Links.rollup(rollup.name))
        }
        post(router, "/rollups/{name}/layers") { caller, path, form in
            try await swapLayer(path["name"] ?? "", caller, form)
        }
        for (path, subject) in [
            ("/operators", PlannedView.Subject.operators), ("/governance", .governance), ("/billing", .billing),
        ] {
            get(router, path) { _, _ in .page(PlannedView(subject)) }
        }
        addSignIn(to: router)
        addOrganisations(to: router)
        addExplorer(to: router)
        addBridge(to: router)
        // What is nothing else.
        router.get("**") { request, _ in
            respond(.page(ErrorView.notFound(request.uri.path), status: .notFound))
        }
    }

    // MARK: One request

    func get<Context: RequestContext>(_ router: Router<Context>, _ path: String, _ work: @escaping Work) {
        router.get(RouterPath(path)) { request, context in
            await answer(request) { caller in try await work(caller, Self.values(context)) }
        }
    }

    func post<Context: RequestContext>(_ router: Router<Context>, _ path: String, _ work: @escaping FormWork) {
        router.post(RouterPath(path)) { request, context in
            await answer(request) { caller in
                guard let form = try await form(request) else { return Self.outOfDate }
                guard form["form-token"] == formToken(for: caller) else { return Self.ofAnother }
                return try await work(caller, Self.values(context), form)
            }
        }
    }

    /// Reads what a page of this platform has posted; nil where it is no such form.
    func form(_ request: Request) async throws -> FormBody? {
        let body = try await request.body.collect(upTo: Self.formLimit)
        guard let form = FormBody(Array(body.readableBytesView)),
            form["form-token"]?.split(separator: ".").first == service.formToken[...]
        else { return nil }
        return form
    }

    /// What the forms of a page carry: the platform's token, and whom the page was made for. Somebody who turns to another
    /// organisation in one tab must not change that one with a form of another tab.
    private func formToken(for caller: Caller?) -> String {
        guard let caller else { return service.formToken }
        return service.formToken + "." + "\(Keccak256.hash(Array(caller.organisation.utf8)))".dropFirst(2).prefix(16)
    }

    static func values(_ context: some RequestContext) -> [String: String] {
        var path: [String: String] = [:]
        for (key, value) in context.parameters {
            path[String(key)] = (value.removingPercentEncoding ?? String(value)).replacing("\0", with: "\u{FFFD}")
        }
        return path
    }

    func answer(_ request: Request, _ work: (Caller) async throws -> Outcome) async -> Response {
        var viewer: Viewer?
        do {
            try api.checkOrigin(request)
            viewer = try await api.viewer(request)
            guard let viewer else {
                return respond(.seeOther(Links.signIn + "?next=" + Self.encoded(request.uri.description)))
            }
            return respond(try await work(viewer.caller), viewer)
        } catch {
            return failure(error, request, viewer)
        }
    }

    /// The page of what could not be done.
    func failure(_ error: any Error, _ request: Request, _ viewer: Viewer? = nil) -> Response {
        if let problem = error as? PlatformProblem {
            if problem.status == 404 {
                return respond(.page(ErrorView.notFound(request.uri.path), status: .notFound), viewer)
            }
            return respond(
                .page(
                    ErrorView(
                        status: problem.status, title: "That cannot be done", text: Self.sentence(problem.detail),
                        advice: "Nothing was changed."), status: .init(integerLiteral: problem.status)), viewer)
        }
        let reference = UUID().uuidString
        StandardStreams.writeError("page \(request.uri.path) failed (\(reference)): \(error)")
        return respond(.page(ErrorView.failed(reference: reference), status: .internalServerError), viewer)
    }

    private static func fields(_ headers: [(name: String, value: String)]) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        return fields
    }

    func respond(_ outcome: Outcome, _ viewer: Viewer? = nil) -> Response {
        switch outcome {
        case .session(let path, let cookie):
            return Response(status: .seeOther, headers: [.location: path, .setCookie: cookie])
        case .seeOther(let path): return Response(status: .seeOther, headers: [.location: path])
        case .page(let view, let status):
            var frame = Frame(
                now: UInt64(Date().timeIntervalSince1970), account: viewer?.account,
                formToken: formToken(for: viewer?.caller), version: Version.number, l1Name: l1Name
            )
            if let viewer, let account = viewer.account, !Self.isOwn(viewer.caller.organisation, of: account) {
                frame.organisation = Self.title(of: viewer.caller.organisation, for: account)
            }
            return Response(
                status: status, headers: Self.fields(Assets.pageHeaders),
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: view.html(in: frame))))
        }
    }
}

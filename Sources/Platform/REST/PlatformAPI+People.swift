import Cryptography
import Foundation
import HTTPTypes
public import Hummingbird
import Primitives

extension PlatformAPI {
    /// The name of the cookie that a session's token is in.
    private static let cookie = "mayfly_session"

    static var peopleOperations: [APIOperation] {
        [
            APIOperation(
                method: .get, path: "/session/nonce", id: "getNonce",
                summary: "A nonce for one message of a sign-in (EIP-4361), good for ten minutes.", answer: "Nonce",
                isPublic: true, work: nonce),
            APIOperation(
                method: .post, path: "/session", id: "signIn",
                summary:
                    "Signs in with a signed message (EIP-4361): the session is in a cookie. The first time makes an organisation.",
                body: "SignIn", success: [201], answer: "Session", problems: [400, 413, 415, 422], isPublic: true,
                work: signIn),
            APIOperation(
                method: .get, path: "/session", id: "getSession", summary: "Who asks, and for whom.", answer: "Session",
                work: session),
            APIOperation(
                method: .delete, path: "/session", id: "signOut", summary: "Ends the session.", success: [204],
                work: signOut),
            APIOperation(
                method: .get, path: "/members", id: "listMembers",
                summary: "The people who may act for the organisation.",
                answer: "MemberList", work: members),
            APIOperation(
                method: .post, path: "/members", id: "addMember",
                summary: "Adds a member by address, or gives one another role (200).", body: "MemberOrder",
                success: [201, 200], answer: "Member", problems: [400, 409, 413, 415, 422], work: addMember),
            APIOperation(
                method: .delete, path: "/members/{address}", id: "removeMember",
                summary: "Removes a member, whose sessions for the organisation end.", success: [204],
                problems: [404, 409], work: removeMember),
        ]
    }

    private func nonce(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(["nonce": service.newNonce()])
    }

    private func signIn(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let order = try request.decode(SignInOrder.self, "SignIn")
        guard order.signature.hasPrefix("0x"), let signature = try? Hex.decode(order.signature) else {
            throw .invalid("signature", "is to be 0x and hexadecimal digits")
        }
        let (token, session) = try await service.signIn(
            order.message, signature, authority: request.authority, organisation: order.organisation)
        return .json(
            SessionResource(session, organisations: try await organisations(of: session.address)), status: 201,
            headers: ["Set-Cookie": Self.cookie(token, authority: request.authority)])
    }

    private func organisations(of address: String) async throws(PlatformProblem) -> [String] {
        try await service.memberships(of: address).map(\.organisation)
    }

    private func session(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        guard let token = Self.token(request.headers), request.headers[.authorization] == nil,
            let session = try await service.session(token)
        else { return .json(SessionResource(request.caller)) }
        return .json(SessionResource(session, organisations: try await organisations(of: session.address)))
    }

    private func signOut(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        if let token = Self.token(request.headers) { try await service.signOut(token) }
        return .empty(204, ["Set-Cookie": Self.cookie(nil, authority: request.authority)])
    }

    private func members(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        .json(MemberList(members: try await service.members(of: request.caller).map { MemberResource($0) }))
    }

    private func addMember(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        let order = try request.decode(MemberOrder.self, "MemberOrder")
        let address: Address
        do throws(Address.TypingError) { address = try Address(typed: order.address) } catch {
            throw .invalid("address", "is to be \(error.message)")
        }
        let (member, isNew) = try await service.addMember(address, order.role, by: request.caller)
        return .json(MemberResource(member), status: isNew ? 201 : 200)
    }

    private func removeMember(_ request: APIRequest) async throws(PlatformProblem) -> APIAnswer {
        guard let address = try? Address(hex: request.name("address")) else {
            throw PlatformProblem(404, "no-such-member", "there is no such member")
        }
        try await service.removeMember(address, by: request.caller)
        return .empty(204)
    }

    // MARK: Cookies

    /// The token of a request's cookie; nil for none.
    static func token(_ headers: HTTPFields) -> String? {
        for field in headers[values: .cookie] {
            for part in field.split(separator: ";") {
                let pair = part.trimmingCharacters(in: .whitespaces).split(separator: "=", maxSplits: 1)
                if pair.count == 2, pair[0] == cookie { return String(pair[1]) }
            }
        }
        return nil
    }

    /// What sets the cookie of a session, or removes it.
    ///
    /// - Parameter authority: what was asked; over the network browsers send the cookie encrypted only.
    public static func cookie(_ token: String?, authority: String) -> String {
        let host = host(authority)
        let isHere = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        return "\(cookie)=\(token ?? ""); Path=/; HttpOnly; SameSite=Strict; Max-Age="
            + (token == nil ? "0" : "\(PlatformService.sessionSeconds)") + (isHere ? "" : "; Secure")
    }

    /// Who looks at a page: by the session's cookie, else as on this machine; nil for nobody.
    public func viewer(_ request: Request) async throws(PlatformProblem) -> (caller: Caller, account: String?)? {
        if let token = Self.token(request.headers), let session = try await service.session(token) {
            try checkSameOrigin(request)
            return (session.caller, session.address)
        }
        return policy.local.map { ($0, nil) }
    }

    /// The token that a page's request brings; nil for none.
    public func token(of request: Request) -> String? { Self.token(request.headers) }

    /// What changes something with a cookie has to come from a page of this platform's.
    func checkSameOrigin(_ request: Request) throws(PlatformProblem) {
        if [.get, .head].contains(request.method) || request.headers[.origin] != nil { return }
        guard let name = HTTPField.Name("Sec-Fetch-Site"), request.headers[name] == "same-origin" else {
            throw PlatformProblem(
                403, "origin-missing", "a request with a session's cookie says its Origin: programs use API keys")
        }
    }
}

struct SignInOrder: Decodable {
    var message, signature: String
    var organisation: String?
}

struct MemberOrder: Decodable {
    var address: String
    var role: AccessRole
}

struct SessionResource: Encodable {
    /// Nil for who has not signed in.
    var address: String?
    var organisation, role: String
    var organisations: [String]?
    var expiresAt: String?

    init(_ session: Session, organisations: [String]) {
        self.init(session.caller)
        (address, self.organisations) = (session.address, organisations)
        expiresAt = RollupResource.time(session.expiresAt)
    }

    init(_ caller: Caller) { (organisation, role) = (caller.organisation, caller.role.rawValue) }
}

struct MemberResource: Encodable {
    var address, role, createdAt: String

    init(_ member: Member) {
        (address, role, createdAt) = (member.address, member.role.rawValue, RollupResource.time(member.createdAt))
    }
}

struct MemberList: Encodable { var members: [MemberResource] }

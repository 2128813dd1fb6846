import Cryptography
import Dashboard
import Foundation
import HTTPTypes
import Hummingbird
import Platform
import Primitives

/// Organisations, the people in them, and the keys of their programs: what the REST interface does, as pages.
extension DashboardSite {
    /// Revoked keys that are shown, the newest.
    private static let revokedLimit = 20
    private static let roles = [
        Role(AccessRole.viewer.rawValue, "sees"),
        Role(AccessRole.operator_.rawValue, "launches, wakes and dissolves too"),
        Role(AccessRole.administrator.rawValue, "manages members and keys too"),
    ]

    func addOrganisations<Context: RequestContext>(to router: Router<Context>) {
        router.get("/organisations") { request, _ in
            await answer(request) { caller in .page(try await organisations(caller, api.token(of: request))) }
        }
        router.post("/organisations") { request, _ in
            await answer(request) { caller in
                // A page of before the last turn turns as well as any other.
                guard let form = try await form(request) else { return Self.outOfDate }
                return try await turn(caller, form, api.token(of: request))
            }
        }
        get(router, "/members") { caller, _ in .page(try await members(caller)) }
        post(router, "/members") { caller, _, form in try await addMember(caller, form) }
        post(router, "/members/{address}/role") { caller, path, form in
            try await changeMember(path["address"] ?? "", caller) { address throws(PlatformProblem) in
                try await service.addMember(address, try Self.role(form), isKnown: true, by: caller)
            }
        }
        post(router, "/members/{address}/remove") { caller, path, _ in
            try await changeMember(path["address"] ?? "", caller) { address throws(PlatformProblem) in
                try await service.removeMember(address, by: caller)
            }
        }
        get(router, "/keys") { caller, _ in .page(try await keys(caller)) }
        post(router, "/keys") { caller, _, form in try await makeKey(caller, form) }
        post(router, "/keys/{id}/revoke") { caller, path, _ in
            try await service.revokeKey(path["id"] ?? "", by: caller)
            return .seeOther(Links.keys)
        }
    }

    // MARK: Organisations

    static func isOwn(_ organisation: String, of account: String?) -> Bool {
        organisation == PlatformSettings.personalPrefix + (account ?? "")
    }

    /// An organisation as people call it: those of one person have no name of their own.
    static func title(of organisation: String, for account: String?) -> String {
        if isOwn(organisation, of: account) { return "your own organisation" }
        guard organisation.hasPrefix(PlatformSettings.personalPrefix) else { return organisation }
        return "that of " + Format.shortHash(String(organisation.dropFirst(PlatformSettings.personalPrefix.count)))
    }

    /// Of somebody who has signed in, the account is the name.
    private static func title(for caller: Caller) -> String { title(of: caller.organisation, for: caller.name) }

    private func organisations(_ caller: Caller, _ token: String?) async throws -> OrganisationsView {
        var memberships = [Membership(organisation: caller.organisation, role: caller.role)]
        var session: Session?
        if let token { session = try await service.session(token) }
        if let session { memberships = try await service.memberships(of: session.address) }
        var view = OrganisationsView(
            rows: memberships.map { each in
                OrganisationsView.Row(
                    id: each.organisation, title: Self.title(of: each.organisation, for: session?.address),
                    role: each.role.rawValue, isCurrent: each.organisation == caller.organisation)
            })
        if session == nil {
            view.note =
                "Nobody is signed in: everybody on this machine acts for this organisation. Sign in for your own."
        }
        return view
    }

    private func turn(_ caller: Caller, _ form: FormBody, _ token: String?) async throws -> Outcome {
        do throws(PlatformProblem) {
            guard let token, let wanted = form["organisation"] else { return .seeOther(Links.signIn) }
            try await service.turn(token, to: wanted)
            return .seeOther(Links.rollups)
        } catch {
            var view = try await organisations(caller, token)
            view.error = Self.sentence(error.detail)
            return .page(view, status: .init(integerLiteral: error.status))
        }
    }

    // MARK: Members

    private func members(_ caller: Caller) async throws -> MembersView {
        var view = MembersView(organisation: Self.title(for: caller), roles: Self.roles, rows: nil)
        do throws(PlatformProblem) {
            view.rows = try await service.members(of: caller).map { member in
                MembersView.Row(
                    address: member.address, role: member.role.rawValue, addedAt: UInt64(member.createdAt / 1_000),
                    isViewer: member.address == caller.name)
            }
        } catch {
            guard error.status == 403 else { throw error }
            view.form.refusal = Self.forAdministrators("members", caller)
        }
        return view
    }

    private static func forAdministrators(_ what: String, _ caller: Caller) -> String {
        "You are \(caller.role.rawValue) of \(title(for: caller)). Its \(what) are shown to and changed by administrators: "
            + "ask one of them."
    }

    /// Says what was refused; who may not see the form is told above all.
    private static func tell(_ problem: PlatformProblem, in form: inout RoleForm, isShown: Bool) {
        form.refuse(sentence(problem.detail), of: isShown ? problem.field : nil)
    }

    private static func role(_ form: FormBody) throws(PlatformProblem) -> AccessRole {
        guard let role = form["role"].flatMap({ AccessRole(rawValue: $0) }) else {
            throw .invalid("role", "is one of \(AccessRole.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return role
    }

    private func addMember(_ caller: Caller, _ form: FormBody) async throws -> Outcome {
        let text = form["address"]?.trimmingCharacters(in: .whitespaces) ?? ""
        let problem: PlatformProblem
        do throws(PlatformProblem) {
            let address: Address
            do throws(Address.TypingError) { address = try Address(typed: text) } catch {
                throw .invalid("address", "is to be \(error.message)")
            }
            try await service.addMember(address, try Self.role(form), by: caller)
            return .seeOther(Links.members)
        } catch { problem = error }
        var view = try await members(caller)
        (view.form.values[.address], view.form.values[.role]) = (text, form["role"])
        Self.tell(problem, in: &view.form, isShown: view.rows != nil)
        return .page(view, status: .init(integerLiteral: problem.status))
    }

    /// Does something to one member; what is refused is told on the page of all.
    private func changeMember(
        _ text: String, _ caller: Caller, _ work: (Address) async throws(PlatformProblem) -> Void
    ) async throws -> Outcome {
        guard let address = try? Address(hex: text) else {
            return .page(ErrorView.notFound(Links.members + "/" + text), status: .notFound)
        }
        do throws(PlatformProblem) {
            try await work(address)
            return .seeOther(Links.members)
        } catch {
            var view = try await members(caller)
            view.form.error = Self.sentence(error.detail)
            return .page(view, status: .init(integerLiteral: error.status))
        }
    }

    // MARK: Keys

    private func keys(_ caller: Caller) async throws -> KeysView {
        var view = KeysView(organisation: Self.title(for: caller), roles: Self.roles, rows: nil)
        do throws(PlatformProblem) {
            let keys = try await service.keys(of: caller)
            let revoked = keys.filter { $0.revokedAt != nil }.suffix(Self.revokedLimit)
            view.rows = (keys.filter { $0.revokedAt == nil } + revoked).map { key in
                KeysView.Row(
                    id: key.id, name: key.name, role: key.role.rawValue, createdAt: UInt64(key.createdAt / 1_000),
                    revokedAt: key.revokedAt.map { UInt64($0 / 1_000) })
            }
        } catch {
            guard error.status == 403 else { throw error }
            view.form.refusal = Self.forAdministrators("API keys", caller)
        }
        return view
    }

    private func makeKey(_ caller: Caller, _ form: FormBody) async throws -> Outcome {
        let name = form["name"]?.trimmingCharacters(in: .whitespaces) ?? ""
        do {
            let made = try await service.makeKey(name, try Self.role(form), by: caller)
            var view = try await keys(caller)
            view.made = KeysView.Made(name: made.key.name, secret: made.secret)
            return .page(view, status: .created)
        } catch let problem as PlatformProblem {
            var view = try await keys(caller)
            (view.form.values[.name], view.form.values[.role]) = (name, form["role"])
            Self.tell(problem, in: &view.form, isShown: view.rows != nil)
            return .page(view, status: .init(integerLiteral: problem.status))
        }
    }
}

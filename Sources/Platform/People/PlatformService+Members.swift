public import Primitives
import SQLStore

/// The people who may act for an organisation.
extension PlatformService {
    /// Members of one organisation.
    private static let memberLimit = 500

    /// The members of the caller's organisation, which its administrators may see.
    public func members(of caller: Caller) async throws(PlatformProblem) -> [Member] {
        try check(caller, .administrator)
        return try await read { connection throws(SQLStoreError) in
            try PeopleTable(connection: connection).members(of: caller.organisation)
        }
    }

    /// Adds a member to the caller's organisation, or gives one another role.
    ///
    /// - Parameter isKnown: whether it has to be a member already: a page of before its removal must not bring it back.
    /// - Returns: the member, and whether it is new.
    @discardableResult
    public func addMember(
        _ address: Address, _ role: AccessRole, isKnown: Bool = false, by caller: Caller
    ) async throws(PlatformProblem) -> (member: Member, isNew: Bool) {
        try check(caller, .administrator)
        let text = "\(address)"
        let found = try await write { connection throws(SQLStoreError) -> Result<(Member, Bool), PlatformProblem> in
            let people = PeopleTable(connection: connection)
            let members = try people.members(of: caller.organisation)
            let old = members.first { $0.address == text }
            if isKnown, old == nil { return .failure(Self.noMember(text)) }
            if role != .administrator, Self.isLast(text, members) { return .failure(Self.lastAdministrator(text)) }
            if old == nil, members.count >= Self.memberLimit {
                return .failure(
                    PlatformProblem(
                        409, "members",
                        "an organisation has at most \(Self.memberLimit) members: remove one first"))
            }
            var member = Member(address: text, role: role, createdAt: try connection.now())
            if let old {
                member.createdAt = old.createdAt
                try people.change(text, of: caller.organisation, to: role)
            } else {
                _ = try people.insert(member, of: caller.organisation)
            }
            try AccessTable(connection: connection).audit(caller, "member.add", "\(text) \(role.rawValue)")
            return .success((member, old == nil))
        }
        return try found.get()
    }

    /// Removes a member of the caller's organisation, whose sessions for it end.
    public func removeMember(_ address: Address, by caller: Caller) async throws(PlatformProblem) {
        try check(caller, .administrator)
        let text = "\(address)"
        let problem = try await write { connection throws(SQLStoreError) -> PlatformProblem? in
            let people = PeopleTable(connection: connection)
            let members = try people.members(of: caller.organisation)
            guard members.contains(where: { $0.address == text }) else {
                return Self.noMember(text)
            }
            if Self.isLast(text, members) { return Self.lastAdministrator(text) }
            try people.remove(text, of: caller.organisation)
            try AccessTable(connection: connection).audit(caller, "member.remove", text)
            return nil
        }
        if let problem { throw problem }
    }

    /// Whether somebody is an administrator, and nobody else among the members is.
    private static func isLast(_ address: String, _ members: [Member]) -> Bool {
        members.contains { $0.address == address && $0.role == .administrator }
            && !members.contains { $0.address != address && $0.role == .administrator }
    }

    private static func noMember(_ address: String) -> PlatformProblem {
        PlatformProblem(404, "no-such-member", "\(address) is no member")
    }

    private static func lastAdministrator(_ address: String) -> PlatformProblem {
        PlatformProblem(
            409, "members",
            "\(address) is the only administrator, and an organisation keeps one: make another member administrator first"
        )
    }
}

/// The keys of programs that act for an organisation, for its administrators.
package struct KeysView: PageView {
    package enum Field: String, Sendable { case name, role }

    package struct Row: Sendable, Equatable {
        package var id: String
        package var name: String
        package var role: String
        /// Seconds since the Unix epoch.
        package var createdAt: UInt64
        /// Nil for one that counts.
        package var revokedAt: UInt64?

        package init(id: String, name: String, role: String, createdAt: UInt64, revokedAt: UInt64?) {
            self.id = id
            self.name = name
            self.role = role
            self.createdAt = createdAt
            self.revokedAt = revokedAt
        }
    }

    /// A key that was just made.
    package struct Made: Sendable, Equatable {
        package var name: String
        package var secret: String

        package init(name: String, secret: String) {
            self.name = name
            self.secret = secret
        }
    }

    package var organisation: String
    package var roles: [Role]
    /// Nil where who looks may not see them.
    package var rows: [Row]?
    /// Shown this once.
    package var made: Made?
    package var values: [Field: String] = [:]
    package var errors: [Field: String] = [:]
    /// What was refused.
    package var error: String?
    /// Why there is nothing to see.
    package var refusal: String?

    package init(organisation: String, roles: [Role], rows: [Row]?) {
        self.organisation = organisation
        self.roles = roles
        self.rows = rows
    }

    package func html(in frame: Frame) -> [UInt8] {
        func problem(_ field: Field) -> Fields? { errors[field].map { ["id": field.rawValue + "-error", "text": $0] } }
        let rows = (rows ?? []).map { row -> Fields in
            [
                "id": row.id, "name": row.name, "role": row.role, "time": Fields.time(row.createdAt, in: frame),
                "revoked": row.revokedAt.map { Fields.time($0, in: frame) },
                "revocationPath": Links.keyRevocation(row.id),
            ]
        }
        var page = Page(
            "API keys", template: "keys",
            fields: [
                "organisation": organisation, "rows": rows, "hasRows": !rows.isEmpty, "mayChange": self.rows != nil,
                "made": made.map { ["name": $0.name, "secret": $0.secret] as Fields },
                "allRoles": roles.map { $0.fields(chosen: values[.role] ?? roles.first?.id ?? "") },
                "name": values[.name] ?? "", "nameError": problem(.name), "roleError": problem(.role),
                "error": error, "refusal": refusal, "isKeys": true,
            ])
        page.section = .organisation
        page.json = self.rows == nil ? nil : "/v1/keys"
        return page.render(in: frame)
    }
}

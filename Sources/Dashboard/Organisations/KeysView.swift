/// The keys of programs that act for an organisation, for its administrators.
package struct KeysView: PageView {
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

    package var form: RoleForm
    /// Nil where who looks may not see them.
    package var rows: [Row]?
    /// Shown this once.
    package var made: Made?

    package init(organisation: String, roles: [Role], rows: [Row]?) {
        form = RoleForm(for: .name, organisation: organisation, roles: roles)
        self.rows = rows
    }

    package func html(in frame: Frame) -> [UInt8] {
        let rows = rows?.map { row -> Fields in
            [
                "id": row.id, "name": row.name, "role": row.role, "time": Fields.time(row.createdAt, in: frame),
                "revoked": row.revokedAt.map { Fields.time($0, in: frame) },
                "revocationPath": Links.keyRevocation(row.id),
            ]
        }
        var page = Page("API keys", template: "keys", fields: form.fields(rows))
        page.fields["made"] = made.map { ["name": $0.name, "secret": $0.secret] as Fields }
        page.fields["isKeys"] = true
        page.section = .organisation
        page.json = rows == nil ? nil : "/v1/keys"
        return page.render(in: frame)
    }
}

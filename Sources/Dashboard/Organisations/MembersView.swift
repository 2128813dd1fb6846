/// The people who may act for an organisation, for its administrators.
package struct MembersView: PageView {
    package struct Row: Sendable, Equatable {
        package var address: String
        package var role: String
        /// Seconds since the Unix epoch.
        package var addedAt: UInt64
        /// Whether it is who looks.
        package var isViewer: Bool

        package init(address: String, role: String, addedAt: UInt64, isViewer: Bool) {
            self.address = address
            self.role = role
            self.addedAt = addedAt
            self.isViewer = isViewer
        }
    }

    package var form: RoleForm
    /// Nil where who looks may not see them.
    package var rows: [Row]?

    package init(organisation: String, roles: [Role], rows: [Row]?) {
        form = RoleForm(for: .address, organisation: organisation, roles: roles)
        self.rows = rows
    }

    package func html(in frame: Frame) -> [UInt8] {
        let rows = rows?.enumerated().map { index, row -> Fields in
            [
                "index": index, "address": row.address, "isViewer": row.isViewer,
                "roles": form.roles.map { $0.fields(chosen: row.role) }, "time": Fields.time(row.addedAt, in: frame),
                "rolePath": Links.memberRole(row.address), "removalPath": Links.memberRemoval(row.address),
            ]
        }
        var page = Page("Members", template: "members", fields: form.fields(rows))
        page.fields["isMembers"] = true
        page.section = .organisation
        page.json = rows == nil ? nil : "/v1/members"
        return page.render(in: frame)
    }
}

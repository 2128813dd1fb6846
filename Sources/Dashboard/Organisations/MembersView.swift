/// The people who may act for an organisation, for its administrators.
package struct MembersView: PageView {
    package enum Field: String, Sendable { case address, role }

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

    package var organisation: String
    package var roles: [Role]
    /// Nil where who looks may not see them.
    package var rows: [Row]?
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
        let rows = (rows ?? []).enumerated().map { index, row -> Fields in
            [
                "index": index, "address": row.address, "isViewer": row.isViewer,
                "roles": roles.map { $0.fields(chosen: row.role) }, "time": Fields.time(row.addedAt, in: frame),
                "rolePath": Links.memberRole(row.address), "removalPath": Links.memberRemoval(row.address),
            ]
        }
        var page = Page(
            "Members", template: "members",
            fields: [
                "organisation": organisation, "rows": rows, "hasRows": !rows.isEmpty, "mayChange": self.rows != nil,
                "allRoles": roles.map { $0.fields(chosen: values[.role] ?? roles.first?.id ?? "") },
                "address": values[.address] ?? "", "addressError": problem(.address), "roleError": problem(.role),
                "error": error, "refusal": refusal, "isMembers": true,
            ])
        page.section = .organisation
        page.json = self.rows == nil ? nil : "/v1/members"
        return page.render(in: frame)
    }
}

/// A role, and what it lets people and programs do.
package struct Role: Sendable, Equatable {
    package var id: String
    package var text: String

    package init(_ id: String, _ text: String) {
        self.id = id
        self.text = text
    }

    func fields(chosen: String) -> Fields { ["id": id, "text": text, "isChosen": id == chosen] }
}

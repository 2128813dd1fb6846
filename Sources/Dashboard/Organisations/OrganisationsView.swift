/// The organisations that somebody may act for, and the way from one to another.
package struct OrganisationsView: PageView {
    package struct Row: Sendable, Equatable {
        package var id: String
        /// As people read it.
        package var title: String
        package var role: String
        package var isCurrent: Bool

        package init(id: String, title: String, role: String, isCurrent: Bool) {
            self.id = id
            self.title = title
            self.role = role
            self.isCurrent = isCurrent
        }
    }

    package var rows: [Row]
    /// What was refused.
    package var error: String?
    /// Something to know about all of it.
    package var note: String?

    package init(rows: [Row]) { self.rows = rows }

    package func html(in frame: Frame) -> [UInt8] {
        let rows = rows.map { row -> Fields in
            [
                "id": row.id, "title": row.title, "role": row.role, "hasTitle": row.title != row.id,
                "isCurrent": row.isCurrent,
            ]
        }
        var page = Page(
            "Organisations", template: "organisations",
            fields: ["rows": rows, "error": error, "note": note, "isChoice": true])
        page.section = .organisation
        page.json = "/v1/session"
        return page.render(in: frame)
    }
}

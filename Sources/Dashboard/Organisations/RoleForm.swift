/// What the pages of members and of API keys have in common: an organisation's roles, and the form that gives one.
package struct RoleForm: Sendable, Equatable {
    package enum Field: String, Sendable { case address, name, role }

    /// What is given a role.
    package let subject: Field
    package var organisation: String
    package var roles: [Role]
    package var values: [Field: String] = [:]
    package var errors: [Field: String] = [:]
    /// What was refused that is about no field.
    package var error: String?
    /// Why there is nothing to see.
    package var refusal: String?

    package init(for subject: Field, organisation: String, roles: [Role]) {
        self.subject = subject
        self.organisation = organisation
        self.roles = roles
    }

    /// Says what was refused: beside its field where that is shown, else above all.
    package mutating func refuse(_ text: String, of field: String?) {
        if let field = field.flatMap({ Field(rawValue: $0) }), field == subject || field == .role {
            errors[field] = text
        } else {
            error = text
        }
    }

    /// - Parameter rows: nil where who looks may not see them.
    func fields(_ rows: [Fields]?) -> Fields {
        func problem(_ field: Field) -> Fields? { errors[field].map { ["id": field.rawValue + "-error", "text": $0] } }
        return [
            "organisation": organisation, "rows": rows ?? [], "hasRows": rows?.isEmpty == false,
            "mayChange": rows != nil,
            "allRoles": roles.map { $0.fields(chosen: values[.role] ?? roles.first?.id ?? "") },
            subject.rawValue: values[subject] ?? "", subject.rawValue + "Error": problem(subject),
            "roleError": problem(.role), "error": error, "refusal": refusal,
        ]
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

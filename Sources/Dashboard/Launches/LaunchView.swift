/// The form that launches a rollup.
package struct LaunchView: PageView {
    /// The form's fields by the name that they are posted with.
    package enum Field: String, Sendable, CaseIterable {
        case template
        case name
        case execution
        case data
        case security
        /// `permanent` or `ephemeral`.
        case life
        /// A whole number.
        case duration
        /// `minutes`, `hours` or `days`.
        case unit
    }

    package var templates = LaunchTemplate.all
    package var execution = LaunchChoice.execution
    package var data = LaunchChoice.data
    package var security = LaunchChoice.security
    /// What is filled in; as it was posted where it was refused.
    package var values: [Field: String] = [:]
    /// What is wrong, at its field.
    package var errors: [Field: String] = [:]
    /// What is wrong with the whole.
    package var error: String?
    /// What the launch costs, where that is known.
    package var price: String?
    /// Goes with the form so that a second click launches nothing else.
    package var idempotencyKey: String

    package init(idempotencyKey: String) { self.idempotencyKey = idempotencyKey }

    package func html(in frame: Frame) -> [UInt8] {
        var fields: Fields = [
            "error": error, "price": price, "idempotencyKey": idempotencyKey,
            "templates": templates.map { template -> Fields in
                [
                    "id": template.id, "title": template.title, "text": template.text, "refusal": template.refusal,
                    "isChosen": template.id == chosen(.template, of: templates.filter { $0.refusal == nil }.map(\.id)),
                ]
            },
            "templateError": errorFields(.template),
            "groups": [
                group(.execution, "Execution", "Who executes blocks, and what contracts are.", execution),
                group(
                    .data, "Data", "Where what the blocks are derived from is published. It can be changed later.", data
                ),
                group(.security, "Security", "What makes an output final on L1.", security),
            ],
            "name": values[.name] ?? "", "nameError": errorFields(.name),
            "isEphemeral": values[.life] == "ephemeral",
            "duration": values[.duration] ?? "2", "durationError": errorFields(.duration),
            "lifeError": errorFields(.life),
            "units": ["minutes", "hours", "days"].map { unit -> Fields in
                ["id": unit, "isChosen": unit == (values[.unit] ?? "hours")]
            },
        ]
        let wrong = Field.allCases.filter { errors[$0] != nil }
        fields["hasErrors"] = !wrong.isEmpty || error != nil
        fields["errors"] = wrong.map { ["text": errors[$0], "place": Self.place(of: $0)] as Fields }
        var page = Page(
            errors.isEmpty ? "Launch a rollup" : "Not launched yet: launch a rollup", template: "launch", fields: fields
        )
        page.section = .rollups
        page.json = "/v1/templates"
        return page.render(in: frame)
    }

    private func group(_ field: Field, _ title: String, _ text: String, _ choices: [LaunchChoice]) -> Fields {
        let chosen = chosen(field, of: choices.filter { $0.refusal == nil }.map(\.id))
        return [
            "field": field.rawValue, "title": title, "text": text, "problem": errorFields(field),
            "choices": choices.map { choice -> Fields in
                [
                    "id": choice.id, "title": choice.title, "price": choice.price, "trust": choice.trust,
                    "limits": choice.limits, "refusal": choice.refusal, "isChosen": choice.id == chosen,
                ]
            },
        ]
    }

    /// What was posted where there is such a choice, else the first.
    private func chosen(_ field: Field, of ids: [String]) -> String? {
        values[field].flatMap { ids.contains($0) ? $0 : nil } ?? ids.first
    }

    private func errorFields(_ field: Field) -> Fields? {
        errors[field].map { ["id": field.rawValue + "-error", "text": $0] }
    }

    /// The element that an error leads to.
    private static func place(of field: Field) -> String {
        switch field {
        case .name, .duration: field.rawValue
        case .unit: Field.duration.rawValue
        case .template, .execution, .data, .security, .life: field.rawValue + "-choices"
        }
    }
}

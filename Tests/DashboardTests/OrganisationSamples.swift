import Dashboard

extension Samples {
    private var roles: [Role] { [Role("viewer", text("sees")), Role("administrator", text("manages all of it"))] }

    var organisations: OrganisationsView {
        var view = OrganisationsView(rows: [
            .init(
                id: text("person-0x12"), title: text("your own organisation"), role: "administrator", isCurrent: true),
            .init(id: text("main"), title: text("main"), role: "viewer", isCurrent: false),
        ])
        view.error = text("You are no member of it.")
        view.note = text("Nobody is signed in.")
        return view
    }

    var members: MembersView {
        var view = MembersView(
            organisation: text("main"), roles: roles,
            rows: [
                .init(address: address, role: "administrator", addedAt: Self.now - 86_400, isViewer: true),
                .init(address: text("0x12"), role: "viewer", addedAt: Self.now - 60, isViewer: false),
            ])
        (view.form.values[.address], view.form.values[.role]) = (text("0x12"), "administrator")
        (view.form.errors[.address], view.form.errors[.role]) = (text("It takes 40 digits."), text("It is one of two."))
        view.form.error = text("It is the only administrator.")
        return view
    }

    /// What a viewer sees.
    var refusedMembers: MembersView {
        var view = MembersView(organisation: text("main"), roles: roles, rows: nil)
        view.form.refusal = text("You are viewer.")
        return view
    }

    var keys: KeysView {
        var view = KeysView(
            organisation: text("main"), roles: roles,
            rows: [
                .init(id: text("a1"), name: text("CI"), role: "viewer", createdAt: Self.now - 9_000, revokedAt: nil),
                .init(
                    id: text("b2"), name: text("old"), role: "viewer", createdAt: Self.now - 90_000,
                    revokedAt: Self.now - 4_000),
            ])
        view.made = KeysView.Made(name: text("CI"), secret: text("mayfly_12"))
        (view.form.values[.name], view.form.errors[.name]) = (text("CI"), text("It has 1 to 100 bytes."))
        return view
    }
}

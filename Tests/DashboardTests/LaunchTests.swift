import Dashboard
import Testing

struct LaunchTests {
    private func elements(_ view: LaunchView) throws -> [Markup.Element] {
        try Markup(view.html(in: Samples.frame)).elements
    }

    @Test func errorsStandAtTheirFields() throws {
        let elements = try elements(Samples().refusedLaunch)
        let name = try #require(elements.first { $0["id"] == "name" })
        #expect(name["aria-invalid"] == "true")
        #expect(name["aria-describedby"] == "name-hint name-error")
        #expect(name["value"] == "Arcade!")
        let duration = try #require(elements.first { $0["id"] == "duration" })
        #expect(duration["aria-describedby"] == "duration-error")
        for choices in ["security", "template", "life"] {
            let group = try #require(elements.first { $0["id"] == "\(choices)-choices" })
            #expect(group["aria-describedby"] == "\(choices)-error")
        }
        #expect(elements.contains { $0["role"] == "alert" })
        for field in ["name", "duration", "security-choices"] {
            #expect(elements.contains { $0["href"] == "#" + field })
        }
    }

    @Test func errorsAreNotShownWhereThereAreNone() throws {
        let elements = try elements(Samples().launch)
        #expect(!elements.contains { $0["aria-invalid"] != nil || $0["class"] == "error" || $0["role"] == "alert" })
    }

    @Test func keepsWhatWasPosted() throws {
        let chosen = try elements(Samples().refusedLaunch).filter { $0["checked"] != nil }.compactMap { $0["value"] }
        #expect(chosen == ["mint", "evm", "calldata", "optimistic", "ephemeral"])
    }

    @Test func whatCannotBeLaunchedCannotBeChosen() throws {
        var view = Samples().launch
        view.values[.execution] = "riscv"
        view.values[.data] = "no such"
        let elements = try elements(view)
        let off = elements.filter { $0["disabled"] != nil }.compactMap { $0["value"] }
        #expect(off == ["engine", "riscv", "operators", "restaked"])
        let chosen = elements.filter { $0["checked"] != nil }.compactMap { $0["value"] }
        #expect(chosen == ["blank", "evm", "blobs", "optimistic", "ephemeral"])
        for choice in LaunchChoice.execution + LaunchChoice.data + LaunchChoice.security {
            for sentence in [choice.price, choice.trust, choice.limits] { #expect(sentence.hasSuffix(".")) }
        }
    }
}

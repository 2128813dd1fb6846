import Dashboard
import Testing

/// All pages, whatever they are about.
struct PageTests {
    /// Texts that would be markup if they were not escaped. The last ones form graphemes with the characters to escape.
    static let hostile = [
        "<script>alert(1)</script>", "\"><script>alert(1)</script>", "' onmouseover='alert(1)",
        "\" onmouseover=\"alert(1)",
        "</title></main><script>", "{{formToken}} {{{main}}}", "javascript:alert(1)", "&lt;script&gt;",
        "<!-- <![CDATA[",
        "\u{600}<script>alert(1)</script>", "\"\u{301} onmouseover=\"\u{301}alert(1)\"\u{301}\u{600}>\u{600}<b>",
        "<\u{338}script>",
    ]

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func areWellFormed() throws {
        for (name, view) in Samples().pages {
            #expect(throws: Never.self, "\(name)") { try Markup(view.html(in: Samples.frame)) }
        }
    }

    @Test func areAcceptedByTheirOwnPolicy() throws {
        for (name, view) in Samples().pages {
            for element in try Markup(view.html(in: Samples.frame)).elements {
                #expect(element["style"] == nil, "\(name): \(element)")
                #expect(!element.attributes.contains { $0.name.hasPrefix("on") }, "\(name): \(element)")
                #expect(element.name != "style", "\(name)")
                if element.name == "script" {
                    #expect(element["type"] == "module")
                    #expect(element["src"]?.hasPrefix("assets/") == true, "\(name)")
                }
                for attribute in ["href", "src", "action"] {
                    guard let target = element[attribute] else { continue }
                    let isOwn = target.hasPrefix("/") && !target.hasPrefix("//")
                    #expect(isOwn || target.hasPrefix("assets/") || target.hasPrefix("#"), "\(name): \(target)")
                }
            }
        }
    }

    @Test func showHostileTextsAsText() throws {
        let plain = Dictionary(uniqueKeysWithValues: Samples().pages.map { ($0.name, $0.view) })
        for text in Self.hostile {
            let samples = Samples(hostile: text)
            for (name, view) in samples.pages {
                let html = view.html(in: samples.frame)
                guard let markup = try? Markup(html) else {
                    Issue.record("\(name) with \(text) is not well-formed")
                    continue
                }
                // Neither a tag nor an attribute comes from a value.
                let known = Set(
                    try Markup(plain[name]!.html(in: Samples.frame)).elements.flatMap { Self.shape(of: $0) })
                let frame = Set(["p", "p class", "p role"])
                for element in markup.elements {
                    #expect(
                        known.union(frame).isSuperset(of: Self.shape(of: element)), "\(name) with \(text): \(element)")
                }
                for element in markup.elements {
                    for attribute in ["href", "src", "action"] {
                        #expect(element[attribute]?.hasPrefix("javascript:") != true, "\(name): \(element)")
                    }
                }
            }
        }
    }

    /// The element's name, alone and with that of each attribute.
    private static func shape(of element: Markup.Element) -> [String] {
        [element.name] + element.attributes.map { element.name + " " + $0.name }
    }

    @Test func keepHostileTextsReadable() {
        var view = Samples().rollup
        view.events = [RollupView.Event(time: Samples.now, text: "<script>alert('a & b')</script>")]
        let html = Self.text(view.html(in: Samples.frame))
        let shown = Array(html.utf8)
        let expected = Array("&lt;script&gt;alert(&#39;a &amp; b&#39;)&lt;/script&gt;".utf8)
        let isThere = shown.firstRange(of: expected) != nil
        #expect(isThere)
    }

    @Test func areSmall() {
        for (name, view) in Samples().pages {
            let size = view.html(in: Samples.frame).count
            #expect(size < 60_000, "\(name) has \(size) bytes")
        }
        for asset in Assets.all { #expect(asset.bytes.count < 40_000, "\(asset.name)") }
    }

    @Test func haveLandmarksAndNames() throws {
        for (name, view) in Samples().pages {
            let elements = try Markup(view.html(in: Samples.frame)).elements
            #expect(elements.count { $0.name == "main" } == 1, "\(name)")
            #expect(elements.count { $0.name == "h1" } == 1, "\(name)")
            #expect(elements.first { $0.name == "html" }?["lang"] == "en")
            #expect(elements.contains { $0.name == "a" && $0["class"] == "skip" && $0["href"] == "#main" })
            let ids = elements.compactMap { $0["id"] }
            #expect(Set(ids).count == ids.count, "\(name) repeats an id of \(ids)")
            for element in elements {
                for attribute in ["aria-labelledby", "aria-describedby", "for"] {
                    for id in (element[attribute] ?? "").split(separator: " ") {
                        #expect(ids.contains(String(id)), "\(name): nothing has the id \(id)")
                    }
                }
                if ["input", "select"].contains(element.name), !["hidden", "radio"].contains(element["type"]) {
                    let id = element["id"] ?? ""
                    #expect(
                        elements.contains { $0.name == "label" && $0["for"] == id }, "\(name): \(element) has no label")
                }
                if element.name == "nav" { #expect(element["aria-label"] != nil, "\(name)") }
                if element.name == "a", let target = element["href"], target.hasPrefix("#") {
                    #expect(ids.contains(String(target.dropFirst())), "\(name): \(target) leads nowhere")
                }
            }
        }
    }

    @Test func carryTheTokenInEveryForm() throws {
        for (name, view) in Samples().pages {
            let elements = try Markup(view.html(in: Samples.frame)).elements
            let forms = elements.count { $0.name == "form" && $0["method"] == "post" }
            let tokens = elements.count {
                $0.name == "input" && $0["name"] == "form-token" && $0["value"] == "f0e1d2c3b4a5"
            }
            #expect(forms == tokens, "\(name)")
        }
    }

    @Test func markWhereTheyAre() throws {
        let elements = try Markup(Samples().blocks.html(in: Samples.frame)).elements
        let current = elements.filter { $0["aria-current"] == "page" }.compactMap { $0["href"] }
        #expect(current == ["/", "/rollups/arcade/blocks"])
    }

    @Test func showWithdrawalsToFinishOnlyAfterTheEnd() {
        let after = Self.text(Samples().claims(.dissolved).html(in: Samples.frame))
        #expect(after.contains("Withdrawals begun before the end") && after.contains("Prove 3 ETH"))
        #expect(after.contains("to be finalized") && after.contains("It waits."))
        #expect(!Self.text(Samples().claims(.active).html(in: Samples.frame)).contains("Withdrawals begun"))
    }

    @Test func reloadWithoutScriptsOnlyWhileSomethingHappens() {
        #expect(Self.text(Samples().job(.running).html(in: Samples.frame)).contains("http-equiv=\"refresh\""))
        #expect(!Self.text(Samples().job(.done).html(in: Samples.frame)).contains("http-equiv=\"refresh\""))
        #expect(!Self.text(Samples().job(.done).html(in: Samples.frame)).contains("data-live-path"))
    }
}

import Testing

@testable import Dashboard

/// The stylesheet: its colours can be told from each other in both modes, and it asks nothing of anybody else.
struct StyleTests {
    enum Mode: String, CaseIterable { case light, dark }

    /// What texts stand on what.
    static let pairs: [(text: String, ground: String)] =
        ["ground", "panel", "sunken"].flatMap { ground in
            ["ink", "muted", "accent", "accent-strong"].map { ($0, ground) }
        }
        + ["good", "busy", "warn", "bad", "calm"].flatMap { [($0, $0 + "-ground"), ($0, "panel")] }
        + [
            ("on-accent", "accent"), ("on-accent", "accent-strong"), ("on-bad", "bad"), ("ink", "tint"),
            ("muted", "tint"),
        ]
        + [("warn", "sunken"), ("bad", "bad-ground")]

    /// The variables of a mode; dark ones replace light ones.
    static func palette(_ mode: Mode) throws -> [String: (Double, Double, Double)] {
        let parts = Stylesheet.palette.split(separator: "@media (prefers-color-scheme: dark)")
        let text = mode == .light ? String(parts[0]) : parts.joined()
        var colours: [String: (Double, Double, Double)] = [:]
        for line in text.split(separator: "\n") where line.contains("--") {
            let sides = line.split(separator: ":")
            let name = String(sides[0].drop { $0 == " " || $0 == "-" })
            let digits = sides[1].drop { $0 == " " || $0 == "#" }.prefix { $0 != ";" }
            let value = try #require(digits.count == 6 ? UInt32(digits, radix: 16) : nil, "\(line)")
            colours[name] = (Double(value >> 16), Double(value >> 8 & 0xff), Double(value & 0xff))
        }
        return colours
    }

    /// Relative luminance (WCAG 2.2).
    static func luminance(_ colour: (Double, Double, Double)) -> Double {
        func linear(_ channel: Double) -> Double {
            let share = channel / 255
            return share <= 0.04045 ? share / 12.92 : power24((share + 0.055) / 1.055)
        }
        return 0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
    }

    /// `base` to the power of 2.4: the fifth root of its twelfth power, by Newton's method.
    static func power24(_ base: Double) -> Double {
        let square = base * base
        let fourth = square * square
        let twelfth = fourth * fourth * fourth
        var root = 1.0
        for _ in 0..<200 { root -= (root * root * root * root * root - twelfth) / (5 * root * root * root * root) }
        return root
    }

    static func contrast(_ one: (Double, Double, Double), _ other: (Double, Double, Double)) -> Double {
        let (first, second) = (luminance(one), luminance(other))
        return (max(first, second) + 0.05) / (min(first, second) + 0.05)
    }

    @Test func formulaIsTheOneOfTheGuidelines() {
        #expect(abs(Self.contrast((0, 0, 0), (255, 255, 255)) - 21) < 1e-6)
        #expect(abs(Self.contrast((0x76, 0x76, 0x76), (255, 255, 255)) - 4.54) < 0.005)
    }

    @Test(arguments: Mode.allCases) func textsCanBeRead(_ mode: Mode) throws {
        let palette = try Self.palette(mode)
        for (text, ground) in Self.pairs {
            let contrast = try Self.contrast(#require(palette[text]), #require(palette[ground]))
            #expect(contrast >= 4.5, "\(mode.rawValue): \(text) on \(ground) has \(contrast)")
        }
    }

    @Test(arguments: Mode.allCases) func edgesOfFieldsCanBeSeen(_ mode: Mode) throws {
        let palette = try Self.palette(mode)
        for ground in ["panel", "ground"] {
            #expect(
                try Self.contrast(#require(palette["edge"]), #require(palette[ground])) >= 3,
                "\(mode.rawValue) on \(ground)")
            #expect(try Self.contrast(#require(palette["accent"]), #require(palette[ground])) >= 3)
        }
    }

    @Test func bothModesHaveEveryColour() throws {
        let parts = Stylesheet.palette.split(separator: "@media (prefers-color-scheme: dark)")
        func names(_ text: Substring) -> Set<Substring> {
            Set(
                text.split(separator: "\n").filter { $0.contains("--") }.map {
                    $0.split(separator: ":")[0].drop { $0 == " " }
                })
        }
        #expect(names(parts[0]) == names(parts[1]))
        let used = Stylesheet.all.split(separator: "var(--").dropFirst().map { "--" + $0.prefix { $0 != ")" } }
        for name in Set(used) { #expect(names(parts[0]).contains(name[...]), "\(name)") }
    }

    @Test func needsNothingFromElsewhere() {
        let all = Stylesheet.all
        #expect(!all.contains("url(") && !all.contains("@import") && !all.contains("http"))
        #expect(
            all.contains("prefers-reduced-motion") && all.contains(":focus-visible")
                && all.contains("color-scheme: light dark"))
        let opening = all.unicodeScalars.count { $0 == "{" }
        #expect(opening == all.unicodeScalars.count { $0 == "}" })
    }

    @Test func classesOfPagesAreStyled() throws {
        // States of steps and kinds of events that look like any other.
        var used: Set<Substring> = []
        for (_, view) in Samples().pages {
            for element in try Markup(view.html(in: Samples.frame)).elements {
                used.formUnion((element["class"] ?? "").split(separator: " "))
            }
        }
        let plain: Set<Substring> = ["info", "narrow"]
        let unstyled = used.subtracting(plain).filter { !Stylesheet.all.contains("." + $0) }
        #expect(unstyled.isEmpty)
    }
}

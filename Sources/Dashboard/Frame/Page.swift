import Mustache

/// The values of one page, which it is rendered from.
package protocol PageView: Sendable, Equatable {
    /// The page as UTF-8, to be served as `text/html; charset=utf-8` with ``Assets/contentSecurityPolicy``.
    func html(in frame: Frame) -> [UInt8]
}

/// A page on its way to HTML: which template, with which values, in which surroundings.
struct Page {
    var title: String
    var template: String
    var fields: Fields
    var section: Section?
    var navigation: RollupNavigation?
    /// Scripts that the page needs.
    var modules: [Asset] = []
    /// Where programs get the same.
    var json: String?
    /// Seconds after which a browser without JavaScript loads the page again.
    var refresh: Int?
    /// What makes the page look again; nil for one that stays as it is.
    var live: LiveSource?
    /// Seconds after which the page looks again at what no event tells of; nil for never.
    var follow: Int?

    init(_ title: String, template: String, fields: Fields) {
        self.title = title
        self.template = template
        self.fields = fields
    }

    func render(in frame: Frame) -> [UInt8] {
        var fields = fields
        fields["formToken"] = frame.formToken
        fields["isSignedIn"] = frame.account != nil
        let main = Templates.library.render(fields, withTemplate: template) ?? ""
        var layout: Fields = [
            "title": title,
            "stylesheet": frame.assetFolder + Assets.stylesheet.name,
            "icon": frame.assetFolder + Assets.icon.name,
            "modules": (modules + (live == nil && follow == nil ? [] : [Assets.live])).map {
                ["path": frame.assetFolder + $0.name] as Fields
            },
            "json": json,
            "refresh": refresh, "follow": follow,
            "sections": Section.allCases.map {
                ["title": $0.rawValue, "path": $0.path, "isCurrent": $0 == section] as Fields
            },
            "navigation": navigation?.fields,
            "account": frame.account.map { Format.shortHash($0) },
            "accountInFull": frame.account, "organisation": frame.organisation,
            "formToken": frame.formToken,
            "version": frame.version,
            "l1Name": frame.l1Name,
            "live": live?.fields,
        ]
        if let notice = frame.notice {
            layout["notice"] = ["text": notice.text, "tone": notice.tone.rawValue] as Fields
        }
        layout.setMarkup("main", main)
        return Array((Templates.library.render(layout, withTemplate: "layout") ?? "").utf8)
    }
}

/// Server-sent events after which a page looks again at itself. What they say does not matter to it.
package struct LiveSource: Sendable, Equatable {
    /// Of this origin.
    package var path: String
    /// Names of events that matter; those without a name always do.
    package var events: [String]

    package init(path: String, events: [String] = []) {
        self.path = path
        self.events = events
    }

    var fields: Fields { ["path": path, "events": events.joined(separator: " ")] }
}

/// All templates, by the page that they make.
enum Templates {
    static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        let all = [layout, parts, rollups, rollup, launch, job, explorer, bridging, site, organisations]
        for (name, text) in all.joined() {
            do {
                try library.register(text, named: name)
            } catch {
                fatalError("template \(name): \(error)")
            }
        }
        return library
    }()
}

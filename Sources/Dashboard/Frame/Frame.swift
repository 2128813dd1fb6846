/// What every page is shown in: who looks, when, and what was just done.
package struct Frame: Sendable, Equatable {
    /// Something to tell at the top of the page, once.
    package struct Notice: Sendable, Equatable {
        package enum Tone: String, Sendable { case done, refused }
        package var tone: Tone
        package var text: String

        package init(_ tone: Tone, _ text: String) {
            self.tone = tone
            self.text = text
        }
    }

    /// Seconds since the Unix epoch, which ages are told against.
    package var now: UInt64
    /// The address of who is signed in; nil for nobody.
    package var account: String?
    /// The organisation that the account acts for, where it is not its own.
    package var organisation: String?
    /// Goes into every form that changes something; the server compares it with the session's.
    package var formToken: String
    package var notice: Notice?
    /// Of Mayfly, shown at the foot.
    package var version: String
    /// Which L1 the rollups are on, as people call it.
    package var l1Name: String
    /// What assets' names are appended to.
    package var assetFolder = "/assets/"

    package init(now: UInt64, account: String? = nil, formToken: String, version: String, l1Name: String) {
        self.now = now
        self.account = account
        self.formToken = formToken
        self.version = version
        self.l1Name = l1Name
    }
}

/// A page's entry in the main navigation.
enum Section: String, CaseIterable {
    case rollups = "Rollups"
    case operators = "Operators"
    case governance = "Governance"
    case billing = "Billing"
    case organisation = "Team"

    var path: String {
        switch self {
        case .rollups: Links.rollups
        case .operators: Links.operators
        case .governance: Links.governance
        case .billing: Links.billing
        case .organisation: Links.members
        }
    }
}

/// The pages of one rollup, and which of them is shown.
struct RollupNavigation {
    enum Tab: String, CaseIterable {
        case overview = "Overview"
        case explorer = "Explorer"
        case bridge = "Bridge"
        case claims = "Claims"
    }

    var rollup: String
    var tab: Tab

    var fields: Fields {
        let tabs = Tab.allCases.map { tab -> Fields in
            let path =
                switch tab {
                case .overview: Links.rollup(rollup)
                case .explorer: Links.blocks(rollup)
                case .bridge: Links.bridge(rollup)
                case .claims: Links.claims(rollup)
                }
            return ["title": tab.rawValue, "path": path, "isCurrent": tab == self.tab]
        }
        return ["rollup": rollup, "rollupPath": Links.rollup(rollup), "tabs": tabs]
    }
}

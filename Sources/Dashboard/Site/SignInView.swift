/// Signs in with an account of Ethereum (EIP-4361).
package struct SignInView: PageView {
    /// Where the module asks for the message to sign: `?address=0x...` is added, the answer is plain text.
    package var messagePath = "/sign-in/message"
    /// Where to go afterwards; of this origin.
    package var next: String
    package var error: String?

    package init(next: String = Links.rollups) { self.next = next }

    package func html(in frame: Frame) -> [UInt8] {
        var page = Page(
            "Sign in", template: "sign-in",
            fields: [
                "messagePath": messagePath, "next": next,
                "problem": error.map { ["id": "sign-in-error", "text": $0] as Fields },
            ])
        page.modules = [Assets.signIn]
        return page.render(in: frame)
    }
}

/// What is shown instead of a page that there is not.
package struct ErrorView: PageView {
    /// The HTTP status.
    package var status: Int
    package var title: String
    /// What happened.
    package var text: String
    /// What to do about it.
    package var advice: String
    /// What the operator finds it by in the logs.
    package var reference: String?

    package init(status: Int, title: String, text: String, advice: String, reference: String? = nil) {
        self.status = status
        self.title = title
        self.text = text
        self.advice = advice
        self.reference = reference
    }

    /// - Parameter path: what was asked for.
    package static func notFound(_ path: String) -> ErrorView {
        ErrorView(
            status: 404, title: "There is no such page", text: "Nothing is at \(path).",
            advice: "A rollup is found by its name, in the list of all rollups. Dissolved rollups stay in it.")
    }

    package static func failed(reference: String?) -> ErrorView {
        ErrorView(
            status: 500, title: "This did not work", text: "The platform failed while it made this page.",
            advice:
                "Nothing that runs is affected: rollups go on without the platform. Load the page again; if it fails "
                + "again, the platform's log says why.",
            reference: reference)
    }

    package func html(in frame: Frame) -> [UInt8] {
        let page = Page(
            title, template: "error",
            fields: [
                "status": String(status), "title": title, "text": text, "advice": advice, "reference": reference,
            ])
        return page.render(in: frame)
    }
}

/// A page of something that this version does not have yet.
package struct PlannedView: PageView {
    package enum Subject: String, Sendable, CaseIterable {
        case operators
        case governance
        case billing
    }

    package var subject: Subject

    package init(_ subject: Subject) { self.subject = subject }

    package func html(in frame: Frame) -> [UInt8] {
        let (section, now, planned): (Section, String, [String]) =
            switch subject {
            case .operators:
                (
                    .operators,
                    "This version has no operators. Rollups are secured by bonded proposals and the challenge window, and each has "
                        + "one sequencer.",
                    [
                        "The operators, with their stake and the duties that each has opted in to: verify, finalize, sequence.",
                        "For each rollup its operator set, and what has been attested.",
                        "Alerts, and what was slashed for them.",
                    ]
                )
            case .governance:
                (
                    .governance,
                    "This version has no governance and no token. The shared contracts belong to the timelock that they were deployed "
                        + "with.",
                    [
                        "Proposals with their votes and what they would change: contract upgrades, fees, rollup templates.",
                        "Voting and delegation by wallet.",
                        "What waits in the timelock, and until when.",
                    ]
                )
            case .billing:
                (
                    .billing,
                    "This version charges nothing. The accounts of the batcher and the proposer pay L1's fees; a rollup with a budget "
                        + "pays its batcher from it.",
                    [
                        "For each rollup its escrowed budget, and what is metered of it by time, gas and bytes of data.",
                        "What was paid to operators, to the treasury, and burnt.",
                        "Statements by organisation and month.",
                    ]
                )
            }
        var page = Page(
            section.rawValue, template: "planned",
            fields: ["title": section.rawValue, "now": now, "planned": planned.map { ["text": $0] as Fields }])
        page.section = section
        return page.render(in: frame)
    }
}

extension Templates {
    static let site = [
        "sign-in": """
        <div class="head"><div><h1>Sign in</h1>
        <p class="lead">Who is signed in sees the rollups of their organisation, launches others, and ends them.</p></div></div>
        {{#problem}}
        <div class="notice refused" role="alert"><p id="{{id}}">{{text}}</p></div>
        {{/problem}}
        <section class="panel" aria-labelledby="wallet-title">
        <h2 id="wallet-title">With a wallet</h2>
        <p>The wallet signs a message with this site's name, once. It is no transaction and costs nothing.</p>
        <form method="post" action="/sign-in" class="wallet" data-sign-in data-message-path="{{messagePath}}">
        {{>token}}
        <input type="hidden" name="next" value="{{next}}">
        <input type="hidden" name="message" value="">
        <input type="hidden" name="signature" value="">
        <noscript><p class="sub">A wallet in this browser needs JavaScript. Without it, use the REST interface or the commands with an API key.</p></noscript>
        <p class="wallet-row" hidden><button class="button primary" type="button" data-sign>Sign in with Ethereum</button></p>
        <div class="wallet-choice" data-choice hidden></div>
        <p class="wallet-state" role="status" data-state></p>
        </form>
        </section>
        """,
        "error": """
        <section class="panel empty" aria-labelledby="error-title">
        <p class="status">{{status}}</p>
        <h1 id="error-title">{{title}}</h1>
        <p class="wrap">{{text}}</p>
        <p>{{advice}}</p>
        {{#reference}}
        <p class="sub">Reference <code class="wrap">{{reference}}</code></p>
        {{/reference}}
        <p><a class="button" href="/">All rollups</a></p>
        </section>
        """,
        "planned": """
        <div class="head"><div><h1>{{title}}</h1></div></div>
        <section class="panel" aria-labelledby="now-title">
        <h2 id="now-title">Not in this version</h2>
        <p>{{now}}</p>
        <h3>What will be here</h3>
        <ul class="plain-list">
        {{#planned}}
        <li>{{text}}</li>
        {{/planned}}
        </ul>
        </section>
        """,
    ]
}

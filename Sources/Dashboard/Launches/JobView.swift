/// How far a launch, or another task that takes several steps, is.
package struct JobView: PageView {
    package enum State: String, Sendable { case waiting, running, done, failed }

    package struct Step: Sendable, Equatable {
        package var title: String
        package var state: State
        /// Milliseconds that it took, or has taken so far.
        package var milliseconds: UInt64?
        package var detail: String?

        package init(title: String, state: State, milliseconds: UInt64? = nil, detail: String? = nil) {
            self.title = title
            self.state = state
            self.milliseconds = milliseconds
            self.detail = detail
        }
    }

    package var id: String
    /// `Launch arcade`.
    package var title: String
    package var rollup: String
    package var state: State
    package var steps: [Step]
    /// Why it failed, and what to do.
    package var error: String?
    /// What there is now: RPC URL, chain id.
    package var results: [Fact] = []
    package var live: LiveSource?

    package init(id: String, title: String, rollup: String, state: State, steps: [Step]) {
        self.id = id
        self.title = title
        self.rollup = rollup
        self.state = state
        self.steps = steps
    }

    package func html(in frame: Frame) -> [UInt8] {
        let isOver = state == .done || state == .failed
        let done = steps.count { $0.state == .done }
        var page = Page(
            title, template: "job",
            fields: [
                "title": title, "rollup": rollup, "path": Links.rollup(rollup), "isDone": state == .done,
                "isFailed": state == .failed, "error": error, "launchPath": Links.launch,
                "summary": "\(done) of \(steps.count) steps done", "done": done, "most": max(steps.count, 1),
                "steps": steps.map { step -> Fields in
                    [
                        "title": step.title, "state": step.state.rawValue, "detail": step.detail,
                        "isRunning": step.state == .running,
                        "time": step.milliseconds.map(Self.time),
                    ]
                },
                "results": results.map(\.fields), "hasResults": !results.isEmpty,
            ])
        page.section = .rollups
        page.refresh = isOver ? nil : 2
        page.live = isOver ? nil : live
        return page.render(in: frame)
    }

    private static func time(_ milliseconds: UInt64) -> String {
        milliseconds < 10_000
            ? Format.figure(Double(milliseconds) / 1_000) + " s" : Format.duration(milliseconds / 1_000)
    }
}

extension Templates {
    static let job = [
        "job": """
        <div class="head"><div>
        <h1>{{title}}</h1>
        </div></div>
        <div id="job" data-live>
        {{#isFailed}}
        <div class="notice refused" role="alert"><p>It stopped. {{error}}</p>
        <p>Each step can be repeated safely: <a href="{{launchPath}}">launch again</a> under the same name goes on where it stopped.</p></div>
        {{/isFailed}}
        {{#isDone}}
        <p class="notice done" role="status">Done. <a href="{{path}}">{{rollup}}</a> is there.</p>
        {{/isDone}}
        <section class="panel" aria-labelledby="steps-title">
        <h2 id="steps-title">Steps</h2>
        <p class="sub" role="status">{{summary}}</p>
        <progress max="{{most}}" value="{{done}}" aria-label="Steps done">{{summary}}</progress>
        <ol class="steps">
        {{#steps}}
        <li class="{{state}}"{{#isRunning}} aria-current="step"{{/isRunning}}><span class="step-title">{{title}}</span>\
        <span class="sub step-state">{{state}}{{#time}}, {{time}}{{/time}}</span>\
        {{#detail}}<span class="sub step-detail">{{detail}}</span>{{/detail}}</li>
        {{/steps}}
        </ol>
        </section>
        {{#hasResults}}
        <section class="panel" aria-labelledby="results-title">
        <h2 id="results-title">What there is now</h2>
        <dl class="facts">
        {{#results}}
        <div><dt>{{title}}</dt><dd><code class="wrap">{{value}}</code></dd></div>
        {{/results}}
        </dl>
        <p><a class="button primary" href="{{path}}">Open {{rollup}}</a></p>
        </section>
        {{/hasResults}}
        </div>
        """
    ]
}

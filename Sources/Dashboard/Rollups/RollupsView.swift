/// All rollups that there are.
package struct RollupsView: PageView {
    package struct Row: Sendable, Equatable {
        package var name: String
        package var state: RollupState
        package var chainID: UInt64
        package var rpcURL: String
        package var life: LifeSpan
        /// Nil where there is none yet.
        package var lastBlock: BlockPoint?

        package init(
            name: String, state: RollupState, chainID: UInt64, rpcURL: String, life: LifeSpan, lastBlock: BlockPoint?
        ) {
            self.name = name
            self.state = state
            self.chainID = chainID
            self.rpcURL = rpcURL
            self.life = life
            self.lastBlock = lastBlock
        }
    }

    package var rollups: [Row]
    /// The newest first.
    package var alerts: [AlertLine] = []
    package var jsonPath = "/v1/rollups"
    /// Nil for a list that does not follow what happens.
    package var live: LiveSource?

    package init(rollups: [Row], live: LiveSource? = nil) {
        self.rollups = rollups
        self.live = live
    }

    package func html(in frame: Frame) -> [UInt8] {
        let rows = rollups.map { row -> Fields in
            [
                "name": row.name, "path": Links.rollup(row.name), "badge": row.state.badge,
                "chainID": String(row.chainID), "rpcURL": row.rpcURL,
                "life": row.life.fields(in: frame, state: row.state),
                "block": row.lastBlock.map {
                    [
                        "number": Format.number($0.number), "time": Fields.time($0.time, in: frame),
                        "path": Links.block(row.name, String($0.number)),
                    ] as Fields
                },
            ]
        }
        var page = Page(
            "Rollups", template: "rollups",
            fields: [
                "rows": rows, "hasRows": !rows.isEmpty, "summary": summary,
                "alerts": alerts.map { $0.fields(in: frame, isNamed: true) },
            ])
        page.section = .rollups
        page.json = jsonPath
        page.live = live
        return page.render(in: frame)
    }

    /// How many there are of each state.
    private var summary: String {
        RollupState.allCases.compactMap { state in
            let count = rollups.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }.joined(separator: ", ")
    }
}

extension Templates {
    static let rollups = [
        "rollups": """
        <div class="head">
        <div>
        <h1>Rollups</h1>
        {{#hasRows}}
        <p class="lead" id="summary" data-live>{{summary}}</p>
        {{/hasRows}}
        </div>
        {{#hasRows}}
        <a class="button primary" href="/launch">Launch a rollup</a>
        {{/hasRows}}
        </div>
        {{>alerts}}
        {{#hasRows}}
        <div id="rollups" data-live>
        <table class="stack panel" role="table">
        <caption class="unseen">Rollups with their state, chain, life and last block</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Name</th>\
        <th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">RPC URL</th>\
        <th role="columnheader" scope="col">Life</th><th role="columnheader" scope="col">Last block</th></tr></thead>
        <tbody role="rowgroup">
        {{#rows}}
        <tr role="row">
        <th role="rowheader" scope="row"><a class="name" href="{{path}}">{{name}}</a>\
        <span class="sub">chain {{chainID}}</span></th>
        <td role="cell" data-label="State">{{#badge}}{{>badge}}{{/badge}}</td>
        <td role="cell" data-label="RPC URL"><code class="wrap">{{rpcURL}}</code></td>
        <td role="cell" data-label="Life">{{#life}}<span>{{left}}</span>{{^isPermanent}}\
        <progress class="thin" max="100" value="{{done}}" aria-label="Life of {{name}}, percent over">{{done}}%</progress>\
        {{/isPermanent}}{{/life}}</td>
        <td role="cell" data-label="Last block">{{#block}}<span><a href="{{path}}">{{number}}</a> \
        <span class="sub">{{#time}}{{>time}}{{/time}}</span></span>{{/block}}{{^block}}<span class="sub">none yet</span>{{/block}}</td>
        </tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        {{/hasRows}}
        {{^hasRows}}
        <section class="panel empty" aria-labelledby="none">
        <h2 id="none">There is no rollup yet</h2>
        <p>A rollup is launched when somebody needs one, and dissolved when nobody does. It takes one transaction on L1 and a
        few seconds. Execution, data and security are chosen one by one; data can be changed while the rollup runs.</p>
        <p><a class="button primary" href="/launch">Launch a rollup</a></p>
        <p class="sub">Or in a terminal: <code>mayfly launch arcade</code></p>
        </section>
        {{/hasRows}}
        """
    ]
}

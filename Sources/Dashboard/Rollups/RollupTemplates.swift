extension Templates {
    static let rollup = [
        "rollup": """
        <div class="head">
        <div>
        <h1>{{name}}</h1>
        <p class="lead" id="state" data-live>{{#badge}}{{>badge}}{{/badge}} {{meaning}}</p>
        </div>
        </div>
        {{#note}}
        <p class="notice{{#isFailed}} refused{{/isFailed}}">{{note}}</p>
        {{/note}}
        {{>alerts}}
        <section class="panel" aria-labelledby="finality-title">
        <h2 id="finality-title">Finality</h2>
        <ol class="ladder" id="finality" data-live>
        {{#rungs}}
        <li{{#isReached}} class="reached"{{/isReached}}>
        <span class="rung">{{title}}</span>
        {{#isReached}}
        <a class="figure" href="{{path}}">{{number}}</a>
        <span class="sub">{{#time}}{{>time}}{{/time}}{{#behind}}, {{behind}}{{/behind}}</span>
        {{/isReached}}
        {{^isReached}}
        <span class="figure none">none yet</span>
        {{/isReached}}
        <span class="rung-text">{{text}}</span>
        </li>
        {{/rungs}}
        </ol>
        </section>
        <div class="columns">
        <div class="column">
        {{#showsLoad}}
        <section class="panel" aria-labelledby="load-title">
        <h2 id="load-title">Load</h2>
        <div class="charts" id="charts" data-live>
        {{#charts}}
        {{>chart}}
        {{/charts}}
        {{^hasCharts}}
        <p class="sub">Figures come after it has run for half a minute.</p>
        {{/hasCharts}}
        </div>
        </section>
        {{/showsLoad}}
        <section class="panel" aria-labelledby="events-title">
        <h2 id="events-title">Events</h2>
        <div class="scroll" id="events" data-live tabindex="0" role="group" aria-labelledby="events-title">
        {{#hasEvents}}
        <ol class="events">
        {{#events}}
        <li class="{{level}}">{{#time}}{{>time}}{{/time}}<span>{{text}}</span></li>
        {{/events}}
        </ol>
        {{/hasEvents}}
        {{^hasEvents}}
        <p class="sub">Nothing has happened yet.</p>
        {{/hasEvents}}
        </div>
        {{#isLive}}
        <p class="sub live" data-live-status role="status">This list is as old as the page.</p>
        {{/isLive}}
        </section>
        {{#hasLayers}}
        <section class="panel" aria-labelledby="layers-title">
        <h2 id="layers-title">Layers</h2>
        <ul class="layers">
        {{#layers}}
        <li>
        <div class="layer"><span class="sub">{{title}}</span><b>{{current}}</b></div>
        {{#note}}
        <p class="sub">{{note}}</p>
        {{/note}}
        {{#canSwap}}
        <form class="swap" method="post" action="{{layersPath}}">{{>token}}<input type="hidden" name="layer" value="{{id}}">
        <label class="unseen" for="swap-{{id}}">Swap {{title}} for</label>
        <select id="swap-{{id}}" name="choice">
        {{#choices}}
        <option value="{{id}}"{{#refusal}} disabled{{/refusal}}>{{title}}{{#refusal}}, not yet{{/refusal}}</option>
        {{/choices}}
        </select>
        <button class="button" type="submit">Swap</button></form>
        {{/canSwap}}
        </li>
        {{/layers}}
        </ul>
        </section>
        {{/hasLayers}}
        </div>
        <div class="column narrow">
        {{#connection}}
        <section class="panel" aria-labelledby="connect-title">
        <h2 id="connect-title">Connect</h2>
        <dl class="facts">
        <div><dt>RPC URL</dt><dd><code class="wrap">{{rpcURL}}</code></dd></div>
        {{#webSocketURL}}
        <div><dt>WebSocket</dt><dd><code class="wrap">{{webSocketURL}}</code></dd></div>
        {{/webSocketURL}}
        <div><dt>Chain id</dt><dd><code>{{chainID}}</code> <span class="sub">{{chainIDHex}}</span></dd></div>
        <div><dt>Gas is paid in</dt><dd>{{symbol}}</dd></div>
        </dl>
        <div class="wallet" data-network data-chain-id="{{chainIDHex}}" data-chain-name="{{name}}" data-rpc-url="{{rpcURL}}" \
        data-symbol="{{symbol}}"{{#explorerURL}} data-explorer-url="{{explorerURL}}"{{/explorerURL}}>
        <noscript><p class="sub">A wallet can be added here with JavaScript; by hand with the values above.</p></noscript>
        <p class="wallet-row" hidden><button class="button" type="button" data-add>Add to wallet</button></p>
        <div class="wallet-choice" data-choice hidden></div>
        <p class="wallet-state" role="status" data-state></p>
        </div>
        </section>
        {{/connection}}
        <section class="panel" aria-labelledby="life-title">
        <h2 id="life-title">Life</h2>
        <div id="life" data-live>
        {{#life}}
        {{#isPermanent}}
        <p>Permanent: it has no end.</p>
        {{/isPermanent}}
        {{^isPermanent}}
        <p class="figure">{{left}}</p>
        <progress max="100" value="{{done}}" aria-label="Life, percent over">{{done}}%</progress>
        <p class="sub">Launched {{#start}}{{>time}}{{/start}}; {{#isOver}}its time was over{{/isOver}}{{^isOver}}anybody may close it{{/isOver}} \
        {{#end}}{{>time}}, at <span class="nowrap">{{full}}</span>{{/end}}.</p>
        {{/isPermanent}}
        {{/life}}
        </div>
        {{#isManaged}}
        <div class="actions">
        {{#wakePath}}
        <form method="post" action="{{wakePath}}">{{>token}}<button class="button" type="submit">Wake</button></form>
        {{/wakePath}}
        {{#idlePath}}
        <form method="post" action="{{idlePath}}">{{>token}}<button class="button" type="submit">Put to sleep</button></form>
        {{/idlePath}}
        {{#dissolvePath}}
        <a class="button danger" href="{{dissolvePath}}">Dissolve</a>
        {{/dissolvePath}}
        </div>
        {{#refusal}}
        <p class="sub">{{refusal}}</p>
        {{/refusal}}
        {{/isManaged}}
        </section>
        {{#cost}}
        <section class="panel" aria-labelledby="cost-title">
        <h2 id="cost-title">Cost so far</h2>
        <div id="cost" data-live>
        <p class="figure">{{total}}</p>
        <dl class="facts">
        {{#parts}}
        <div><dt>{{title}}</dt><dd class="amount">{{amount}}</dd></div>
        {{/parts}}
        </dl>
        </div>
        {{#note}}
        <p class="sub">{{note}}</p>
        {{/note}}
        </section>
        {{/cost}}
        </div>
        </div>
        {{#exits}}
        <section class="panel" aria-labelledby="exits-title">
        <h2 id="exits-title">Exitability</h2>
        {{>exits}}
        <p><a href="{{claimsPath}}">Claims, by holder</a></p>
        </section>
        {{/exits}}
        """,
        "chart": """
        <figure class="chart">
        <figcaption><span>{{title}}</span>{{#hasPoints}}<b>{{latest}} <span class="sub">{{unit}}</span></b>{{/hasPoints}}</figcaption>
        {{#hasPoints}}
        <svg class="plot" viewBox="0 0 480 96" preserveAspectRatio="none" role="img" aria-labelledby="{{id}}-title {{id}}-desc">
        <title id="{{id}}-title">{{title}}</title>
        <desc id="{{id}}-desc">{{summary}}</desc>
        <path class="plot-grid" d="M0 4H480M0 {{middle}}H480"/>
        <path class="plot-area" d="{{area}}"/>
        <path class="plot-line" d="{{line}}"/>
        </svg>
        <p class="axis"><span>{{start}}</span><span>at most {{peak}}</span><span>{{end}}</span></p>
        <details id="{{id}}-table"><summary>As a table</summary>
        <table class="plain"><thead><tr><th scope="col">Time</th><th scope="col" class="amount">{{unit}}</th></tr></thead><tbody>
        {{#rows}}
        <tr><td>{{#time}}{{>time}}{{/time}}</td><td class="amount">{{value}}</td></tr>
        {{/rows}}
        </tbody></table></details>
        {{/hasPoints}}
        {{^hasPoints}}
        <p class="sub none">No figures yet.</p>
        {{/hasPoints}}
        </figure>
        """,
        "exits": """
        {{#note}}
        <p class="sub">{{note}}</p>
        {{/note}}
        <p>{{verdict}}</p>
        {{#hasRows}}
        <table class="stack" role="table">
        <caption class="unseen">What L1 holds of each asset, and who it belongs to</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Asset</th>\
        <th role="columnheader" scope="col" class="amount">Locked</th><th role="columnheader" scope="col" class="amount">Claimable</th>\
        <th role="columnheader" scope="col" class="amount">Paid</th><th role="columnheader" scope="col" class="amount">Stuck</th>\
        <th role="columnheader" scope="col" class="amount">In flight</th><th role="columnheader" scope="col" class="amount">Unknown</th>\
        <th role="columnheader" scope="col" class="amount">Difference</th></tr></thead>
        <tbody role="rowgroup">
        {{#rows}}
        <tr role="row"><th role="rowheader" scope="row">{{name}} <span class="sub">{{kind}}</span></th>\
        <td role="cell" class="amount" data-label="Locked">{{locked}}</td>\
        <td role="cell" class="amount" data-label="Claimable">{{claimable}}</td>\
        <td role="cell" class="amount" data-label="Paid">{{paid}}</td>\
        <td role="cell" class="amount{{#isStuck}} warn{{/isStuck}}" data-label="Stuck">{{stuck}}</td>\
        <td role="cell" class="amount" data-label="In flight">{{inFlight}}</td>\
        <td role="cell" class="amount" data-label="Unknown">{{unknown}}</td>\
        <td role="cell" class="amount{{^balances}} bad{{/balances}}" data-label="Difference">{{difference}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        {{/hasRows}}
        """,
        "dissolve": """
        <div class="head"><div>
        <p class="crumb"><a href="{{path}}">{{name}}</a></p>
        <h1>Dissolve {{name}}</h1>
        <p class="lead">This cannot be taken back. Deposits are refused from the closing transaction on.</p>
        </div></div>
        <section class="panel" aria-labelledby="steps-title">
        <h2 id="steps-title">What happens</h2>
        <ol class="steps plain-steps">
        <li><b>Close.</b> A transaction on L1 fixes the closing block. {{closing}}</li>
        <li><b>Drain.</b> Batches count for {{drainBlocks}} more L1 blocks; then the last block is fixed by L1 data alone.</li>
        <li><b>Settle.</b> The output of the last block is proposed and becomes final{{#window}}, in about {{window}}{{/window}}.</li>
        <li><b>Claim.</b> Anybody claims for anybody, for ever. Withdrawals made before the end are paid as always.</li>
        </ol>
        </section>
        {{#exits}}
        <section class="panel" aria-labelledby="exits-title">
        <h2 id="exits-title">If it ended now</h2>
        {{>exits}}
        </section>
        {{/exits}}
        <form class="panel danger-zone" method="post" action="{{dissolvePath}}">
        {{>token}}
        <h2><label for="confirmation">To dissolve it, type its name</label></h2>
        <p class="sub" id="confirmation-hint">The name is <code>{{name}}</code>.</p>
        <input class="text" id="confirmation" name="confirmation" autocomplete="off" autocapitalize="none" spellcheck="false" required\
         aria-describedby="confirmation-hint{{#problem}} {{id}}{{/problem}}"{{#problem}} aria-invalid="true"{{/problem}}>
        {{#problem}}{{>problem}}{{/problem}}
        <div class="submit">
        <button class="button danger" type="submit">Dissolve</button>
        <a class="button" href="{{path}}">Keep it</a>
        </div>
        </form>
        """,
    ]
}

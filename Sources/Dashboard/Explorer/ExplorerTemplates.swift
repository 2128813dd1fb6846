extension Templates {
    static let explorer = [
        "search-box": """
        {{#search}}
        <form class="search" role="search" method="get" action="{{path}}">
        <label class="unseen" for="q">Block number, hash or address</label>
        <input class="text" id="q" name="q" type="search" value="{{query}}" placeholder="Block number, hash or address"\
         autocomplete="off" autocapitalize="none" spellcheck="false" required>
        <button class="button" type="submit">Search</button>
        </form>
        {{/search}}
        """,
        "transactions": """
        <table class="stack" role="table">
        <caption class="unseen">Transactions</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Transaction</th>\
        <th role="columnheader" scope="col">Kind</th><th role="columnheader" scope="col">From</th>\
        <th role="columnheader" scope="col">To</th><th role="columnheader" scope="col" class="amount">Value</th>\
        <th role="columnheader" scope="col" class="amount">Gas</th></tr></thead>
        <tbody role="rowgroup">
        {{#transactions}}
        <tr role="row"><th role="rowheader" scope="row">{{#hash}}{{>hash}}{{/hash}}</th>\
        <td role="cell" data-label="Kind"><span>{{kind}}{{#failed}} <span class="badge bad">reverted</span>{{/failed}}</span></td>\
        <td role="cell" data-label="From">{{#from}}{{>hash}}{{/from}}</td>\
        <td role="cell" data-label="To">{{#to}}{{>hash}}{{/to}}{{^to}}<span class="sub">a new contract</span>{{/to}}</td>\
        <td role="cell" class="amount" data-label="Value">{{value}}</td>\
        <td role="cell" class="amount" data-label="Gas">{{gas}}</td></tr>
        {{/transactions}}
        </tbody>
        </table>
        """,
        "blocks": """
        <div class="head"><h1>Blocks</h1>{{>search-box}}</div>
        <section class="panel" aria-label="Blocks">
        <div id="blocks" data-live>
        {{#hasRows}}
        <table class="stack" role="table">
        <caption class="unseen">Blocks of {{rollup}}, the newest first</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Block</th>\
        <th role="columnheader" scope="col">Time</th><th role="columnheader" scope="col">Finality</th>\
        <th role="columnheader" scope="col" class="amount">Transactions</th>\
        <th role="columnheader" scope="col" class="amount">Gas</th><th role="columnheader" scope="col" class="amount">Full</th>\
        <th role="columnheader" scope="col">Hash</th></tr></thead>
        <tbody role="rowgroup">
        {{#rows}}
        <tr role="row"><th role="rowheader" scope="row"><a href="{{path}}">{{number}}</a></th>\
        <td role="cell" data-label="Time">{{#time}}{{>time}}{{/time}}</td>\
        <td role="cell" data-label="Finality">{{#finality}}{{>badge}}{{/finality}}</td>\
        <td role="cell" class="amount" data-label="Transactions">{{transactions}}</td>\
        <td role="cell" class="amount rare" data-label="Gas">{{gas}}</td><td role="cell" class="amount" data-label="Full">{{fill}}</td>\
        <td role="cell" class="rare" data-label="Hash">{{#hash}}{{>hash}}{{/hash}}</td></tr>
        {{/rows}}
        </tbody>
        </table>
        {{/hasRows}}
        {{^hasRows}}
        <p class="sub">There is no block yet.</p>
        {{/hasRows}}
        </div>
        <nav class="pages" aria-label="Pages">
        {{#newestPath}}
        <a class="button" href="{{newestPath}}">Newest</a>
        {{/newestPath}}
        {{#olderPath}}
        <a class="button" href="{{olderPath}}" rel="next">Older</a>
        {{/olderPath}}
        </nav>
        </section>
        """,
        "block": """
        <div class="head"><div><p class="crumb"><a href="{{blocksPath}}">Blocks</a></p><h1>Block {{number}}</h1>
        <p class="lead">{{#finality}}{{>badge}}{{/finality}} {{#time}}{{>time}}, at {{full}}{{/time}}</p></div>{{>search-box}}</div>
        <section class="panel" aria-labelledby="facts-title">
        <h2 class="unseen" id="facts-title">Header</h2>
        <dl class="facts wide">
        <div><dt>Hash</dt><dd><code class="wrap">{{hash}}</code></dd></div>
        <div><dt>Parent</dt><dd>{{#parent}}<a class="wrap hash" href="{{path}}">{{full}}</a>{{/parent}}{{^parent}}none, this is the genesis{{/parent}}</dd></div>
        <div><dt>State root</dt><dd><code class="wrap">{{stateRoot}}</code></dd></div>
        {{#origin}}
        <div><dt>L1 origin</dt><dd><code class="wrap">{{origin}}</code></dd></div>
        {{/origin}}
        <div><dt>Gas used</dt><dd>{{gas}} of {{limit}} <span class="sub">{{fill}}</span></dd></div>
        <div><dt>Base fee</dt><dd>{{baseFee}}</dd></div>
        <div><dt>Size</dt><dd>{{size}}</dd></div>
        </dl>
        <nav class="pages" aria-label="Neighbouring blocks">
        {{#previousPath}}
        <a class="button" href="{{previousPath}}" rel="prev">Previous</a>
        {{/previousPath}}
        {{#nextPath}}
        <a class="button" href="{{nextPath}}" rel="next">Next</a>
        {{/nextPath}}
        </nav>
        </section>
        <section class="panel" aria-labelledby="transactions-title">
        <h2 id="transactions-title">{{count}}</h2>
        {{#hasTransactions}}{{>transactions}}{{/hasTransactions}}
        {{^hasTransactions}}
        <p class="sub">There is none in it.</p>
        {{/hasTransactions}}
        {{#omitted}}
        <p class="sub">{{omitted}} more are not shown here; <code>eth_getBlockByNumber</code> has them all.</p>
        {{/omitted}}
        </section>
        """,
        "transaction": """
        <div class="head"><div><h1>Transaction</h1>
        <p class="lead" id="state" data-live>{{#outcome}}{{>badge}}{{/outcome}} {{#finality}}{{>badge}}{{/finality}} {{#block}}{{#time}}{{>time}}, at {{full}}{{/time}}{{/block}}</p>
        </div>{{>search-box}}</div>
        <div id="transaction" class="column" data-live>
        {{#reason}}
        <p class="notice refused">The contract said: <q class="wrap">{{reason}}</q></p>
        {{/reason}}
        <section class="panel" aria-labelledby="facts-title">
        <h2 class="unseen" id="facts-title">Details</h2>
        <dl class="facts wide">
        <div><dt>Hash</dt><dd><code class="wrap">{{hash}}</code></dd></div>
        {{#block}}
        <div><dt>Block</dt><dd><a href="{{path}}">{{number}}</a>{{#index}} <span class="sub">place {{index}}</span>{{/index}}</dd></div>
        {{/block}}
        <div><dt>From</dt><dd>{{#from}}<a class="wrap hash" href="{{path}}">{{full}}</a>{{/from}}</dd></div>
        <div><dt>To</dt><dd>{{#to}}<a class="wrap hash" href="{{path}}">{{full}}</a>{{/to}}{{^to}}a new contract{{/to}}</dd></div>
        {{#created}}
        <div><dt>Made</dt><dd><a class="wrap hash" href="{{path}}">{{full}}</a></dd></div>
        {{/created}}
        <div><dt>Value</dt><dd>{{value}}</dd></div>
        <div><dt>Gas</dt><dd>{{gas}}</dd></div>
        {{#gasPrice}}
        <div><dt>Gas price</dt><dd>{{gasPrice}}</dd></div>
        {{/gasPrice}}
        {{#fee}}
        <div><dt>Fee</dt><dd>{{fee}}{{#l1Fee}} <span class="sub">and {{l1Fee}} for its data on L1</span>{{/l1Fee}}</dd></div>
        {{/fee}}
        <div><dt>Kind</dt><dd>{{kind}}</dd></div>
        <div><dt>Nonce</dt><dd>{{nonce}}</dd></div>
        </dl>
        </section>
        {{#hasInput}}
        <section class="panel" aria-labelledby="input-title">
        <h2 id="input-title">Input</h2>
        {{#call}}
        <p><code class="wrap">{{call}}</code></p>
        {{/call}}
        {{#hasArguments}}
        <dl class="facts wide">
        {{#arguments}}
        <div><dt>{{title}}</dt><dd class="wrap">{{value}}</dd></div>
        {{/arguments}}
        </dl>
        {{/hasArguments}}
        <details><summary>As bytes</summary><code class="bytes" tabindex="0" role="group" aria-label="Bytes">{{input}}{{#isCut}}…{{/isCut}}</code></details>
        </section>
        {{/hasInput}}
        {{#hasReceipt}}
        <section class="panel" aria-labelledby="logs-title">
        <h2 id="logs-title">{{logCount}} logs</h2>
        {{#hasLogs}}
        <ol class="logs">
        {{#logs}}
        <li><p><span class="sub">{{index}}</span> {{#name}}<b class="wrap">{{name}}</b>{{/name}}{{^name}}<b>of unknown kind</b>{{/name}} \
        <span class="sub">of</span> {{#address}}<a class="wrap hash" href="{{path}}">{{full}}</a>{{/address}}</p>
        <ul class="topics">
        {{#topics}}
        <li><code class="wrap">{{text}}</code></li>
        {{/topics}}
        </ul>
        {{#hasData}}
        <code class="bytes" tabindex="0" role="group" aria-label="Bytes">{{data}}{{#isCut}}…{{/isCut}}</code>
        {{/hasData}}
        </li>
        {{/logs}}
        </ol>
        {{/hasLogs}}
        {{^hasLogs}}
        <p class="sub">It wrote none.</p>
        {{/hasLogs}}
        </section>
        {{/hasReceipt}}
        </div>
        """,
        "account": """
        <div class="head"><div><h1>{{kind}}</h1>
        <p class="lead"><code class="wrap">{{address}}</code>{{#label}} {{label}}{{/label}}</p></div>{{>search-box}}</div>
        <section class="panel" aria-labelledby="facts-title">
        <h2 class="unseen" id="facts-title">Details</h2>
        <dl class="facts wide">
        <div><dt>Balance</dt><dd>{{balance}}</dd></div>
        <div><dt>Nonce</dt><dd>{{nonce}}</dd></div>
        {{#code}}
        <div><dt>Code</dt><dd>{{code}}</dd></div>
        {{/code}}
        {{#hasHoldings}}
        {{#holdings}}
        <div><dt>{{symbol}} {{#token}}{{>hash}}{{/token}}</dt><dd>{{amount}}</dd></div>
        {{/holdings}}
        {{/hasHoldings}}
        </dl>
        <p><a href="{{claimsPath}}">What it could claim on L1</a></p>
        </section>
        <section class="panel" aria-labelledby="transactions-title">
        <h2 id="transactions-title">Transactions</h2>
        {{#note}}
        <p class="sub">{{note}}</p>
        {{/note}}
        {{#hasTransactions}}{{>transactions}}{{/hasTransactions}}
        {{^hasTransactions}}
        <p class="sub">None is known.</p>
        {{/hasTransactions}}
        </section>
        """,
        "search": """
        <div class="head"><h1>Search</h1>{{>search-box}}</div>
        <section class="panel empty" aria-labelledby="nothing">
        {{#query}}
        <h2 id="nothing">Nothing found</h2>
        {{#isUnderstood}}
        <p>{{rollup}} has no block, transaction or account <q class="wrap">{{query}}</q>. A transaction that was just sent may take a moment.</p>
        {{/isUnderstood}}
        {{^isUnderstood}}
        <p><q class="wrap">{{query}}</q> is not a block number, a hash of 64 hexadecimal digits, or an address of 40.</p>
        {{/isUnderstood}}
        {{/query}}
        {{^query}}
        <h2 id="nothing">What are you looking for?</h2>
        <p>A block by its number or hash, a transaction by its hash, an account by its address.</p>
        {{/query}}
        <p><a href="{{blocksPath}}">The newest blocks</a></p>
        </section>
        """,
    ]
}

extension Templates {
    static let bridging = [
        "call": """
        <section class="panel call" aria-labelledby="{{id}}-title">
        <h2 id="{{id}}-title">{{title}}{{#place}} <span class="sub">{{place}}</span>{{/place}}</h2>
        {{#hasFacts}}
        <dl class="facts wide">
        {{#facts}}
        <div><dt>{{title}}</dt><dd class="wrap">{{value}}</dd></div>
        {{/facts}}
        </dl>
        {{/hasFacts}}
        {{>wallet}}
        <details><summary>As a transaction, for any other wallet</summary>
        <dl class="facts wide">
        <div><dt>Chain</dt><dd>{{chainName}} <span class="sub">id {{chainNumber}}</span></dd></div>
        <div><dt>To</dt><dd><code class="wrap">{{to}}</code></dd></div>
        <div><dt>Value</dt><dd>{{ether}}</dd></div>
        <div><dt>Data</dt><dd><code class="bytes" tabindex="0" role="group" aria-label="Bytes">{{data}}</code></dd></div>
        {{#command}}
        <div><dt>Or in a terminal</dt><dd><code class="wrap">{{command}}</code></dd></div>
        {{/command}}
        </dl>
        </details>
        </section>
        """,
        "wallet": """
        <div class="wallet" data-transaction data-chain-id="{{chainID}}" data-chain-name="{{chainName}}"\
        {{#rpcURL}} data-rpc-url="{{rpcURL}}"{{/rpcURL}} data-symbol="{{symbol}}" data-to="{{to}}" data-value="{{value}}" \
        data-data="{{data}}"{{#gas}} data-gas="{{gas}}"{{/gas}}{{#from}} data-from="{{from}}"{{/from}}{{#next}} data-next="{{next}}"{{/next}}>
        <noscript><p class="sub">A wallet in this browser needs JavaScript. The transaction below can be sent with any other{{#command}}, or with
        <code class="wrap">{{command}}</code>{{/command}}.</p></noscript>
        <p class="wallet-row" hidden><button class="button primary" type="button" data-send>{{title}}</button></p>
        <div class="wallet-choice" data-choice hidden></div>
        <p class="wallet-state" role="status" data-state></p>
        </div>
        """,
        "bridge": """
        <div class="head"><div><h1>Bridge</h1>
        <p class="lead">Between {{l1Name}} and {{rollup}}.</p></div></div>
        <nav class="switch" aria-label="Direction"><ul>
        <li><a href="{{depositPath}}"{{#isDeposit}} aria-current="page"{{/isDeposit}}>Deposit</a></li>
        <li><a href="{{withdrawPath}}"{{^isDeposit}} aria-current="page"{{/isDeposit}}>Withdraw</a></li>
        </ul></nav>
        {{#refusal}}
        <p class="notice">{{refusal}}</p>
        {{/refusal}}
        {{^refusal}}
        <form class="panel" method="get" action="{{path}}">
        <h2>From {{from}} to {{to}}</h2>
        <p class="sub">{{#isDeposit}}One transaction. It is executed within the sequencing window, whatever the sequencer wants.{{/isDeposit}}\
        {{^isDeposit}}Three transactions: this one, then a proof and a finalization on {{l1Name}}, by anybody{{#delay}}, at least {{delay}} apart{{/delay}}.{{/isDeposit}}</p>
        <div class="fields">
        <div class="field"><label for="asset">Asset</label>
        <select id="asset" name="asset"{{#assetError}} aria-invalid="true" aria-describedby="{{id}}"{{/assetError}}>
        {{#assets}}
        <option value="{{id}}"{{#isChosen}} selected{{/isChosen}}>{{title}}</option>
        {{/assets}}
        </select>{{#assetError}}{{>problem}}{{/assetError}}</div>
        <div class="field"><label for="amount">Amount</label>
        <input class="text" id="amount" name="amount" inputmode="decimal" autocomplete="off" required value="{{amount}}"\
        {{#amountError}} aria-invalid="true" aria-describedby="{{id}}"{{/amountError}}>{{#amountError}}{{>problem}}{{/amountError}}</div>
        <div class="field long"><label for="recipient">Recipient on {{to}}</label>
        <input class="text mono" id="recipient" name="recipient" placeholder="0x" autocomplete="off" spellcheck="false" required\
         pattern="0x[0-9a-fA-F]{40}" value="{{recipient}}"{{#recipientError}} aria-invalid="true" aria-describedby="{{id}}"{{/recipientError}}>\
        {{#recipientError}}{{>problem}}{{/recipientError}}
        <div class="wallet" data-own-address="recipient"><p class="wallet-row" hidden>\
        <button class="quiet" type="button" data-fill>Take the wallet's address</button></p>
        <div class="wallet-choice" data-choice hidden></div><p class="wallet-state" role="status" data-state></p></div></div>
        </div>
        <details{{#isToken}} open{{/isToken}} id="token-fields"><summary>For a token (ERC-20)</summary>
        <div class="fields even">
        <div class="field"><label for="token">Its contract on {{l1Name}}</label>
        <input class="text mono" id="token" name="token" placeholder="0x" autocomplete="off" spellcheck="false" pattern="0x[0-9a-fA-F]{40}"\
         value="{{token}}"{{#tokenError}} aria-invalid="true" aria-describedby="{{id}}"{{/tokenError}}>{{#tokenError}}{{>problem}}{{/tokenError}}</div>
        <div class="field"><label for="remote">Its contract on {{rollup}}</label>
        <input class="text mono" id="remote" name="remote" placeholder="0x" autocomplete="off" spellcheck="false" pattern="0x[0-9a-fA-F]{40}"\
         value="{{remote}}"{{#remoteError}} aria-invalid="true" aria-describedby="{{id}}"{{/remoteError}}>{{#remoteError}}{{>problem}}{{/remoteError}}</div>
        </div></details>
        {{#error}}<p class="notice refused" role="alert">{{error}}</p>{{/error}}
        <div class="submit"><button class="button{{^hasCalls}} primary{{/hasCalls}}" type="submit">Prepare</button>
        <p class="sub">Nothing is sent yet.</p></div>
        </form>
        {{/refusal}}
        {{#calls}}
        {{>call}}
        {{/calls}}
        {{^isDeposit}}
        <form class="panel" method="get" action="{{followPath}}">
        <h2><label for="transaction">Go on with a withdrawal</label></h2>
        <p class="sub">By the transaction on {{rollup}} that began it.</p>
        <div class="inline"><input class="text mono" id="transaction" name="transaction" placeholder="0x" autocomplete="off"\
         spellcheck="false" required pattern="0x[0-9a-fA-F]{64}"><button class="button" type="submit">Show</button></div>
        </form>
        {{/isDeposit}}
        """,
        "withdrawal": """
        <div class="head"><div><p class="crumb"><a href="{{bridgePath}}">Withdrawals</a></p><h1>Withdrawal</h1>
        <p class="lead">Begun in {{#hash}}{{>hash}}{{/hash}}</p></div></div>
        <div id="withdrawal" class="column" data-live>
        {{#note}}
        <p class="notice{{#isFailed}} refused{{/isFailed}}">{{note}}</p>
        {{/note}}
        <section class="panel" aria-labelledby="steps-title">
        <h2 id="steps-title">Stages</h2>
        <p>{{#badge}}{{>badge}}{{/badge}}</p>
        <dl class="facts wide">
        {{#facts}}
        <div><dt>{{title}}</dt><dd class="wrap">{{value}}</dd></div>
        {{/facts}}
        </dl>
        <ol class="steps">
        {{#steps}}
        <li class="{{state}}"{{#isRunning}} aria-current="step"{{/isRunning}}><span class="step-title">{{title}}</span>\
        <span class="sub step-state">{{word}}{{#time}}, {{>time}}{{/time}}</span><span class="sub step-detail">{{text}}</span></li>
        {{/steps}}
        </ol>
        {{#next}}
        <p>The next stage begins {{>time}}, at <span class="nowrap">{{full}}</span>.</p>
        {{/next}}
        </section>
        {{#call}}{{>call}}{{/call}}
        </div>
        """,
        "deposit": """
        <div class="head"><div><p class="crumb"><a href="{{bridgePath}}">Bridge</a></p><h1>Deposit</h1>
        <p class="lead">From {{l1Name}} to {{rollup}}.</p></div></div>
        <div id="deposit" class="column" data-live>
        {{#isFailed}}
        <p class="notice refused" role="alert">{{note}}</p>
        {{/isFailed}}
        <section class="panel" aria-labelledby="steps-title">
        <h2 id="steps-title">Stages</h2>
        <ol class="steps">
        {{#steps}}
        <li class="{{state}}"{{#isRunning}} aria-current="step"{{/isRunning}}><span class="step-title">{{title}}</span>\
        <span class="sub step-state">{{word}}</span><span class="sub step-detail">{{text}}</span></li>
        {{/steps}}
        </ol>
        {{#there}}
        <p><a class="button primary" href="{{path}}">See it on {{rollup}}</a></p>
        {{/there}}
        </section>
        </div>
        """,
        "claims": """
        <div class="head"><div><h1>Claims</h1>
        <p class="lead">{{#badge}}{{>badge}}{{/badge}} {{#isDissolved}}Anybody claims for anybody, for ever; what is claimed goes to its recipient.{{/isDissolved}}\
        {{^isDissolved}}Nothing is claimed before the end. This is who could leave with what if it ended now.{{/isDissolved}}</p></div></div>
        <form class="panel" method="get" action="{{path}}">
        <h2><label for="holder">Holder</label></h2>
        <div class="inline"><input class="text mono" id="holder" name="holder" placeholder="0x" value="{{holder}}" autocomplete="off"\
         spellcheck="false" required pattern="0x[0-9a-fA-F]{40}"{{#problem}} aria-invalid="true" aria-describedby="{{id}}"{{/problem}}>
        <button class="button" type="submit">Look up</button></div>
        {{#problem}}{{>problem}}{{/problem}}
        </form>
        {{#isAsked}}
        <section class="panel" aria-labelledby="claims-title">
        <h2 id="claims-title">Of <span class="mono wrap">{{holderInFull}}</span></h2>
        {{#hasClaims}}
        <ul class="claims">
        {{#claims}}
        <li>
        <div class="claim"><b>{{amount}}</b> <span class="sub">{{asset}}, {{text}}</span>\
        {{#isPaid}} <span class="badge good">paid</span>{{/isPaid}}{{#isStuck}} <span class="badge bad">stuck</span>{{/isStuck}}</div>
        <p class="sub">to <span class="hash wrap">{{recipient}}</span></p>
        </li>
        {{/claims}}
        </ul>
        {{/hasClaims}}
        {{^hasClaims}}
        <p>{{#isDissolved}}This account has nothing to claim.{{/isDissolved}}{{^isDissolved}}This account has nothing on {{rollup}}.{{/isDissolved}}</p>
        {{/hasClaims}}
        </section>
        {{#call}}{{>call}}{{/call}}
        {{#hasWithdrawals}}
        <section class="panel" aria-labelledby="withdrawals-title">
        <h2 id="withdrawals-title">Withdrawals begun before the end</h2>
        <ul class="claims">
        {{#withdrawals}}
        <li>
        <div class="claim"><b>{{amount}}</b> {{#badge}}{{>badge}}{{/badge}}</div>
        <p class="sub">to <span class="hash wrap">{{recipient}}</span></p>
        {{#note}}<p class="sub">{{note}}</p>{{/note}}
        </li>
        {{/withdrawals}}
        </ul>
        </section>
        {{#withdrawalCall}}{{>call}}{{/withdrawalCall}}
        {{/hasWithdrawals}}
        {{/isAsked}}
        {{#notice}}
        <p class="notice">{{notice}}</p>
        {{/notice}}
        {{#exits}}
        <section class="panel" aria-labelledby="exits-title">
        <h2 id="exits-title">By asset</h2>
        {{>exits}}
        </section>
        {{/exits}}
        """,
    ]
}

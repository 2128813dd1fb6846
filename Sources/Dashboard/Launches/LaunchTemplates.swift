extension Templates {
    static let launch = [
        "problem": #"<p class="error" id="{{id}}"><span class="unseen">Error: </span>{{text}}</p>"#,
        "launch": """
        <div class="head"><div>
        <h1>Launch a rollup</h1>
        <p class="lead">One transaction on L1. The genesis follows from what is chosen here and from the L1 block it is launched at.</p>
        </div></div>
        {{#hasErrors}}
        <div class="notice refused" role="alert">
        <p>Nothing was launched.{{#error}} {{error}}{{/error}}</p>
        <ul>
        {{#errors}}
        <li><a href="#{{place}}">{{text}}</a></li>
        {{/errors}}
        </ul>
        </div>
        {{/hasErrors}}
        <form class="launch" method="post" action="/launch">
        {{>token}}
        <input type="hidden" name="idempotency-key" value="{{idempotencyKey}}">
        <section class="panel field" aria-labelledby="name-title">
        <h2 id="name-title"><label for="name">Name</label></h2>
        <p class="sub" id="name-hint">1 to 40 letters a to z, digits and hyphens; a letter first, no hyphen last. The chain id follows from it.</p>
        <input class="text" id="name" name="name" value="{{name}}" required maxlength="40" pattern="[a-z]([a-z0-9\\-]{0,38}[a-z0-9])?"\
         autocomplete="off" autocapitalize="none" spellcheck="false"\
         aria-describedby="name-hint{{#nameError}} {{id}}{{/nameError}}"{{#nameError}} aria-invalid="true"{{/nameError}}>
        {{#nameError}}{{>problem}}{{/nameError}}
        </section>
        <fieldset class="panel" id="template-choices"{{#templateError}} aria-describedby="{{id}}"{{/templateError}}>
        <legend>Template</legend>
        <p class="sub">What it is for; it sets what is not asked here.</p>
        <div class="cards small">
        {{#templates}}
        <label class="card{{#refusal}} off{{/refusal}}"><input type="radio" name="template" value="{{id}}"\
        {{#isChosen}} checked{{/isChosen}}{{#refusal}} disabled{{/refusal}}>
        <span class="card-title">{{title}}</span><span class="card-text">{{text}}</span>\
        {{#refusal}}<span class="card-refusal">Not yet. {{refusal}}</span>{{/refusal}}</label>
        {{/templates}}
        </div>
        {{#templateError}}{{>problem}}{{/templateError}}
        </fieldset>
        {{#groups}}
        <fieldset class="panel" id="{{field}}-choices"{{#problem}} aria-describedby="{{id}}"{{/problem}}>
        <legend>{{title}}</legend>
        <p class="sub">{{text}}</p>
        <div class="cards">
        {{#choices}}
        <label class="card{{#refusal}} off{{/refusal}}"><input type="radio" name="{{field}}" value="{{id}}"\
        {{#isChosen}} checked{{/isChosen}}{{#refusal}} disabled{{/refusal}}>
        <span class="card-title">{{title}}</span>
        <span class="card-line"><b>Price</b> {{price}}</span>
        <span class="card-line"><b>Trust</b> {{trust}}</span>
        <span class="card-line"><b>Limits</b> {{limits}}</span>\
        {{#refusal}}<span class="card-refusal">Not yet. {{refusal}}</span>{{/refusal}}</label>
        {{/choices}}
        </div>
        {{#problem}}{{>problem}}{{/problem}}
        </fieldset>
        {{/groups}}
        <fieldset class="panel life" id="life-choices"{{#lifeError}} aria-describedby="{{id}}"{{/lifeError}}>
        <legend>Life</legend>
        <div class="cards">
        <label class="card"><input type="radio" name="life" value="permanent"{{^isEphemeral}} checked{{/isEphemeral}}>
        <span class="card-title">Permanent</span><span class="card-text">No end. Nobody can close it, its owner neither.</span></label>
        <label class="card"><input type="radio" name="life" value="ephemeral"{{#isEphemeral}} checked{{/isEphemeral}}>
        <span class="card-title">Ephemeral</span><span class="card-text">Anybody may close it when its time is over, its owner at any
        time. Every asset is then claimed on L1, by proof.</span></label>
        </div>
        {{#lifeError}}{{>problem}}{{/lifeError}}
        <div class="duration">
        <label for="duration">Lasts</label>
        <input class="text" id="duration" name="duration" inputmode="numeric" pattern="[0-9]{1,6}" value="{{duration}}"\
        {{#durationError}} aria-invalid="true" aria-describedby="{{id}}"{{/durationError}}>
        <label class="unseen" for="unit">Unit</label>
        <select id="unit" name="unit">
        {{#units}}
        <option value="{{id}}"{{#isChosen}} selected{{/isChosen}}>{{id}}</option>
        {{/units}}
        </select>
        <span class="sub">10 s to ten years, from L1's time at the launch</span>
        </div>
        {{#durationError}}{{>problem}}{{/durationError}}
        </fieldset>
        <div class="submit">
        <button class="button primary" type="submit">Launch</button>
        <p class="sub">{{#price}}{{price}}{{/price}}{{^price}}L1's gas for the launch is paid by this platform's account. This version charges nothing else.{{/price}}</p>
        </div>
        </form>
        """,
    ]
}

extension Templates {
    static let organisations = [
        "organisation-tabs": """
        <nav class="switch" aria-label="Organisation"><ul>
        <li><a href="/members"{{#isMembers}} aria-current="page"{{/isMembers}}>Members</a></li>
        <li><a href="/keys"{{#isKeys}} aria-current="page"{{/isKeys}}>API keys</a></li>
        <li><a href="/organisations"{{#isChoice}} aria-current="page"{{/isChoice}}>Organisations</a></li>
        </ul></nav>
        {{#refusal}}<p class="notice">{{refusal}}</p>{{/refusal}}
        {{#error}}<p class="notice refused" role="alert">{{error}}</p>{{/error}}
        """,
        "role-choice": """
        <div class="field"><label for="role">Role</label>
        <select id="role" name="role"{{#roleError}} aria-invalid="true" aria-describedby="{{id}}"{{/roleError}}>
        {{#allRoles}}
        <option value="{{id}}"{{#isChosen}} selected{{/isChosen}}>{{id}}: {{text}}</option>
        {{/allRoles}}
        </select>{{#roleError}}{{>problem}}{{/roleError}}</div>
        """,
        "organisations": """
        <div class="head"><div><h1>Organisations</h1>
        <p class="lead">You act for one at a time, and see its rollups only.</p></div></div>
        {{>organisation-tabs}}
        {{#note}}<p class="notice">{{note}}</p>{{/note}}
        <table class="stack panel" role="table">
        <caption class="unseen">Organisations that you may act for, with your role</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Organisation</th>\
        <th role="columnheader" scope="col">Your role</th><th role="columnheader" scope="col">For it now</th></tr></thead>
        <tbody role="rowgroup">
        {{#rows}}
        <tr role="row">
        <th role="rowheader" scope="row"><span class="name">{{title}}</span>{{#hasTitle}}<span class="sub wrap">{{id}}</span>{{/hasTitle}}</th>
        <td role="cell" data-label="Your role">{{role}}</td>
        <td role="cell" data-label="For it now">{{#isCurrent}}<span class="badge good">you act for it</span>{{/isCurrent}}\
        {{^isCurrent}}<form method="post" action="/organisations">{{>token}}\
        <input type="hidden" name="organisation" value="{{id}}">\
        <button class="button" type="submit">Act for it<span class="unseen"> ({{title}})</span></button></form>{{/isCurrent}}</td>
        </tr>
        {{/rows}}
        </tbody>
        </table>
        """,
        "members": """
        <div class="head"><div><h1>Members</h1>
        <p class="lead">The people who may act for {{organisation}}.</p></div></div>
        {{>organisation-tabs}}
        {{#hasRows}}
        <table class="stack panel" role="table">
        <caption class="unseen">Members with their role</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Account</th>\
        <th role="columnheader" scope="col">Role</th><th role="columnheader" scope="col">Added</th>\
        <th role="columnheader" scope="col">Membership</th></tr></thead>
        <tbody role="rowgroup">
        {{#rows}}
        <tr role="row">
        <th role="rowheader" scope="row"><code class="wrap">{{address}}</code>{{#isViewer}} <span class="sub">you</span>{{/isViewer}}</th>
        <td role="cell" data-label="Role"><form class="row-form" method="post" action="{{rolePath}}">{{>token}}\
        <label class="unseen" for="role-{{index}}">Role of {{address}}</label>\
        <select id="role-{{index}}" name="role">{{#roles}}<option value="{{id}}"{{#isChosen}} selected{{/isChosen}}>{{id}}</option>{{/roles}}</select>\
        <button class="button" type="submit">Change<span class="unseen"> the role of {{address}}</span></button></form></td>
        <td role="cell" data-label="Added">{{#time}}{{>time}}{{/time}}</td>
        <td role="cell" data-label="Membership"><details><summary>Remove<span class="unseen"> {{address}}</span></summary>\
        <form method="post" action="{{removalPath}}">{{>token}}\
        <button class="button danger" type="submit">Remove now<span class="unseen"> ({{address}})</span></button></form></details></td>
        </tr>
        {{/rows}}
        </tbody>
        </table>
        {{/hasRows}}
        {{#mayChange}}
        {{^hasRows}}<p class="notice">Nobody is a member yet: programs act for it with API keys.</p>{{/hasRows}}
        <form class="panel" method="post" action="/members">
        <h2>Add a member</h2>
        <p class="sub">They sign in with a wallet that has this account, and then turn to {{organisation}} under Organisations.</p>
        {{>token}}
        <div class="fields even">
        <div class="field"><label for="address">Account</label>
        <input class="text mono" id="address" name="address" placeholder="0x" autocomplete="off" spellcheck="false" required\
         pattern="0x[0-9a-fA-F]{40}" value="{{address}}"{{#addressError}} aria-invalid="true" aria-describedby="{{id}}"{{/addressError}}>\
        {{#addressError}}{{>problem}}{{/addressError}}</div>
        {{>role-choice}}
        </div>
        <div class="submit"><button class="button primary" type="submit">Add</button></div>
        </form>
        {{/mayChange}}
        """,
        "keys": """
        <div class="head"><div><h1>API keys</h1>
        <p class="lead">Programs and the command line act for {{organisation}} with them.</p></div></div>
        {{>organisation-tabs}}
        {{#made}}
        <section class="panel call" aria-labelledby="made-title">
        <h2 id="made-title">The key {{name}} is made</h2>
        <p>Copy it now: it is shown this once, and kept nowhere.</p>
        <code class="bytes" tabindex="0" role="group" aria-label="The key" id="secret">{{secret}}</code>
        <p class="sub">In a file for <code>--api-key-file</code>, or as <code>MAYFLY_API_KEY</code>; for HTTP as
        <code>Authorization: Bearer</code>.</p>
        </section>
        {{/made}}
        {{#hasRows}}
        <table class="stack panel" role="table">
        <caption class="unseen">API keys with their role</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Name</th>\
        <th role="columnheader" scope="col">Role</th><th role="columnheader" scope="col">Made</th>\
        <th role="columnheader" scope="col">State</th></tr></thead>
        <tbody role="rowgroup">
        {{#rows}}
        <tr role="row">
        <th role="rowheader" scope="row"><span class="name">{{name}}</span><span class="sub"><code>{{id}}</code></span></th>
        <td role="cell" data-label="Role">{{role}}</td>
        <td role="cell" data-label="Made">{{#time}}{{>time}}{{/time}}</td>
        <td role="cell" data-label="State">{{#revoked}}<span class="sub">revoked {{>time}}</span>{{/revoked}}\
        {{^revoked}}<details><summary>Revoke<span class="unseen"> {{name}}</span></summary>\
        <form method="post" action="{{revocationPath}}">{{>token}}\
        <button class="button danger" type="submit">Revoke for ever<span class="unseen"> ({{name}})</span></button></form></details>{{/revoked}}</td>
        </tr>
        {{/rows}}
        </tbody>
        </table>
        {{/hasRows}}
        {{#mayChange}}
        <form class="panel" method="post" action="/keys">
        <h2>Make a key</h2>
        <p class="sub">Its name says what it is for.</p>
        {{>token}}
        <div class="fields even">
        <div class="field"><label for="name">Name</label>
        <input class="text" id="name" name="name" autocomplete="off" maxlength="100" required value="{{name}}"\
        {{#nameError}} aria-invalid="true" aria-describedby="{{id}}"{{/nameError}}>{{#nameError}}{{>problem}}{{/nameError}}</div>
        {{>role-choice}}
        </div>
        <div class="submit"><button class="button primary" type="submit">Make</button></div>
        </form>
        {{/mayChange}}
        """,
    ]
}

extension Templates {
    /// What all pages share.
    static let layout = [
        "layout": """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="same-origin">
        <title>{{title}} · Mayfly</title>
        <link rel="stylesheet" href="{{stylesheet}}">
        <link rel="icon" type="image/svg+xml" href="{{icon}}">
        {{#json}}
        <link rel="alternate" type="application/json" href="{{json}}">
        {{/json}}
        {{#refresh}}
        <noscript><meta http-equiv="refresh" content="{{refresh}}"></noscript>
        {{/refresh}}
        {{#modules}}
        <script type="module" src="{{path}}"></script>
        {{/modules}}
        </head>
        <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="bar">
        <div class="bar-row">
        <a class="wordmark" href="/">{{>mark}}<span>Mayfly</span></a>
        <nav class="sections" aria-label="Main">
        <ul>
        {{#sections}}
        <li><a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{title}}</a></li>
        {{/sections}}
        </ul>
        </nav>
        <div class="session">
        {{#account}}
        <a href="/organisations"><span class="hash" title="{{accountInFull}}">{{account}}</span>\
        {{#organisation}} for {{organisation}}{{/organisation}}</a>
        <form method="post" action="/sign-out"><input type="hidden" name="form-token" value="{{formToken}}">\
        <button class="quiet" type="submit">Sign out</button></form>
        {{/account}}
        {{^account}}
        <a href="/sign-in">Sign in</a>
        {{/account}}
        </div>
        </div>
        </header>
        {{#navigation}}
        <div class="subbar">
        <nav aria-label="Rollup {{rollup}}">
        <a class="place" href="{{rollupPath}}">{{rollup}}</a>
        <ul>
        {{#tabs}}
        <li><a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{title}}</a></li>
        {{/tabs}}
        </ul>
        </nav>
        </div>
        {{/navigation}}
        <main id="main" tabindex="-1"{{#live}} data-live-path="{{path}}" data-live-events="{{events}}"{{/live}}{{#follow}} data-live-every="{{follow}}"{{/follow}}>
        {{#notice}}
        <p class="notice {{tone}}" role="status">{{text}}</p>
        {{/notice}}
        {{{main}}}
        </main>
        <footer class="foot">
        <p>Mayfly {{version}} on {{l1Name}}</p>
        <ul>
        {{#json}}
        <li><a href="{{json}}">This page as JSON</a></li>
        {{/json}}
        <li><a href="/v1/openapi.json">REST interface</a></li>
        </ul>
        </footer>
        </body>
        </html>

        """,
        "mark": """
        <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">\
        \(Mark.paths(wing: #"class="mark-wing""#, body: #"class="mark-body""#, head: #"class="mark-head""#))</svg>
        """,
    ]

    /// Pieces of pages.
    static let parts = [
        "token": #"<input type="hidden" name="form-token" value="{{formToken}}">"#,
        "time": #"<time datetime="{{iso}}" title="{{full}}">{{age}}</time>"#,
        "hash": ##"""
        {{#path}}<a class="hash" href="{{path}}" title="{{full}}">{{short}}</a>{{/path}}\##
        {{^path}}<span class="hash" title="{{full}}">{{short}}</span>{{/path}}
        """##,
        "badge": #"<span class="badge {{tone}}">{{text}}</span>"#,
    ]
}

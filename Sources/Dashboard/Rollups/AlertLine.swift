/// What somebody is to be woken up for, as long as it lasts.
package struct AlertLine: Sendable, Equatable {
    /// Nil where it is not one rollup's.
    package var rollup: String?
    package var text: String
    /// When it began, seconds since the Unix epoch.
    package var time: UInt64

    package init(rollup: String?, text: String, time: UInt64) {
        self.rollup = rollup
        self.text = text
        self.time = time
    }

    /// - Parameter isNamed: whether it is told whose it is.
    func fields(in frame: Frame, isNamed: Bool) -> Fields {
        [
            "text": text, "time": Fields.time(time, in: frame), "rollup": isNamed ? rollup : nil,
            "path": rollup.map { Links.rollup($0) },
        ]
    }
}

extension Templates {
    static let alerts = [
        "alerts": """
        <div id="alerts" data-live>
        {{#alerts}}
        <p class="notice" role="status"><b>Alert</b>{{#rollup}} <a href="{{path}}">{{rollup}}</a>{{/rollup}}: {{text}} \
        <span class="sub">{{#time}}{{>time}}{{/time}}</span></p>
        {{/alerts}}
        </div>
        """
    ]
}

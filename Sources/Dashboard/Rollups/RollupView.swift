package import Primitives

/// One rollup: how far its blocks are, what it does, costs and consists of, and how it ends.
package struct RollupView: PageView {
    /// The newest block of each degree of finality; nil where there is none.
    package struct Finality: Sendable, Equatable {
        package var preconfirmed: BlockPoint?
        package var unsafe: BlockPoint?
        package var safe: BlockPoint?
        package var final: BlockPoint?

        package init() {}
    }

    /// One layer, and what it may be changed to.
    package struct Layer: Sendable, Equatable {
        /// As the configuration has it, and as the form posts it.
        package var id: String
        package var title: String
        package var current: String
        package var note: String?
        /// What else it may be; empty for a layer that is not changed.
        package var alternatives: [LaunchChoice]

        package init(id: String, title: String, current: String, note: String? = nil, alternatives: [LaunchChoice] = [])
        {
            self.id = id
            self.title = title
            self.current = current
            self.note = note
            self.alternatives = alternatives
        }
    }

    package struct Cost: Sendable, Equatable {
        package struct Part: Sendable, Equatable {
            package var title: String
            package var wei: UInt256

            package init(title: String, wei: UInt256) {
                self.title = title
                self.wei = wei
            }
        }

        package var total: UInt256
        package var parts: [Part]
        /// What the figures leave out, or how old they are.
        package var note: String?

        package init(total: UInt256, parts: [Part], note: String? = nil) {
            self.total = total
            self.parts = parts
            self.note = note
        }
    }

    package struct Event: Sendable, Equatable {
        package enum Level: String, Sendable { case info, warning, failure }
        /// Seconds since the Unix epoch.
        package var time: UInt64
        package var level: Level
        package var text: String

        package init(time: UInt64, level: Level = .info, text: String) {
            self.time = time
            self.level = level
            self.text = text
        }
    }

    /// How programs and wallets reach it.
    package struct Connection: Sendable, Equatable {
        package var chainID: UInt64
        package var rpcURL: String
        package var webSocketURL: String?
        /// Of ether, where that is what gas is paid with.
        package var currencySymbol = "ETH"
        package var explorerURL: String?

        package init(chainID: UInt64, rpcURL: String, webSocketURL: String? = nil) {
            self.chainID = chainID
            self.rpcURL = rpcURL
            self.webSocketURL = webSocketURL
        }
    }

    package var name: String
    package var state: RollupState
    /// What has to be mended, or what it waits for.
    package var stateNote: String?
    package var alerts: [AlertLine] = []
    package var life: LifeSpan
    package var connection: Connection
    package var finality = Finality()
    package var series: [Series] = []
    package var cost: Cost?
    package var layers: [Layer] = []
    /// The newest first.
    package var events: [Event] = []
    package var exits: ExitsTable?
    /// Whether who looks may change it; others see no forms.
    package var isManaged = false
    /// Whether its processes can be stopped from here.
    package var canIdle = false
    /// Why no transaction can dissolve it; nil where it can be.
    package var dissolutionRefusal: String?
    package var live: LiveSource?

    package init(name: String, state: RollupState, life: LifeSpan, connection: Connection) {
        self.name = name
        self.state = state
        self.life = life
        self.connection = connection
    }

    package func html(in frame: Frame) -> [UInt8] {
        var fields: Fields = [
            "name": name, "path": Links.rollup(name), "badge": state.badge, "meaning": state.meaning, "note": stateNote,
            "isFailed": state == .failed,
            "alerts": alerts.map { $0.fields(in: frame, isNamed: false) },
            "life": life.fields(in: frame, state: state),
            "rungs": rungs(in: frame),
            "charts": series.map { Chart($0).fields(in: frame) }, "hasCharts": !series.isEmpty,
            "showsLoad": !series.isEmpty || [.active, .idle, .closing, .settling].contains(state),
            "cost": costFields, "layers": layers.map(layerFields), "hasLayers": !layers.isEmpty,
            "events": events.map {
                ["time": Fields.time($0.time, in: frame), "text": $0.text, "level": $0.level.rawValue] as Fields
            },
            "hasEvents": !events.isEmpty, "isLive": live != nil,
            "exits": exits?.fields, "claimsPath": Links.claims(name),
            "isManaged": isManaged, "refusal": dissolutionRefusal,
            "wakePath": state == .idle ? Links.wake(name) : nil,
            "idlePath": state == .active && canIdle ? Links.idle(name) : nil,
            "dissolvePath": !state.isEnding && dissolutionRefusal == nil ? Links.dissolve(name) : nil,
        ]
        fields["connection"] = connectionFields
        var page = Page(name, template: "rollup", fields: fields)
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: name, tab: .overview)
        page.json = "/v1/rollups/" + Links.segment(name)
        page.modules = [Assets.network]
        page.live = live
        // No event tells of blocks.
        page.follow = finality.unsafe == nil ? nil : 3
        return page.render(in: frame)
    }

    private var connectionFields: Fields {
        [
            "name": name, "chainID": String(connection.chainID),
            "chainIDHex": "0x" + String(connection.chainID, radix: 16),
            "rpcURL": connection.rpcURL, "webSocketURL": connection.webSocketURL, "symbol": connection.currencySymbol,
            "explorerURL": connection.explorerURL,
        ]
    }

    private func rungs(in frame: Frame) -> [Fields] {
        let newest = finality.preconfirmed?.number ?? finality.unsafe?.number
        return [
            ("preconfirmed", "The sequencer has promised it.", finality.preconfirmed),
            ("unsafe", "In a block that the sequencer has signed.", finality.unsafe),
            ("safe", "Its data are on L1, or with the data server.", finality.safe),
            ("final", "L1 will not take its data back.", finality.final),
        ].map { title, text, block -> Fields in
            var behind: String?
            if let block, let newest, newest > block.number {
                let count = newest - block.number
                behind = "\(Format.number(count)) behind"
            }
            return [
                "title": title, "text": text, "isReached": block != nil,
                "number": block.map { Format.number($0.number) },
                "path": block.map { Links.block(name, String($0.number)) },
                "time": block.map { Fields.time($0.time, in: frame) }, "behind": behind,
            ]
        }
    }

    private var costFields: Fields? {
        cost.map { cost in
            [
                "total": Format.ether(cost.total), "note": cost.note,
                "parts": cost.parts.map { ["title": $0.title, "amount": Format.ether($0.wei)] as Fields },
            ]
        }
    }

    private func layerFields(_ layer: Layer) -> Fields {
        let canSwap = isManaged && !state.isEnding && !layer.alternatives.isEmpty
        return [
            "id": layer.id, "title": layer.title, "current": layer.current, "note": layer.note,
            "layersPath": Links.layers(name), "canSwap": canSwap,
            "choices": layer.alternatives.map { choice -> Fields in
                ["id": choice.id, "title": choice.title, "refusal": choice.refusal]
            },
        ]
    }
}

import Blockchain
import JSONRPC
import Primitives
import StateTransition

/// `engine_exchangeCapabilities`, `engine_getClientVersionV1` and `engine_exchangeTransitionConfigurationV1`: what the
/// two clients of a node tell each other about themselves.
struct EngineIdentity: Sendable {
    private let configuration: ChainConfiguration
    private let settings: RPCSettings

    init(_ context: NodeContext) {
        configuration = context.chain.configuration
        settings = context.settings
    }

    func add(to methods: inout Methods) {
        methods.addInline("engine_getClientVersionV1") { [settings] _, json throws(RPCError) in
            json.beginArray()
            json.beginObject()
            json.key("code")
            json.raw("\"MF\"")
            json.key("name")
            json.raw("\"Mayfly\"")
            json.key("version")
            json.string(settings.clientVersion)
            json.key("commit")
            json.string("0x" + settings.commit)
            json.endObject()
            json.endArray()
        }
        let terminalDifficulty = terminalDifficulty
        methods.addInline("engine_exchangeTransitionConfigurationV1") { call, json throws(RPCError) in
            _ = try call.parameters.required { reader throws(JSONError) in try reader.skipValue() }
            try call.parameters.finish()
            json.beginObject()
            json.key("terminalTotalDifficulty")
            json.quantity(terminalDifficulty)
            json.key("terminalBlockHash")
            json.data(Hash256())
            json.key("terminalBlockNumber")
            json.quantity(0)
            json.endObject()
        }
        // It names all the others, not itself.
        let names = methods.names.filter { $0.hasPrefix("engine_") }
        methods.addInline("engine_exchangeCapabilities") { call, json throws(RPCError) in
            _ = try call.parameters.optional { reader throws(JSONError) in
                try reader.readArray { reader throws(JSONError) in _ = try reader.readString() }
            }
            try call.parameters.finish()
            json.array(names) { $0.string($1) }
        }
    }

    /// The total difficulty at which the chain goes over to proof of stake: zero where it began with it.
    private var terminalDifficulty: UInt256 {
        for upgrade in configuration.upgrades {
            if case .totalDifficulty(let difficulty) = upgrade.activation { return difficulty }
        }
        return .zero
    }
}

public import JSONRPC
import Publishing

/// How a running batcher is asked and directed. For its operator alone: to be served where nobody else reaches it.
public struct BatcherMethods: Sendable {
    let driver: BatcherDriver

    public init(_ driver: BatcherDriver) { self.driver = driver }

    public func add(to methods: inout Methods) {
        methods.add("mayfly_batcherStatus") { [driver] call, json throws(RPCError) in
            try call.parameters.finish()
            guard let status = driver.status.value else { return }
            json.beginObject()
            json.key("phase")
            json.string(status.phase.rawValue)
            json.key("dataAvailability")
            json.string(status.choice.rawValue)
            json.key("carrier")
            json.string(status.carrier.rawValue)
            json.key("lastBlock")
            if let last = status.lastBlock { json.quantity(last) } else { json.null() }
            json.key("nonce")
            json.quantity(status.nextNonce)
            json.key("inFlight")
            json.quantity(UInt64(status.inFlight))
            json.key("backlogBytes")
            json.quantity(UInt64(status.backlogBytes))
            json.endObject()
        }
        methods.add("mayfly_setDataAvailability") { [driver] call, json throws(RPCError) in
            let name = try call.parameters.required { reader throws(JSONError) in try reader.readString().string }
            try call.parameters.finish()
            guard let choice = DataChoice(rawValue: name) else {
                throw .invalidParams("data go to \(DataChoice.allCases.map { $0.rawValue }.joined(separator: ", "))")
            }
            do throws(BatcherDriver.ChoiceError) {
                try driver.choose(choice)
            } catch {
                throw .invalidParams(error.message)
            }
            json.boolean(true)
        }
    }
}

extension BatcherDriver.ChoiceError {
    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .notAllowed: "the rollup's configuration does not have its data with an alt-DA server (alt_da)"
        case .noServer: "no alt-DA server was named: start the batcher with --alt-da URL"
        }
    }
}

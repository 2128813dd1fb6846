import JSONRPC
import NIOCore

extension NodeContext {
    /// How long a call may be executed: calls run on threads that others wait for.
    func deadline(of call: borrowing Call) -> NIODeadline { min(call.deadline, .now() + .seconds(5)) }
}

/// `eth_simulateV1`.
struct EthSimulation {
    let context: NodeContext
    let codes: CodeCachePool

    func add(to methods: inout Methods) {
        methods.add("eth_simulateV1") { call, result throws(RPCError) in
            let request = try call.parameters.required(SimulationRequest.read)
            let block = try call.parameters.block()
            try call.parameters.finish()
            try codes.withCache { (codes) throws(RPCError) in
                var simulation = try Simulation(
                    request, on: block, context, codes, deadline: context.deadline(of: call))
                try simulation.run(&result)
            }
        }
    }
}

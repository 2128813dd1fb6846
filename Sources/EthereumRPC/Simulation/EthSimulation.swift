import JSONRPC

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
                var simulation = try Simulation(request, on: block, context, codes, deadline: call.deadline)
                try simulation.run(&result)
            }
        }
    }
}

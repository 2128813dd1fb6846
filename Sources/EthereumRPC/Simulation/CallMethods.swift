package import JSONRPC

/// The methods that execute what is not, or no longer, to become part of the chain.
package struct CallMethods {
    private let context: NodeContext
    private let codes = CodeCachePool()

    package init(_ context: NodeContext) { self.context = context }

    package func add(to methods: inout Methods) {
        EthCalls(context: context, codes: codes).add(to: &methods)
        EthSimulation(context: context, codes: codes).add(to: &methods)
        DebugTracing(context: context, codes: codes).add(to: &methods)
    }
}

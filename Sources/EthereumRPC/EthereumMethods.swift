public import JSONRPC

/// The methods of the user's API.
public enum EthereumMethods {
    /// Everything that is served to users.
    ///
    /// One value is to be made for a chain: some methods remember what they have seen of it.
    public static func all(_ context: NodeContext) -> Methods {
        var methods = Methods()
        EthIdentity(context: context).add(to: &methods)
        EthConfiguration(context: context).add(to: &methods)
        EthFees(context).add(to: &methods)
        EthBlocks(context: context).add(to: &methods)
        EthTransactions(context: context).add(to: &methods)
        EthState(context: context).add(to: &methods)
        EthProofs(context: context).add(to: &methods)
        EthSubmission(context).add(to: &methods)
        EthFilling(context: context).add(to: &methods)
        TxPoolMethods(context: context).add(to: &methods)
        NetMethods(context: context).add(to: &methods)
        EthEvents(context).add(to: &methods)
        DebugRaw(context: context).add(to: &methods)
        CallMethods(context).add(to: &methods)
        addModules(to: &methods)
        return methods
    }

    /// The same with those for tests of clients, which no endpoint for others should have.
    public static func testing(_ methods: Methods, _ context: NodeContext) -> Methods {
        var methods = methods
        TestingMethods(context).add(to: &methods)
        addModules(to: &methods)
        return methods
    }

    /// Brings `rpc_modules` up to what there is now.
    public static func addModules(to methods: inout Methods) { NetMethods.addModules(to: &methods) }

    /// The same with those that change the chain: for those who run the node.
    public static func administering(_ methods: Methods, _ context: NodeContext) -> Methods {
        var methods = methods
        DebugRaw(context: context).addAdministration(to: &methods)
        MinerMethods(context: context).add(to: &methods)
        return methods
    }
}

import Blockchain
import EVM
import JSONRPC
import Primitives
import StateTransition
import Storage

/// The block on top of whose state calls are made.
struct CallBase {
    let view: ChainView
    let reference: BlockReference
    let header: BlockHeader
    let state: StateSource

    /// The block that a tag names in the chain as it is now.
    init(_ context: NodeContext, _ tag: BlockTag) throws(RPCError) {
        let view = try context.view()
        let reference = try context.reference(tag, in: view)
        let found = try asking { () throws(ChainError) -> (BlockHeader, StateSource)? in
            guard let header = try view.header(reference) else { return nil }
            return (header, try view.state(reference))
        }
        guard let found else { throw .headerNotFound }
        (self.view, self.reference) = (view, reference)
        (header, state) = found
    }

    var configuration: ChainConfiguration { view.configuration }

    /// An execution in the circumstances of the block itself, or of what is put in their place.
    ///
    /// - Parameters:
    ///   - isFree: whether a call in it pays nothing for its gas, for which the block then asks nothing.
    ///   - isNext: whether what is made the next block knows the hash of this one.
    func execution(
        _ blockOverrides: BlockOverrides?, _ stateOverrides: StateOverrides, isFree: Bool, isNext: Bool = false,
        codes: CodeCache
    ) throws(RPCError) -> BlockExecution {
        var header = header
        var source = state
        var revision = view.revision(of: header)
        if let blockOverrides {
            try blockOverrides.verifyForCall()
            let isMerged = header.difficulty.isZero || blockOverrides.randomness != nil
            header = blockOverrides.apply(to: header)
            revision = configuration.revision(
                number: header.number, timestamp: header.timestamp, parentTotalDifficulty: isMerged ? .max : .zero)
            if header.number > reference.number {
                source = SimulatedState(self, knowsBase: isNext && header.number == reference.number &+ 1)
            }
        }
        if isFree, header.baseFee != nil { header.baseFee = 0 }
        var execution = BlockExecution(
            header: header, chain: configuration, revision: revision, source: source, codes: codes,
            seed: .random(in: .min ... .max))
        if let blobBaseFee = blockOverrides?.blobBaseFee {
            var environment = execution.environment
            environment.blobBaseFee = blobBaseFee
            execution.setEnvironment(environment)
        }
        try stateOverrides.apply(to: &execution)
        return execution
    }
}

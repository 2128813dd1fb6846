import Blockchain
import Derivation
import EVM
import Primitives
import StateTransition
import Storage

extension RollupChain {
    /// What came of attributes.
    enum Applied: Sendable {
        /// The chain had the block already.
        case present(L2BlockReference)
        /// The block was made, and is the head; blocks that were there in its place are not any more.
        case made(L2BlockReference, replaced: Bool)
        /// No valid block has these attributes.
        case refused(ChainError)
    }

    /// Finds the block of derived attributes in the chain, or makes it the head.
    func apply(_ derived: DerivedAttributes) throws(ChainError) -> Applied {
        let view = try chain.view()
        let number = derived.parent.number + 1
        var replaced = false
        if let present = try view.reference(.number(number)), let block = try view.block(present) {
            let difference = derived.attributes.mismatch(
                with: block, after: derived.parent.hash, ownParameters: ownParameters)
            if difference == nil, let reference = try reference(present, view) { return .present(reference) }
            replaced = true
        }
        let attributes: BlockAttributes
        do throws(TransactionDecodingError) {
            attributes = try BlockAttributes(derived.attributes)
        } catch {
            return .refused(.attributes("a transaction that cannot be decoded: \(error)"))
        }
        let made: SealedBlock
        do throws(ChainError) {
            made = try make(attributes, on: derived.parent)
        } catch {
            switch error {
            // What cannot be read is no fault of the block's.
            case .invalid(.state), .storage, .unknownBlock, .unknownParent, .stateUnavailable, .unadoptedAncestors,
                .invalidForkChoice, .blockClosed:
                throw error
            case .invalid, .attributes: return .refused(error)
            }
        }
        let reference = configuration.reference(
            header: made.header, hash: made.hash, firstTransaction: made.block.transactions.first)
        guard let reference else { throw .unknownBlock(made.hash) }
        return .made(reference, replaced: replaced)
    }

    /// The base-fee parameters of the chain itself.
    private var ownParameters: BaseFeeParameters { chain.configuration.opStack?.baseFeeParameters ?? .ethereum }

    /// Makes the block and the head of the chain of it.
    private func make(_ attributes: BlockAttributes, on parent: L2BlockReference) throws(ChainError) -> SealedBlock {
        if chain.database.head.hash == parent.hash {
            let made = try chain.produce(from: .none) { (view) throws(ChainError) in
                guard view.head.hash == parent.hash else { throw .unknownParent(parent.hash) }
                return attributes
            }
            if let made { return made.sealed }
        }
        let built = try chain.build(attributes, on: parent.hash, from: .none)
        try chain.setHead(built.sealed.hash)
        return built.sealed
    }

    /// Notes which blocks are safe and final.
    func mark(safe: BlockID?, finalized: BlockID?) throws(ChainError) {
        try chain.mark(safe: safe.map(BlockReference.init), finalized: finalized.map(BlockReference.init))
    }
}

extension BlockReference {
    init(_ block: BlockID) { self.init(number: block.number, hash: block.hash) }
}

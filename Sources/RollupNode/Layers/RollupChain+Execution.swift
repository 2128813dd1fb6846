import Blockchain
public import Derivation
import Dispatch
import EVM
public import Layers
import Primitives
public import StateTransition
import Storage

/// The EVM of this process.
extension RollupChain: ExecutionLayer {
    public func heads() async throws(LayerError) -> ExecutionHeads {
        let database = chain.database
        return ExecutionHeads(
            head: BlockID(database.head), safe: database.safe.map { BlockID($0) },
            finalized: database.finalized.map { BlockID($0) })
    }

    public func block(_ number: UInt64) async throws(LayerError) -> L2BlockReference? {
        try await reading { () throws(ChainError) in try reference(number) }
    }

    public func contains(_ block: BlockID) async throws(LayerError) -> Bool {
        try await reading { () throws(ChainError) in try isCanonical(block) }
    }

    public func systemConfig(of block: BlockID) async throws(LayerError) -> SystemConfig {
        try await reading { () throws(ChainError) in try systemConfig(in: block) }
    }

    public func output(of number: UInt64) async throws(LayerError) -> ExecutedOutput? {
        try await reading { () throws(ChainError) in
            let view = try chain.view()
            guard let found = try view.reference(.number(number)), let header = try view.header(found),
                let block = try reference(found, view), let output = OutputRoot(header, hash: found.hash)
            else { return nil }
            return ExecutedOutput(block: block, output: output)
        }
    }

    public func apply(_ derived: DerivedAttributes) async throws(LayerError) -> AppliedAttributes {
        try await executing { () throws(ChainError) in try consolidate(derived) }
    }

    public func insert(_ blocks: [Block], movingHeadFrom head: BlockID) async throws(LayerError) {
        guard let last = blocks.last else { return }
        try await executing { () throws(ChainError) in
            for block in blocks { try chain.insert(block) }
            guard BlockID(chain.database.head) == head else { return }
            try chain.setHead(last.header.hash)
        }
    }

    public func mark(safe: BlockID, finalized: BlockID) async throws(LayerError) {
        try await executing { () throws(ChainError) in
            try chain.mark(safe: BlockReference(safe), finalized: BlockReference(finalized))
        }
    }

    public func rewind(to number: UInt64) async throws(LayerError) {
        try await executing { () throws(ChainError) in try chain.rewind(to: number) }
    }

    /// Readers wait for nobody who changes the chain.
    private static let readers = DispatchQueue(label: "mayfly.rollup-readers", attributes: .concurrent)

    private func reading<Result: Sendable>(
        _ body: @escaping @Sendable () throws(ChainError) -> Result
    ) async throws(LayerError) -> Result {
        let result: Swift.Result<Result, ChainError> = await withCheckedContinuation { continuation in
            Self.readers.async { continuation.resume(returning: Swift.Result { () throws(ChainError) in try body() }) }
        }
        do throws(ChainError) { return try result.get() } catch { throw LayerError(error) }
    }

    private func executing<Result: Sendable>(
        _ body: @escaping @Sendable () throws(ChainError) -> Result
    ) async throws(LayerError) -> Result {
        do throws(ChainError) { return try await run(body) } catch { throw LayerError(error) }
    }

    // MARK: Attributes

    /// Finds the block of derived attributes in the chain, or makes it the head.
    private func consolidate(_ derived: DerivedAttributes) throws(ChainError) -> AppliedAttributes {
        let view = try chain.view()
        let number = derived.parent.number + 1
        if let present = try view.reference(.number(number)), let block = try view.block(present) {
            let difference = derived.attributes.mismatch(
                with: block, after: derived.parent.hash, ownParameters: ownParameters)
            if difference == nil, let reference = try reference(present, view) { return .present(reference) }
        }
        let attributes: BlockAttributes
        do throws(TransactionDecodingError) {
            attributes = try BlockAttributes(derived.attributes)
        } catch {
            return .refused("a transaction that cannot be decoded: \(error)")
        }
        let made: SealedBlock
        do throws(ChainError) {
            made = try make(attributes, on: derived.parent)
        } catch {
            switch error {
            // What cannot be read is no fault of the block's.
            case .invalid(.state), .storage, .unknownBlock, .unknownParent, .stateUnavailable, .unadoptedAncestors,
                .invalidForkChoice, .blockClosed, .unexpectedHash:
                throw error
            case .invalid, .attributes: return .refused(error.message)
            }
        }
        let reference = configuration.reference(
            header: made.header, hash: made.hash, firstTransaction: made.block.transactions.first)
        guard let reference else { throw .unknownBlock(made.hash) }
        return .made(reference)
    }

    /// The base-fee parameters of the chain itself.
    private var ownParameters: BaseFeeParameters { chain.configuration.opStack?.baseFeeParameters ?? .ethereum }

    /// Makes the block and the head of the chain of it.
    private func make(_ attributes: BlockAttributes, on parent: L2BlockReference) throws(ChainError) -> SealedBlock {
        if chain.database.head.hash == parent.hash {
            let made = try chain.produce(from: .none) { (view) throws(ChainError) in
                // Somebody was faster: the next time it is another head.
                guard view.head.hash == parent.hash else { throw .blockClosed }
                return attributes
            }
            if let made { return made.sealed }
        }
        let built = try chain.build(attributes, on: parent.hash, from: .none)
        try chain.setHead(built.sealed.hash)
        return built.sealed
    }
}

extension BlockReference {
    init(_ block: BlockID) { self.init(number: block.number, hash: block.hash) }
}

extension BlockID {
    init(_ block: BlockReference) { self.init(number: block.number, hash: block.hash) }
}

extension LayerError {
    /// What a chain of this process could not do.
    ///
    /// The chain moves under other hands too: where a block is not on it any more, whoever named the block has to find out
    /// what is.
    init(_ error: ChainError) {
        let severity: Severity =
            switch error {
            case .unknownBlock, .unknownParent, .invalidForkChoice: .reset
            case .storage, .stateUnavailable, .unadoptedAncestors, .invalid, .attributes, .blockClosed, .unexpectedHash:
                .retry
            }
        self.init(.execution, severity, error.message)
    }
}

import Cryptography
import EVM
public import Primitives
import Trie

/// What derivation or a sequencer says about the next block of a rollup (Engine API, payload attributes).
public struct RollupAttributes: Equatable, Sendable {
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    public var randomness: Hash256
    public var coinbase: Address
    public var parentBeaconBlockRoot: Hash256
    public var gasLimit: UInt64
    /// Denominator and elasticity, four bytes each; zeros mean the chain's own (Holocene).
    public var baseFeeParameters: [UInt8]
    /// Wei a gas; from Jovian on.
    public var minimumBaseFee: UInt64?
    /// The transactions that the block must have, in their canonical form.
    public var transactions: [[UInt8]]

    public init(
        timestamp: UInt64, randomness: Hash256, coinbase: Address, parentBeaconBlockRoot: Hash256, gasLimit: UInt64,
        baseFeeParameters: [UInt8], minimumBaseFee: UInt64? = nil, transactions: [[UInt8]]
    ) {
        self.timestamp = timestamp
        self.randomness = randomness
        self.coinbase = coinbase
        self.parentBeaconBlockRoot = parentBeaconBlockRoot
        self.gasLimit = gasLimit
        self.baseFeeParameters = baseFeeParameters
        self.minimumBaseFee = minimumBaseFee
        self.transactions = transactions
    }
}

extension RollupAttributes {
    /// A seed for tables: nobody knows it who makes a transaction, as every transaction of the block goes into it.
    func seed(on parent: BlockHeader) -> UInt64 {
        var hash = Keccak256()
        hash.update(parent.hash.bytes)
        for transaction in transactions { hash.update(transaction) }
        return hash.finalize().word0
    }
}

/// Why no block could be made of attributes.
public enum RollupAttributesError: Error, Equatable, Sendable {
    /// The base-fee parameters are not eight bytes, or one of the two is zero and the other not, or the minimum is there
    /// before Jovian or missing from it on.
    case baseFeeParameters
    /// There are base-fee parameters before Holocene.
    case unexpectedBaseFeeParameters
    /// There is no block to build on.
    case noParent
    /// The extra data of the block to build on says nothing about the base fee.
    case parentExtraData
    /// The number of the block would not fit 64 bits.
    case numberTooLarge
    /// Not later than the parent.
    case timestamp
    /// The block would be of an upgrade before Fjord, whose fees are not known here.
    case upgradeNotSupported
    case transaction(index: Int, TransactionDecodingError)
    case invalid(InvalidBlock)
}

/// A block with what executing it gave.
public struct BuiltBlock: Sendable {
    public var block: Block
    public var outcome: BlockOutcome
}

/// Makes the blocks of a rollup from their attributes: the same attributes on the same parent make the same block.
public struct RollupBlockBuilder: Sendable {
    public var chain: ChainConfiguration

    public init(chain: ChainConfiguration) { self.chain = chain }

    /// The header of the block as far as it is known before its transactions run.
    ///
    /// - Parameter parent: the block before, whose hash and base fee count.
    public func header(
        _ attributes: RollupAttributes, on parent: BlockHeader
    ) throws(RollupAttributesError) -> BlockHeader {
        guard parent.number < .max else { throw .numberTooLarge }
        guard attributes.timestamp > parent.timestamp else { throw .timestamp }
        guard let baseFee = chain.baseFee(after: parent) else { throw .parentExtraData }
        let revision = chain.revision(number: parent.number + 1, timestamp: attributes.timestamp)
        var header = BlockHeader(
            parentHash: parent.hash, coinbase: attributes.coinbase, number: parent.number + 1,
            gasLimit: attributes.gasLimit, timestamp: attributes.timestamp,
            extraData: try extraData(attributes), mixHash: attributes.randomness,
            baseFee: baseFee)
        if revision >= .cancun {
            header.parentBeaconBlockRoot = attributes.parentBeaconBlockRoot
            header.excessBlobGas = 0
        }
        return header
    }

    private func extraData(_ attributes: RollupAttributes) throws(RollupAttributesError) -> [UInt8] {
        guard let opStack = chain.opStack else { return [] }
        let upgrade = opStack.upgrade(timestamp: attributes.timestamp)
        guard upgrade >= .fjord else { throw .upgradeNotSupported }
        guard upgrade >= .holocene else {
            guard attributes.baseFeeParameters.isEmpty else { throw .unexpectedBaseFeeParameters }
            return []
        }
        let bytes = attributes.baseFeeParameters
        guard bytes.count == 8, (attributes.minimumBaseFee != nil) == (upgrade >= .jovian) else {
            throw .baseFeeParameters
        }
        var denominator = bytes[0..<4].reduce(0) { $0 << 8 | UInt32($1) }
        var elasticity = bytes[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
        if denominator == 0 && elasticity == 0 {
            denominator = UInt32(clamping: opStack.baseFeeParameters.denominator)
            elasticity = UInt32(clamping: opStack.baseFeeParameters.elasticity)
        }
        guard denominator != 0, elasticity != 0 else { throw .baseFeeParameters }
        return RollupExtraData(
            denominator: denominator, elasticity: elasticity, minimumBaseFee: attributes.minimumBaseFee
        ).encoded
    }

    /// Makes the block of the attributes' transactions and no others.
    ///
    /// - Parameters:
    ///   - source: the state after `parent`.
    ///   - codes: codes that earlier blocks have run.
    public func build(
        _ attributes: RollupAttributes, on parent: BlockHeader, source: StateSource, codes: CodeCache = CodeCache()
    ) throws(RollupAttributesError) -> BuiltBlock {
        var transactions: [Transaction] = []
        for (index, bytes) in attributes.transactions.enumerated() {
            do throws(TransactionDecodingError) {
                transactions.append(try Transaction(decoding: bytes))
            } catch {
                throw .transaction(index: index, error)
            }
        }
        let header = try header(attributes, on: parent)
        var tracer = NoTracer()
        var execution = BlockExecution(
            header: header, chain: chain, source: source, codes: codes, seed: attributes.seed(on: parent))
        do throws(InvalidBlock) {
            try execution.begin(header: header, tracer: &tracer)
            try execution.executeAll(transactions, senders: nil, tracer: &tracer)
            let outcome = try execution.finish(tracer: &tracer)
            let block = Block(
                header: outcome.sealed(header, transactions: transactions), transactions: transactions,
                withdrawals: outcome.withdrawalsRoot == nil ? nil : [])
            return BuiltBlock(block: block, outcome: outcome)
        } catch {
            throw .invalid(error)
        }
    }
}

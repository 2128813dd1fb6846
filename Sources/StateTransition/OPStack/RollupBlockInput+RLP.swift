import Cryptography
import EVM
public import Primitives

/// Why bytes are no input.
public enum RollupBlockInputError: Error, Equatable, Sendable {
    /// Over `RollupBlockInput.largestByteCount` bytes.
    case tooManyBytes
    case rlp(RLPError)
    /// The form is of another version than `RollupBlockInput.version`.
    case unknownVersion(UInt64)
    case unknownUpgrade(UInt64)
    /// The upgrades or their times do not ascend.
    case upgradesOutOfOrder
    /// Elasticity or denominator is zero.
    case zeroBaseFeeParameter
    case noParentHeader
    /// More than a block can ask for.
    case tooManyHeaders
    case tooManyTransactions
    case tooManyPreimages
}

/// The form of an input: the RLP of
///
///     [version, chainID, [[upgrade, timestamp]...], elasticity, denominator, [header...],
///      [timestamp, randomness, coinbase, parentBeaconBlockRoot, gasLimit, baseFeeParameters,
///       [minimumBaseFee]?, [transaction...]],
///      [preimage...]]
///
/// where `upgrade` is a number (Bedrock 0 ... Jovian 8), a transaction and a preimage are byte strings, and the minimum
/// base fee is a list of none or one.
extension RollupBlockInput {
    public static var version: UInt64 { 1 }
    /// 256 MiB.
    public static var largestByteCount: Int { 1 << 28 }
    /// The parent and those before it: BLOCKHASH reaches 256 blocks back.
    public static var largestHeaderCount: Int { 256 }
    /// More than fit in a block of 2³¹ gas.
    public static var largestTransactionCount: Int { 1 << 17 }
    public static var largestPreimageCount: Int { 1 << 20 }

    // MARK: Writing

    /// The canonical form.
    ///
    /// - Complexity: O(*n*) in the bytes.
    public var encoded: [UInt8] {
        let payload = preimages.reduce(4_096) { $0 + $1.count + 9 }
        var writer = RLPWriter(minimumCapacity: payload)
        writer.appendList { list in
            encodeRules(to: &list)
            list.appendList { items in for header in headers { header.encode(to: &items) } }
            attributes.encode(to: &list)
            list.appendList { items in for preimage in preimages { items.append(preimage) } }
        }
        return writer.bytes
    }

    /// keccak256 of the RLP list of the first five fields, which are the chain's rules: what a proof has to name, for under
    /// other rules the same transactions make other blocks.
    public var rulesHash: Hash256 {
        var writer = RLPWriter(minimumCapacity: 256)
        writer.appendList { encodeRules(to: &$0) }
        return Keccak256.hash(writer.bytes)
    }

    private func encodeRules(to list: inout RLPWriter) {
        list.append(Self.version)
        list.append(chainID)
        list.appendList { items in
            for activation in opStack.activations {
                items.appendList { pair in
                    pair.append(UInt64(activation.upgrade.rawValue))
                    pair.append(activation.timestamp)
                }
            }
        }
        list.append(opStack.baseFeeParameters.elasticity)
        list.append(opStack.baseFeeParameters.denominator)
    }

    // MARK: Reading

    /// Reads exactly one input.
    ///
    /// - Throws: `RollupBlockInputError` naming what is wrong.
    /// - Complexity: O(*n*) in the bytes, which are copied once; some 50 bytes more for each item.
    public init(decoding bytes: [UInt8]) throws(RollupBlockInputError) {
        guard bytes.count <= Self.largestByteCount else { throw .tooManyBytes }
        var outer = InputReader(RLPReader(bytes))
        var fields = try outer.list()
        try outer.expectEnd()
        let version = try fields.number()
        guard version == Self.version else { throw .unknownVersion(version) }
        chainID = try fields.number()
        let activations = try Self.activations(try fields.list())
        let parameters = BaseFeeParameters(elasticity: try fields.number(), denominator: try fields.number())
        guard parameters.elasticity > 0, parameters.denominator > 0 else { throw .zeroBaseFeeParameter }
        opStack = OPStackConfiguration(activations: activations, baseFeeParameters: parameters)
        headers = try fields.list().items(limit: Self.largestHeaderCount, .tooManyHeaders) {
            (reader) throws(RollupBlockInputError) in try reader.header()
        }
        guard !headers.isEmpty else { throw .noParentHeader }
        attributes = try RollupAttributes(try fields.list())
        preimages = try fields.list().items(limit: Self.largestPreimageCount, .tooManyPreimages) {
            (reader) throws(RollupBlockInputError) in try reader.bytes()
        }
        try fields.expectEnd()
    }

    private static func activations(
        _ list: InputReader
    ) throws(RollupBlockInputError) -> [OPStackConfiguration.Activation] {
        var list = list
        var activations: [OPStackConfiguration.Activation] = []
        while !list.isAtEnd {
            var pair = try list.list()
            let number = try pair.number()
            guard number <= 255, let upgrade = OptimismRevision(rawValue: UInt8(number)) else {
                throw .unknownUpgrade(number)
            }
            let activation = OPStackConfiguration.Activation(upgrade, try pair.number())
            try pair.expectEnd()
            // Ascending upgrades are never more than there are.
            if let last = activations.last, last.upgrade >= upgrade || last.timestamp > activation.timestamp {
                throw .upgradesOutOfOrder
            }
            activations.append(activation)
        }
        return activations
    }
}

extension RollupAttributes {
    fileprivate func encode(to writer: inout RLPWriter) {
        writer.appendList { list in
            list.append(timestamp)
            list.append(randomness)
            list.append(coinbase)
            list.append(parentBeaconBlockRoot)
            list.append(gasLimit)
            list.append(baseFeeParameters)
            list.appendList { if let minimumBaseFee { $0.append(minimumBaseFee) } }
            list.appendList { items in for transaction in transactions { items.append(transaction) } }
        }
    }

    fileprivate init(_ fields: InputReader) throws(RollupBlockInputError) {
        var fields = fields
        timestamp = try fields.number()
        randomness = try fields.hash()
        coinbase = try fields.address()
        parentBeaconBlockRoot = try fields.hash()
        gasLimit = try fields.number()
        baseFeeParameters = try fields.bytes()
        var minimum = try fields.list()
        minimumBaseFee = minimum.isAtEnd ? nil : try minimum.number()
        try minimum.expectEnd()
        let limit = RollupBlockInput.largestTransactionCount
        transactions = try fields.list().items(limit: limit, .tooManyTransactions) {
            (reader) throws(RollupBlockInputError) in try reader.bytes()
        }
        try fields.expectEnd()
    }
}

/// An `RLPReader` whose errors are those of an input.
private struct InputReader {
    private var reader: RLPReader

    init(_ reader: RLPReader) { self.reader = reader }

    var isAtEnd: Bool { reader.isAtEnd }

    private mutating func read<Value>(
        _ body: (inout RLPReader) throws(RLPError) -> Value
    ) throws(RollupBlockInputError) -> Value {
        do throws(RLPError) { return try body(&reader) } catch { throw .rlp(error) }
    }

    mutating func number() throws(RollupBlockInputError) -> UInt64 {
        try read { (reader) throws(RLPError) in try reader.readUInt64() }
    }

    mutating func hash() throws(RollupBlockInputError) -> Hash256 {
        try read { (reader) throws(RLPError) in try reader.readHash() }
    }

    mutating func address() throws(RollupBlockInputError) -> Address {
        try read { (reader) throws(RLPError) in try reader.readAddress() }
    }

    mutating func bytes() throws(RollupBlockInputError) -> [UInt8] {
        try read { (reader) throws(RLPError) in Array(try reader.readBytes()) }
    }

    mutating func header() throws(RollupBlockInputError) -> BlockHeader {
        try read { (reader) throws(RLPError) in try BlockHeader(reading: &reader) }
    }

    mutating func list() throws(RollupBlockInputError) -> InputReader {
        InputReader(try read { (reader) throws(RLPError) in try reader.readList() })
    }

    mutating func expectEnd() throws(RollupBlockInputError) {
        try read { (reader) throws(RLPError) in try reader.expectEnd() }
    }

    /// The items up to the end, each read by `body`.
    func items<Item>(
        limit: Int, _ tooMany: RollupBlockInputError,
        _ body: (inout InputReader) throws(RollupBlockInputError) -> Item
    ) throws(RollupBlockInputError) -> [Item] {
        var rest = self
        var items: [Item] = []
        while !rest.isAtEnd {
            guard items.count < limit else { throw tooMany }
            items.append(try body(&rest))
        }
        return items
    }
}

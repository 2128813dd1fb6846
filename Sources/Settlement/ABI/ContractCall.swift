public import EthereumClient
public import Primitives
public import StateTransition

/// A call of a contract's function: what is sent, and how the answer is read.
public struct ContractCall<Result>: Sendable {
    /// Selector and arguments.
    public let input: [UInt8]
    private let read: @Sendable (inout ABIReader) throws(ABIError) -> Result

    init(
        _ selector: UInt32, write: (inout ABIWriter) -> Void = { _ in },
        read: @escaping @Sendable (inout ABIReader) throws(ABIError) -> Result
    ) {
        input = withUnsafeBytes(of: selector.bigEndian) { Array($0) } + ABIWriter(write).encoded
        self.read = read
    }

    /// What the function returned.
    public func result(_ output: [UInt8]) throws(ABIError) -> Result {
        var reader = ABIReader(output)
        return try read(&reader)
    }
}

extension ContractCall where Result == Void {
    init(_ selector: UInt32, write: (inout ABIWriter) -> Void = { _ in }) {
        self.init(selector, write: write) { _ in }
    }
}

/// An event that a contract writes into its logs.
public protocol ContractEvent: Equatable, Sendable {
    /// The hash of the event's signature.
    static var topic: Hash256 { get }
    /// How many arguments stand in topics.
    static var indexedCount: Int { get }
    init(indexed: inout ABIReader, data: inout ABIReader) throws(ABIError)
}

extension ContractEvent {
    /// - Returns: nil where the log is of another event.
    public init?(_ log: Log) throws(ABIError) {
        guard log.topics.first == Self.topic else { return nil }
        guard log.topics.count == 1 + Self.indexedCount else { throw .topics }
        var indexed = ABIReader(log.topics.dropFirst().flatMap { $0.bytes })
        var data = ABIReader(log.data)
        try self.init(indexed: &indexed, data: &data)
    }

    /// The events of this kind that a contract wrote.
    public static func all(in logs: [Log], of contract: Address) throws(ABIError) -> [Self] {
        var events: [Self] = []
        for log in logs where log.address == contract {
            if let event = try Self(log) { events.append(event) }
        }
        return events
    }
}

extension EthereumClient {
    /// What a contract answers, by the node's word.
    ///
    /// - Throws: `SettlementError` naming the revert's reason, or what is wrong with the answer.
    public func read<Result>(
        _ call: ContractCall<Result>, from contract: Address, at name: BlockName = .latest
    ) async throws(SettlementError) -> Result {
        let output: [UInt8]
        do throws(EthereumClientError) {
            output = try await read(call.input, from: contract, at: name)
        } catch {
            throw SettlementError(error)
        }
        guard !output.isEmpty || Result.self == Void.self else { throw .noContract(contract) }
        do throws(ABIError) {
            return try call.result(output)
        } catch {
            throw .answer(contract, error)
        }
    }
}

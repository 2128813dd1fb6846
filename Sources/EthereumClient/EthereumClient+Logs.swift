import JSONRPC
public import Primitives
public import StateTransition

/// A log and where it is, by the node's word.
public struct PlacedLog: Sendable, Equatable {
    public var blockNumber: UInt64
    public var transactionHash: Hash256
    public var log: Log
}

extension EthereumClient {
    /// The logs of contracts in a range of blocks, in their order, by the node's word.
    ///
    /// Where the node refuses a range as too long, it is asked for both halves.
    ///
    /// - Parameter topics: of which the first of a log is one.
    public func logs(
        of contracts: [Address], topics: [Hash256], in blocks: ClosedRange<UInt64>
    ) async throws(EthereumClientError) -> [PlacedLog] {
        var found: [PlacedLog] = []
        var ranges = [blocks]
        while let range = ranges.popLast() {
            do throws(EthereumClientError) {
                found += try await page(contracts, topics, range)
            } catch {
                guard case .refused = error, range.count > 1 else { throw error }
                let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
                ranges.append(middle + 1...range.upperBound)
                ranges.append(range.lowerBound...middle)
            }
        }
        return found
    }

    private func page(
        _ contracts: [Address], _ topics: [Hash256], _ range: ClosedRange<UInt64>
    ) async throws(EthereumClientError) -> [PlacedLog] {
        try await call(
            "eth_getLogs",
            { json in
                json.beginObject()
                json.key("fromBlock")
                json.quantity(range.lowerBound)
                json.key("toBlock")
                json.quantity(range.upperBound)
                json.key("address")
                json.beginArray()
                for contract in contracts { json.data(contract) }
                json.endArray()
                json.key("topics")
                json.beginArray()
                json.beginArray()
                for topic in topics { json.data(topic) }
                json.endArray()
                json.endArray()
                json.endObject()
            }, sizeMatters: range.count > 1,
            read: { reader in try reader.readArray { reader throws(JSONError) in try reader.readPlacedLog() } })
    }
}

extension JSONReader {
    fileprivate mutating func readPlacedLog() throws(JSONError) -> PlacedLog {
        var placed = PlacedLog(
            blockNumber: 0, transactionHash: Hash256(), log: Log(address: Address(), topics: [], data: []))
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "address": placed.log.address = try readAddress()
            case "topics": placed.log.topics = try readHashes()
            case "data": placed.log.data = try readData()
            case "blockNumber": placed.blockNumber = try readQuantity()
            case "transactionHash": placed.transactionHash = try readHash()
            default: try skipValue()
            }
        }
        return placed
    }
}

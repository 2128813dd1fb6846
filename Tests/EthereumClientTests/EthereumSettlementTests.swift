import Derivation
@testable import EthereumClient
import Layers
import Primitives
import Testing

/// What a node says, as the layers above hear it.
@Suite struct EthereumSettlementTests {
    @Test(
        arguments: [
            (.unreachable(["a: timed out"]), .retry), (.malformed("…"), .retry), (.unproven("…"), .retry),
            (.notFound("block 7"), .retry), (.endpoint("no URL"), .fatal),
            // What a node knows nothing of it will not learn; that it is busy may pass.
            (.refused(code: -32_601, message: "the method does not exist", data: nil), .fatal),
            (.refused(code: -32_602, message: "invalid params", data: nil), .fatal),
            (.refused(code: -32_005, message: "limit exceeded", data: nil), .retry),
            (.refused(code: -32_000, message: "header not found", data: nil), .retry),
        ] as [(EthereumClientError, LayerError.Severity)])
    func severity(_ error: EthereumClientError, _ severity: LayerError.Severity) {
        let told = LayerError(.settlement, error)
        #expect(told.severity == severity && told.message == error.message)
    }

    @Test(
        arguments: [
            ("nonce too low: next nonce 5, tx nonce 4", .nonceTooLow),
            ("replacement transaction underpriced", .underpriced), ("transaction underpriced", .underpriced),
            ("max fee per gas less than block base fee", .underpriced),
            ("address already reserved", .kindConflict), ("insufficient funds for gas", nil),
        ] as [(String, SendingRefusal?)])
    func refusal(_ message: String, _ refusal: SendingRefusal?) { #expect(SendingRefusal(message) == refusal) }

    @Test func readsAnEmbeddedL1() async throws {
        let l1 = try await ServedL1()
        let settlement = EthereumSettlement(try EthereumClient([try Endpoint(l1.url)]))
        let newest = try #require(try await settlement.reference(.latest))
        let block = try #require(try await settlement.block(newest.number))
        #expect(block.reference == newest)
        #expect(try await settlement.hash(of: newest.number) == newest.hash)
        let missing = try await settlement.block(newest.number + 1_000)
        #expect(missing == nil)
        #expect(try await settlement.hash(of: newest.number + 1_000) == nil)
        let outlook = try await settlement.outlook(of: Address(truncating: 7))
        #expect(outlook.head == newest.id && outlook.includedNonce == 0 && outlook.pendingNonce == 0)
        await settlement.close()
        await l1.stop()
    }
}

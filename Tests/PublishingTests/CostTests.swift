import Primitives
@testable import Publishing
import Testing

@Suite struct CostTests {
    @Test func theCheaperCarrierIsChosen() {
        let cheapBlobs = L1Prices(baseFee: 10_000_000_000, blobBaseFee: 1, tip: 1)
        #expect(cheapBlobs.cheapest(100_000, largestCalldata: 120_000, blobsPerTransaction: 6) == .blobs)
        let dearBlobs = L1Prices(baseFee: 1_000_000, blobBaseFee: 100_000_000_000, tip: 1)
        #expect(dearBlobs.cheapest(100_000, largestCalldata: 120_000, blobsPerTransaction: 6) == .calldata)
        // A blob costs the same however little is in it.
        let even = L1Prices(baseFee: 1_000, blobBaseFee: 1_000, tip: 0)
        #expect(even.cheapest(500, largestCalldata: 120_000, blobsPerTransaction: 6) == .calldata)
        #expect(even.cheapest(100_000, largestCalldata: 120_000, blobsPerTransaction: 6) == .blobs)
    }

    @Test func calldataCostsItsFloor() {
        #expect(L1Prices.calldataGas([0, 1, 2, 0]) == 21_000 + 10 * (2 + 8))
    }

    @Test func replacementsOfferWhatPoolsAskFor() throws {
        let limits = FeeLimits(maxFeePerGas: 1_000, maxPriorityFeePerGas: 1_000, maxFeePerBlobGas: 1_000)
        let prices = L1Prices(baseFee: 10, blobBaseFee: 3, tip: 1)
        var fees = try #require(limits.fees(prices, hasBlobs: false))
        #expect(fees == SubmissionFees(maxFeePerGas: 21, maxPriorityFeePerGas: 1))
        var count = 0
        while let next = limits.replacement(of: fees, prices, hasBlobs: false) {
            #expect(next.maxFeePerGas &* 10 >= fees.maxFeePerGas &* 11)
            #expect(next.maxPriorityFeePerGas &* 10 >= fees.maxPriorityFeePerGas &* 11)
            #expect(next.maxFeePerGas <= 1_000)
            fees = next
            count += 1
        }
        #expect(count > 20)
        let blobs = try #require(limits.fees(prices, hasBlobs: true))
        let doubled = try #require(limits.replacement(of: blobs, prices, hasBlobs: true))
        #expect(doubled.maxFeePerBlobGas == blobs.maxFeePerBlobGas &* 2)
        #expect(doubled.maxFeePerGas == blobs.maxFeePerGas &* 2)
        let dear = L1Prices(baseFee: 1_001, blobBaseFee: 3, tip: 1)
        #expect(limits.fees(dear, hasBlobs: false) == nil)
        #expect(limits.fees(L1Prices(baseFee: .max, blobBaseFee: .max, tip: .max), hasBlobs: true) == nil)
        let dearBlobs = L1Prices(baseFee: 1, blobBaseFee: 1_001, tip: 1)
        #expect(limits.fees(dearBlobs, hasBlobs: true) == nil)
        #expect(limits.fees(dearBlobs, hasBlobs: false) != nil)
    }
}

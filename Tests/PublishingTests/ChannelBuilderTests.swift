import Derivation
import Primitives
@testable import Publishing
import Testing

@Suite struct ChannelBuilderTests {
    private static func batch(_ data: [UInt8]) throws -> SpanBatch {
        var reader = try #require(ChannelReader(compressed: data, chainID: testConfiguration.l2ChainID))
        guard case .span(let batch)? = try reader.next() else { throw BatchError.empty }
        #expect(try reader.next() == nil)
        return batch
    }

    @Test(arguments: [0, 1, 3, 40], [5, 9, 10, 11]) func channelsAreReadBack(transactions: Int, quality: Int) throws {
        var dice = Dice(UInt64(transactions))
        let blocks = consecutiveBlocks(40, &dice, transactions: transactions, input: 30)
        var builder = ChannelBuilder(testConfiguration)
        for block in blocks { builder.append(block) }
        let product = try #require(try builder.close(capacity: 1_000_000, quality: quality, mustClose: true))
        #expect(builder.isEmpty)
        #expect(builder.estimatedSize == 0)
        let batch = try Self.batch(product.data)
        #expect(batch.blockCount == 40)
        #expect(batch.transactions == blocks.flatMap(\.transactions))
        #expect(product.first == blocks[0].reference)
        #expect(product.last == blocks[39].reference)
    }

    /// Full channels come close to what they may be, and never over it, whatever the blocks are.
    @Test(arguments: [1, 5, 50], [0, 100]) func channelsFillTheirCapacity(transactions: Int, input: Int) throws {
        var dice = Dice(UInt64(transactions + input))
        let blocks = consecutiveBlocks(2_000, &dice, transactions: transactions, input: input)
        var builder = ChannelBuilder(testConfiguration)
        var products: [ChannelBuilder.Product] = []
        let capacity = 60_000
        for block in blocks {
            builder.append(block)
            guard builder.seemsFull(capacity) else { continue }
            if let product = try builder.close(capacity: capacity, quality: 5, mustClose: false) {
                products.append(product)
            }
        }
        #expect(products.count >= 2)
        for product in products {
            #expect(product.data.count <= capacity)
            // What is missing is little, or the next block would not have fitted.
            let block = transactions * (100 + input)
            #expect(product.data.count > capacity - max(capacity / 20, block + capacity / 100))
        }
        let numbers = products.flatMap { Array($0.first.number...$0.last.number) }
        #expect(numbers == Array(1...UInt64(numbers.count)))
    }

    @Test func aBlockLargerThanAChannelIsAChannel() throws {
        var dice = Dice(3)
        var builder = ChannelBuilder(testConfiguration)
        for block in consecutiveBlocks(3, &dice, transactions: 100) { builder.append(block) }
        let product = try #require(try builder.close(capacity: 2_000, quality: 5, mustClose: false))
        #expect(product.data.count > 2_000)
        #expect(product.last.number == 1)
        #expect(builder.blocks.count == 2)
    }

    @Test func blocksThatDoNotFollowAreAnError() throws {
        var dice = Dice(4)
        let blocks = consecutiveBlocks(4, &dice, transactions: 1)
        var builder = ChannelBuilder(testConfiguration)
        builder.append(blocks[0])
        builder.append(blocks[2])
        #expect(throws: PublishingError.blocks(.timestamp(index: 1), first: 1, last: 3)) {
            try builder.close(capacity: 10_000, quality: 5, mustClose: true)
        }
    }

    @Test func withoutMemoryChannelsAreStored() throws {
        var dice = Dice(5)
        let data = dice.bytes(70_000)
        let channel = ChannelCompressor.storedChannel(ChannelReader.encode([[2], data]))
        let read = try #require(ChannelReader(compressed: channel, chainID: 10))
        #expect(channel.count < data.count + 40)
        var reader = read
        #expect(throws: BatchError.unknownVersion(2)) { try reader.next() }
    }

    @Test func signaturesLieWhereTheBatchSays() throws {
        var dice = Dice(6)
        for count in [1, 7, 8, 200] {
            let batch = try SpanBatch(
                consecutiveBlocks(count, &dice, transactions: 3).map(\.spanBlock), testConfiguration)
            let encoded = try batch.encoded(chainID: testConfiguration.l2ChainID)
            let first = batch.transactions[0]
            // r is the last but one field, each with a byte before it.
            #expect(Array(encoded[batch.signatureRange].prefix(32)) == Array(first.suffix(65).prefix(32)))
        }
    }
}

import Derivation
import Foundation
import Primitives
import Publishing
import StateTransition

/// What a transfer costs in bytes of data, beside general-purpose compressors at their best on the same data: xz and zstd
/// from the command line, and Brotli at its best on all of it at once.
@main struct DataCost {
    static let configuration = RollupConfiguration(
        genesis: .init(
            l1: BlockID(number: 100, hash: Hash256()), l2: BlockID(number: 0, hash: Hash256()), l2Time: 1_000,
            systemConfig: SystemConfig(batcher: Address(), gasLimit: 30_000_000)),
        blockTime: 2, sequencingWindow: 3_600, l1ChainID: 1, l2ChainID: 42_069, batchInbox: Address(),
        depositContract: Address(), systemConfigContract: Address())

    static func main() throws {
        guard let configuration else { return }
        let capacity = 6 * (BlobEncoding.capacity - 24)
        for kind in Traffic.Kind.allCases {
            var traffic = Traffic(kind, configuration)
            let blocks = traffic.blocks(100, transactions: 90)
            var bound = Double.infinity
            print("\(kind.rawValue), \(blocks.count) blocks of 90, channel of six blobs at most")
            for quality in [11, 10, 9, 5] {
                var builder = ChannelBuilder(configuration)
                for block in blocks { builder.append(block) }
                let clock = ContinuousClock()
                var product: ChannelBuilder.Product?
                let time = try clock.measure {
                    product = try builder.close(capacity: capacity, quality: quality, mustClose: true)
                }
                guard let product,
                    let frames = Frame.split(
                        product.data, channel: ChannelID(high: 1, low: 2), largestFrame: BlobEncoding.capacity - 1)
                else { return }
                if quality == 11 {
                    bound = Double(try bounds(product, blocks, configuration)) / Double(product.transactionCount)
                }
                let bytes = frames.reduce(0) { $0 + 1 + Frame.overhead + $1.data.count }
                let each = Double(bytes) / Double(product.transactionCount)
                print(
                    "  quality \(quality): \(bytes) bytes in \(frames.count) frames, "
                        + String(format: "%.2f", each) + " a transfer, "
                        + String(format: "%.4f", each / bound) + " of the bound, \(time)")
            }
        }
    }

    /// The fewest bytes that a general-purpose compressor makes of a channel's data.
    static func bounds(
        _ product: ChannelBuilder.Product, _ blocks: [UnsafeBlock], _ configuration: RollupConfiguration
    ) throws -> Int {
        let chosen = blocks.prefix { $0.reference.number <= product.last.number }
        let batch = try SpanBatch(chosen.map { $0.spanBlock }, configuration)
        let data = ChannelReader.encode([try batch.encoded(chainID: configuration.l2ChainID)])
        print("  \(product.transactionCount) transfers, \(data.count) bytes before compression")
        let brotli = ChannelCompressor.compress(data, storing: 0..<0, quality: 11).count - 1
        print("  brotli 11 on all of it: \(brotli)")
        var best = brotli
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("mayfly-data-\(getpid())")
        try Data(data).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        for command in [
            ["xz", "-9e", "-c", "-k"], ["zstd", "-19", "--long=27", "-c", "-q"],
            ["zstd", "--ultra", "-22", "--long=27", "-c", "-q"],
        ] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = command + [file.path]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let count = pipe.fileHandleForReading.readDataToEndOfFile().count
            process.waitUntilExit()
            guard process.terminationStatus == 0, count > 0 else { continue }
            print("  \(command.dropLast(command[0] == "xz" ? 2 : 3).joined(separator: " ")): \(count)")
            best = min(best, count)
        }
        return best
    }
}

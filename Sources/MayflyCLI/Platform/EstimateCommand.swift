import ArgumentParser
import Foundation
import NIOHTTP1
import Platform
import Primitives
import Settlement

struct EstimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Says what a rollup would cost and could do, before anything is paid.",
        discussion: """
            Asks a platform, with the options of mayfly launch --platform, at L1's fees of this moment. Nothing is kept and \
            nothing is sent.
            """)

    @OptionGroup var wanted: OrderOptions
    @OptionGroup var question: PlatformQuestion

    private struct Estimate: Decodable {
        struct Price: Decodable {
            var launchWei, depositWei: String
            var launchGas: UInt64
            var l1FeePerGasWei: String
        }

        struct Capacity: Decodable { var gasPerSecond, transfersPerSecond: UInt64 }

        var price: Price
        var capacity: Capacity
        var note: String
    }

    func validate() throws {
        if wanted.life.budget != nil || wanted.life.budgetPrice != nil {
            throw ValidationError("--budget-eth is for a launch without a platform.")
        }
    }

    func run() async throws {
        try await question.ask(.POST, "/estimate", try wanted.order("estimate"), as: Estimate.self) { found in
            let gwei = Self.amount(found.price.l1FeePerGasWei, decimals: 9)
            print(
                """
                launch      \(Self.amount(found.price.launchWei)) ETH: \(found.price.launchGas) gas at \(gwei) gwei
                deposit     \(Self.amount(found.price.depositWei)) ETH, of which comes back what data and proposals do not take
                capacity    \(found.capacity.transfersPerSecond) transfers a second, or \(found.capacity.gasPerSecond) gas a second
                note        \(found.note)
                """)
        }
    }

    private static func amount(_ digits: String, decimals: Int = 18) -> String {
        Wei.amount(digits, decimals: 0).map { Wei.decimal($0, decimals: decimals) } ?? digits
    }
}

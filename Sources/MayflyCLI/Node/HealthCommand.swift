import ArgumentParser
import AsyncHTTPClient
import NIOCore
import NIOHTTP1

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Asks a page whether all is well, for images without a shell.",
        discussion:
            "Ends with 0 where the page is answered with status 200 within the time, and with 1 where it is not.")

    @Argument(help: "The page, for example http://127.0.0.1:8600/health.")
    var url: String

    @Option(help: ArgumentHelp("How long an answer is waited for.", valueName: "time"))
    var timeout = LengthOfTime(milliseconds: 3_000)

    func run() async throws {
        let status: UInt
        do {
            let response = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: url), timeout: .milliseconds(Int64(timeout.milliseconds)))
            status = response.status.code
        } catch {
            throw CommandFailure("\(url): \(error)")
        }
        guard status == 200 else { throw CommandFailure("\(url): status \(status)") }
    }
}

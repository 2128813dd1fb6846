import ArgumentParser
import Foundation
import NIOHTTP1

/// Which platform is asked something, and how its answer is printed.
struct PlatformQuestion: ParsableArguments {
    @OptionGroup var platform: PlatformOptions

    @Flag(help: "Print JSON instead of text.")
    var json = false

    /// Prints the platform's answer.
    ///
    /// - Parameter text: prints it for people.
    func ask<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable & Sendable)? = nil, as type: Answer.Type,
        text: (Answer) -> Void
    ) async throws {
        let client = try platform.client()
        let data = try await client.ask(method, path, body)
        if json {
            print(String(decoding: data, as: UTF8.self))
        } else {
            text(try client.decode(type, data))
        }
        fflush(nil)
    }

    /// Has the platform remove something, and says so.
    ///
    /// - Parameters:
    ///   - done: what is printed for programs.
    ///   - text: what is printed for people.
    func delete(_ path: String, done: [String: String], text: String) async throws {
        try await platform.client().ask(.DELETE, path)
        print(json ? try JSONLine.text(done) : text)
        fflush(nil)
    }
}

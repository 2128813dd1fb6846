import ArgumentParser
import Foundation

/// Which platform is asked, and with which key.
struct PlatformOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The platform's URL. Default: MAYFLY_PLATFORM in the environment.", valueName: "url"))
    var platform: String?

    @Option(
        name: .customLong("api-key-file"),
        help: ArgumentHelp(
            "A file with the API key. Without it: MAYFLY_API_KEY in the environment, or none, as a platform on this machine's L1 "
                + "needs none.",
            valueName: "file"))
    var keyFile: String?

    /// The address of a platform on this machine.
    private static let usual = "http://127.0.0.1:8700"

    /// The platform that was named; nil where none was.
    var named: String? {
        platform ?? ProcessInfo.processInfo.environment["MAYFLY_PLATFORM"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The platform that was named, or the one of this machine.
    func client() throws -> PlatformClient {
        var secret = ProcessInfo.processInfo.environment["MAYFLY_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        if let keyFile {
            guard let data = FileManager.default.contents(atPath: keyFile) else {
                throw CommandFailure("cannot read the key \(keyFile)")
            }
            secret = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return try PlatformClient(named ?? Self.usual, secret: secret)
    }
}

import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1

/// Names of rollups, where a shell asks what could stand there.
enum RollupNames {
    /// Nobody waits longer for a completion; silence is an answer too.
    private static let patience = TimeAmount.milliseconds(700)

    /// Of the platform that the command line names, or the environment, or of this machine's.
    static let ofPlatform = CompletionKind.custom { words, _, prefix async -> [String] in
        await find(words).filter { $0.hasPrefix(prefix) }
    }

    /// Directories of launches, and names of the platform.
    static let orDirectories = CompletionKind.custom { words, _, prefix async -> [String] in
        directories(prefix) + (await find(words).filter { $0.hasPrefix(prefix) })
    }

    private static func find(_ words: [String]) async -> [String] {
        struct Page: Decodable {
            struct Rollup: Decodable { var name: String }
            var rollups: [Rollup]
        }
        var arguments: [String] = []
        for option in ["--platform", "--api-key-file"] {
            if let value = value(of: option, words) { arguments += [option, value] }
        }
        guard let options = try? PlatformOptions.parse(arguments), let client = try? options.client(),
            let data = try? await client.ask(.GET, "/rollups?limit=500", patience: patience),
            let page = try? client.decode(Page.self, data)
        else { return [] }
        return page.rollups.map(\.name)
    }

    private static func directories(_ prefix: String) -> [String] {
        let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.sorted().map { folder + $0 }.filter {
            $0.hasPrefix(prefix) && FileManager.default.fileExists(atPath: $0 + "/rollup.json")
        }
    }

    private static func value(of option: String, _ words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word == option, index + 1 < words.count { return words[index + 1] }
            if word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
        }
        return nil
    }
}

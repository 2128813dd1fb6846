import Foundation

/// What a fleet tells the gateway of a rollup that it runs: `place.json` in the rollup's directory.
enum PlaceFile {
    struct Address: Equatable, Sendable, Encodable {
        var host: String
        var port: Int
    }

    private static let name = "place.json"

    static func exists(in directory: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(directory)/\(name)")
    }

    /// - Parameter address: nil for nowhere at this moment, so that requests wait.
    static func write(_ address: Address?, in directory: String) throws(FleetError) {
        let text = address.map { JSONText.write($0) } ?? "{}"
        do {
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"), options: .atomic)
        } catch {
            throw FleetError("cannot write \(directory)/\(name): \((error as NSError).localizedDescription)")
        }
    }
}

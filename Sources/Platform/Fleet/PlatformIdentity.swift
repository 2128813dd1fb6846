import Foundation

/// A few letters that tell what one platform runs from what another one does, where both share a swarm or a cluster.
enum PlatformIdentity {
    private static let name = "fleet.id"

    /// That of the platform whose directory this is; a new one where it has none.
    static func read(in directory: String) throws(FleetError) -> String {
        let path = "\(directory)/\(name)"
        if let data = FileManager.default.contents(atPath: path) {
            let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard text.utf8.count == 8, text.allSatisfy({ "0123456789abcdef".contains($0) }) else {
                throw FleetError(
                    "\(path) is damaged: it has to have the eight digits in the labels of what this platform runs")
            }
            return text
        }
        let text = RandomText.hex(bytes: 4)
        do { try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw FleetError("cannot write \(path): \((error as NSError).localizedDescription)")
        }
        return text
    }
}

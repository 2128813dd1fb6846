import Foundation

/// A few letters that tell what one platform runs from what another one does, where both share a swarm or a cluster.
enum PlatformIdentity {
    private static let name = "fleet.id"

    /// That of the platform whose directory this is; a new one where it has none.
    static func read(in directory: String) throws(FleetError) -> String {
        let path = "\(directory)/\(name)"
        if access(path, F_OK) != 0 {
            // Made whole and then linked into place, so that of several platforms that begin at once all have the same.
            let partial = "\(path).\(RandomText.hex(bytes: 8))"
            do { try Data((RandomText.hex(bytes: 4) + "\n").utf8).write(to: URL(fileURLWithPath: partial)) } catch {
                throw FleetError("cannot write \(partial): \((error as NSError).localizedDescription)")
            }
            defer { unlink(partial) }
            guard link(partial, path) == 0 || errno == EEXIST else {
                throw FleetError("cannot write \(path): \(String(cString: strerror(errno)))")
            }
        }
        let text = FileManager.default.contents(atPath: path)
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
        guard let text, text.utf8.count == 8, text.allSatisfy({ "0123456789abcdef".contains($0) }) else {
            throw FleetError(
                "\(path) is damaged: it has to have the eight digits in the labels of what this platform runs")
        }
        return text
    }
}

import JSONRPC
public import Layers
import StateTransition

extension L1BlobSchedule {
    /// Reads a chain configuration as go-ethereum has it, or the genesis file with one in `config`: of each fork that is in
    /// its `blobSchedule`, the time of the same name.
    ///
    /// - Parameter chainID: of the L1 that it has to be of.
    /// - Throws: `ManifestError` naming the key that is missing or wrong.
    public init(file text: [UInt8], chainID: UInt64) throws(ManifestError) {
        var file = ChainConfigFile()
        do {
            try text.withUnsafeBytes { bytes in
                var reader = JSONReader(bytes)
                try file.read(&reader)
            }
        } catch let error as ManifestError {
            throw error
        } catch {
            throw ManifestError("", "no chain configuration in JSON: \(error)")
        }
        guard file.chainID == chainID else {
            throw ManifestError(
                "chainId", "\(chainID), the rollup's L1, and not \(file.chainID.map { "\($0)" } ?? "none")")
        }
        var upgrades: [ChainConfiguration.BlobUpgrade] = []
        for (fork, parameters) in file.schedule {
            // A fork without a time is not planned yet.
            guard let time = file.times[fork] else { continue }
            upgrades.append(.init(timestamp: time, parameters: parameters))
        }
        // Where forks come at one time, as in a chain that begins with them, the last in the file holds.
        upgrades.sort { $0.timestamp < $1.timestamp }
        let kept = upgrades.enumerated().filter { index, upgrade in
            index + 1 == upgrades.count || upgrades[index + 1].timestamp > upgrade.timestamp
        }.map { $0.element }
        guard let schedule = L1BlobSchedule(kept) else {
            throw ManifestError("blobSchedule", "at least one fork with its time: a rollup needs an L1 with blobs")
        }
        self = schedule
    }

    /// The same as a file, for those who derive the rollup.
    public func file(chainID: UInt64) -> String {
        var names = ["cancun", "prague", "bpo1", "bpo2"]
        let usual: [BlobParameters] = [.cancun, .prague, .bpo1, .bpo2]
        var (times, schedule): ([String], [String]) = ([], [])
        for upgrade in upgrades {
            let known = usual.firstIndex(of: upgrade.parameters).map { names[$0] }
            let name = known.flatMap { name in times.contains { $0.contains("\"\(name)Time\"") } ? nil : name }
            let fork = name ?? "bpo\(names.count - 1)"
            if name == nil { names.append(fork) }
            let (target, maximum) = (upgrade.parameters.target, upgrade.parameters.maximum)
            times.append("  \"\(fork)Time\": \(upgrade.timestamp)")
            schedule.append(
                "    \"\(fork)\": {\"target\": \(target), \"max\": \(maximum), \"baseFeeUpdateFraction\": "
                    + "\(upgrade.parameters.baseFeeUpdateFraction)}")
        }
        return """
            {
              "chainId": \(chainID),
            \(times.joined(separator: ",\n")),
              "blobSchedule": {
            \(schedule.joined(separator: ",\n"))
              }
            }

            """
    }
}

/// A chain configuration as it is written, as far as it is about blobs.
private struct ChainConfigFile {
    var chainID: UInt64?
    /// By the fork's name.
    var times: [String: UInt64] = [:]
    var schedule: [(String, BlobParameters)] = []

    mutating func read(_ reader: inout JSONReader, isInGenesis: Bool = false) throws {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let name = key.string
            switch name {
            case "config" where !isInGenesis: try read(&reader, isInGenesis: true)
            case "chainId": chainID = try reader.readUInt64()
            case "blobSchedule": try readSchedule(&reader)
            case _ where name.hasSuffix("Time"):
                if try !reader.readNull() { times[String(name.dropLast(4))] = try reader.readUInt64() }
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readSchedule(_ reader: inout JSONReader) throws {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let fork = key.string
            if try reader.readNull() { continue }
            guard let parameters = try reader.readBlobParameters() else {
                throw ManifestError(
                    "blobSchedule.\(fork)", "target, max and baseFeeUpdateFraction (above 0) are needed")
            }
            schedule.append((fork, parameters))
        }
    }
}

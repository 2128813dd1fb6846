import Layers
import SQLStore

extension RollupWork {
    /// Has a rollup's processes run as its manifest says now. Its blocks go on meanwhile: a batcher that ends is followed by another,
    /// which begins after the last block that L1 has.
    func change(_ rollup: RollupRecord, _ progress: JobProgress) async throws(JobFailure) {
        let manifest = try manifest(rollup)
        do throws(FleetError) {
            try fleet.prepare(rollup.name, programs(manifest))
            try await fleet.start(rollup.name)
        } catch { throw JobFailure(error) }
        try await progress.write { connection throws(SQLStoreError) in
            try JobTable(connection: connection).finish(progress.lease, .done)
            let rollups = RollupTable(connection: connection)
            // What failed before is over.
            if let now = try rollups.find(rollup.name) { try rollups.update(rollup.name, now.state) }
            let text = "its data go to \(manifest.dataAvailability.rawValue)"
            try EventTable(connection: connection).add("change.done", text, to: rollup)
        }
    }
}

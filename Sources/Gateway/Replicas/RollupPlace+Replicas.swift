import JSONRPC
import Lifecycles

extension RollupPlace {
    /// How replicas of a node are run, and what it is told so that it tells of the block that it makes.
    func planReplicas() -> (Replica.Plan?, [String]) {
        let programs = rollup.programs
        guard let replicas, let arguments = programs.replica else { return (nil, []) }
        var plan = Replica.Plan(
            executable: settings.executable, directory: rollup.path, name: rollup.name,
            arguments: settings.l1Arguments + arguments, nodePort: address.port, stream: programs.stream ?? "")
        if programs.stream != nil { return (plan, []) }
        guard let stream = replicas.makeStream() else { return (nil, []) }
        plan.stream = "ws://127.0.0.1:\(stream.port)"
        return (plan, ["--flashblocks", "fd:\(ChildProcess.streamNumber)"])
    }

    /// Has as many replicas as its load asks for.
    func lookAtReplicas() {
        guard let replicas, case .awake = place else { return }
        replicas.look(
            node: cache.source?.standing?.name, busy: traffic.answeringTime, rollup.programs.replicas, at: Self.now)
    }
}

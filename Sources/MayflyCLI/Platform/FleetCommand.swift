import ArgumentParser
import Foundation
import Platform

struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet", abstract: "Shows how rollups would be run elsewhere.",
        subcommands: [FleetManifestsCommand.self])
}

struct FleetManifestsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manifests",
        abstract: "Prints what a Kubernetes cluster is given for a rollup, as one JSON list.",
        discussion: """
            The list can be applied with kubectl apply -f. Its Secret has the keys of the rollup's batcher and proposer only with \
            --with-keys.
            """)

    @Argument(help: "The rollup's directory, as mayfly launch or a platform has made it.")
    var directory: String

    @Flag(name: .customLong("with-keys"), help: "Print the keys too.")
    var withKeys = false

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var l1: L1Options

    func run() throws {
        let name = URL(fileURLWithPath: directory).lastPathComponent
        guard (1...40).contains(name.utf8.count),
            name.utf8.allSatisfy({ $0 == 45 || (48...57).contains($0) || (97...122).contains($0) })
        else { throw CommandFailure("\(directory): the last part has to be the rollup's name") }
        do throws(FleetError) {
            var files = try KubernetesFleet.launchFiles(in: directory)
            if !withKeys { files.removeAll { $0.path.hasPrefix("keys/") } }
            let objects = KubernetesObjects(
                rollup: name, platform: "00000000", files: files, settings: fleet.kubernetesSettings(l1.arguments, ""))
            let list: JSONTree = ["apiVersion": "v1", "kind": "List", "items": .array(objects.all)]
            print(list.text)
        } catch { throw CommandFailure(error.message) }
    }
}

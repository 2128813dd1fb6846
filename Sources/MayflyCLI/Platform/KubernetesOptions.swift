import ArgumentParser
import Foundation
import Platform

/// Which Kubernetes cluster runs rollups, and with what.
struct KubernetesOptions: ParsableArguments {
    @Option(
        name: .customLong("kubernetes"),
        help: ArgumentHelp(
            "The API server: https://HOST:PORT, or http://127.0.0.1:PORT of kubectl proxy. Default: that of the cluster "
                + "that this runs in.",
            valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The cluster's namespace for rollups; it has to be there.", valueName: "name"))
    var namespace = "mayfly"

    @Option(
        name: .customLong("kubernetes-token-file"),
        help: ArgumentHelp(
            "A file with the API server's bearer token. Default in a cluster: the pod's.", valueName: "file"))
    var tokenFile: String?

    @Option(
        name: .customLong("kubernetes-ca"),
        help: ArgumentHelp(
            "The API server's certificate authority, PEM. Default in a cluster: the pod's.", valueName: "file"))
    var certificates: String?

    @Option(
        name: .customLong("storage-class"),
        help: ArgumentHelp("Of the rollups' volumes. Default: the cluster's.", valueName: "name"))
    var storageClass: String?

    @Option(help: ArgumentHelp("GiB of one rollup's volume.", valueName: "n"))
    var storage: Int64 = 10

    /// Where a pod finds what its service account may.
    private static let account = "/var/run/secrets/kubernetes.io/serviceaccount"

    func validate() throws {
        if storage < 1 { throw ValidationError("--storage takes 1 or more GiB.") }
    }

    var usedTokenFile: String? { tokenFile ?? (url == nil ? Self.account + "/token" : nil) }
    var usedCertificates: String? { certificates ?? (url == nil ? Self.account + "/ca.crt" : nil) }

    func apiServer() throws(FleetError) -> String {
        if let url { return url.hasSuffix("/") ? String(url.dropLast()) : url }
        let environment = ProcessInfo.processInfo.environment
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty else {
            throw FleetError("this runs in no Kubernetes cluster: name the API server with --kubernetes")
        }
        return "https://" + ListenAddress.text(host, Int(environment["KUBERNETES_SERVICE_PORT"] ?? "") ?? 443)
    }
}

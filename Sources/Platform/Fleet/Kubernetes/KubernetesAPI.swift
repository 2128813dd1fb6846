import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// A Kubernetes API server.
struct KubernetesAPI: Sendable {
    /// What an object's kind is called in a path.
    enum Kind: String, CaseIterable {
        case secrets, services, networkpolicies, poddisruptionbudgets, statefulsets, persistentvolumeclaims, pods

        var group: String {
            switch self {
            case .secrets, .services, .persistentvolumeclaims, .pods: "/api/v1"
            case .networkpolicies: "/apis/networking.k8s.io/v1"
            case .poddisruptionbudgets: "/apis/policy/v1"
            case .statefulsets: "/apis/apps/v1"
            }
        }
    }

    private let settings: KubernetesSettings
    private let client: HTTPClient

    private static let answerLimit = 64 << 20

    init(_ settings: KubernetesSettings) throws(FleetError) {
        self.settings = settings
        guard let url = URL(string: settings.url), let host = url.host, ["http", "https"].contains(url.scheme) else {
            throw FleetError("the Kubernetes API server is named by https://HOST:PORT, not \(settings.url)")
        }
        // A token is a secret: it goes over TLS, or to a proxy of this machine that needs none.
        if url.scheme == "http", settings.tokenFile != nil, !["127.0.0.1", "localhost", "[::1]", "::1"].contains(host) {
            throw FleetError("a token is not sent over http to \(host): name the API server with https")
        }
        guard let certificates = settings.certificates else {
            client = .shared
            return
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        guard FileManager.default.isReadableFile(atPath: certificates) else {
            throw FleetError("cannot read the API server's certificates in \(certificates)")
        }
        tls.trustRoots = .file(certificates)
        // It lives as long as the process.
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
    }

    func path(_ kind: Kind, _ name: String? = nil) -> String {
        "\(kind.group)/namespaces/\(settings.namespace)/\(kind.rawValue)" + (name.map { "/" + $0 } ?? "")
    }

    /// Makes an object what it is to be, whoever has changed it (server-side apply).
    func apply(_ object: JSONTree, as kind: Kind) async throws(FleetError) {
        guard case .string(let name)? = object["metadata", "name"] else { throw FleetError("an object without a name") }
        let (status, body) = try await ask(
            .PATCH, path(kind, name) + "?fieldManager=mayfly&force=true", object.text,
            type: "application/apply-patch+yaml")
        guard status == 200 || status == 201 else { throw failure(status, body, "\(kind.rawValue) \(name)") }
    }

    /// Removes an object, and what belongs to it before it; one that is not there is none.
    func remove(_ kind: Kind, _ name: String) async throws(FleetError) {
        let (status, body) = try await ask(
            .DELETE, path(kind, name), #"{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground"}"#,
            type: "application/json")
        guard [200, 202, 404].contains(status) else { throw failure(status, body, "the removal of \(name)") }
    }

    func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws(FleetError) -> Value? {
        let (status, body) = try await ask(.GET, path)
        if status == 404 { return nil }
        guard status == 200 else { throw failure(status, body, "GET \(path)") }
        do { return try JSONDecoder().decode(type, from: body) } catch {
            throw FleetError("the Kubernetes API server gives for \(path) what is not understood: \(error)")
        }
    }

    func ask(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, type: String = ""
    ) async throws(FleetError) -> (status: UInt, body: Data) {
        var request = HTTPClientRequest(url: settings.url + path)
        request.method = method
        if let file = settings.tokenFile {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw FleetError("cannot read the token in \(file)")
            }
            let token = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(string: body))
        }
        do {
            let response = try await client.execute(request, timeout: .seconds(20))
            let body = try await response.body.collect(upTo: Self.answerLimit)
            return (response.status.code, Data(body.readableBytesView))
        } catch {
            throw FleetError("the Kubernetes API server at \(settings.url) does not answer: \(error)")
        }
    }

    private func failure(_ status: UInt, _ body: Data, _ what: String) -> FleetError {
        struct Status: Decodable { var message: String }
        let message = (try? JSONDecoder().decode(Status.self, from: body))?.message ?? "status \(status)"
        return FleetError("the Kubernetes API server refuses \(what): \(message)")
    }
}

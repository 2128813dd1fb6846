import Cryptography
public import Derivation
public import EthereumClient
import NIOCore
import Primitives

/// Puts data to providers of data availability and gets them back over HTTP (OP Stack specification, alt-DA, DA server).
///
/// Several endpoints stand in for one another: they are servers of one provider, or of providers that hold the same data.
/// What a commitment says of its data is checked, whoever gives them.
public final class AltDAClient: Sendable {
    /// How long and how much.
    public struct Settings: Sendable {
        /// For one request to one endpoint.
        public var requestTimeout: Duration = .seconds(30)
        /// For one put or get, with all that is tried on all endpoints for it. A batcher waits so long before it falls
        /// back to data on L1.
        public var patience: Duration = .seconds(60)
        /// Bytes of the data of one commitment: more than derivation takes of a channel.
        public var dataLimit = 128 << 20

        public init() {}
    }

    /// How data are committed to.
    public enum CommitmentKind: Sendable, CaseIterable {
        /// The provider says how.
        case generic
        /// keccak256 of the data, at most `AltDACommitment.largestKeccakInput` bytes.
        case keccak256
    }

    /// Bytes of a generic commitment: it has to fit into a transaction of L1.
    static let commitmentLimit = 65_536

    private let transport: HTTPTransport
    private let asking: EndpointAsking

    /// - Parameter endpoints: the preferred first; at least one.
    /// - Throws: `endpoint` where there is none.
    public init(_ endpoints: [Endpoint], settings: Settings = Settings()) throws(AltDAError) {
        var bounds = EthereumClient.Settings()
        bounds.requestTimeout = settings.requestTimeout
        bounds.patience = settings.patience
        bounds.answerLimit = settings.dataLimit
        do throws(EthereumClientError) {
            asking = try EndpointAsking(endpoints, bounds)
        } catch {
            throw .endpoint(error.message)
        }
        transport = HTTPTransport(connectTimeout: .seconds(5), answerLimit: settings.dataLimit)
    }

    /// Closes the connections; nothing may be asked afterwards.
    public func close() async { await transport.close() }

    /// Has a provider keep data.
    ///
    /// - Returns: what to publish on L1 in their place.
    /// - Throws: `refused` where no endpoint takes such data, `unreachable` where none answered in time. After either the
    ///   data belong on L1.
    public func put(
        _ data: [UInt8], as kind: CommitmentKind = .generic
    ) async throws(AltDAError) -> AltDACommitment {
        guard !data.isEmpty else { throw .refused("there are no data") }
        let body = ByteBuffer(bytes: data)
        var path = "/put"
        var known: AltDACommitment?
        if kind == .keccak256 {
            guard data.count <= AltDACommitment.largestKeccakInput else {
                throw .refused("a keccak256 commitment stands for at most \(AltDACommitment.largestKeccakInput) bytes")
            }
            let commitment = AltDACommitment.keccak256(Keccak256.hash(data))
            path += "/" + commitment.hexadecimal
            known = commitment
        }
        let (target, expected) = (path, known)
        do throws(EthereumClientError) {
            return try await asking.ask { (endpoint, timeout) async in
                await self.transport.post(
                    body, to: endpoint, target, type: "application/octet-stream", timeout: timeout)
            } read: { (answer, isFound) throws(EthereumClientError) in
                // Another endpoint may take what this one does not.
                guard isFound else { throw .notFound(Self.line(answer)) }
                if let expected { return expected }
                return try Self.commitment(answer, to: data)
            }
        } catch {
            switch error {
            case .notFound(let why): throw .refused(why)
            case .unreachable(let reasons): throw .unreachable(reasons)
            default: throw .unreachable([error.message])
            }
        }
    }

    /// The data of a commitment.
    ///
    /// - Throws: `notFound` where all endpoints say that they do not have them; `unreachable` where one that may have them
    ///   gave no answer in time, or others than those committed to.
    public func get(_ commitment: AltDACommitment) async throws(AltDAError) -> [UInt8] {
        let path = "/get/" + commitment.hexadecimal
        do throws(EthereumClientError) {
            return try await asking.ask { (endpoint, timeout) async in
                await self.transport.get(path, from: endpoint, type: "application/octet-stream", timeout: timeout)
            } read: { (answer, isFound) throws(EthereumClientError) in
                guard isFound else { throw .notFound(path) }
                let data = Array(answer.readableBytesView)
                guard commitment.matches(data) else { throw .unproven("other data than those committed to") }
                return data
            }
        } catch {
            switch error {
            case .notFound: throw .notFound(commitment)
            case .unreachable(let reasons): throw .unreachable(reasons)
            default: throw .unreachable([error.message])
            }
        }
    }

    /// The commitment that a provider gave.
    private static func commitment(
        _ answer: ByteBuffer, to data: [UInt8]
    ) throws(EthereumClientError) -> AltDACommitment {
        guard answer.readableBytes <= commitmentLimit else {
            throw .malformed("a commitment of \(answer.readableBytes) bytes")
        }
        let encoded = Array(answer.readableBytesView)
        guard let commitment = AltDACommitment(batcherData: [AltDACommitment.version] + encoded) else {
            throw .malformed("no commitment that derivation would read")
        }
        guard commitment.matches(data) else { throw .unproven("a commitment to other data") }
        return commitment
    }

    /// The first line of a text, for people.
    private static func line(_ answer: ByteBuffer) -> String {
        let line = answer.readableBytesView.prefix(200).prefix { $0 >= 0x20 && $0 < 0x7F }
        return line.isEmpty ? "without a reason" : String(decoding: line, as: UTF8.self)
    }
}

import DataAvailability
import Derivation
import EthereumClient
import Foundation
import NIOCore
import NIOPosix
import Primitives

/// A store in a directory of its own, served by this process.
final class ServedStore: Sendable {
    let directory: String
    let store: DataStore
    let server: DataServer
    let port: Int

    init(
        directory: String = ServedStore.newDirectory(), capacity: UInt64? = nil,
        _ change: (inout DataServerSettings) -> Void = { _ in }
    ) async throws {
        self.directory = directory
        store = try DataStore(directory: directory, capacity: capacity)
        var settings = DataServerSettings()
        change(&settings)
        server = DataServer(store, settings: settings)
        port = try await server.start().port ?? 0
    }

    static func newDirectory() -> String { NSTemporaryDirectory() + "mayfly-da-" + UUID().uuidString }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Where the data with that hash lie.
    func path(of commitment: AltDACommitment) -> String {
        let name = commitment.contentHash.map { String("\($0)".dropFirst(2)) } ?? ""
        return "\(directory)/objects/\(name.prefix(2))/\(name)"
    }

    /// Files that are being written.
    var incoming: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory + "/incoming")) ?? [] }

    /// Waits until nothing is being written: what is refused is let go of just after the answer.
    func letGo() async throws {
        for _ in 0..<1_000 where store.usage.reserved != 0 || !incoming.isEmpty {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func stop() async { await server.stop(grace: .seconds(1)) }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    /// Runs the body against a served store, and cleans up.
    static func with<Result>(
        capacity: UInt64? = nil, _ change: (inout DataServerSettings) -> Void = { _ in },
        _ body: (ServedStore) async throws -> Result
    ) async throws -> Result {
        let served = try await ServedStore(capacity: capacity, change)
        do {
            let result = try await body(served)
            await served.stop()
            served.remove()
            return result
        } catch {
            await served.stop()
            served.remove()
            throw error
        }
    }
}

/// Runs the body with a client of these URLs, and closes it.
@discardableResult
func withClient<Result>(
    _ urls: [String], patience: Duration = .seconds(60), _ body: (AltDAClient) async throws -> Result
) async throws -> Result {
    var settings = AltDAClient.Settings()
    settings.patience = patience
    let client = try AltDAClient(urls.map { try Endpoint($0) }, settings: settings)
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}

/// Answers whatever it is asked with the same bytes, and closes.
final class FixedAnswer: Sendable {
    private final class Handler: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        let answer: ByteBuffer

        init(_ answer: ByteBuffer) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(answer)).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private let channel: any NIOCore.Channel

    init(_ status: String, _ body: [UInt8] = [], headers: [String] = []) async throws {
        let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)", "Connection: close"] + headers + ["", ""]
        let answer = ByteBuffer(bytes: Array(head.joined(separator: "\r\n").utf8) + body)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { $0.pipeline.addHandler(Handler(answer)) }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    func stop() async { try? await channel.close() }
}

/// A connection whose every byte is the test's.
final class RawConnection: Sendable {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    init(_ port: Int) async throws {
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// Sends the pieces with pauses between them, then reads until the server closes.
    func exchange(_ pieces: [[UInt8]], pause: Duration = .zero) async throws -> String {
        try await channel.executeThenClose { inbound, outbound in
            for piece in pieces {
                do { try await outbound.write(ByteBuffer(bytes: piece)) } catch { break }
                if pause > .zero { try await Task.sleep(for: pause) }
            }
            var answer = ByteBuffer()
            do {
                for try await var part in inbound { answer.writeBuffer(&part) }
            } catch is IOError {
                // The server has closed while there was more to send.
            }
            return String(buffer: answer)
        }
    }
}

/// Bytes that do not repeat.
func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var result = [UInt8](repeating: 0, count: count)
    for index in result.indices {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        result[index] = UInt8(truncatingIfNeeded: state)
    }
    return result
}

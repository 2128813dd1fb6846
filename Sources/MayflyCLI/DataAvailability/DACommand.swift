import ArgumentParser
import DataAvailability
import Foundation
import NIOCore

struct DACommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "da",
        abstract: "Keeps a rollup's data on this machine's disk and serves them to batchers and verifiers.",
        discussion: """
            Speaks the alt-DA protocol of the OP Stack over HTTP: POST /put answers with a commitment, GET /get/0x... gives the
            data of one. What was acknowledged survives a crash and a loss of power; what is read is checked against its
            commitment. Whoever reaches the port can put data: keep it to those who may. Also: /health, /ready, /metrics.
            """)

    @Option(help: ArgumentHelp("Where it is served.", valueName: "addr:port"))
    var http = ListenAddress(host: "127.0.0.1", port: 3_100)

    @Option(help: ArgumentHelp("The directory of the data, which a later start goes on from.", valueName: "dir"))
    var data: String

    @Option(
        name: .customLong("max-put"),
        help: ArgumentHelp("MiB that may be put at once, 1 to 1024.", valueName: "n"))
    var dataLimit = 32

    @Option(
        name: .customLong("max-disk"),
        help: ArgumentHelp(
            "GiB of data to keep at most, 1 to 1048576. Without it the disk is the limit.", valueName: "n"))
    var capacity: UInt64?

    @Option(
        name: .customLong("max-uploads"),
        help: ArgumentHelp("Puts at a time, 1 to 1024; more are told to come again.", valueName: "n"))
    var uploads = DataServerSettings().uploads

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        if data.isEmpty { throw ValidationError("--data takes a directory, not an empty text.") }
        if !(1...1_024).contains(dataLimit) { throw ValidationError("--max-put takes a number from 1 to 1024.") }
        if let capacity, !(1...1_048_576).contains(capacity) {
            throw ValidationError("--max-disk takes a number from 1 to 1048576.")
        }
        if !(1...1_024).contains(uploads) { throw ValidationError("--max-uploads takes a number from 1 to 1024.") }
    }

    func run() async throws {
        ProcessMemory.prepare()
        NodeService.raiseFileLimit()
        let store: DataStore
        do {
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                "cannot make the directory --data \(data): \(FileFailure.reason(error)). Choose another directory.")
        }
        do throws(DataStoreError) {
            store = try DataStore(directory: data, capacity: capacity.map { $0 << 30 })
        } catch {
            throw CommandFailure("--data \(data): \(error.message)")
        }
        var settings = DataServerSettings()
        settings.host = http.host
        settings.port = http.port
        settings.dataLimit = dataLimit << 20
        settings.uploads = uploads
        settings.connections = max(settings.connections, 2 * uploads)
        settings.version = Version.client
        let server = DataServer(store, settings: settings)
        let address: String
        do {
            address = ListenAddress.text(http.host, try await server.start().port ?? http.port)
        } catch {
            throw ListeningFailure.failure(error, host: http.host, port: http.port, option: "--http")
        }
        tell(address, store)
        let signals = StopSignals()
        await signals.wait()
        await server.stop()
        // Who asks a second time does not want to wait.
        withExtendedLifetime(signals) {}
    }

    private func tell(_ address: String, _ store: DataStore) {
        let usage = store.usage
        if json {
            print("{\"url\": \"http://\(address)\", \"objects\": \(usage.objects), \"bytes\": \(usage.bytes)}")
        } else {
            print(
                """
                Data availability:  http://\(address)
                \(usage.objects) puts with \(usage.bytes) bytes in \(data)

                Try:  curl -s --data-binary 'some data' http://\(address)/put | xxd -p -c 64
                """)
            if !http.isLoopback {
                StandardStreams.writeError("warning: whoever reaches \(address) can fill the disk with puts")
            }
        }
        fflush(nil)
    }
}

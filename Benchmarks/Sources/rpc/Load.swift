import Glibc

/// A body sent over and over: each of two threads sends on all its connections, then reads all answers.
struct Load {
    let name: String
    let body: String
    let connections: Int
    var callsPerRequest = 1

    struct Result {
        var requests: Int
        var seconds: Double
        /// Processor time of the process less that of the client's threads.
        var serverCPU: Double
    }

    func run(port: Int, seconds: Double) -> Result {
        let request = Array(
            ("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                + "\(body.utf8.count)\r\n\r\n\(body)").utf8)
        // One round to warm up and to learn how long the answer is.
        let probe = Self.connect(port)
        Self.send(probe, request)
        let length = Self.readResponse(probe)
        close(probe)
        let before = Self.processorTime(Self.process)
        let start = Self.now()
        let clients = (0..<2).map { _ in
            Client(request, responseLength: length, connections: connections / 2, port, until: start + seconds)
        }
        var threads = [pthread_t](repeating: 0, count: clients.count)
        for index in clients.indices {
            pthread_create(
                &threads[index], nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Client>.fromOpaque(argument).takeUnretainedValue().run()
                    return nil
                }, Unmanaged.passUnretained(clients[index]).toOpaque())
        }
        for thread in threads { pthread_join(thread, nil) }
        let elapsed = Self.now() - start
        let total = Self.processorTime(Self.process) - before
        return Result(
            requests: clients.reduce(0) { $0 + $1.requests }, seconds: elapsed,
            serverCPU: total - clients.reduce(0) { $0 + $1.processorTime })
    }

    private final class Client {
        private let request: [UInt8]
        private let responseLength: Int
        private let descriptors: [Int32]
        private let end: Double
        private(set) var requests = 0
        private(set) var processorTime = 0.0

        init(_ request: [UInt8], responseLength: Int, connections: Int, _ port: Int, until end: Double) {
            self.request = request
            self.responseLength = responseLength
            self.end = end
            descriptors = (0..<connections).map { _ in Load.connect(port) }
        }

        func run() {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while Load.now() < end {
                for descriptor in descriptors { Load.send(descriptor, request) }
                for descriptor in descriptors {
                    var left = responseLength
                    while left > 0 {
                        let count = recv(descriptor, &buffer, min(left, buffer.count), 0)
                        guard count > 0 else { fatalError("the server closed a connection") }
                        left -= count
                    }
                }
                requests += descriptors.count
            }
            processorTime = Load.processorTime(Load.thread)
            for descriptor in descriptors { close(descriptor) }
        }
    }

    private static func connect(_ port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { fatalError("cannot connect") }
        return descriptor
    }

    private static func send(_ descriptor: Int32, _ request: [UInt8]) {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), request.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { fatalError("cannot send") }
            sent += count
        }
    }

    /// Reads one response and gives its length in bytes.
    private static func readResponse(_ descriptor: Int32) -> Int {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { fatalError("no answer") }
            received += buffer[..<count]
            let text = String(decoding: received, as: UTF8.self)
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
            let field = text.split(separator: "Content-Length:", maxSplits: 1).dropFirst().first
            guard parts.count == 2, let field, text.hasPrefix("HTTP/1.1 200") else { continue }
            let digits = field.drop { $0 == " " }.prefix { $0.isNumber }
            if parts[1].utf8.count == Int(digits) { return received.count }
        }
    }

    // What `getrusage` can be asked about; the second is Linux's own.
    private static let process: Int32 = 0
    private static let thread: Int32 = 1

    private static func processorTime(_ who: Int32) -> Double {
        var usage = rusage()
        getrusage(who, &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

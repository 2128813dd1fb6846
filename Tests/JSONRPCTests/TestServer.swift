import JSONRPC
import NIOCore
import NIOPosix
import Primitives
import Synchronization

/// The methods that the tests call.
func testMethods() -> Methods {
    var methods = Methods()
    methods.addInline("test_null") { _, _ throws(RPCError) in }
    methods.addInline("test_number") { call, result throws(RPCError) in
        let value = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
        try call.parameters.finish()
        result.quantity(value)
    }
    methods.addInline("test_echo") { call, result throws(RPCError) in
        let text = try call.parameters.optional { reader throws(JSONError) in try reader.readString().string }
        result.string(text ?? "")
    }
    methods.add("test_pooled") { call, result throws(RPCError) in
        let text = try call.parameters.required { reader throws(JSONError) in try reader.readString().string }
        result.string("pooled " + text)
    }
    methods.addInline("test_fail") { _, result throws(RPCError) in
        result.beginObject()
        throw RPCError(code: 3, message: "execution reverted") { $0.data([0xAB]) }
    }
    methods.add("test_large") { call, result throws(RPCError) in
        let count = try call.parameters.required { reader throws(JSONError) in try reader.readUInt64() }
        result.string(String(repeating: "x", count: Int(count)))
    }
    methods.add("test_slow") { call, result throws(RPCError) in
        while !call.isCancelled {}
        cancellations.wrappingAdd(1, ordering: .relaxed)
    }
    methods.add("test_occupy") { call, result throws(RPCError) in
        occupied.store(true, ordering: .relaxed)
        while !call.isCancelled {}
    }
    methods.addDeferred("test_later") { call, responder throws(RPCError) in
        let text = try call.parameters.required { reader throws(JSONError) in try reader.readString().string }
        onAnotherThread { responder.succeed { result throws(RPCError) in result.string("later " + text) } }
    }
    methods.addDeferred("test_forget") { _, _ throws(RPCError) in }
    methods.addDeferred("test_never") { _, responder throws(RPCError) in forgotten.withLock { $0.append(responder) } }
    methods.add(
        "test_together",
        together: { calls, answers in
            let count = calls.count
            for index in calls.indices {
                answers.next { result throws(RPCError) in
                    let text = try calls[index].parameters.required { reader throws(JSONError) in
                        try reader.readString().string
                    }
                    result.string("\(text) of \(count)")
                }
            }
        }
    ) { _, result throws(RPCError) in result.string("alone") }
    methods.addInline("test_subscribe") { call, result throws(RPCError) in
        guard let subscriber = call.peer.subscriber else { throw .notificationsUnsupported }
        let id = try subscriber.subscribe { cancellations.wrappingAdd(1, ordering: .relaxed) }
        result.string(id.description)
        let count = try call.parameters.required { reader throws(JSONError) in try reader.readUInt64() }
        let payload = ByteBuffer(string: "\"" + String(repeating: "n", count: 1000) + "\"")
        onAnotherThread { for _ in 0..<count { subscriber.notify(id, result: payload) } }
    }
    methods.addInline("test_unsubscribe") { call, result throws(RPCError) in
        let text = try call.parameters.required { reader throws(JSONError) in try reader.readString().string }
        result.boolean(SubscriptionID(text).flatMap { call.peer.subscriber?.cancel($0) } ?? false)
    }
    return methods
}

/// Runs `work` apart from the threads on which tests block.
private func onAnotherThread(_ work: @escaping @Sendable () -> Void) {
    NIOSingletons.posixBlockingThreadPool.submit { _ in work() }
}

/// Slow calls and subscriptions that learned that nobody waits.
let cancellations = Atomic<Int>(0)
/// Whether the one call of `test_occupy` has a worker.
let occupied = Atomic<Bool>(false)
private let forgotten = Mutex<[Responder]>([])

/// A server of the test methods on a free port, for as long as `body` runs.
func withServer(
    _ configure: (inout HTTPEndpoint) -> Void = { _ in },
    threads configureThreads: (inout Server.Threads) -> Void = { _ in },
    _ body: (Int) async throws -> Void
) async throws {
    var threads = Server.Threads()
    configureThreads(&threads)
    let server = Server(threads: threads)
    var endpoint = HTTPEndpoint(methods: testMethods())
    configure(&endpoint)
    let address = try await server.listen(endpoint)
    do {
        try await body(address.port ?? 0)
    } catch {
        await server.stop(grace: .zero)
        throw error
    }
    await server.stop(grace: .zero)
}

func call(_ method: String, _ params: String = "[]", id: String = "1") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
}

func answer(_ result: String, id: String = "1") -> String { #"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"# }

func failure(_ code: Int, _ message: String, id: String = "1") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":\#(code),"message":"\#(message)"}}"#
}

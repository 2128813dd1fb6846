import JSONRPC
import NIOCore
import Primitives

/// Requests of any method with any parameters, and changed ones: each is answered with JSON, or with nothing where it was a
/// notification, and the node goes on.
let methodFuzzer = Fuzzer(name: "method") { random in
    let node = FuzzNode.shared
    var message = randomRequest(&random, node.methodNames)
    if random.oneIn(6) {
        let count = random.below(4)
        message = [0x5B] + (0..<count).map { _ in randomRequest(&random, node.methodNames) }.joined(separator: [0x2C])
        message.append(0x5D)
    }
    if random.oneIn(4) { message = random.mutated(message) }
    let start = ContinuousClock.now
    let answered = node.local.answer(ByteBuffer(bytes: message))
    guard ContinuousClock.now - start < .seconds(6) else {
        throw Finding("\(String(decoding: message, as: UTF8.self)) takes \(ContinuousClock.now - start)")
    }
    guard let answer = answered else { return }
    let isWhole = answer.withUnsafeReadableBytes { bytes in
        var reader = JSONReader(bytes)
        return (try? reader.skipValue()) != nil && reader.isAtEnd()
    }
    guard isWhole else { throw Finding("\(Hex.encode(message)) is answered with \(String(buffer: answer))") }
    if random.oneIn(64) {
        let probe = #"{"jsonrpc":"2.0","id":7,"method":"eth_chainId","params":[]}"#
        let expected = #"{"jsonrpc":"2.0","id":7,"result":"0x539"}"#
        guard let answer = node.local.answer(ByteBuffer(string: probe)), String(buffer: answer) == expected else {
            throw Finding("the node does not answer after \(Hex.encode(message))")
        }
    }
}

func randomRequest(_ random: inout SplitMix, _ names: [String]) -> [UInt8] {
    // What takes the chain back, or stops it, would leave the others nothing to work on.
    var name = random.pick(names)
    if ["evm_setAutomine", "evm_setIntervalMining"].contains(name) && !random.oneIn(16) { name = "eth_call" }
    let parameters = (0..<random.below(4)).map { _ in randomParameter(&random) }.joined(separator: ",")
    return Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(name)\",\"params\":[\(parameters)]}".utf8)
}

private let accounts = [
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x4e59b44847b379578588920ca78fbf26c0b4956c", "0x0000000000000000000000000000000000000001",
    "0x000000000000000000000000000000000000dEaD",
]

/// Something that a method could expect, or not.
private func randomParameter(_ random: inout SplitMix) -> String {
    switch random.below(14) {
    case 0:
        return random.pick([
            "\"latest\"", "\"pending\"", "\"safe\"", "\"finalized\"", "\"earliest\"", "\"0x0\"", "\"0x1\"",
        ])
    case 1, 2: return "\"\(random.pick(accounts))\""
    case 3: return "\"\(Hex.encode(random.bytes(32)))\""
    case 4: return "\"\(Hex.encode(random.bytes(random.below(80))))\""
    case 5: return "\"0x\(String(random.number() >> UInt64(random.below(64)), radix: 16))\""
    case 6: return "\(random.number() >> UInt64(random.below(64)))"
    case 7: return random.pick(["true", "false", "null", "[]", "{}", "\"\"", "-1", "1e400", "\"0x\""])
    case 8, 9, 10: return randomCall(&random)
    case 11:
        return "{\"fromBlock\":\(randomParameter(&random)),\"toBlock\":\"latest\",\"topics\":[null,[]],\"address\":[]}"
    case 12:
        let calls = (0..<random.below(3)).map { _ in randomCall(&random) }.joined(separator: ",")
        return """
            {"blockStateCalls":[{"calls":[\(calls)],"stateOverrides":{"\(random.pick(accounts))":{"balance":"0x\
            \(String(random.number(), radix: 16))","code":"\(Hex.encode(randomProgram(&random)))"}}}],\
            "traceTransfers":\(random.oneIn(2)),"validation":\(random.oneIn(4))}
            """
    default: return String(decoding: randomJSON(&random, depth: 2), as: UTF8.self)
    }
}

private func randomProgram(_ random: inout SplitMix) -> [UInt8] { random.bytes(random.below(48)) }

private func randomCall(_ random: inout SplitMix) -> String {
    var members: [String] = []
    func member(_ name: String, _ value: String) { members.append("\"\(name)\":\(value)") }
    if !random.oneIn(4) { member("from", "\"\(random.pick(accounts))\"") }
    if !random.oneIn(3) { member("to", "\"\(random.pick(accounts))\"") }
    if random.oneIn(2) { member("data", "\"\(Hex.encode(randomProgram(&random)))\"") }
    if random.oneIn(2) { member("value", "\"0x\(String(random.number(), radix: 16))\"") }
    if random.oneIn(2) { member("gas", "\"0x\(String(random.below(1 << 20), radix: 16))\"") }
    if random.oneIn(4) { member("nonce", "\"0x\(String(random.below(4), radix: 16))\"") }
    if random.oneIn(6) { member("maxFeePerGas", "\"0x\(String(random.number(), radix: 16))\"") }
    if random.oneIn(8) { member("accessList", "[{\"address\":\"\(random.pick(accounts))\",\"storageKeys\":[]}]") }
    return "{\(members.joined(separator: ","))}"
}

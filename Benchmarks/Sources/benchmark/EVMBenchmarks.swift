import Conformance
import EVM
import Foundation
import Primitives
import StateTransition

/// The cases of the folder that MAYFLY_BENCH names (default ../shared/bench): message calls on a warm state in memory.
///
/// `scripts/bench-evm` times the same cases beside another implementation.
let evmBenchmarks: [Benchmark] = {
    let folder = ProcessInfo.processInfo.environment["MAYFLY_BENCH"] ?? "../shared/bench"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".case") }.sorted().compactMap { file in
        guard let data = FileManager.default.contents(atPath: folder + "/" + file),
            let call = try? MessageCase(String(decoding: data, as: UTF8.self))
        else { return nil }
        return Benchmark("evm/\(file.dropLast(5))", gas: CaseRun(call).gasUsed) {
            let run = CaseRun(call)
            return { run.execute() }
        }
    }
}()

/// One call that can be made again and again, each time on the same state.
private final class CaseRun {
    private var machine = Machine(rules: Rules(.osaka))
    private var host: JournaledState
    private let message: Message
    private(set) var gasUsed: UInt64 = 0

    init(_ call: MessageCase) {
        let state = MemoryState()
        for (address, code) in call.codes {
            let hash = Hash256(UInt256(address))
            state.setCode(hash, code)
            state.setAccount(address, AccountRecord(nonce: 1, codeHash: hash))
        }
        for (address, slot, value) in call.slots { state.setStorage(address, slot, value) }
        host = JournaledState(source: state, codes: CodeCache(), rules: Rules(.osaka))
        machine.setBlock(BlockEnvironment(number: 1, timestamp: 1, gasLimit: call.gas))
        machine.setTransaction(TransactionEnvironment(origin: call.caller))
        message = Message(
            kind: .call, gas: Int64(clamping: call.gas), recipient: call.recipient, codeAddress: call.recipient,
            caller: call.caller, value: call.value, input: call.input)
        execute()
    }

    func execute() {
        host.beginTransaction()
        let checkpoint = host.checkpoint()
        if let result = try? machine.execute(message, host: &host) {
            gasUsed = UInt64(clamping: message.gas - result.gasLeft)
        }
        host.revert(to: checkpoint)
    }
}

import EVM
import Primitives
import StateTransition
import Testing

@Suite struct PrestateTraceTests {
    /// Writes its first call-data word to slot 1 and reads slot 2; run twice in a block, the second trace begins where
    /// the first transaction left.
    @Test func showsBeforeAndAfter() throws {
        let state = MemoryState()
        var block = BlockExecutionTests.execution(.prague, state)
        let contract = BlockExecutionTests.address(2000)
        let sender = BlockExecutionTests.address(1000)
        BlockExecutionTests.setCode(state, contract, [0x5F, 0x35, 0x60, 0x01, 0x55, 0x60, 0x02, 0x54, 0x00])
        state.setStorage(contract, 1, 5)
        state.setStorage(contract, 2, 9)
        for (nonce, (old, new)) in [(5, 6), (6, 0)].enumerated() {
            let transaction = Transaction(
                kind: .dynamicFee, chainID: 1, nonce: UInt64(nonce), maxFeePerGas: 10, maxPriorityFeePerGas: 1,
                gasLimit: 100_000, to: contract, input: UInt256(new).bytes)
            let (result, trace) = try block.tracePrestate(transaction, sender: sender)
            #expect(result.outcome == .success)
            #expect(trace.accounts.map(\.address) == [sender, contract, BlockExecutionTests.address(0xC0)])
            let written = PrestateTrace.Slot(key: 1, before: UInt256(old), after: UInt256(new))
            #expect(trace.accounts[1].slots == [written, PrestateTrace.Slot(key: 2, before: 9, after: 9)])
            #expect(trace.accounts[0].before?.nonce == UInt64(nonce))
            #expect(trace.accounts[0].after?.nonce == UInt64(nonce) + 1)
            #expect(trace.accounts[1].codeBefore.count == 9)
            #expect((trace.accounts[2].before == nil) == (nonce == 0))
            let paid = trace.accounts[2].before?.balance ?? 0
            #expect(trace.accounts[2].after?.balance == paid &+ UInt256(result.gasUsed))
        }
    }

    /// A contract that a transaction makes: the trace has its code and its first slot.
    @Test func showsCreations() throws {
        let state = MemoryState()
        var block = BlockExecutionTests.execution(.prague, state)
        // Stores 1 at slot 0 and returns one byte of zero as code.
        let transaction = Transaction(
            kind: .dynamicFee, chainID: 1, maxFeePerGas: 10, maxPriorityFeePerGas: 1, gasLimit: 200_000, to: nil,
            input: [0x60, 0x01, 0x5F, 0x55, 0x60, 0x01, 0x5F, 0xF3])
        let (result, trace) = try block.tracePrestate(transaction, sender: BlockExecutionTests.address(1000))
        let created = try #require(trace.accounts.first { $0.address == result.createdAddress })
        #expect(created.before == nil)
        #expect(created.after?.nonce == 1)
        #expect(created.codeAfter == [0x00])
        #expect(created.slots == [PrestateTrace.Slot(key: 0, before: 0, after: 1)])
    }
}

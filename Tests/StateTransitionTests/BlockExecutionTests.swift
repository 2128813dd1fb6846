import Cryptography
import EVM
import Primitives
import StateTransition
import Testing

@Suite struct BlockExecutionTests {
    static func address(_ number: UInt64) -> Address { Address(truncating: UInt256(number)) }

    /// A chain of one revision with a rich sender at 1,000 and a block to run transactions in.
    static func execution(_ revision: Revision, _ state: MemoryState) -> BlockExecution {
        state.setAccount(address(1000), AccountRecord(balance: 1_000_000_000_000))
        var header = BlockHeader(coinbase: address(0xC0), number: 1, gasLimit: 30_000_000, timestamp: 10)
        if revision >= .london { header.baseFee = 7 }
        return BlockExecution(header: header, chain: .always(revision), source: state)
    }

    static func setCode(_ state: MemoryState, _ address: Address, _ code: [UInt8], nonce: UInt64 = 1) {
        let hash = Keccak256.hash(code)
        state.setCode(hash, code)
        state.setAccount(address, AccountRecord(nonce: nonce, codeHash: hash))
    }

    @Test func paysTheMinerAndBurnsTheBaseFee() throws {
        let state = MemoryState()
        var block = Self.execution(.london, state)
        var tracer = NoTracer()
        let transaction = Transaction(
            kind: .dynamicFee, chainID: 1, maxFeePerGas: 100, maxPriorityFeePerGas: 2, gasLimit: 30_000,
            to: Self.address(0x500), value: 11)
        let result = try block.execute(transaction, sender: Self.address(1000), tracer: &tracer)
        #expect(result.gasUsed == 21_000)
        #expect(result.effectiveGasPrice == 9)
        #expect(result.receipt.isSuccess == true)
        let outcome = block.stateDiff()
        state.apply(outcome)
        let left: UInt256 = 999_999_811_000 &- 11
        #expect(try state.account(Self.address(1000))?.balance == left)
        #expect(try state.account(Self.address(1000))?.nonce == 1)
        #expect(try state.account(Self.address(0xC0))?.balance == 42_000)
        #expect(try state.account(Self.address(0x500))?.balance == 11)
    }

    private static let valid = Transaction(
        kind: .dynamicFee, chainID: 1, maxFeePerGas: 100, maxPriorityFeePerGas: 2, gasLimit: 21_000, to: address(0x500))

    private static func changed(_ change: (inout Transaction) -> Void) -> Transaction {
        var transaction = valid
        change(&transaction)
        return transaction
    }

    private static func blob(_ change: (inout Transaction) -> Void) -> Transaction {
        changed {
            $0.kind = .blob
            change(&$0)
        }
    }

    /// A transaction for each rule that breaks it alone.
    private static var broken: [(InvalidTransaction, Transaction)] {
        let version = Hash256(UInt256.one << 248)
        var cases: [(InvalidTransaction, Transaction)] = []
        cases.append((.nonceTooHigh, changed { $0.nonce = 1 }))
        cases.append((.nonceAtMaximum, changed { $0.nonce = .max }))
        cases.append((.gasLimitBelowIntrinsic, changed { $0.gasLimit = 20_999 }))
        cases.append((.gasLimitBelowIntrinsic, changed { $0.input = [1] }))
        cases.append((.gasLimitAboveCap, changed { $0.gasLimit = 16_777_217 }))
        cases.append((.insufficientFunds, changed { $0.value = 1_000_000_000_000 }))
        cases.append((.insufficientFunds, changed { $0.value = .max }))
        cases.append((.feeOverflow, changed { $0.maxFeePerGas = .max }))
        cases.append((.feeCapBelowBaseFee, changed { ($0.maxFeePerGas, $0.maxPriorityFeePerGas) = (6, 1) }))
        cases.append((.tipAboveFeeCap, changed { $0.maxPriorityFeePerGas = 101 }))
        cases.append((.wrongChainID, changed { $0.chainID = 2 }))
        cases.append((.typeNotAvailable, changed { $0.kind = .deposit }))
        cases.append((.noAuthorizations, changed { $0.kind = .setCode }))
        cases.append((.noBlobs, blob { _ in }))
        cases.append((.unknownBlobVersion, blob { $0.blobHashes = [Hash256()] }))
        cases.append((.tooManyBlobs, blob { $0.blobHashes = [Hash256](repeating: version, count: 7) }))
        cases.append((.blobFeeCapTooLow, blob { $0.blobHashes = [version] }))
        cases.append(
            (
                .blobTransactionCreatesContract,
                blob {
                    $0.to = nil
                    $0.gasLimit = 60_000
                }
            ))
        cases.append(
            (
                .initCodeTooLarge,
                changed {
                    $0.to = nil
                    $0.input = [UInt8](repeating: 0, count: 49_153)
                    $0.gasLimit = 1_000_000
                }
            ))
        return cases
    }

    /// Each rule, broken alone, is named; the block goes on as if the transaction had not been.
    @Test(arguments: broken) func namesTheRule(rule: InvalidTransaction, transaction: Transaction) throws {
        let state = MemoryState()
        var block = Self.execution(.osaka, state)
        #expect(Self.failure(&block, transaction, sender: 1000) == .invalid(rule))
        #expect(block.gasUsed == 0)
        #expect(Self.failure(&block, Self.valid, sender: 1000) == nil)
        #expect(block.receipts.count == 1)
        #expect(Self.failure(&block, Self.valid, sender: 1000) == .invalid(.nonceTooLow))
    }

    private static func failure(
        _ block: inout BlockExecution, _ transaction: Transaction, sender: UInt64
    ) -> TransactionFailure? {
        var tracer = NoTracer()
        do throws(TransactionFailure) {
            try block.execute(transaction, sender: address(sender), tracer: &tracer)
            return nil
        } catch {
            return error
        }
    }

    @Test func refusesContractsAsSenders() throws {
        let state = MemoryState()
        var block = Self.execution(.prague, state)
        Self.setCode(state, Self.address(2000), [0x00], nonce: 0)
        #expect(Self.failure(&block, Self.valid, sender: 2000) == .invalid(.senderHasCode))
    }

    /// A revert gives the gas left back and undoes all but nonce and fees.
    @Test func keepsFeesOfReverted() throws {
        let state = MemoryState()
        var block = Self.execution(.berlin, state)
        Self.setCode(state, Self.address(2000), [0x60, 0x01, 0x60, 0x00, 0x55, 0x60, 0x00, 0x60, 0x00, 0xFD])
        var tracer = NoTracer()
        let transaction = Transaction(
            maxFeePerGas: 10, maxPriorityFeePerGas: 10, gasLimit: 100_000, to: Self.address(2000), value: 3)
        let result = try block.execute(transaction, sender: Self.address(1000), tracer: &tracer)
        #expect(result.outcome == .revert)
        #expect(result.receipt.isSuccess == false)
        #expect(result.gasUsed == 21_000 + 12 + 22_100)
        let diff = block.stateDiff()
        state.apply(diff)
        #expect(try state.storage(Self.address(2000), 0) == 0)
        #expect(try state.account(Self.address(2000))?.balance == 0)
        let paid = UInt256(result.gasUsed) &* 10
        #expect(try state.account(Self.address(1000))?.balance == 1_000_000_000_000 &- paid)
        #expect(try state.account(Self.address(0xC0))?.balance == paid)
    }
}

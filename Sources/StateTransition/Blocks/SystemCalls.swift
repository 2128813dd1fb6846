import Cryptography
public import EVM
public import Primitives

/// The contracts that a block calls by itself.
public enum SystemContract {
    /// Who calls them.
    static var caller: Address { address(0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFE) }
    /// EIP-4788.
    public static var beaconRoots: Address { address(0x000F_3DF6, 0xD732_807E_F131_9FB7, 0xB8BB_8522_D0BE_AC02) }
    /// EIP-2935.
    public static var blockHashes: Address { address(0x0000_F908, 0x27F1_C53A_10CB_7A02, 0x335B_1753_2000_2935) }
    /// EIP-7002.
    public static var withdrawalRequests: Address { address(0x0000_0961, 0xEF48_0EB5_5E80_D19A, 0xD835_79A6_4C00_7002) }
    /// EIP-7251.
    public static var consolidationRequests: Address {
        address(0x0000_BBDD, 0xC7CE_4886_42FB_579F, 0x8B00_F3A5_9000_7251)
    }

    static var gas: Int64 { 30_000_000 }

    private static func address(_ high: UInt64, _ middle: UInt64, _ low: UInt64) -> Address {
        Address(truncating: UInt256(limbs: low, middle, high, 0))
    }
}

extension BlockExecution {
    /// Carries out what comes before the first transaction: the DAO fork, and the calls that store the parent beacon
    /// block's root (EIP-4788) and the parent's hash (EIP-2935).
    public mutating func begin<T: Tracer & ~Copyable>(header: BlockHeader, tracer: inout T) throws(InvalidBlock) {
        do throws(StateError) {
            if let fork = chain.daoForkBlock, fork == header.number { try moveTheDAO() }
            if revision >= .cancun, let root = header.parentBeaconBlockRoot {
                _ = try systemCall(SystemContract.beaconRoots, input: root.bytes, tracer: &tracer)
            }
            if revision >= .prague {
                _ = try systemCall(SystemContract.blockHashes, input: header.parentHash.bytes, tracer: &tracer)
            }
        } catch {
            throw .state(error)
        }
    }

    /// Moves the balances of the DAO and its children to the refund contract.
    mutating func moveTheDAO() throws(StateError) {
        state.beginTransaction()
        let refund = state.account(DAOFork.refundContract)
        for address in DAOFork.drained {
            let account = state.account(address)
            try state.credit(refund, try state.balance(account))
            try state.setBalance(account, 0)
        }
        try state.endTransaction()
    }

    /// Calls a contract as the system; nil where it has no code.
    mutating func systemCall<T: Tracer & ~Copyable>(
        _ address: Address, input: [UInt8], tracer: inout T
    ) throws(StateError) -> ExecutionResult? {
        let account = state.account(address)
        guard try state.code(account).count > 0 else { return nil }
        state.beginTransaction()
        _ = state.warm(account)
        machine.setTransaction(TransactionEnvironment(origin: SystemContract.caller))
        let message = Message(
            kind: .call, gas: SystemContract.gas, recipient: address, codeAddress: address,
            caller: SystemContract.caller, value: 0, input: input)
        let result = try machine.execute(message, host: &state, tracer: &tracer)
        try state.endTransaction()
        return result
    }

    /// Collects the requests of the block (EIP-7685): deposits from the logs, then what the contracts hand out.
    mutating func collectRequests<T: Tracer & ~Copyable>(tracer: inout T) throws(InvalidBlock) -> [[UInt8]] {
        guard revision >= .prague, !isOPStack else { return [] }
        var requests: [[UInt8]] = []
        let deposits = try DepositRequests.collect(receipts, contract: chain.depositContract)
        if !deposits.isEmpty { requests.append([0] + deposits) }
        let contracts = [SystemContract.withdrawalRequests, SystemContract.consolidationRequests]
        for (index, contract) in contracts.enumerated() {
            let result: ExecutionResult?
            do throws(StateError) {
                result = try systemCall(contract, input: [], tracer: &tracer)
            } catch {
                throw .state(error)
            }
            guard let result, result.outcome == .success else { throw .systemCall(contract) }
            if !result.output.isEmpty { requests.append([UInt8(index + 1)] + result.output) }
        }
        return requests
    }

    /// SHA-256 of the SHA-256 of each request (EIP-7685).
    public static func hash(requests: [[UInt8]]) -> Hash256 {
        var digests: [UInt8] = []
        for request in requests { digests += SHA256.hash(request).bytes }
        return SHA256.hash(digests)
    }
}

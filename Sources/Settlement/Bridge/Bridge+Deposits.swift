public import Derivation
public import EthereumClient
public import Primitives
import StateTransition

extension Bridge {
    /// A deposit that L1 has.
    public struct Deposited: Sendable, Equatable {
        public let l1Block: BlockID
        /// Of the transaction on the rollup, which follows from the deposit alone.
        public let l2Transaction: Hash256
    }

    /// Gas on the rollup that finishing a deposit of a token gets, beside what the bridges need themselves.
    private static let tokenGas: UInt32 = 200_000

    /// Sends an asset to an address on the rollup.
    ///
    /// - Parameter sender: of the account on L1 that has it.
    public func deposit(
        _ asset: BridgedAsset, to recipient: Address, by sender: TransactionSender
    ) async throws(SettlementError) -> Deposited {
        let inclusion: Inclusion
        switch asset {
        case .ether(let amount):
            inclusion = try await call(to: recipient, value: amount, gasLimit: 100_000, data: [], by: sender)
        case .message(let value, let data, let gasLimit):
            inclusion = try await call(to: recipient, value: value, gasLimit: gasLimit, data: data, by: sender)
        case .erc20(let token, let remote, let amount):
            let bridge = contracts.l1StandardBridge
            try await allow(bridge, toTake: amount, of: token, by: sender)
            inclusion = try await sender.perform(
                TransactionRequest(
                    L1StandardBridge.bridgeERC20To(
                        localToken: token, remoteToken: remote, to: recipient, amount: amount,
                        minGasLimit: Self.tokenGas, extraData: []),
                    to: bridge))
        case .erc721(let token, let remote, let id):
            let bridge = contracts.l1ERC721Bridge
            try await sender.perform(
                TransactionRequest(OptimismMintableERC721.approve(to: bridge, tokenId: id), to: token))
            inclusion = try await sender.perform(
                TransactionRequest(
                    L1ERC721Bridge.bridgeERC721To(
                        localToken: token, remoteToken: remote, to: recipient, tokenId: id,
                        minGasLimit: Self.tokenGas, extraData: []),
                    to: bridge))
        }
        return try await deposited(inclusion)
    }

    private func call(
        to target: Address, value: UInt256, gasLimit: UInt64, data: [UInt8], by sender: TransactionSender
    ) async throws(SettlementError) -> Inclusion {
        let call = OptimismPortal.depositTransaction(
            to: target, value: value, gasLimit: gasLimit, isCreation: false, data: data)
        return try await sender.perform(TransactionRequest(call, to: contracts.optimismPortal, value: value))
    }

    /// The rollup's transaction of a deposit, found in its L1 block as derivation finds it.
    private func deposited(_ inclusion: Inclusion) async throws(SettlementError) -> Deposited {
        let receipts = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await l1.receipts(of: try await l1.header(.hash(inclusion.blockHash)))
        }
        let wanted = inclusion.logs.last {
            $0.address == contracts.optimismPortal && $0.topics.first == DepositLog.topic
        }
        var index: UInt64 = 0
        var found: Hash256?
        for log in receipts.flatMap({ $0.logs }) {
            if log == wanted {
                do throws(DepositLogError) {
                    found = try DepositLog.transaction(log, l1Hash: inclusion.blockHash, logIndex: index).hash
                } catch {
                    throw .rule("the portal wrote no deposit that can be read: \(error)")
                }
            }
            index += 1
        }
        guard let found else { throw .rule("the transaction in L1 block \(inclusion.blockNumber) made no deposit") }
        return Deposited(
            l1Block: BlockID(number: inclusion.blockNumber, hash: inclusion.blockHash), l2Transaction: found)
    }

    /// Waits until the rollup has executed a deposit.
    ///
    /// - Throws: `notIncluded` after so many seconds; `reverted` where it failed.
    public func wait(for deposit: Deposited, seconds: UInt64) async throws(SettlementError) -> Inclusion {
        let node = try node
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        while true {
            // A sequencer tells what is in its open block before that block is there: balances are of blocks.
            let (inclusion, head) = try await EthereumClient.telling { () throws(EthereumClientError) in
                (try await node.inclusion(of: deposit.l2Transaction), try await node.header(.latest).header.number)
            }
            if let inclusion, inclusion.blockNumber <= head {
                guard inclusion.isSuccess else {
                    throw .reverted("the deposit failed on the rollup, in block \(inclusion.blockNumber)")
                }
                return inclusion
            }
            guard clock.now < end, (try? await Task.sleep(for: .milliseconds(250))) != nil else {
                throw .notIncluded(deposit.l2Transaction, seconds: seconds)
            }
        }
    }
}

import Cryptography
import EthereumClient
public import Lifecycles
public import Primitives

extension WithdrawalTransaction {
    /// What the message passer and the portal know it by.
    public var hash: Hash256 {
        Keccak256.hash(
            ABIWriter { writer in
                // Its members are arguments of their own there, and not a tuple.
                write(to: &writer)
            }.encoded)
    }

    /// The slot of the message passer that says that it was made.
    var slot: UInt256 { UInt256(Keccak256.hash(hash.bytes + Hash256().bytes)) }
}

/// A withdrawal in a block of the rollup.
public struct InitiatedWithdrawal: Sendable, Equatable {
    public let withdrawal: WithdrawalTransaction
    /// Of the rollup.
    public let blockNumber: UInt64
}

extension InitiatedWithdrawal {
    /// One that an archive of the rollup's state has.
    public init(_ passed: PassedWithdrawal) {
        self.init(
            withdrawal: WithdrawalTransaction(
                nonce: passed.nonce, sender: passed.sender, target: passed.target, value: passed.value,
                gasLimit: passed.gasLimit, data: passed.data),
            blockNumber: passed.blockNumber)
    }
}

extension Bridge {
    /// Gas on L1 that a withdrawal's call gets.
    private static let gasOnL1: UInt64 = 200_000

    /// Sends an asset to an address on L1: it is paid there when it is proven and final.
    ///
    /// - Parameter sender: of the account on the rollup that has it.
    public func withdraw(
        _ asset: BridgedAsset, to recipient: Address, by sender: TransactionSender
    ) async throws(SettlementError) -> (withdrawal: InitiatedWithdrawal, transaction: Hash256) {
        // A token of the rollup's bridge is burnt, and any other is taken.
        if case .erc20(_, let token, let amount) = asset, try await !isMintable(token, sender.client) {
            try await allow(Self.standardBridge, toTake: amount, of: token, by: sender)
        }
        let request = Self.withdrawalRequest(asset, to: recipient)
        let sent = try await sender.send([request])[0]
        let inclusion = try await sender.wait(for: sent)
        guard let first = try Self.withdrawals(inclusion).first else {
            throw .rule("the transaction made no withdrawal")
        }
        return (first, inclusion.transactionHash)
    }

    /// The transaction of the rollup that starts to move an asset, once its bridge may take it.
    static func withdrawalRequest(_ asset: BridgedAsset, to recipient: Address) -> TransactionRequest {
        switch asset {
        case .ether(let amount):
            // Through the bridge, whose messages can be relayed again where the recipient refuses the ether.
            TransactionRequest(
                L2StandardBridge.bridgeETHTo(to: recipient, minGasLimit: UInt32(gasOnL1), extraData: []),
                to: standardBridge, value: amount)
        case .message(let value, let data, let gasLimit):
            message(to: recipient, value: value, data: data, gasLimit: gasLimit)
        case .erc20(let remote, let token, let amount):
            TransactionRequest(
                L2StandardBridge.bridgeERC20To(
                    localToken: token, remoteToken: remote, to: recipient, amount: amount,
                    minGasLimit: UInt32(gasOnL1), extraData: []),
                to: standardBridge)
        case .erc721(let remote, let token, let id):
            TransactionRequest(
                L2ERC721Bridge.bridgeERC721To(
                    localToken: token, remoteToken: remote, to: recipient, tokenId: id,
                    minGasLimit: UInt32(gasOnL1), extraData: []),
                to: erc721Bridge)
        }
    }

    private static func message(
        to target: Address, value: UInt256, data: [UInt8], gasLimit: UInt64
    ) -> TransactionRequest {
        let call = L2ToL1MessagePasser.initiateWithdrawal(target: target, gasLimit: UInt256(gasLimit), data: data)
        return TransactionRequest(call, to: messagePasser, value: value)
    }

    func isMintable(_ token: Address, _ client: EthereumClient) async throws(SettlementError) -> Bool {
        do throws(SettlementError) {
            return try await client.read(OptimismMintableERC20.bridge(), from: token) == Self.standardBridge
        } catch {
            if case .client = error { throw error }
            return false
        }
    }

    /// The withdrawals that a transaction of the rollup made, in order.
    ///
    /// - Throws: `rule` where the rollup does not have it, or it made none.
    public func withdrawals(of transaction: Hash256) async throws(SettlementError) -> [InitiatedWithdrawal] {
        let node = try node
        let inclusion = try await EthereumClient.telling { () throws(EthereumClientError) in
            try await node.inclusion(of: transaction)
        }
        guard let inclusion else { throw .rule("the rollup does not have the transaction \(transaction)") }
        let found = try Self.withdrawals(inclusion)
        if found.isEmpty { throw .rule("the transaction \(transaction) made no withdrawal") }
        return found
    }

    private static func withdrawals(_ inclusion: Inclusion) throws(SettlementError) -> [InitiatedWithdrawal] {
        do throws(ABIError) {
            return try L2ToL1MessagePasser.MessagePassed.all(in: inclusion.logs, of: messagePasser).map { event in
                InitiatedWithdrawal(
                    withdrawal: WithdrawalTransaction(
                        nonce: event.nonce, sender: event.sender, target: event.target, value: event.value,
                        gasLimit: event.gasLimit, data: event.data),
                    blockNumber: inclusion.blockNumber)
            }
        } catch {
            throw .answer(messagePasser, error)
        }
    }
}

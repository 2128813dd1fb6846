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
        try await checkPair(asset)
        switch asset {
        case .ether, .message: break
        case .erc20(let token, _, let amount):
            try await allow(contracts.l1StandardBridge, toTake: amount, of: token, by: sender)
        case .erc721(let token, _, let id):
            try await sender.perform(
                TransactionRequest(
                    OptimismMintableERC721.approve(to: contracts.l1ERC721Bridge, tokenId: id), to: token))
        }
        let inclusion = try await sender.perform(depositRequest(asset, to: recipient))
        return try await deposited(inclusion)
    }

    /// The transaction of L1 that moves an asset, once its bridge may take it.
    func depositRequest(_ asset: BridgedAsset, to recipient: Address) -> TransactionRequest {
        switch asset {
        case .ether(let amount): portalCall(to: recipient, value: amount, gasLimit: 100_000, data: [])
        case .message(let value, let data, let gasLimit):
            portalCall(to: recipient, value: value, gasLimit: gasLimit, data: data)
        case .erc20(let token, let remote, let amount):
            TransactionRequest(
                L1StandardBridge.bridgeERC20To(
                    localToken: token, remoteToken: remote, to: recipient, amount: amount,
                    minGasLimit: Self.tokenGas, extraData: []),
                to: contracts.l1StandardBridge)
        case .erc721(let token, let remote, let id):
            TransactionRequest(
                L1ERC721Bridge.bridgeERC721To(
                    localToken: token, remoteToken: remote, to: recipient, tokenId: id,
                    minGasLimit: Self.tokenGas, extraData: []),
                to: contracts.l1ERC721Bridge)
        }
    }

    /// Whether a contract on the rollup is what its factory has made for a token of L1: any other may say that it is.
    ///
    /// - Throws: `rule` where there is no node of the rollup to ask.
    public func isOfFactory(_ remote: Address, for token: Address) async throws(SettlementError) -> Bool {
        guard let l2 else { throw .rule("the rollup's node knows whose contract it is: give its URL with --node") }
        return try await l2.read(OptimismMintableERC20Factory.deployments(remote), from: Self.tokenFactory) == token
    }

    /// `OptimismMintableERC20Factory` of the rollup (OP Stack specification, predeploys).
    private static let tokenFactory = Address(truncating: (UInt256(0x42) << 152) | UInt256(0x12))

    /// Makes sure that a token's two contracts belong together: to any other the bridge pays nothing, and keeps what it got.
    func checkPair(_ asset: BridgedAsset) async throws(SettlementError) {
        let (token, remote): (Address, Address)
        switch asset {
        case .ether, .message: return
        case .erc20(let l1, let l2, _), .erc721(let l1, let l2, _): (token, remote) = (l1, l2)
        }
        guard let l2 else {
            throw .rule(
                "a token needs the rollup's node, which knows whether the contract there is this token's: give its URL "
                    + "with --node")
        }
        // Either may be made for the other, by the factory of its chain.
        if try await Self.remote(of: remote, l2) == token { return }
        if try await Self.remote(of: token, l1) == remote { return }
        throw .rule(
            "\(remote) on the rollup is not the contract of the token \(token): what is deposited would stay with the "
                + "bridge. One that is comes from the rollup's factory, for this token.")
    }

    /// The token on the other chain that a contract is made for; nil where it is made for none.
    private static func remote(
        of token: Address, _ client: EthereumClient
    ) async throws(SettlementError) -> Address? {
        do throws(SettlementError) {
            // Tokens and collections have the same function.
            return try await client.read(OptimismMintableERC20.remoteToken(), from: token)
        } catch {
            if case .client = error { throw error }
            return nil
        }
    }

    private func portalCall(to target: Address, value: UInt256, gasLimit: UInt64, data: [UInt8]) -> TransactionRequest {
        TransactionRequest(
            OptimismPortal.depositTransaction(
                to: target, value: value, gasLimit: gasLimit, isCreation: false, data: data),
            to: contracts.optimismPortal, value: value)
    }

    /// The rollup's transaction of a deposit, found in its L1 block as derivation finds it.
    ///
    /// - Throws: `rule` where L1's transaction made none.
    public func deposited(_ inclusion: Inclusion) async throws(SettlementError) -> Deposited {
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
    /// - Throws: `rule` after so many seconds; `reverted` where it failed.
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
                try checkMessage(inclusion)
                return inclusion
            }
            guard clock.now < end, (try? await Task.sleep(for: .milliseconds(250))) != nil else {
                throw .rule(
                    "the deposit is on L1, in block \(deposit.l1Block.number), and arrives by itself: do not repeat it. The "
                        + "rollup has not executed it after \(seconds) s; its transaction there is \(deposit.l2Transaction)."
                )
            }
        }
    }

    /// What a bridge sends is a message, which may fail on the rollup though its transaction does not.
    private func checkMessage(_ inclusion: Inclusion) throws(SettlementError) {
        let failed: [L2CrossDomainMessenger.FailedRelayedMessage]
        do throws(ABIError) {
            failed = try L2CrossDomainMessenger.FailedRelayedMessage.all(in: inclusion.logs, of: Self.messenger)
        } catch {
            throw .answer(Self.messenger, error)
        }
        guard let message = failed.first else { return }
        throw .reverted(
            "the deposit came to the rollup in block \(inclusion.blockNumber), and its message failed there. It is kept: "
                + "anybody can have \(Self.messenger) relay \(message.msgHash) again when the reason is gone")
    }
}

import Cryptography
import EVM
import EthereumClient
import Layers
import Primitives

/// The contract that pays for a rollup's time, at an address that follows from its terms: made and paid in before the launch,
/// whose contracts ask it.
struct LaunchBudget: Equatable, Sendable {
    let terms: RollupManifest.Budget
    let code: [UInt8]
    let address: Address

    /// - Parameter lifecycle: of the rollup, which is not there yet.
    init(_ terms: RollupManifest.Budget, lifecycle: Address, payee: Address, owner: Address) {
        self.terms = terms
        code =
            CreationCode.timeBudget.bytes
            + TimeBudget.constructorArguments(
                lifecycle: lifecycle, token: Address(), payee: payee, owner: owner,
                pricePerSecond: UInt256(terms.weiPerSecond))
        address = ContractAddress.create2(
            sender: SharedAddresses.deployer, salt: Hash256(), initCodeHash: Keccak256.hash(code))
    }

    /// Makes the contract and pays in, as far as that is not done.
    func provide(by sender: TransactionSender) async throws(SettlementError) {
        let amount = UInt256(terms.wei)
        let topUp = TransactionRequest(
            to: address, value: amount, input: TimeBudget.topUp(amount: amount).input, gasLimit: 150_000)
        if try await sender.client.hasCode(address) {
            if try await sender.client.read(TimeBudget.funded(), from: address).isZero {
                try await sender.perform(topUp)
            }
            return
        }
        let creation = TransactionRequest(
            to: SharedAddresses.deployer, input: [UInt8](repeating: 0, count: 32) + code,
            gasLimit: UInt64(code.count * 250 + 500_000))
        try await sender.perform([creation, topUp])
    }
}

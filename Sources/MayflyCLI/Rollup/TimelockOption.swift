import ArgumentParser
import Cryptography
import DevL1
import Primitives
import Settlement

/// Whose word changes the code of rollups' contracts.
struct TimelockOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who may upgrade the contracts. Default on the embedded L1: the first development account.",
            valueName: "address"))
    var timelock: String?

    /// - Parameter chainID: of L1.
    func address(chainID: UInt64) throws(SettlementError) -> Address {
        if let timelock {
            do throws(Address.TypingError) { return try Address(typed: timelock) } catch {
                throw .rule("--timelock takes \(error.message)")
            }
        }
        guard chainID == DevL1Settings().chainID, let key = KeyOptions.developmentKey() else {
            throw .rule("give the --timelock that may upgrade the contracts")
        }
        return key.address
    }
}

import ArgumentParser
import Cryptography
import EthereumClient
import Primitives
import Settlement

/// What is moved, and to whom.
struct AssetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How much: ether, or units of the token, such as 1.5.", valueName: "amount"))
    var amount: String?

    @Option(help: ArgumentHelp("An ERC-20 token, by its address on L1.", valueName: "address"))
    var erc20: String?

    @Option(help: ArgumentHelp("An ERC-721 collection, by its address on L1.", valueName: "address"))
    var erc721: String?

    @Option(name: .customLong("l2-token"), help: ArgumentHelp("Its address on the rollup.", valueName: "address"))
    var l2Token: String?

    @Option(name: .customLong("token-id"), help: ArgumentHelp("Which token of the collection.", valueName: "n"))
    var tokenID: String?

    @Option(help: ArgumentHelp("Input of a call on the other chain, as 0x and hexadecimal digits.", valueName: "hex"))
    var data: String?

    @Option(help: ArgumentHelp("Gas of that call.", valueName: "n"))
    var gas: UInt64 = 200_000

    @Option(help: ArgumentHelp("Who receives it, or is called. Default: the sender.", valueName: "address"))
    var to: String?

    func validate() throws {
        if erc20 != nil && erc721 != nil { throw ValidationError("Give one of --erc20 and --erc721.") }
        if (erc20 != nil || erc721 != nil) && l2Token == nil {
            throw ValidationError("A token needs --l2-token too: its address on the rollup.")
        }
        if (erc721 != nil) != (tokenID != nil) { throw ValidationError("--erc721 and --token-id go together.") }
        if erc721 == nil && data == nil && amount == nil { throw ValidationError("Give the --amount to move.") }
        if data != nil && (erc20 != nil || erc721 != nil) {
            throw ValidationError("--data is a call of its own, and goes with no token.")
        }
        if data != nil && to == nil { throw ValidationError("A call needs --to: the contract that is called.") }
    }

    func recipient(default sender: Address) throws -> Address {
        try to.map { try Self.address($0, "--to") } ?? sender
    }

    /// - Parameters:
    ///   - client: of the chain that the asset leaves.
    ///   - isOnL1: whether that is L1.
    func asset(_ client: EthereumClient, isOnL1: Bool) async throws -> BridgedAsset {
        if let erc721, let l2Token, let tokenID {
            guard let id = Wei.amount(tokenID, decimals: 0) else {
                throw CommandFailure("--token-id takes a whole number below 2^256")
            }
            return .erc721(
                l1: try Self.address(erc721, "--erc721"), l2: try Self.address(l2Token, "--l2-token"), tokenID: id)
        }
        if let erc20, let l2Token {
            let (l1, l2) = (try Self.address(erc20, "--erc20"), try Self.address(l2Token, "--l2-token"))
            let decimals = try await client.read(OptimismMintableERC20.decimals(), from: isOnL1 ? l1 : l2)
            return .erc20(l1: l1, l2: l2, amount: try value(decimals: Int(decimals)))
        }
        let wei = amount == nil ? 0 : try value(decimals: 18)
        guard let data else { return .ether(wei) }
        guard data.hasPrefix("0x"), let bytes = try? Hex.decode(data) else {
            throw CommandFailure("--data takes 0x and an even number of hexadecimal digits")
        }
        return .message(value: wei, data: bytes, gasLimit: gas)
    }

    private func value(decimals: Int) throws -> UInt256 {
        guard let amount, let value = Wei.amount(amount, decimals: decimals), !value.isZero else {
            throw CommandFailure("--amount takes a number above 0 with at most \(decimals) decimals")
        }
        return value
    }

    static func address(_ text: String, _ option: String) throws -> Address {
        do throws(Address.TypingError) { return try Address(typed: text) } catch {
            throw CommandFailure("\(option) takes \(error.message)")
        }
    }
}

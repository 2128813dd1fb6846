package import Primitives

/// A chain that a wallet is asked to be on.
package struct WalletChain: Sendable, Equatable {
    package var id: UInt64
    package var name: String
    /// Where the wallet reaches it if it does not know it yet; nil for one that wallets know.
    package var rpcURL: String?
    package var symbol = "ETH"

    package init(id: UInt64, name: String, rpcURL: String? = nil) {
        self.id = id
        self.name = name
        self.rpcURL = rpcURL
    }
}

/// A transaction that is ready to be sent, by whatever wallet.
package struct WalletCall: Sendable, Equatable {
    /// Unique on its page; letters, digits and hyphens.
    package var id: String
    /// What its button says.
    package var title: String
    package var chain: WalletChain
    /// What is sent, for people: asset, amount, recipient.
    package var facts: [Fact]
    package var to: String
    package var value: UInt256
    /// Hex.
    package var data: String
    /// Where to go when it is on the chain; `{hash}` in it becomes the transaction's hash. Of this origin.
    package var next: String?
    /// Gas at most, where a wallet's estimate would be too little; nil for what the wallet finds.
    package var gasLimit: UInt64?
    /// The same in a terminal; nil where there is no command for it.
    package var command: String?
    /// Only this account can send it with success; nil for anybody.
    package var from: String?

    package init(id: String, title: String, chain: WalletChain, to: String, value: UInt256 = .zero, data: String) {
        self.id = id
        self.title = title
        self.chain = chain
        self.to = to
        self.value = value
        self.data = data
        facts = []
    }

    var fields: Fields {
        [
            "id": id, "title": title, "chainName": chain.name, "chainID": "0x" + String(chain.id, radix: 16),
            "chainNumber": String(chain.id), "rpcURL": chain.rpcURL, "symbol": chain.symbol,
            "facts": facts.map(\.fields), "hasFacts": !facts.isEmpty, "to": to, "value": Self.quantity(value),
            "ether": Format.ether(value),
            "data": data, "next": next, "from": from, "gas": gasLimit.map { "0x" + String($0, radix: 16) },
            "command": command,
        ]
    }

    /// Hex without leading zeros, as JSON-RPC has quantities.
    static func quantity(_ value: UInt256) -> String {
        let limbs = [value.limb3, value.limb2, value.limb1, value.limb0].drop { $0 == 0 }
        guard let first = limbs.first else { return "0x0" }
        return limbs.dropFirst().reduce("0x" + String(first, radix: 16)) { text, limb in
            let digits = String(limb, radix: 16)
            return text + String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }
    }
}

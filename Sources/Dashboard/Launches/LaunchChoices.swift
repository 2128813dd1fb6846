/// One of the things that can be chosen of a layer.
package struct LaunchChoice: Sendable, Equatable {
    /// As the configuration has it.
    package var id: String
    package var title: String
    /// What it costs, who is trusted with what, and where it ends: a sentence each.
    package var price: String
    package var trust: String
    package var limits: String
    /// Why this version cannot launch it; nil where it can.
    package var refusal: String?

    package init(id: String, title: String, price: String, trust: String, limits: String, refusal: String? = nil) {
        self.id = id
        self.title = title
        self.price = price
        self.trust = trust
        self.limits = limits
        self.refusal = refusal
    }

    package static let execution = [
        LaunchChoice(
            id: "evm", title: "EVM",
            price: "No charge beside the gas that users pay.",
            trust: "Every verifier executes every block again.",
            limits: "60 million gas a block, a block every 2 s."),
        LaunchChoice(
            id: "engine", title: "Another client",
            price: "As for the EVM, and a client of your own.",
            trust: "As for the EVM, with the client's code in addition.",
            limits: "Needs the Engine API.",
            refusal: "A sequencer of this version cannot have another client execute."),
        LaunchChoice(
            id: "riscv", title: "RISC-V",
            price: "Not settled yet.",
            trust: "As for the EVM.",
            limits: "Contracts are RV64 programs.",
            refusal: "This version has no RISC-V execution."),
    ]

    package static let data = [
        LaunchChoice(
            id: "blobs", title: "Blobs",
            price: "L1's blob fee, for whole blobs of 128 KiB.",
            trust: "Nobody: the data are with L1.",
            limits: "Six blobs a transaction; L1 nodes drop them after about 18 days."),
        LaunchChoice(
            id: "calldata", title: "Calldata",
            price: "L1's gas for each byte; the least for a rollup with few transactions.",
            trust: "Nobody: the data are in L1's blocks.",
            limits: "120,000 bytes a transaction."),
        LaunchChoice(
            id: "alt-da", title: "Data server",
            price: "L1's gas for a commitment of 34 bytes, and the server's disk.",
            trust: "That somebody keeps the data: where all copies are gone, the chain cannot be rebuilt.",
            limits: "32 MiB an upload; data go to L1 while the server fails."),
        LaunchChoice(
            id: "operators", title: "Operators",
            price: "Not settled yet.",
            trust: "A quorum of restaked operators.",
            limits: "Needs operators that have opted in.",
            refusal: "This version has no operators."),
    ]

    package static let security = [
        LaunchChoice(
            id: "optimistic", title: "Optimistic",
            price: "A bond with each proposal, which comes back when the challenge window is over.",
            trust: "That one honest challenger watches; a false output that nobody challenges becomes final.",
            limits: "Withdrawals wait for the challenge window."),
        LaunchChoice(
            id: "restaked", title: "Restaked",
            price: "Not settled yet.",
            trust: "The stake of the operators that sign an output.",
            limits: "Final at once up to a cap of value; above it the optimistic rule holds.",
            refusal: "This version has no operators."),
    ]
}

/// What a rollup is for, and what it begins with because of it.
package struct LaunchTemplate: Sendable, Equatable {
    package var id: String
    package var title: String
    package var text: String
    /// Why this version cannot launch it; nil where it can.
    package var refusal: String?

    package init(id: String, title: String, text: String, refusal: String? = nil) {
        self.id = id
        self.title = title
        self.text = text
        self.refusal = refusal
    }

    package static let all = [
        LaunchTemplate(id: "blank", title: "Blank", text: "The predeploys, and nothing else."),
        LaunchTemplate(
            id: "mint", title: "Mint", text: "A drop of collectibles: many wallets at once, for a few hours."),
        LaunchTemplate(id: "game", title: "Game", text: "Small frequent transactions; preconfirmed in milliseconds."),
        LaunchTemplate(id: "defi", title: "DeFi", text: "Bridged tokens, and contracts that act on them."),
        LaunchTemplate(id: "payments", title: "Payments", text: "Transfers of ether and tokens at a low price."),
    ]
}

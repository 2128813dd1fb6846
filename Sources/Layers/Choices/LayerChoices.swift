/// How a rollup's blocks are executed.
public enum ExecutionChoice: String, CaseIterable, Sendable {
    /// By the EVM of the rollup's own process.
    case evm
    /// By another execution client, through the Engine API.
    case engine
    /// Contracts are RV64 programs.
    case riscv
}

/// Where a rollup's data is published. Each batcher transaction says it itself, so that it may change between any two.
public enum DataAvailabilityChoice: String, CaseIterable, Sendable {
    /// In the input of L1 transactions.
    case calldata
    /// In blobs of L1 transactions (EIP-4844).
    case blobs
    /// With a server of the OP Stack's alternative data availability; L1 has a commitment.
    case altDA = "alt-da"
    /// With the restaked operators; L1 has their certificate.
    case operators
}

/// What makes an output final.
public enum SecurityChoice: String, CaseIterable, Sendable {
    /// Nobody has shown it to be wrong within the challenge window.
    case optimistic
    /// A quorum of restaked operators has signed it, up to a cap of value; else the optimistic rule.
    case restaked
}

/// Who builds the blocks.
public enum SequencingChoice: String, CaseIterable, Sendable {
    /// One sequencer.
    case single
    /// One at a time, and another that takes over when it is gone.
    case standby
    /// Restaked operators in turn.
    case rotating
}

/// What gas is paid with.
public enum GasTokenChoice: String, CaseIterable, Sendable {
    case eth
    /// The token that Mayfly is paid with (custom gas token mode).
    case alt
    /// Nothing: the base fee is held at zero, and the gateway limits who sends how much.
    case none
}

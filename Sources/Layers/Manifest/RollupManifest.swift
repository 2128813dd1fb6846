public import Primitives

/// What a builder decides about a rollup, checked as a whole: everything else follows from it and from where on L1 it was
/// launched.
public struct RollupManifest: Equatable, Sendable {
    /// How long a rollup lasts.
    public enum Lifetime: Equatable, Sendable {
        case permanent
        /// Seconds from its launch.
        case duration(UInt64)
        /// Seconds since the Unix epoch.
        case until(UInt64)
    }

    /// What ends a rollup that is not permanent, beside its time, and what follows then.
    public struct Ending: Equatable, Sendable {
        /// L1 blocks after the closing one in which batches count.
        public var drainBlocks: UInt64 = 300
        /// L1 blocks without a batch after which anybody may close it; zero for no such rule.
        public var idleBlocks: UInt64 = 0
        /// Anybody may close it when it is spent; nil for none.
        public var budget: Budget?

        public init() {}
    }

    /// Ether that pays for a rollup's time.
    public struct Budget: Equatable, Sendable {
        /// What is paid in at the launch.
        public var wei: UInt128
        public var weiPerSecond: UInt128
        /// Who is paid for the time; nil for the batcher.
        public var payee: Address?

        public init(wei: UInt128, weiPerSecond: UInt128, payee: Address? = nil) {
            self.wei = wei
            self.weiPerSecond = weiPerSecond
            self.payee = payee
        }
    }

    /// The accounts that act for a rollup, on L1 but for the sequencer.
    public struct Accounts: Equatable, Sendable {
        /// May change the system configuration and close the rollup.
        public var owner: Address
        /// Sends the batches.
        public var batcher: Address
        /// Signs blocks that are not on L1 yet.
        public var sequencer: Address
        /// Proposes outputs.
        public var proposer: Address
        /// Receives what the fee vaults collect.
        public var feeRecipient: Address

        /// The owner is everything that is not named.
        public init(
            owner: Address, batcher: Address? = nil, sequencer: Address? = nil, proposer: Address? = nil,
            feeRecipient: Address? = nil
        ) {
            self.owner = owner
            self.batcher = batcher ?? owner
            self.sequencer = sequencer ?? owner
            self.proposer = proposer ?? owner
            self.feeRecipient = feeRecipient ?? owner
        }
    }

    /// What transactions pay (OP Stack specification, Ecotone, Holocene, Isthmus and Jovian).
    public struct Fees: Equatable, Sendable {
        /// How much the base fee changes: 1 part in so many at most.
        public var baseFeeDenominator: UInt32 = 250
        /// By how much a block may exceed its gas target.
        public var baseFeeElasticity: UInt32 = 6
        /// Wei a gas.
        public var minimumBaseFee: UInt64 = 0
        /// Millionths of L1's base fee.
        public var baseFeeScalar: UInt32 = 1_368
        /// Millionths of L1's blob base fee.
        public var blobBaseFeeScalar: UInt32 = 810_949
        /// Millionths of a wei a gas.
        public var operatorFeeScalar: UInt32 = 0
        /// Wei a transaction.
        public var operatorFeeConstant: UInt64 = 0
        /// Gas that a byte of data counts for in a block; 0 for the specification's 400.
        public var dataFootprintGasScalar: UInt16 = 0

        public init() {}
    }

    /// 1 to 40 of the letters `a` to `z`, digits and hyphens, a letter first, no hyphen last.
    public var name: String
    public var chainID: UInt64
    public var execution = ExecutionChoice.evm
    public var dataAvailability = DataAvailabilityChoice.blobs
    public var security = SecurityChoice.optimistic
    public var sequencing = SequencingChoice.single
    public var gasToken = GasTokenChoice.eth
    public var lifetime = Lifetime.permanent
    /// Of a rollup that is not permanent.
    public var ending = Ending()
    /// Seconds from one block to the next.
    public var blockTime: UInt64 = 2
    /// Milliseconds from one part of a block to the next, which is what users see first.
    public var subBlockTime: UInt64 = 200
    /// Gas of a block.
    public var gasLimit: UInt64 = 60_000_000
    /// L1 blocks within which the data of a block must be on L1.
    public var sequencingWindow: UInt64 = 3_600
    public var accounts: Accounts
    public var fees = Fees()
    /// Accounts that exist from the start, in ascending order of address.
    public var allocations: [Allocation] = []

    /// - Parameter chainID: nil for the one that follows from the name and L1's.
    public init(name: String, accounts: Accounts, l1ChainID: UInt64, chainID: UInt64? = nil) {
        self.name = name
        self.accounts = accounts
        self.chainID = chainID ?? Self.chainID(name: name, l1ChainID: l1ChainID)
    }
}

/// An account that a rollup begins with: with code, and without ether, as nothing on L1 would stand behind it.
public struct Allocation: Equatable, Sendable {
    public var address: Address
    public var nonce: UInt64
    public var code: [UInt8]
    /// Slots and their values, in ascending order of slot; no value is zero.
    public var storage: [Slot]

    /// A slot of an account's storage.
    public struct Slot: Equatable, Sendable {
        public var key: UInt256
        public var value: UInt256

        public init(key: UInt256, value: UInt256) {
            self.key = key
            self.value = value
        }
    }

    public init(address: Address, nonce: UInt64 = 0, code: [UInt8] = [], storage: [Slot] = []) {
        self.address = address
        self.nonce = nonce
        self.code = code
        self.storage = storage
    }
}

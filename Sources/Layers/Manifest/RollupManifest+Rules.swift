import Cryptography
import Primitives

/// A rule that a rollup's manifest breaks.
public struct ManifestError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The keys that lead to the value, with dots between them; empty for the document.
    public var key: String
    /// The rule, and how to keep it.
    public var rule: String
    /// Of the document, from 1; nil where there is none.
    public var line: Int?

    public init(_ key: String, _ rule: String, line: Int? = nil) {
        self.key = key
        self.rule = rule
        self.line = line
    }

    public var description: String {
        let place = [line.map { "line \($0)" }, key.isEmpty ? nil : key].compactMap { $0 }.joined(separator: ", ")
        return place.isEmpty ? rule : "\(place): \(rule)"
    }
}

extension RollupManifest {
    /// The bounds of a rollup's numbers.
    public enum Bounds {
        public static let nameLength = 1...40
        /// Wallets keep chain ids in doubles.
        public static let chainID = 1...(UInt64(1) << 53 - 1)
        /// Seconds.
        public static let blockTime = UInt64(1)...12
        /// Milliseconds.
        public static let subBlockTime = UInt64(10)...250
        /// What deposits may take of a block has to fit, with the attributes.
        public static let gasLimit = UInt64(25_000_000)...500_000_000
        /// More than the gas limit would leave no target.
        public static let elasticity = UInt64(1)...1_000
        public static let sequencingWindow = UInt64(10)...100_000
        /// Seconds: time enough to be launched, and at most ten years.
        public static let duration = UInt64(10)...315_360_000
        /// L1 blocks: two weeks of Ethereum's at most.
        public static let drainBlocks = UInt64(1)...100_800
    }

    /// The first rules that the manifest breaks, one for each key; empty where it is sound.
    public var breaches: [ManifestError] {
        var found: [ManifestError] = []
        func check(_ holds: Bool, _ key: String, _ rule: @autoclosure () -> String) {
            if !holds { found.append(ManifestError(key, rule())) }
        }
        func check(_ value: UInt64, in bounds: ClosedRange<UInt64>, _ key: String, _ unit: String) {
            check(
                bounds.contains(value), key,
                "\(value)\(unit) is not within \(bounds.lowerBound) to \(bounds.upperBound)\(unit)")
        }
        check(Self.isName(name), "name", "1 to 40 of a-z, 0-9 and '-', beginning with a letter and not ending with '-'")
        check(chainID, in: Bounds.chainID, "chain-id", "")
        check(blockTime, in: Bounds.blockTime, "block-time", " s")
        check(subBlockTime, in: Bounds.subBlockTime, "sub-block-time", " ms")
        check(gasLimit, in: Bounds.gasLimit, "gas-limit", "")
        check(sequencingWindow, in: Bounds.sequencingWindow, "sequencing-window", " L1 blocks")
        if case .duration(let seconds) = lifetime { check(seconds, in: Bounds.duration, "lifetime.duration", " s") }
        if lifetime != .permanent {
            check(ending.drainBlocks, in: Bounds.drainBlocks, "lifetime.drain-blocks", " L1 blocks")
        } else {
            check(ending == Ending(), "lifetime", "a permanent rollup has no drain, no idle rule and no budget")
        }
        if let budget = ending.budget {
            check(budget.weiPerSecond > 0, "lifetime.budget.wei-per-second", "a price above zero")
            check(
                budget.wei >= budget.weiPerSecond, "lifetime.budget.wei",
                "what pays for a second at least, or anybody may close the rollup at once")
            check(budget.payee != Address(), "lifetime.budget.payee", "not the zero address")
        }
        check(fees.baseFeeDenominator > 0, "fees.base-fee-denominator", "at least 1")
        check(UInt64(fees.baseFeeElasticity), in: Bounds.elasticity, "fees.base-fee-elasticity", "")
        check(
            gasToken != .none || fees.minimumBaseFee == 0, "fees.minimum-base-fee",
            "0 where the gas token is 'none', as nobody pays")
        for (key, account) in [
            ("owner", accounts.owner), ("batcher", accounts.batcher), ("sequencer", accounts.sequencer),
            ("proposer", accounts.proposer), ("fee-recipient", accounts.feeRecipient),
        ] { check(account != Address(), "accounts.\(key)", "not the zero address") }
        checkAllocations { holds, key, rule in check(holds, key, rule) }
        return found
    }

    private func checkAllocations(_ check: (Bool, String, String) -> Void) {
        for (index, allocation) in allocations.enumerated() {
            let key = "allocations.\(allocation.address)"
            if index > 0 {
                check(
                    allocations[index - 1].address < allocation.address, key, "each account once, in ascending order")
            }
            check(
                !allocation.address.isReserved, key,
                "not where every rollup has a contract (0x4200…, 0xc0d3…, preinstalls)")
            check(allocation.code.count <= 24_576, key, "a code of at most 24,576 bytes (EIP-170)")
            check(allocation.code.first != 0xEF, key, "a code that does not begin with 0xef (EIP-3541)")
            check(allocation.storage.allSatisfy { !$0.value.isZero }, key, "no slot with zero: leave it out")
            check(
                zip(allocation.storage, allocation.storage.dropFirst()).allSatisfy { $0.key < $1.key }, key,
                "each slot once, in ascending order")
        }
    }

    private static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard Bounds.nameLength.contains(bytes.count), let first = bytes.first, let last = bytes.last else {
            return false
        }
        let isLetter = { (byte: UInt8) in byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
        let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        return isLetter(first) && last != UInt8(ascii: "-")
            && bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// The chain id of a rollup that asks for none: 2^40 and 40 bits of keccak256 of L1's chain id and the name, so that two
    /// names hardly ever get the same, and wallets that count in doubles can hold it.
    public static func chainID(name: String, l1ChainID: UInt64) -> UInt64 {
        let hash = Keccak256.hash(withUnsafeBytes(of: l1ChainID.bigEndian) { Array($0) } + Array(name.utf8))
        return 1 << 40 | hash.bytes.prefix(5).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension Address {
    /// Whether every rollup has a contract there: predeploys and what they run, precompiles, preinstalls.
    var isReserved: Bool {
        if Preinstall.addresses.contains(self) || Preinstall.senders.contains(self) { return true }
        let bytes = bytes
        if bytes.prefix(18).allSatisfy({ $0 == 0 }) { return true }
        if bytes.prefix(2) == [0x42, 0x00], bytes[2..<17].allSatisfy({ $0 == 0 }) { return true }
        return bytes.prefix(2) == [0xC0, 0xD3]
    }
}

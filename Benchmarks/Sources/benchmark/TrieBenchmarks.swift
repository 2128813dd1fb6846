import Cryptography
import Primitives
import Trie

/// The root after a thousand changed accounts in a state of a million, in memory; and the root of a block's receipts.
let trieBenchmarks: [Benchmark] = [
    Benchmark("trie/1000 changes of 1000000 accounts") {
        let state = MillionAccounts()
        return { consume(state.change(1_000)) }
    },
    Benchmark("trie/ordered root of 1000 items") {
        let items = (0..<1_000 as Range<UInt64>).map { TrieAccount(nonce: $0).encoded }
        return { consume(orderedRoot(items)) }
    },
]

private final class MillionAccounts {
    private static let count: UInt64 = 1_000_000
    private var trie = MerkleTrie(source: TrieNodeSource())
    private var random: UInt64 = 1

    init() {
        for number in 0..<Self.count { set(number, balance: number &* 0x9E37_79B9_7F4A_7C15) }
        _ = trie.rootHash()
    }

    func change(_ count: Int) -> Hash256 {
        for _ in 0..<count {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            set((random &>> 20) % Self.count, balance: random)
        }
        return trie.rootHash()
    }

    private func set(_ number: UInt64, balance: UInt64) {
        let key = Keccak256.hash(Address(truncating: UInt256(number)))
        let account = TrieAccount(nonce: number & 0xFF, balance: UInt256(limbs: balance, 1, 0, 0))
        do { try trie.set(key, account.encoded) } catch { preconditionFailure("a trie that began empty lacks nothing") }
    }
}

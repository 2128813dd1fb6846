import Cryptography
import Primitives
import StateTransition
import Testing
import Trie

@testable import Lifecycles

@Suite struct NodeListTests {
    private static let key = Keccak256.hash(Array("key".utf8))
    private static let token = Address(truncating: 0x70CE)
    private static let branch = list { writer in
        for _ in 0..<16 { writer.append(Hash256(UInt256.max)) }
        writer.append([])
    }

    private static func list(_ body: (inout RLPWriter) -> Void) -> [UInt8] {
        var writer = RLPWriter()
        writer.appendList(body)
        return writer.bytes
    }

    private static func item(_ value: [UInt8]) -> [UInt8] {
        var writer = RLPWriter()
        writer.append(value)
        return writer.bytes
    }

    /// What a storage trie holds for a number of so many bytes.
    private static func number(of width: Int) -> [UInt8] { item([UInt8](repeating: 0x77, count: width)) }

    /// The node with this end of a key and a value.
    private static func node(_ key: Hash256, _ count: Int, _ value: [UInt8], flag: UInt8 = 2) -> [UInt8] {
        let path = key.bytes.flatMap { [$0 >> 4, $0 & 15] }.suffix(count)
        let digits = (count % 2 == 1 ? [flag | 1] : [flag, 0]) + path
        return list { writer in
            writer.append(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
            writer.append(value)
        }
    }

    private static func listed(_ path: [[UInt8]], to key: Hash256 = key) -> [UInt8] {
        var nodes = NodeList()
        nodes.append(path, to: key, of: nil)
        return Array(nodes.bytes.prefix(nodes.byteCount))
    }

    // MARK: Leaves of storage

    /// Of 57 bytes and more are the leaves of a whole word with 40 nibbles, and of 21 bytes with 62.
    @Test(arguments: [
        (count: 2, width: 32), (3, 32), (38, 32), (39, 32), (2, 1), (3, 1), (62, 20), (63, 20), (62, 1), (63, 1),
    ])
    func leavesOutThePath(count: Int, width: Int) {
        let value = Self.number(of: width)
        let leaf = Self.node(Self.key, count, value)
        #expect(leaf.count < 57)
        let item = Self.item(value)
        #expect(Self.listed([leaf]) == [UInt8(item.count)] + item)
    }

    @Test(arguments: [
        (count: 1, width: 32), (0, 32), (64, 1), (64, 32), (40, 32), (41, 32), (62, 21), (63, 21), (62, 32),
    ])
    func listsOtherSizesWhole(count: Int, width: Int) {
        let leaf = Self.node(Self.key, count, Self.number(of: width))
        #expect(Self.listed([leaf]) == leaf)
    }

    @Test func tellsBySizeAlone() {
        for count in 2..<64 {
            for width in 1...32 {
                let leaf = Self.node(Self.key, count, Self.number(of: width))
                #expect((Self.listed([leaf]).count < leaf.count) == (leaf.count < 57))
            }
        }
    }

    // MARK: Accounts

    @Test(arguments: [2, 3, 58, 59, 62, 63], [(0, 0), (1, 5), (200, .max)] as [(UInt64, UInt256)])
    func leavesOutTheEndOfAPlainAccount(count: Int, account: (nonce: UInt64, balance: UInt256)) {
        let value = TrieAccount(nonce: account.nonce, balance: account.balance).encoded
        let item = Self.item(value).dropLast(66)
        #expect(
            Self.listed([Self.branch, Self.node(Self.key, count, value)])
                == Self.branch + [128 + UInt8(item.count)] + item)
    }

    @Test(arguments: [0, 1, 64])
    func listsAPlainAccountWholeWhereItsPathDoesNotFit(count: Int) {
        let leaf = Self.node(Self.key, count, TrieAccount(nonce: 1, balance: 7).encoded)
        #expect(Self.listed([leaf]) == leaf)
    }

    @Test(arguments: [
        TrieAccount(nonce: 1, storageRoot: Hash256(5), codeHash: Hash256(6)), TrieAccount(codeHash: Hash256(6)),
        TrieAccount(balance: 9, storageRoot: Hash256(5)),
    ])
    func listsContractsWhole(account: TrieAccount) {
        let leaf = Self.node(Self.key, 60, account.encoded)
        #expect(Self.listed([Self.branch, leaf]) == Self.branch + leaf)
    }

    // MARK: Other nodes

    @Test func listsOtherNodesWhole() {
        let extended = Self.node(Self.key, 4, Hash256(UInt256.max).bytes, flag: 0)
        let others = Self.node(Keccak256.hash(Self.key.bytes), 59, TrieAccount(balance: 1).encoded)
        for node in [Self.branch, extended, others, [], [0xC0], [0x80], [0xC2, 0x80, 0x80]] {
            #expect(Self.listed([node]) == node)
        }
    }

    // MARK: What is remembered

    @Test func doesNotRememberAShortLeaf() {
        let leaf = Self.node(Self.key, 60, TrieAccount(nonce: 1).encoded)
        var nodes = NodeList()
        nodes.append([Self.branch, leaf], to: Self.key, of: nil)
        let first = nodes.byteCount
        nodes.append([Self.branch, leaf], to: Self.key, of: nil)
        #expect(nodes.byteCount - first == first - Self.branch.count)
        // Of somebody else it is listed whole, and remembered from then on.
        let other = Keccak256.hash(Self.key.bytes)
        nodes.append([Self.branch, leaf], to: other, of: nil)
        let whole = nodes.byteCount
        #expect(nodes.bytes.prefix(whole).suffix(leaf.count).elementsEqual(leaf))
        nodes.append([Self.branch, leaf], to: Self.key, of: nil)
        #expect(nodes.byteCount == whole)
        // But in no other trie.
        nodes.append([Self.branch, leaf], to: Self.key, of: Self.token)
        #expect(nodes.byteCount == whole + first)
    }

    @Test func remembersWhatAnEarlierPathHasAtAShortLeafsLevel() {
        let contract = Self.node(Self.key, 58, TrieAccount(codeHash: Hash256(6)).encoded)
        let other = Keccak256.hash(Self.key.bytes)
        let plain = Self.node(other, 62, TrieAccount(nonce: 1).encoded)
        let second = Self.list { for _ in 0..<17 { $0.append([]) } }
        var nodes = NodeList()
        nodes.append([Self.branch, second, contract], to: Self.key, of: nil)
        nodes.append([Self.branch, plain], to: other, of: nil)
        let count = nodes.byteCount
        #expect(count == Self.branch.count + second.count + contract.count + 1 + 6)
        nodes.append([Self.branch, second, contract], to: Self.key, of: nil)
        #expect(nodes.byteCount == count)
    }

    @Test func leavesOutPathsBelowTheLevelsThatAreRemembered() {
        let leaf = Self.node(Self.key, 50, TrieAccount(nonce: 1).encoded)
        let above = (0..<9).map { level in Self.list { $0.append(Hash256(UInt256(UInt64(level)))) } }
        var nodes = NodeList()
        nodes.append(above + [leaf], to: Self.key, of: nil)
        let first = nodes.byteCount
        nodes.append(above + [leaf], to: Self.key, of: nil)
        // The ninth node and the leaf.
        #expect(nodes.byteCount - first == above[8].count + 1 + 6)
    }

    // MARK: Proofs

    @Test func walksToAnAccountAndItsSlots() throws {
        var state = FinalState()
        for index in 0..<40 { state.put(FinalState.person("person \(index)"), balance: 1) }
        let archive = try state.archive()
        let proof = try archive.proof(of: PinnedContract.dissolver, slots: [0])
        var (nodes, parts) = (NodeList(), NodeList())
        nodes.append(proof)
        parts.append(proof.nodes, to: Keccak256.hash(proof.address), of: nil)
        parts.append(proof.slots[0].nodes, to: Keccak256.hash(Hash256(0)), of: proof.address)
        #expect(nodes.bytes == parts.bytes)
        // The only leaf of a trie is listed whole.
        #expect(
            nodes.bytes.prefix(nodes.byteCount).suffix(proof.slots[0].nodes[0].count) == proof.slots[0].nodes[0][...])
    }
}

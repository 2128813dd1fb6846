import Cryptography
public import Primitives
public import Trie

/// The state that a witness proves: trie nodes and codes by their hashes, and the headers of ancestor blocks.
public final class WitnessState: TrieState {
    private let witness: WitnessNodeSource
    private var blockHashes = HashTable<UInt64, Hash256>()

    /// The state after the first of `headers`.
    ///
    /// - Parameters:
    ///   - headers: the parent of the block to execute, its parent, and so on as far as the block asks for hashes. They
    ///     must hang together; those that do not are passed over, with all that come after them.
    ///   - seed: as for `JournaledState`.
    public init(witness: WitnessNodeSource, headers: [BlockHeader], seed: UInt64 = 0) {
        self.witness = witness
        super.init(root: headers.first?.stateRoot ?? EmptyHash.trieRoot, nodes: witness, seed: seed)
        var expected: Hash256?
        for header in headers {
            let hash = header.hash
            if let expected, expected != hash { break }
            blockHashes.set(header.number, hash)
            if header.number > 0 { blockHashes.set(header.number - 1, header.parentHash) }
            expected = header.parentHash
        }
    }

    public override func code(_ hash: Hash256) throws(StateError) -> [UInt8] {
        guard let code = witness.preimage(of: hash) else { throw .missingCode(hash) }
        return code
    }

    public override func blockHash(_ number: UInt64) throws(StateError) -> Hash256 {
        guard let hash = blockHashes[number] else { throw .missingBlockHash(number: number) }
        return hash
    }
}

public import EVM
public import Primitives

/// A block before the one to verify, as far as its uncles need it.
public struct Ancestor: Sendable {
    public var hash: Hash256
    public var header: BlockHeader
    public var uncleHashes: [Hash256]

    public init(_ block: Block) {
        hash = block.header.hash
        header = block.header
        uncleHashes = block.uncles.map { $0.hash }
    }
}

extension ChainConfiguration {
    /// How many generations an uncle may be older than its nephew.
    static var uncleGenerations: Int { 7 }

    /// Checks the uncles of a block (yellow paper, 11.1).
    ///
    /// - Parameters:
    ///   - ancestors: from the parent backwards, at least seven or all that there are.
    ///   - uncleRevision: the rules for the header of an uncle.
    public func verifyUncles(
        of block: Block, ancestors: [Ancestor], uncleRevision: (BlockHeader) -> Revision
    ) throws(InvalidBlock) {
        guard block.unclesHash == block.header.unclesHash else { throw .unclesHash }
        if block.uncles.isEmpty { return }
        guard block.uncles.count <= 2 else { throw .tooManyUncles }
        let recent = ancestors.prefix(Self.uncleGenerations)
        var known = [block.header.hash]
        for ancestor in recent { known += [ancestor.hash] + ancestor.uncleHashes }
        for uncle in block.uncles {
            let hash = uncle.hash
            guard !known.contains(hash) else { throw .uncleKnown }
            known.append(hash)
            guard uncle.parentHash != block.header.parentHash,
                let parent = recent.first(where: { $0.hash == uncle.parentHash })
            else { throw .uncleUnrelated }
            do throws(InvalidBlock) {
                try verify(uncle, parent: parent.header, revision: uncleRevision(uncle))
            } catch {
                throw .uncle(error)
            }
        }
    }
}

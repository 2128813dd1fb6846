import Cryptography
import EVM
public import Primitives
import StateTransition
import Synchronization

/// A block that somebody else makes, executed as it grows.
extension Chain {
    /// Adds transactions that somebody else chose to a block that is open: all of them, in their order.
    ///
    /// - Parameter encoded: their canonical forms; none is a deposit, as those come first.
    /// - Returns: what was added.
    /// - Throws: `invalid` and `attributes` where one of them cannot be in the block, which is given up then;
    ///   `blockClosed` where the block is not open any more.
    /// - Complexity: senders are recovered on all processors.
    public func extend(_ block: OpenBlock, with encoded: [[UInt8]]) throws(ChainError) -> SubBlock {
        do throws(ChainError) {
            let transactions = try decode(encoded, for: block.header)
            let added = try block.work.withLock { (work) throws(ChainError) -> SubBlock in
                guard work.candidate == nil, var building = work.building.take() else { throw .blockClosed }
                for transaction in transactions { try building.require(transaction) }
                let subBlock = building.takeSubBlock(index: work.nextIndex)
                work.nextIndex += 1
                work.building = consume building
                showing { block.publish(subBlock) }
                guard pool.extend(block.id, with: [], changes: subBlock.changes), !block.isClosed else {
                    throw .blockClosed
                }
                return subBlock
            }
            openEvents.notify(.extended(block, added))
            return added
        } catch {
            abandon(block)
            throw error
        }
    }

    /// Ends a block that somebody else has made, and makes it the head where it is the very one: no transaction runs for it.
    ///
    /// - Throws: `unexpectedHash` where it is another block, `invalid` where it breaks a rule; it is given up then.
    @discardableResult
    public func seal(_ block: OpenBlock, expecting hash: Hash256) throws(ChainError) -> SealedBlock {
        try seal(block) { [configuration] (candidate) throws(ChainError) in
            guard candidate.sealed.hash == hash else { throw .unexpectedHash(computed: candidate.sealed.hash) }
            guard let opStack = configuration.opStack else { return }
            do throws(InvalidBlock) {
                try RollupRules.verify(
                    candidate.sealed.block.transactions, opStack.upgrade(timestamp: candidate.sealed.header.timestamp))
            } catch {
                throw .invalid(error)
            }
        }.sealed
    }

    private func decode(_ encoded: [[UInt8]], for header: BlockHeader) throws(ChainError) -> [RequiredTransaction] {
        let revision = configuration.revision(number: header.number, timestamp: header.timestamp)
        let results = SenderRecovery.concurrently(encoded.count) { [chainID = configuration.chainID] index in
            RequiredTransaction.decode(encoded[index], index: index, revision, chainID)
        }
        var transactions: [RequiredTransaction] = []
        transactions.reserveCapacity(results.count)
        for result in results { transactions.append(try result.get()) }
        return transactions
    }
}

/// A transaction that a block must have, with all that is known of it.
struct RequiredTransaction: Sendable {
    let transaction: Transaction
    let encoded: [UInt8]
    let hash: Hash256
    let sender: Address

    /// - Parameter index: among those that came with it, for the error.
    static func decode(
        _ encoded: [UInt8], index: Int, _ revision: Revision, _ chainID: UInt64
    ) -> Result<RequiredTransaction, ChainError> {
        let transaction: Transaction
        do throws(TransactionDecodingError) {
            transaction = try Transaction(decoding: encoded)
        } catch {
            return .failure(.attributes("transaction \(index) cannot be decoded: \(error)"))
        }
        guard transaction.deposit == nil else { return .failure(.attributes("a deposit after a block's beginning")) }
        do throws(InvalidTransaction) {
            let sender = try transaction.sender(revision: revision, chainID: chainID)
            return .success(
                RequiredTransaction(
                    transaction: transaction, encoded: encoded, hash: Keccak256.hash(encoded), sender: sender))
        } catch {
            return .failure(.invalid(.transaction(index: index, error)))
        }
    }
}

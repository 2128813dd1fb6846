public import Lifecycles
public import Primitives
import StateTransition
public import Storage

/// Writes the archive of the state that a chain's newest block has left.
public enum ChainArchiving {
    /// Why there is none.
    public enum Failure: Error {
        case storage(StorageError)
        case state(StateError)
        case archive(ArchiveError)
    }

    /// - Parameters:
    ///   - trail: of that chain.
    ///   - sink: takes the bytes in their order.
    /// - Returns: the archive's content address.
    public static func write(
        _ snapshot: ChainSnapshot, _ trail: ExitTrail, sink: @escaping ([UInt8]) -> Void
    ) throws(Failure) -> Hash256 {
        let state: StoredState
        var writer: ArchiveWriter
        do throws(StorageError) {
            state = try snapshot.headState()
            guard let header = try snapshot.header(snapshot.head) else {
                throw StorageError(
                    .damaged, "the header of block \(snapshot.head.number) is missing", path: "", remedy: "")
            }
            writer = ArchiveWriter(chainID: snapshot.chainID, header: header, sink: sink)
        } catch {
            throw .storage(error)
        }
        do {
            let census = try writeAccounts(state, &writer)
            try writer.appendCodes { hash throws(StateError) in try state.code(hash) }
            for token in census.tokens() {
                try writer.append(holders: try trail.holders(of: token, in: state), of: token)
            }
            for withdrawal in trail.withdrawals { try writer.append(withdrawal) }
            for collection in census.multiTokens() {
                try writer.append(itemHolders: try trail.itemHolders(of: collection, in: state), of: collection)
            }
        } catch let error as StateError {
            throw .state(error)
        } catch let error as ArchiveError {
            throw .archive(error)
        } catch {
            throw .state(.backend(code: 0))
        }
        return writer.finish()
    }

    /// - Returns: the census of the accounts.
    private static func writeAccounts(_ state: StoredState, _ writer: inout ArchiveWriter) throws -> ExitCensus {
        var census = ExitCensus()
        var accounts: [(address: Address, record: AccountRecord)] = []
        try state.forEachAccount { address, record in
            accounts.append((address, record))
            return true
        }
        for (address, record) in accounts {
            census.note(address, record)
            try writer.append(address, record)
            var failure: ArchiveError?
            try state.forEachSlot(of: address) { slot, value in
                do throws(ArchiveError) { try writer.append(slot: UInt256(slot), value) } catch { failure = error }
                return failure == nil
            }
            if let failure { throw failure }
        }
        return census
    }
}

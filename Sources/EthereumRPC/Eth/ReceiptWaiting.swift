import Sequencing
import Blockchain
import Dispatch
import JSONRPC
import Primitives
import StateTransition
import Storage
import Synchronization

/// Calls that wait for the receipts of their transactions (EIP-7966).
final class ReceiptWaiting: Sendable {
    private struct Waiter {
        let id: UInt64
        let responder: Responder
    }

    private struct State {
        var waiters: [Hash256: [Waiter]] = [:]
        var nextID: UInt64 = 0
    }

    private let chain: Chain
    private let state = Mutex(State())
    private let timer = DispatchQueue(label: "mayfly.receipts")

    init(_ chain: Chain) {
        self.chain = chain
        _ = chain.observe { [weak self] event in self?.follow(event) }
        _ = chain.observeOpenBlocks { [weak self] event in self?.follow(event) }
    }

    /// Answers with the receipt of a transaction in the pool once it is in a block, or says that it is not.
    ///
    /// - Parameter hash: of a transaction that the pool has just taken.
    func wait(for hash: Hash256, milliseconds: UInt64, _ responder: Responder) {
        let id = state.withLock { state in
            state.nextID += 1
            state.waiters[hash, default: []].append(Waiter(id: state.nextID, responder: responder))
            return state.nextID
        }
        // It may have been included before this call was on the list. It leaves the pool after that.
        let isPending = chain.pool.withPool { $0.isPending(hash) }
        if let (block, index) = included(hash) { return answer([(hash, index)], of: block) }
        if isPending == false {
            let message =
                "The transaction was added to the mempool but cannot be processed yet: transactions of its sender "
                + "with lower nonces are missing, or the balance does not cover it."
            return fail(hash, id, code: 5, message)
        }
        timer.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: min(milliseconds, 3_600_000)))) { [weak self] in
            let message =
                "The transaction was added to the mempool but wasn't processed in \(milliseconds) milliseconds."
            self?.fail(hash, id, code: 4, message)
        }
    }

    private func included(_ hash: Hash256) -> (block: SealedBlock, index: Int)? {
        if let open = chain.openBlock, let index = open.place(of: hash) { return (open.sealedSoFar, index) }
        do throws(ChainError) {
            let view = try chain.view()
            guard let place = try view.location(ofTransaction: hash), let block = try view.sealedBlock(place.block),
                place.index < block.receipts.count
            else { return nil }
            return (block, place.index)
        } catch {
            return nil
        }
    }

    private func follow(_ event: ChainEvent) {
        for block in event.added {
            answer(block.transactionHashes.enumerated().map { ($0.element, $0.offset) }, of: block)
        }
    }

    /// A transaction in a block that is still open has its receipt already.
    private func follow(_ event: OpenBlockEvent) {
        switch event {
        case .opened(let block, let subBlock), .extended(let block, let subBlock):
            let places: [(Hash256, Int)] = state.withLock { state in
                if state.waiters.isEmpty { return [] }
                return subBlock.hashes.enumerated().compactMap { (index, hash) in
                    state.waiters[hash] == nil ? nil : (hash, subBlock.firstTransaction + index)
                }
            }
            if !places.isEmpty { answer(places, of: block.sealedSoFar) }
        case .sealed, .abandoned: break
        }
    }

    /// Answers all that wait for transactions of a block.
    ///
    /// - Parameter places: the transactions with their places.
    private func answer(_ places: [(hash: Hash256, index: Int)], of block: SealedBlock) {
        let ready: [(Int, [Waiter])] = state.withLock { state in
            if state.waiters.isEmpty { return [] }
            return places.compactMap { place in
                state.waiters.removeValue(forKey: place.hash).map { (place.index, $0) }
            }
        }
        for (index, waiters) in ready {
            for waiter in waiters {
                waiter.responder.succeed { $0.receipt(index, of: block, chain.configuration) }
            }
        }
    }

    /// Answers one waiter with an error, where it still waits.
    private func fail(_ hash: Hash256, _ id: UInt64, code: Int, _ message: String) {
        let waiter: Waiter? = state.withLock { state in
            guard var waiters = state.waiters[hash], let index = waiters.firstIndex(where: { $0.id == id }) else {
                return nil
            }
            let waiter = waiters.remove(at: index)
            state.waiters[hash] = waiters.isEmpty ? nil : waiters
            return waiter
        }
        waiter?.responder.fail(RPCError(code: code, message: message) { $0.data(hash) })
    }
}

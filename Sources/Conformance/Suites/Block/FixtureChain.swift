import Cryptography
import Primitives
import StateTransition

/// The blocks of a fixture as they are imported: verified, kept with what they changed, and chosen from by the fork
/// choice of their era.
///
/// There is one state, that of the block imported last; going to another branch means starting again from the genesis
/// and applying what each block changed, which fixtures are small enough for.
final class FixtureChain {
    /// Why a block is not taken.
    enum Refusal: Error, CustomStringConvertible {
        case malformed(BlockDecodingError)
        case unknownParent
        case invalidSeal
        case invalid(InvalidBlock)

        var description: String {
            switch self {
            case .malformed(let error): "malformed: \(error)"
            case .unknownParent: "its parent is not known"
            case .invalidSeal: "the proof of work is not valid"
            case .invalid(let rule): "invalid: \(rule)"
            }
        }
    }

    private struct Imported {
        let ancestor: Ancestor
        let totalDifficulty: UInt256
        let diff: StateDiff
    }

    private let verifier: BlockVerifier
    private let accounts: [FixtureAccount]
    private let verifiesSeals: Bool
    private let codes: CodeCache
    private let genesisHash: Hash256
    private var blocks: [Hash256: Imported] = [:]
    /// The block whose state `state` is.
    private var stateHash: Hash256
    private var state: FixtureState

    /// The block at the end of the chain that the fork choice prefers.
    private(set) var head: Hash256

    /// A chain that has only its genesis block, which is taken on trust.
    init(
        genesis: BlockHeader, accounts: [FixtureAccount], configuration: ChainConfiguration, verifiesSeals: Bool,
        codes: CodeCache
    ) {
        self.accounts = accounts
        self.verifiesSeals = verifiesSeals
        self.codes = codes
        verifier = BlockVerifier(chain: configuration)
        let block = Block(header: genesis)
        genesisHash = genesis.hash
        head = genesisHash
        stateHash = genesisHash
        state = FixtureState(accounts) { _ in nil }
        blocks[genesisHash] = Imported(
            ancestor: Ancestor(block), totalDifficulty: genesis.difficulty, diff: StateDiff())
    }

    /// The root of the genesis state.
    var genesisStateRoot: Hash256 { FixtureState(accounts) { _ in nil }.root }

    /// Verifies a block and takes it into the chain.
    ///
    /// - Returns: its hash.
    @discardableResult
    func add(_ encoded: [UInt8]) throws(Refusal) -> Hash256 {
        let block: Block
        do throws(BlockDecodingError) { block = try Block(decoding: encoded) } catch { throw .malformed(error) }
        let hash = block.header.hash
        guard let parent = blocks[block.header.parentHash] else { throw .unknownParent }
        if blocks[hash] != nil { return hash }
        moveState(to: block.header.parentHash)
        let outcome: BlockOutcome
        do throws(InvalidBlock) {
            outcome = try verifier.verify(
                block, ancestors: ancestors(from: block.header.parentHash, count: 8),
                parentTotalDifficulty: parent.totalDifficulty, source: state, codes: codes)
        } catch { throw .invalid(error) }
        if verifiesSeals { try verifySeals(block) }
        state.apply(outcome.stateDiff)
        stateHash = hash
        let total = parent.totalDifficulty &+ block.header.difficulty
        blocks[hash] = Imported(ancestor: Ancestor(block), totalDifficulty: total, diff: outcome.stateDiff)
        chooseHead(hash, block.header, total)
        return hash
    }

    /// Before Paris the heavier chain wins, and of two equals the one that came first; from Paris on there is no weight,
    /// and the fixtures mean the block that came last.
    private func chooseHead(_ hash: Hash256, _ header: BlockHeader, _ total: UInt256) {
        let best = blocks[head]?.totalDifficulty ?? .zero
        if header.difficulty.isZero || total > best { head = hash }
    }

    /// The state after the preferred block.
    func headState() -> FixtureState {
        moveState(to: head)
        return state
    }

    // MARK: Ancestors

    private func ancestors(from hash: Hash256, count: Int) -> [Ancestor] {
        var list: [Ancestor] = []
        var next = hash
        while list.count < count, let block = blocks[next] {
            list.append(block.ancestor)
            next = block.ancestor.header.parentHash
        }
        return list
    }

    /// The hash of the ancestor `number` of the block `hash`, itself included.
    private func ancestorHash(_ number: UInt64, of hash: Hash256) -> Hash256? {
        var next = hash
        while let block = blocks[next] {
            if block.ancestor.header.number == number { return next }
            if block.ancestor.header.number < number { return nil }
            next = block.ancestor.header.parentHash
        }
        return nil
    }

    /// Makes `state` the state after the block `target`.
    private func moveState(to target: Hash256) {
        if stateHash != target {
            var path: [StateDiff] = []
            var next = target
            while next != genesisHash, next != stateHash, let block = blocks[next] {
                path.append(block.diff)
                next = block.ancestor.header.parentHash
            }
            if next != stateHash { state = FixtureState(accounts) { _ in nil } }
            for diff in path.reversed() { state.apply(diff) }
            stateHash = target
        }
        state.ancestorHash = { [unowned self] number in ancestorHash(number, of: target) }
    }

    // MARK: Seals

    private func verifySeals(_ block: Block) throws(Refusal) {
        for header in [block.header] + block.uncles where !header.difficulty.isZero {
            guard Self.isSealed(header) else { throw .invalidSeal }
        }
    }

    private static func isSealed(_ header: BlockHeader) -> Bool {
        let epoch = header.number / Ethash.epochLength
        guard epoch <= Ethash.lastEpoch else { return false }
        let ethash = epoch == 0 ? Ethash.firstEpoch : Ethash(epoch: epoch)
        return ethash.isSealed(
            sealingHash: SealingHash.of(header), nonce: header.nonce, mixHash: header.mixHash,
            difficulty: header.difficulty)
    }
}

/// What the proof of work of a header is over.
enum SealingHash {
    /// keccak256 of the RLP of the header without mix and nonce.
    static func of(_ header: BlockHeader) -> Hash256 {
        var writer = RLPWriter(minimumCapacity: 640)
        writer.appendList { list in
            list.append(header.parentHash)
            list.append(header.unclesHash)
            list.append(header.coinbase)
            list.append(header.stateRoot)
            list.append(header.transactionsRoot)
            list.append(header.receiptsRoot)
            list.append(header.logsBloom.bytes)
            list.append(header.difficulty)
            list.append(header.number)
            list.append(header.gasLimit)
            list.append(header.gasUsed)
            list.append(header.timestamp)
            list.append(header.extraData)
            if let baseFee = header.baseFee { list.append(baseFee) }
        }
        return Keccak256.hash(writer.bytes)
    }
}

/// The families of official fixtures.
public enum ConformanceKind: String, CaseIterable, Sendable {
    case state
    case block
    case transaction
    case rlp
    case trie
    case precompile
    case kzg
    case bls
    case opBlock = "op-block"
    case opGenesis = "op-genesis"
    case engine
    case rpc

    /// What a reader of `--help` learns about the family.
    public var summary: String {
        switch self {
        case .state: "one transaction on a state (GeneralStateTests, execution-spec state_tests, VMTests)"
        case .block: "chains of blocks (BlockchainTests, execution-spec blockchain_tests)"
        case .transaction: "decoding and intrinsic validity of transactions (TransactionTests)"
        case .rlp: "recursive-length-prefix coding (RLPTests)"
        case .trie: "roots and neighbouring keys of Merkle Patricia tries (TrieTests)"
        case .precompile: "precompiled contracts, output and gas (go-ethereum and EIP-2537 vectors)"
        case .kzg: "polynomial commitments of EIP-4844 and EIP-7594 (c-kzg-4844 tests)"
        case .bls: "BLS12-381 signatures (bls12-381-tests)"
        case .opBlock: "recorded OP Stack blocks with witnesses (kona executor fixtures)"
        case .opGenesis: "genesis blocks of OP Stack chains (superchain registry)"
        case .engine: "payloads given to the Engine API (execution-spec blockchain_tests_engine)"
        case .rpc: "JSON-RPC requests and responses: not in this version"
        }
    }

    /// The families that this version cannot run.
    private static let unavailable: [ConformanceKind] = [.rpc]

    /// Why the family cannot be run, where it cannot.
    public var unavailability: String? {
        guard Self.unavailable.contains(self) else { return nil }
        let others = Self.allCases.filter { !Self.unavailable.contains($0) }.map(\.rawValue)
        return "\(rawValue) fixtures need the node, which this version does not contain; the other kinds are "
            + others.joined(separator: ", ")
    }
}

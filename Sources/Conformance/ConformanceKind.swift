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
        case .rpc: "recorded JSON-RPC exchanges with a chain (execution-apis tests, the folder of chain.rlp)"
        }
    }
}

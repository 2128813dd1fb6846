/// Tells what a JSON file is, so that one given to the wrong family can be named.
enum FixtureShape {
    /// A description that completes "it is ...".
    static func describe(_ root: JSONValue) -> String {
        guard let first = root.isObject ? root.members.first(where: { $0.name != "_info" })?.value : root[0] else {
            return "JSON of an unknown shape"
        }
        for (keys, description) in shapes where keys.allSatisfy({ first[$0] != nil || root[$0] != nil }) {
            return description
        }
        return "JSON of an unknown shape"
    }

    private static let shapes: [(keys: [String], description: String)] = [
        (["engineNewPayloads"], "an engine fixture (kind `engine`)"),
        (["blocks", "genesisBlockHeader"], "a block fixture (kind `block`)"),
        (["transaction", "post", "pre"], "a state fixture (kind `state`)"),
        (["exec", "pre"], "a single-frame fixture (kind `state`)"),
        (["txbytes", "result"], "a transaction fixture (kind `transaction`)"),
        (["in", "root"], "a trie fixture (kind `trie`)"),
        (["in", "out"], "an RLP fixture (kind `rlp`)"),
        (["Input", "Name"], "a precompile fixture (kind `precompile`)"),
        (["rollup_config", "executing_payload"], "a recorded OP block (kind `op-block`)"),
        (["input", "output"], "a BLS fixture (kind `bls`)"),
    ]
}

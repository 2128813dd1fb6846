"""A rollup's state as tries that prove it: accounts, storage, and the lists of nodes that `trie_walk` reads."""

import rlp
from eth_utils import keccak
from trie import HexaryTrie

LEVELS = 8
WINDOW = 596


def listed(walks, padded: bool = True) -> bytes:
    """The nodes for walks to these keys, each with its trie, in this order; walks in one trie remember their last path."""
    nodes, paths = b"", {}
    for trie, key in walks:
        before = paths.get(id(trie), [])
        # A trie's root is found by its hash whatever its length; another node shorter than 32 bytes is in its parent.
        own = [rlp.encode(node) for node in trie.get_proof(key)] if trie.root_hash != HexaryTrie.BLANK_NODE_HASH else []
        own = own[:1] + [node for node in own[1:] if len(node) >= 32]
        nodes += b"".join(
            node
            for level, node in enumerate(own)
            if level >= LEVELS or level >= len(before) or before[level] != node
        )
        paths[id(trie)] = own[:LEVELS] + before[len(own) : LEVELS]
    return nodes.ljust(WINDOW, b"\0") if padded else nodes

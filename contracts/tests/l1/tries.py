"""A rollup's state as tries that prove it: accounts, storage, and the lists of nodes that `trie_walk` reads."""

import rlp
from eth_utils import keccak
from trie import HexaryTrie

LEVELS = 8
WINDOW = 596
# What an account without code and storage ends with.
PLAIN = rlp.encode(HexaryTrie({}).root_hash) + rlp.encode(keccak(b""))


def short_leaf(node: bytes, key: bytes) -> bytes | None:
    """A leaf as it is listed without what follows from the key; none where it is another node, or another key's."""
    items = rlp.decode(node)
    if len(items) != 2 or not items[0][0] & 32:
        return None
    path = items[0].hex()[1 if items[0][0] & 16 else 2 :]
    if not 2 <= len(path) < 64 or not key.hex().endswith(path):
        return None
    value = rlp.encode(items[1])
    if value.endswith(PLAIN):
        value = value[: -len(PLAIN)]
        return bytes([128 + len(value)]) + value
    return bytes([len(value)]) + value if len(node) < 57 else None


def listed(walks, padded: bool = True, short: bool = True) -> bytes:
    """The nodes for walks to these keys, each with its trie, in this order; walks in one trie remember their last path."""
    nodes, paths = b"", {}
    for trie, key in walks:
        before = paths.get(id(trie), [])
        # A trie's root is found by its hash whatever its length; another node shorter than 32 bytes is in its parent.
        own = [rlp.encode(node) for node in trie.get_proof(key)] if trie.root_hash != HexaryTrie.BLANK_NODE_HASH else []
        own = own[:1] + [node for node in own[1:] if len(node) >= 32]
        remembered = own
        for level, node in enumerate(own):
            if level < LEVELS and level < len(before) and before[level] == node:
                continue
            leaf = short_leaf(node, key) if short else None
            if leaf:
                remembered = own[:level]
            nodes += leaf or node
        paths[id(trie)] = remembered[:LEVELS] + before[len(remembered) : LEVELS]
    return nodes.ljust(WINDOW, b"\0") if padded else nodes

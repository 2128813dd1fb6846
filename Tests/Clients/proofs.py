"""Verifies Merkle Patricia proofs (EIP-1186) without the node's help."""
import rlp
from eth_utils import keccak


def _nibbles(key):
    return [nibble for byte in key for nibble in (byte >> 4, byte & 15)]


def value_at(root, key, nodes):
    """The value that the proof shows for a key under a root; None where it shows that there is none."""
    path = _nibbles(keccak(key))
    reference = root
    nodes = [bytes(node) for node in nodes]
    if not nodes:
        assert root == keccak(rlp.encode(b"")), "an empty proof for a trie that is not empty"
        return None
    for index, encoded in enumerate(nodes):
        assert reference in (keccak(encoded), encoded), f"node {index} is not what its parent names"
        node = rlp.decode(encoded)
        while True:
            if len(node) == 17:
                if not path:
                    return node[16] or None
                child, path = node[path[0]], path[1:]
            else:
                prefix = _nibbles(node[0])
                is_leaf, part = prefix[0] & 2, prefix[1:] if prefix[0] & 1 else prefix[2:]
                if path[: len(part)] != part:
                    return None
                path = path[len(part):]
                if is_leaf:
                    return None if path else node[1]
                child = node[1]
            if child == b"":
                return None
            if isinstance(child, list):
                node = child
                continue
            reference = child
            break
    raise AssertionError("the proof ends before the path does")


def verify(state_root, proof):
    """Checks an answer to eth_getProof against a state root, with all its slots."""
    address = bytes.fromhex(proof["address"][2:])
    account = value_at(state_root, address, proof["accountProof"])
    if account is None:
        assert proof["balance"] == 0 and proof["nonce"] == 0
        storage_root = keccak(rlp.encode(b""))
    else:
        nonce, balance, storage_root, code_hash = rlp.decode(account)
        assert int.from_bytes(nonce, "big") == proof["nonce"]
        assert int.from_bytes(balance, "big") == proof["balance"]
        assert storage_root == bytes(proof["storageHash"])
        assert code_hash == bytes(proof["codeHash"])
    for slot in proof["storageProof"]:
        value = value_at(storage_root, bytes(slot["key"]).rjust(32, b"\0"), slot["proof"])
        shown = int.from_bytes(rlp.decode(value), "big") if value else 0
        assert shown == int.from_bytes(bytes(slot["value"]), "big"), slot

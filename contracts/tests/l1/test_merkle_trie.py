"""The trie proofs: what an independent trie proves is found, and nothing else is."""

import boa
import pytest
import rlp
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

SOURCE = """
from modules import merkle_trie

@external
@pure
def valueOf(root: bytes32, key: uint256, proof: DynArray[Bytes[532], 32]) -> Bytes[128]:
    return merkle_trie._value_of(root, key, proof)
"""

# Keys that share a long beginning give extensions, deep paths and nodes short enough to stand in their parent.
hashed = st.integers(0, 10**6).map(lambda n: keccak(n.to_bytes(4, "big")))
near = st.tuples(st.sampled_from([24, 30, 31]), st.integers(0, 2**16 - 1)).map(
    lambda t: (bytes(range(1, 33))[: t[0]] + keccak(t[1].to_bytes(2, "big")))[:32]
)
values = st.one_of(
    st.just(b"\x01"), st.binary(min_size=1, max_size=33), st.binary(min_size=34, max_size=128)
)
tries = st.dictionaries(st.one_of(hashed, near), values, min_size=1, max_size=40)


@pytest.fixture(scope="module")
def verifier(inline):
    return inline(SOURCE).deploy()


def trie_of(entries) -> HexaryTrie:
    trie = HexaryTrie({})
    for key, value in entries.items():
        trie[key] = value
    return trie


def proof_of(trie, key, embedded: bool) -> list[bytes]:
    """The nodes on the way to a key, with or without those that stand inside their parent."""
    nodes = [rlp.encode(node) for node in trie.get_proof(key)]
    return nodes[:1] + [node for node in nodes[1:] if embedded or len(node) >= 32]


def value_of(verifier, root, key, proof):
    return verifier.valueOf(root, int.from_bytes(key, "big"), proof)


def refused(verifier, root, key, proof) -> str:
    with pytest.raises(boa.BoaError) as raised:
        value_of(verifier, root, key, proof)
    return str(raised.value)


@given(tries, st.booleans(), st.data())
@settings(max_examples=120)
def test_finds_what_an_independent_trie_proves(verifier, entries, embedded, data):
    trie = trie_of(entries)
    key = data.draw(st.sampled_from(sorted(entries)))
    assert value_of(verifier, trie.root_hash, key, proof_of(trie, key, embedded)) == entries[key]


@given(tries, st.one_of(hashed, near))
def test_refuses_a_key_that_is_not_there(verifier, entries, key):
    entries.pop(key, None)
    trie = trie_of(entries)
    for embedded in (False, True):
        refused(verifier, trie.root_hash, key, proof_of(trie, key, embedded))


@given(tries, st.data())
@settings(max_examples=120)
def test_refuses_a_changed_proof(verifier, entries, data):
    trie = trie_of(entries)
    key = data.draw(st.sampled_from(sorted(entries)))
    proof = proof_of(trie, key, embedded=False)
    index = data.draw(st.integers(0, len(proof) - 1))
    node = bytearray(proof[index])
    change = data.draw(st.sampled_from(["bit", "cut", "append", "drop", "repeat", "swap", "root"]))
    root = trie.root_hash
    if change == "bit":
        node[data.draw(st.integers(0, len(node) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        proof[index] = bytes(node)
    elif change == "cut":
        proof[index] = bytes(node[: data.draw(st.integers(0, len(node) - 1))])
    elif change == "append":
        proof[index] = (bytes(node) + b"\x80")[:532]
        if proof[index] == bytes(node):
            return
    elif change == "drop":
        del proof[index]
    elif change == "repeat":
        proof.insert(index, bytes(node))
    elif change == "swap":
        if len(proof) == 1:
            return
        proof[0], proof[-1] = proof[-1], proof[0]
    else:
        root = keccak(root)
    refused(verifier, root, key, proof)


@given(tries, st.binary(min_size=0, max_size=80), st.data())
def test_refuses_a_node_after_the_leaf(verifier, entries, junk, data):
    trie = trie_of(entries)
    key = data.draw(st.sampled_from(sorted(entries)))
    for embedded in (False, True):
        proof = proof_of(trie, key, embedded)
        for more in (junk, proof[-1]):
            if embedded or len(more) >= 32:
                refused(verifier, trie.root_hash, key, proof + [more])


@given(st.lists(st.binary(max_size=532), max_size=6), st.binary(min_size=32, max_size=32))
def test_refuses_noise_under_its_own_root(verifier, proof, key):
    """The first node hashes to the root, as if the root itself were hostile: nothing but a refusal may come."""
    root = keccak(proof[0]) if proof else bytes(32)
    refused(verifier, root, key, proof)


def path(nibbles: str, leaf: bool) -> bytes:
    """The hex-prefix encoding of a path."""
    flag = 2 if leaf else 0
    return bytes.fromhex(f"{flag + 1:x}{nibbles}" if len(nibbles) % 2 else f"{flag:x}0{nibbles}")


KEY = keccak(text="key")
NIBBLES = KEY.hex()


def chained(*builders) -> tuple[bytes, list[bytes]]:
    """Nodes from the leaf up, each given its child's hash; the root and the proof."""
    reference, nodes = b"", []
    for build in builders:
        node = rlp.encode(build(reference))
        nodes.insert(0, node)
        reference = keccak(node)
    return reference, nodes


def branch(at: int, child, value: bytes = b""):
    items = [b""] * 16 + [value]
    items[at] = child
    return items


def test_follows_extensions_and_branches(verifier):
    root, proof = chained(
        lambda _: [path(NIBBLES[6:], True), b"\x01"],
        lambda child: branch(int(NIBBLES[5], 16), child),
        lambda child: [path(NIBBLES[1:5], False), child],
        lambda child: branch(int(NIBBLES[0], 16), child),
    )
    assert value_of(verifier, root, KEY, proof) == b"\x01"


@pytest.mark.parametrize(
    "reason, builders",
    [
        ("an extension without a path", [lambda _: [path(NIBBLES, True), b"\x01"], lambda child: [path("", False), child]]),
        ("the path has a wrong length", [lambda _: [path(NIBBLES + "00", True), b"\x01"]]),
        ("the path is longer than the key", [lambda _: [path(NIBBLES + "0", True), b"\x01"]]),
        ("the path has an unknown prefix", [lambda _: [b"\x40" + KEY, b"\x01"]]),
        ("the path has an unknown prefix", [lambda _: [b"\x25" + KEY, b"\x01"]]),
        ("the path has a wrong length", [lambda _: [b"", b"\x01"]]),
        ("the path has a wrong length", [lambda _: [b"\x20" + KEY + b"\0", b"\x01"]]),
        ("the path is a list", [lambda _: [[b"\x20"], b"\x01"]]),
        ("the value is a list", [lambda _: [path(NIBBLES, True), [b"\x01"]]]),
        ("the value is empty", [lambda _: [path(NIBBLES, True), b""]]),
        ("the value is too long", [lambda _: [path(NIBBLES, True), b"\x01" * 129]]),
        ("the key is not in the trie", [lambda _: [path(NIBBLES[:-2], True), b"\x01"]]),
        ("a node has neither 2 nor 17 items", [lambda _: [path(NIBBLES, True), b"\x01", b""]]),
        ("a node has neither 2 nor 17 items", [lambda _: []]),
        ("a node has more than 17 items", [lambda _: [b"\x01"] * 18]),
        ("a reference that is not a hash", [lambda _: branch(int(NIBBLES[0], 16), b"\x01" * 31)]),
        ("the key is not in the trie", [lambda _: branch(int(NIBBLES[0], 16), b"", b"\x01")]),
        (
            "an embedded node of 32 bytes or more",
            [lambda _: branch(int(NIBBLES[0], 16), [path(NIBBLES[1:], True), b"\x01"])],
        ),
        ("a node is not a list", [lambda _: b"\x01" * 40]),
    ],
)
def test_refuses_malformed_nodes(verifier, reason, builders):
    root, proof = chained(*builders)
    assert reason in refused(verifier, root, KEY, proof)


@pytest.mark.parametrize(
    "reason, node",
    [
        ("a length is not the shortest", b"\xf8\x22\xa1" + path(NIBBLES, True)),
        ("a length is not the shortest", b"\xf9\x00\x40" + bytes(64)),
        ("a node is too long", b"\xfa\x00\x00\x40" + bytes(64)),
        ("a node's length is wrong", b"\xe3\xa1" + path(NIBBLES, True)),
        ("a length is not the shortest", b"\xe4\xa1" + path(NIBBLES, True) + b"\x81\x01"),
        ("a length is not the shortest", b"\xe4\xb8\x21" + path(NIBBLES, True) + b"\x01"),
        ("an item goes past its node", b"\xe3\xa1" + path(NIBBLES, True) + b"\x82"),
        ("an item is too long", b"\xf8\x40\xb9" + bytes(63)),
        ("an item is too long", b"\xf8\x40\xf8" + bytes(63)),
        ("a node is empty", b""),
    ],
)
def test_refuses_rlp_that_is_not_canonical(verifier, reason, node):
    assert reason in refused(verifier, keccak(node), KEY, [node])


def test_refuses_a_proof_without_an_end(verifier):
    """Branches of one nibble each, more of them than the key has nibbles, do not fit a proof of 32 nodes."""
    root, proof = chained(
        lambda _: [path(NIBBLES[32:], True), b"\x01" * 32],
        *[lambda child, n=n: branch(int(NIBBLES[n], 16), child) for n in range(31, -1, -1)],
    )
    with pytest.raises(boa.BoaError):
        value_of(verifier, root, KEY, proof)
    shorter_root, shorter = chained(
        lambda _: [path(NIBBLES[31:], True), b"\x01" * 32],
        *[lambda child, n=n: branch(int(NIBBLES[n], 16), child) for n in range(30, -1, -1)],
    )
    assert value_of(verifier, shorter_root, KEY, shorter) == b"\x01" * 32


def test_the_empty_proof_is_refused(verifier):
    assert "the proof is empty" in refused(verifier, bytes(32), KEY, [])

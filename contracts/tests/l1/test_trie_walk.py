"""Tries read from one list of nodes: what an independent trie has is found, what it lacks is absent, the rest is refused."""

import boa
import pytest
import rlp
from eth_abi import decode
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from test_merkle_trie import KEY, NIBBLES, branch, chained, hashed, near, path, trie_of, tries
from tries import listed

SOURCE = """
from modules import trie_walk

@external
@view
def values(_root: bytes32, _keys: DynArray[bytes32, 128], _nodes: Bytes[131072]) -> DynArray[Bytes[128], 128]:
    return self._values(_root, _keys)

@internal
@view
def _values(root: bytes32, keys: DynArray[bytes32, 128]) -> DynArray[Bytes[128], 128]:
    walk: trie_walk.Walk = trie_walk._begin(2)
    found: DynArray[Bytes[128], 128] = []
    for key: bytes32 in keys:
        place: uint256 = 0
        size: uint256 = 0
        walk, place, size = trie_walk._find(walk, root, key)
        found.append(self._bytes(place, size))
    return found

@internal
@view
def _bytes(place: uint256, size: uint256) -> Bytes[128]:
    if size == 0:
        return b""
    return slice(slice(msg.data, place + size - 128, 128), 128 - size, size)

@external
@view
def word(_root: bytes32, _slot: uint256, _nodes: Bytes[131072]) -> uint256:
    walk: trie_walk.Walk = trie_walk._begin(2)
    number: uint256 = 0
    walk, number = trie_walk._word(walk, _root, convert(_slot, bytes32))
    return number

@external
@view
def plain(_root: bytes32, _key: bytes32, _nodes: Bytes[131072]) -> (uint256, bytes32):
    walk: trie_walk.Walk = trie_walk._begin(2)
    place: uint256 = 0
    size: uint256 = 0
    walk, place, size = trie_walk._find(walk, _root, _key)
    balance: uint256 = 0
    code: bytes32 = empty(bytes32)
    balance, code = trie_walk._account(place, size)
    return balance, code

@external
@view
def account(_value: Bytes[128]) -> (uint256, bytes32, bytes32):
    balance: uint256 = 0
    code: bytes32 = empty(bytes32)
    balance, code = trie_walk._account(68, len(_value))
    return balance, trie_walk._storage_root(68, len(_value)), code
"""
PADDING = 596

# On py-evm and on Mayfly's EVM, with the same results.
pytestmark = pytest.mark.usefixtures("both_machines")


@pytest.fixture(scope="module")
def reader(inline):
    return inline(SOURCE).deploy()


def refused(reader, root, keys, nodes: bytes) -> str:
    with pytest.raises(boa.BoaError) as raised:
        reader.values(root, keys, nodes.ljust(PADDING, b"\0"))
    output = bytes(raised.value.call_trace.output)
    # Reading past the call's data has no reason in words.
    return decode(["string"], output[4:])[0] if output else ""


@given(tries, st.lists(st.one_of(hashed, near), max_size=8), st.data())
@settings(max_examples=150)
def test_finds_what_an_independent_trie_has_and_nothing_else(reader, entries, others, data):
    trie = trie_of(entries)
    keys = data.draw(st.lists(st.sampled_from(sorted(entries)), max_size=12)) + others
    keys = sorted(keys) if data.draw(st.booleans()) else keys
    found = reader.values(trie.root_hash, keys, listed([(trie, key) for key in keys]))
    assert found == [entries.get(key, b"") for key in keys]


@given(tries, st.data())
@settings(max_examples=150)
def test_refuses_a_changed_list(reader, entries, data):
    trie = trie_of(entries)
    key = data.draw(st.sampled_from(sorted(entries)))
    good = listed([(trie, key)], padded=False)
    nodes = bytearray(good)
    change = data.draw(st.sampled_from(["bit", "cut", "shift", "root"]))
    root = trie.root_hash
    if change == "bit":
        nodes[data.draw(st.integers(0, len(nodes) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    elif change == "cut":
        nodes = nodes[: data.draw(st.integers(0, len(nodes) - 1))]
    elif change == "shift":
        nodes.insert(data.draw(st.integers(0, len(nodes) - 1)), 0xC0)
    else:
        root = keccak(root)
    if bytes(nodes) == good[: len(nodes)] and not any(good[len(nodes) :]):
        return  # only zeros were cut, which the padding brings back
    refused(reader, root, [key], bytes(nodes))


@given(st.binary(min_size=1, max_size=PADDING), st.binary(min_size=32, max_size=32))
@settings(max_examples=150)
def test_noise_under_its_own_root_has_no_value(reader, nodes, key):
    """The first node hashes to the root, as if the root itself were hostile."""
    padded = nodes.ljust(PADDING, b"\0")
    for root in {keccak(nodes), keccak(padded)}:
        try:
            assert reader.values(root, [key], padded) == [b""]
        except boa.BoaError:
            pass


def test_follows_extensions_branches_and_embedded_nodes(reader):
    root, proof = chained(
        lambda _: [path(NIBBLES[6:], True), b"\x01"],
        lambda child: branch(int(NIBBLES[5], 16), child),
        lambda child: [path(NIBBLES[1:5], False), child],
        lambda child: branch(int(NIBBLES[0], 16), child),
    )
    assert reader.values(root, [KEY], b"".join(proof).ljust(PADDING, b"\0")) == [b"\x01"]
    root, proof = chained(
        lambda _: [
            [path(NIBBLES[61:], True), b"\x07"] if index == int(NIBBLES[60], 16) else keccak(b"other") if index == 0 else b""
            for index in range(17)
        ],
        lambda child: [path(NIBBLES[:60], False), child],
    )
    nodes = b"".join(proof).ljust(PADDING, b"\0")
    other = bytearray(KEY)
    other[31] ^= 1
    assert reader.values(root, [KEY, bytes(other)], nodes) == [b"\x07", b""]


@pytest.mark.parametrize(
    "reason, builders",
    [
        ("an extension without a path", [lambda _: [path(NIBBLES, True), b"\x01"], lambda child: [path("", False), child]]),
        ("the path has a wrong length", [lambda _: [path(NIBBLES + "00", True), b"\x01"]]),
        ("the path is longer than the key", [lambda _: [path(NIBBLES + "0", True), b"\x01"]]),
        ("the path has an unknown prefix", [lambda _: [b"\x40" + KEY, b"\x01"]]),
        ("the path has an unknown prefix", [lambda _: [b"\x25" + KEY, b"\x01"]]),
        ("a node has too few items", [lambda _: [b"", b"\x01"]]),
        ("a node has too few items", [lambda _: [[b"\x20"], b"\x01"]]),
        ("the value is a list", [lambda _: [path(NIBBLES, True), [b"\x01"]]]),
        ("the value is empty", [lambda _: [path(NIBBLES, True), b""]]),
        ("the value is too long", [lambda _: [path(NIBBLES, True), b"\x01" * 129]]),
        ("the path is shorter than the key", [lambda _: [path(NIBBLES[:-2], True), b"\x01"]]),
        ("the value does not end its node", [lambda _: [path(NIBBLES, True), b"\x01", b""]]),
        ("an item goes past its node", [lambda _: []]),
        ("a node is too long", [lambda _: [b"\x01" * 31] * 17]),
        ("the path has an unknown prefix", [lambda _: branch(int(NIBBLES[0], 16), b"\x01" * 31)]),
        (
            "a reference that is not a hash",
            [lambda _: branch(int(NIBBLES[0], 16), [path(NIBBLES[1:], True), b"\x01"])],
        ),
        ("a leaf that needs its path", [lambda _: b"\x01" * 40]),
    ],
)
def test_refuses_malformed_nodes(reader, reason, builders):
    root, proof = chained(*builders)
    assert reason in refused(reader, root, [KEY], b"".join(proof))


@pytest.mark.parametrize(
    "reason, node",
    [
        ("a length is not the shortest", b"\xf8\x22\xa1" + path(NIBBLES, True)),
        ("a length is not the shortest", b"\xf9\x00\x40" + bytes(64)),
        ("a node is too long", b"\xf9\x02\x12" + bytes(530)),
        ("a leaf has another hash", b"\xf9\x02\x11" + b"\1" * 529),
        ("a node is too long", b"\xfa\x00\x00\x40" + bytes(64)),
        ("a length is not the shortest", b"\xe4\xa1" + path(NIBBLES, True) + b"\x81\x01"),
        ("the path has a wrong length", b"\xe4\xb8\x21" + path(NIBBLES, True) + b"\x01"),
        ("the path has a wrong length", b"\xf8\x40\xb9" + bytes(63)),
        ("a reference that is not a hash", b"\xf8\x40\xf8" + bytes(63)),
    ],
)
def test_refuses_rlp_that_is_not_canonical(reader, reason, node):
    assert reason in refused(reader, keccak(node), [KEY], node)


@given(tries, st.data())
def test_leaves_may_be_listed_whole_or_without_their_path(reader, entries, data):
    trie = trie_of(entries)
    keys = data.draw(st.lists(st.sampled_from(sorted(entries)), max_size=12))
    walks = [(trie, key) for key in keys]
    found = [entries[key] for key in keys]
    assert reader.values(trie.root_hash, keys, listed(walks, short=False)) == found
    assert reader.values(trie.root_hash, keys, listed(walks)) == found


ENTRIES = {keccak(n.to_bytes(4, "big")): b"\x11" + bytes([n]) for n in range(20)}


@pytest.mark.parametrize(
    "reason, change",
    [
        ("a leaf has another hash", lambda leaf: leaf[:-1] + bytes([leaf[-1] ^ 1])),
        ("a leaf has another hash", lambda leaf: bytes([leaf[0] - 1]) + leaf[1:]),
        ("a leaf has another hash", lambda leaf: bytes([leaf[0] + 1]) + leaf[1:]),
        ("a leaf has another hash", lambda leaf: bytes([leaf[0] + 128]) + leaf[1:]),
        ("a leaf has another hash", lambda leaf: bytes([leaf[0] + 1, 0x83, 0]) + leaf[2:]),
        ("a leaf has another hash", lambda leaf: b"\0"),
        ("a leaf has another hash", lambda leaf: b""),
        ("a leaf that needs its path", lambda leaf: b"\x37" + leaf[1:]),
        ("a leaf that needs its path", lambda leaf: b"\x7f" + leaf[1:]),
    ],
)
def test_refuses_other_leaves_without_their_path(reader, reason, change):
    trie, key = trie_of(ENTRIES), sorted(ENTRIES)[7]
    nodes = listed([(trie, key)], padded=False)
    leaf = bytes([3]) + rlp.encode(ENTRIES[key])
    assert nodes.endswith(leaf) and len(leaf) == 4
    found = refused(reader, trie.root_hash, [key], nodes[: -len(leaf)] + change(leaf))
    assert reason in found


def test_a_leaf_without_its_path_is_no_other_keys(reader):
    """Neither that of a key with another path behind the same branches, nor one that is shown absent."""
    trie, key = trie_of(ENTRIES), sorted(ENTRIES)[7]
    other = key[:-1] + bytes([key[-1] ^ 1])
    assert "a leaf has another hash" in refused(reader, trie.root_hash, [other], listed([(trie, key)]))
    assert reader.values(trie.root_hash, [other], listed([(trie, key)], short=False)) == [b""]


def test_the_only_leaf_of_a_trie_needs_its_path(reader):
    trie = trie_of({KEY: b"\x05"})
    assert "a leaf that needs its path" in refused(reader, trie.root_hash, [KEY], b"\x01\x05")


@pytest.mark.parametrize("short", [True, False])
def test_what_is_cut_off_is_missed_in_words(reader, short):
    """Wherever the list ends, and the call with it."""
    trie = trie_of({keccak(n.to_bytes(4, "big")): b"\x11" * 32 for n in range(300)})
    key = keccak((5).to_bytes(4, "big"))
    nodes = listed([(trie, key)], padded=False, short=short)
    assert reader.values(trie.root_hash, [key], nodes) == [b"\x11" * 32]
    for end in range(PADDING, len(nodes), 7):
        assert refused(reader, trie.root_hash, [key], nodes[:end]).startswith("Trie: ")


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**256 - 1))
def test_accounts_without_code_are_listed_without_their_end(reader, nonce, balance):
    plain = [nonce, balance, trie_of({}).root_hash, keccak(b"")]
    trie = trie_of({keccak(n.to_bytes(4, "big")): rlp.encode(plain) for n in range(40)})
    key = keccak((3).to_bytes(4, "big"))
    walks = [(trie, key)]
    assert len(listed(walks, padded=False)) < len(listed(walks, padded=False, short=False)) - 90
    assert reader.plain(trie.root_hash, key, listed(walks)) == (balance, keccak(b""))
    assert reader.plain(trie.root_hash, key, listed(walks, short=False)) == (balance, keccak(b""))


def test_the_list_must_leave_room_for_a_window(reader):
    with pytest.raises(boa.BoaError) as raised:
        reader.values(bytes(32), [KEY], bytes(300))
    assert "the list of nodes is too short" in str(raised.value)


@given(st.integers(0, 2**256 - 1), st.integers(0, 2**256 - 1), st.integers(1, 60))
def test_words_and_their_absence(reader, slot, number, others):
    entries = {keccak(n.to_bytes(32, "big")): rlp.encode(n) for n in range(1, others + 1)}
    entries.pop(key := keccak(slot.to_bytes(32, "big")), None)
    if number:
        entries[key] = rlp.encode(number)
    trie = trie_of(entries)
    assert reader.word(trie.root_hash, slot, listed([(trie, key)])) == number


def test_an_empty_trie_needs_no_nodes(reader):
    assert reader.values(trie_of({}).root_hash, [KEY], bytes(PADDING)) == [b""]


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**256 - 1))
def test_accounts(reader, nonce, balance):
    root, code = keccak(b"root"), keccak(b"code")
    encoded = rlp.encode([nonce, balance, root, code])
    if len(encoded) <= 128:
        assert reader.account(encoded) == (balance, root, code)


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\xc0",
        rlp.encode([1, 2, b"\1" * 32]),
        rlp.encode([1, 2, b"\1" * 31, b"\1" * 32]),
        rlp.encode([1, 2, b"\1" * 32, b"\1" * 31]),
        rlp.encode([1, 2, b"\1" * 32, b"\1" * 32, b""]),
        rlp.encode([1, [2], b"\1" * 32, b"\1" * 32]),
        rlp.encode([1, 2, b"\1" * 32, b"\1" * 32]) + b"\0",
        rlp.encode([b"\1" * 60, 2, b"\1" * 32]),
    ],
)
def test_what_is_no_account_is_refused(reader, encoded):
    with pytest.raises(boa.BoaError):
        reader.account(encoded)

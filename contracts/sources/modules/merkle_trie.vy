# pragma version 0.4.3
"""
@title Merkle Patricia trie proofs
@notice Finds the value of a 32-byte key under a root, from the nodes on its path: what eth_getProof returns.
@dev Keys are hashes, so all have 64 nibbles and a branch never holds a value of its own. A node takes at most 532 bytes
     (a branch of sixteen hashes). A proof longer than 32 nodes would need two keys whose hashes share 128 bits.

     A node shorter than 32 bytes stands inside its parent instead of behind a hash. Clients leave such a node out of a
     proof, OP Stack libraries list it once more; both are taken. Everything else that is not exactly the path is
     refused: wrong hashes, missing and additional nodes, and RLP that is not the shortest of its value.
"""

MAX_NODE: constant(uint256) = 532
MAX_DEPTH: constant(uint256) = 32
MAX_VALUE: constant(uint256) = 128
KEY_NIBBLES: constant(uint256) = 64
MASK: constant(uint256) = 2**32 - 1


@internal
@pure
def _value_of(root: bytes32, key: uint256, proof: DynArray[Bytes[MAX_NODE], MAX_DEPTH]) -> Bytes[MAX_VALUE]:
    """
    @notice The value of `key` in the trie with this root: the bytes that its leaf holds, RLP's own header removed.
    @dev Each turn of the loop goes down one node. A path of n nodes has at most n embedded ones below them, since only
         the last few nibbles of a key can be embedded, so the bound holds for every proof that can be right.
    """
    assert len(proof) != 0, "MerkleTrie: the proof is empty"
    node: Bytes[MAX_NODE] = proof[0]
    assert keccak256(node) == root, "MerkleTrie: the first node does not hash to the root"
    used: uint256 = 1
    consumed: uint256 = 0

    for turn: uint256 in range(2 * MAX_DEPTH):
        items: DynArray[uint256, 17] = self._items(node)
        child: uint256 = 0
        if len(items) == 17:
            assert consumed < KEY_NIBBLES, "MerkleTrie: the path is longer than the key"
            child = items[(key >> (252 - 4 * consumed)) & 15]
            consumed += 1
        else:
            assert len(items) == 2, "MerkleTrie: a node has neither 2 nor 17 items"
            is_leaf: bool = False
            count: uint256 = 0
            path: uint256 = 0
            is_leaf, count, path = self._path(node, items[0])
            assert count <= KEY_NIBBLES - consumed, "MerkleTrie: the path is longer than the key"
            # A shift by 256 bits gives zero, as the comparison of no nibbles needs.
            assert ((key << (4 * consumed)) >> (256 - 4 * count)) == path, "MerkleTrie: the key is not in the trie"
            consumed += count
            child = items[1]
            if is_leaf:
                assert consumed == KEY_NIBBLES, "MerkleTrie: the key is not in the trie"
                assert used == len(proof), "MerkleTrie: the proof goes on after the leaf"
                return self._value(node, child)
            assert count != 0, "MerkleTrie: an extension without a path"

        start: uint256 = (child >> 64) & MASK
        content: uint256 = (child >> 32) & MASK
        end: uint256 = child & MASK
        if (child >> 96) == 1:
            node = slice(node, start, end - start)
            assert len(node) < 32, "MerkleTrie: an embedded node of 32 bytes or more"
            if used < len(proof) and keccak256(proof[used]) == keccak256(node):
                used += 1
        else:
            assert end != content, "MerkleTrie: the key is not in the trie"
            assert end - content == 32, "MerkleTrie: a reference that is not a hash"
            assert used < len(proof), "MerkleTrie: the proof ends before the leaf"
            reference: bytes32 = extract32(node, content)
            node = proof[used]
            assert keccak256(node) == reference, "MerkleTrie: a node does not hash to its reference"
            assert len(node) >= 32, "MerkleTrie: a short node behind a hash"
            used += 1

    raise "MerkleTrie: the proof does not end"


@internal
@pure
def _value(node: Bytes[MAX_NODE], item: uint256) -> Bytes[MAX_VALUE]:
    assert (item >> 96) == 0, "MerkleTrie: the value is a list"
    content: uint256 = (item >> 32) & MASK
    size: uint256 = (item & MASK) - content
    assert size != 0, "MerkleTrie: the value is empty"
    assert size <= MAX_VALUE, "MerkleTrie: the value is too long"
    return convert(slice(node, content, size), Bytes[MAX_VALUE])


@internal
@pure
def _path(node: Bytes[MAX_NODE], item: uint256) -> (bool, uint256, uint256):
    """
    @notice A leaf's or extension's part of the key: whether it is a leaf, how many nibbles, and these as a number.
    """
    assert (item >> 96) == 0, "MerkleTrie: the path is a list"
    content: uint256 = (item >> 32) & MASK
    size: uint256 = (item & MASK) - content
    assert size != 0 and size <= 33, "MerkleTrie: the path has a wrong length"
    padded: Bytes[MAX_NODE + 32] = concat(node, empty(bytes32))
    first: uint256 = convert(extract32(padded, content), uint256) >> 248
    flag: uint256 = first >> 4
    assert flag < 4, "MerkleTrie: the path has an unknown prefix"
    count: uint256 = 2 * (size - 1)
    path: uint256 = convert(extract32(padded, content + 1), uint256) >> (256 - 8 * (size - 1))
    if flag & 1 == 1:
        # Of 33 bytes with an odd count the caller refuses the count, so what the shift loses here does not matter.
        path |= (first & 15) << (8 * (size - 1))
        count += 1
    else:
        assert first & 15 == 0, "MerkleTrie: the path has an unknown prefix"
    return flag >= 2, count, path


@internal
@pure
def _items(node: Bytes[MAX_NODE]) -> DynArray[uint256, 17]:
    """
    @notice Where a node's items are: for each, (is a list) << 96 | start << 64 | start of the content << 32 | end.
    """
    size: uint256 = len(node)
    assert size != 0, "MerkleTrie: a node is empty"
    # Past its end a node reads as zero, so that a byte can always be taken from a whole word.
    padded: Bytes[MAX_NODE + 32] = concat(node, empty(bytes32))
    word: uint256 = convert(extract32(padded, 0), uint256)
    at: uint256 = 1
    length: uint256 = word >> 248
    if length <= 247:
        assert length >= 192, "MerkleTrie: a node is not a list"
        length -= 192
    elif length == 248:
        at = 2
        length = (word >> 240) & 255
        assert length > 55, "MerkleTrie: a length is not the shortest"
    else:
        assert length == 249, "MerkleTrie: a node is too long"
        at = 3
        length = (word >> 232) & 65535
        assert length > 255, "MerkleTrie: a length is not the shortest"
    assert at + length == size, "MerkleTrie: a node's length is wrong"

    items: DynArray[uint256, 17] = []
    for i: uint256 in range(17):
        if at == size:
            break
        word = convert(extract32(padded, at), uint256)
        prefix: uint256 = word >> 248
        content: uint256 = at
        end: uint256 = at + 1
        is_list: uint256 = 0
        if prefix >= 128:
            content = at + 1
            if prefix <= 183:
                end = content + prefix - 128
                assert prefix != 129 or ((word >> 240) & 255) >= 128, "MerkleTrie: a length is not the shortest"
            elif prefix == 184:
                content = at + 2
                length = (word >> 240) & 255
                assert length > 55, "MerkleTrie: a length is not the shortest"
                end = content + length
            else:
                assert prefix >= 192 and prefix <= 247, "MerkleTrie: an item is too long"
                is_list = 1
                end = content + prefix - 192
            assert end <= size, "MerkleTrie: an item goes past its node"
        items.append((is_list << 96) | (at << 64) | (content << 32) | end)
        at = end
    assert at == size, "MerkleTrie: a node has more than 17 items"
    return items

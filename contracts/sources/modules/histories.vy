# pragma version 0.4.3
"""
@title histories
@notice Values as they were at each block, each history under a key. A block has one value: its last.
"""

# How many times a list of 2^32 entries can be halved.
HALVINGS: constant(uint256) = 32
BLOCK_BITS: constant(uint256) = 32
GREATEST: constant(uint256) = 2**224 - 1

_entries: HashMap[bytes32, uint256]
# The value above the block's number, in one word.
_entry: HashMap[bytes32, HashMap[uint256, uint256]]


@internal
@view
def _latest(key: bytes32, before: uint256) -> uint256:
    """
    @param before The value before the first entry.
    """
    count: uint256 = self._entries[key]
    return before if count == 0 else self._entry[key][count - 1] >> BLOCK_BITS


@internal
@view
def _at_block(key: bytes32, number: uint256, before: uint256) -> uint256:
    """
    @notice The value at the end of a block.
    """
    low: uint256 = 0
    high: uint256 = self._entries[key]
    for _: uint256 in range(HALVINGS + 1):
        if low == high:
            break
        middle: uint256 = (low + high) // 2
        if self._entry[key][middle] & convert(max_value(uint32), uint256) > number:
            high = middle
        else:
            low = middle + 1
    return before if low == 0 else self._entry[key][low - 1] >> BLOCK_BITS


@internal
def _push(key: bytes32, new_value: uint256):
    assert new_value <= GREATEST and block.number <= convert(max_value(uint32), uint256), "histories: out of range"
    count: uint256 = self._entries[key]
    if count != 0 and self._entry[key][count - 1] & convert(max_value(uint32), uint256) == block.number:
        count -= 1
    else:
        self._entries[key] = count + 1
    self._entry[key][count] = (new_value << BLOCK_BITS) | block.number

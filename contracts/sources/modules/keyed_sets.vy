# pragma version 0.4.3
"""
@title keyed_sets
@notice Sets of words, each under a key, with a limit on how many words one takes. To add, remove and look up costs the same
        however many there are; taking one out moves the last to its place.
"""

# The longest list that is given at once.
LONGEST: constant(uint256) = 256

_count: HashMap[bytes32, uint256]
_items: HashMap[bytes32, HashMap[uint256, bytes32]]
# Where an item is, counted from one; zero where it is not in the set.
_place: HashMap[bytes32, HashMap[bytes32, uint256]]


@internal
@view
def _contains(key: bytes32, item: bytes32) -> bool:
    return self._place[key][item] != 0


@internal
@view
def _length(key: bytes32) -> uint256:
    return self._count[key]


@internal
@view
def _at(key: bytes32, index: uint256) -> bytes32:
    return self._items[key][index]


@internal
@view
def _contains_address(key: bytes32, item: address) -> bool:
    return self._contains(key, convert(item, bytes32))


@internal
def _add(key: bytes32, item: bytes32, limit: uint256) -> bool:
    """
    @dev False where it is there already.
    """
    if self._place[key][item] != 0:
        return False
    count: uint256 = self._count[key]
    if count >= limit:
        raw_revert(method_id("LimitReached()"))
    self._items[key][count] = item
    self._count[key] = count + 1
    self._place[key][item] = count + 1
    return True


@internal
def _remove(key: bytes32, item: bytes32) -> bool:
    """
    @dev False where it is not there.
    """
    place: uint256 = self._place[key][item]
    if place == 0:
        return False
    last: uint256 = self._count[key]
    moved: bytes32 = self._items[key][last - 1]
    self._items[key][place - 1] = moved
    self._place[key][moved] = place
    self._items[key][last - 1] = empty(bytes32)
    self._place[key][item] = 0
    self._count[key] = last - 1
    return True


@internal
@view
def _words(key: bytes32) -> DynArray[bytes32, LONGEST]:
    words: DynArray[bytes32, LONGEST] = []
    for i: uint256 in range(self._count[key], bound=LONGEST):
        words.append(self._items[key][i])
    return words


@internal
@view
def _addresses(key: bytes32) -> DynArray[address, LONGEST]:
    addresses: DynArray[address, LONGEST] = []
    for i: uint256 in range(self._count[key], bound=LONGEST):
        addresses.append(convert(convert(self._items[key][i], uint256), address))
    return addresses

# pragma version 0.4.3
"""
@title Merkle Patricia tries, read from one list of nodes
@notice Finds the values of many keys, under roots that are known, from nodes that the call's data has one after another.
@dev The nodes come in the order in which the walks need them, and each is hashed once: a walk remembers the nodes of the
     path before it, level by level, so keys in the order of their hashes share what their paths have in common. A node
     that stands inside its parent (shorter than 32 bytes) is not listed. A key that is not in the trie has no value; the
     nodes show that too.

     Every node is found by a hash that is known, so under the root of a real trie all nodes are real ones, and of a branch
     only what lies before the child is read. Keys are hashes and have 64 nibbles, so a branch never holds a value of its
     own. A node of 532 bytes can only be a branch of sixteen hashes, whose children lie at known places. Other nodes are
     copied and read item by item.

     Values are told by their places in the call's data, and everything is written for little gas: no sum here can
     overflow, since places lie in the call's data and lengths in a node.
"""

struct Walk:
    # Where the next new node starts, and where the last one ends, in the call's data.
    cursor: uint256
    end: uint256
    # The nodes of the path before this one: the first 28 bytes of a node's hash, then whether it is a branch of sixteen
    # hashes (a bit), and where it lies. No node's hash starts with 28 zeros, as a place that is free does.
    nodes: uint256[LEVELS]

# How many nodes of a path are remembered. Below them nodes are listed for each key.
LEVELS: constant(uint256) = 8
MAX_NODE: constant(uint256) = 532
# What is copied of a list at once: a node at least.
WINDOW: constant(uint256) = MAX_NODE + 64
MAX_VALUE: constant(uint256) = 128
MAX_NODES: constant(uint256) = 131072
KEY_NIBBLES: constant(uint256) = 64
# How a node of 532 bytes starts: f90211.
FULL_BRANCH: constant(uint256) = 16_318_993
# As many items as a branch has that are nothing, and more.
EMPTY_ITEMS: constant(uint256) = max_value(uint256) // 255 * 128
IS_FULL: constant(uint256) = 2**31
PLACE: constant(uint256) = 2**31 - 1
ONE: constant(uint256) = 1
EMPTY_ROOT: constant(bytes32) = 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421


@internal
@view
def _begin(argument: uint256) -> Walk:
    """
    @notice A walk along the nodes that this argument of the external function (counted from zero) has, of type bytes.
    """
    at: uint256 = unsafe_add(convert(slice(msg.data, unsafe_add(4, argument << 5), 32), uint256), 4)
    size: uint256 = convert(slice(msg.data, at, 32), uint256)
    # So that a whole window can be read at the end. Where all nodes take less, zeros follow them.
    assert size >= WINDOW, "Trie: the list of nodes is too short"
    return Walk(cursor=unsafe_add(at, 32), end=unsafe_add(unsafe_add(at, 32), size), nodes=empty(uint256[LEVELS]))


@internal
@pure
def _other(walk: Walk) -> Walk:
    """
    @notice A walk that goes on where this one is, in another trie.
    """
    return Walk(cursor=walk.cursor, end=walk.end, nodes=empty(uint256[LEVELS]))


@internal
@view
def _find(before: Walk, root: bytes32, key: bytes32) -> (Walk, uint256, uint256):
    """
    @notice Where the value of a key lies in the call's data, without RLP's header, and how long it is: zero where the key
            is not in the trie with this root.
    @dev Each turn of the loop goes down one node, and all but a leaf take one nibble at least.
    """
    walk: Walk = before
    if root == EMPTY_ROOT:
        return walk, 0, 0
    path: uint256 = convert(key, uint256)
    reference: uint256 = convert(root, uint256)
    window: Bytes[WINDOW + 64] = b""
    # Of the window, in the call's data.
    base: uint256 = 0
    # Of the node that is embedded in another, in the window; zero where it is not.
    inside: uint256 = 0
    consumed: uint256 = 0

    for level: uint256 in range(KEY_NIBBLES + 1):
        at: uint256 = inside
        word: uint256 = 0
        is_known: bool = False
        if inside == 0:
            remembered: uint256 = walk.nodes[level] if level < LEVELS else 0
            is_known = (remembered ^ reference) >> 32 == 0
            place: uint256 = walk.cursor
            is_full: bool = False
            if is_known:
                place = remembered & PLACE
                is_full = remembered & IS_FULL != 0
            else:
                assert place < walk.end, "Trie: a node is missing"
            if not is_full:
                word = convert(slice(msg.data, place, 32), uint256)
                is_full = word >> 232 == FULL_BRANCH
            if is_full:
                # A branch of sixteen hashes needs no copy but the one that is hashed.
                if not is_known:
                    assert unsafe_add(place, MAX_NODE) <= walk.end, "Trie: a node is missing"
                    assert convert(keccak256(slice(msg.data, place, MAX_NODE)), uint256) == reference, (
                        "Trie: a node does not hash to its reference"
                    )
                    walk.cursor = unsafe_add(place, MAX_NODE)
                    if level < LEVELS:
                        walk.nodes[level] = (reference >> 32 << 32) | IS_FULL | place
                assert consumed < KEY_NIBBLES, "Trie: the path is longer than the key"
                place = unsafe_add(place, unsafe_add(4, unsafe_mul(33, (path << (consumed << 2)) >> 252)))
                reference = convert(slice(msg.data, place, 32), uint256)
                consumed = unsafe_add(consumed, 1)
                continue
            base = place
            if unsafe_add(place, WINDOW) <= walk.end:
                window = slice(msg.data, place, WINDOW)
            else:
                base = unsafe_sub(walk.end, WINDOW)
                at = unsafe_sub(place, base)
                window = concat(slice(msg.data, base, WINDOW), empty(bytes32), empty(bytes32))
        else:
            word = convert(extract32(window, at), uint256)

        # The node's header and size.
        child: uint256 = unsafe_add(at, 1)
        size: uint256 = word >> 248
        if size <= 247:
            assert size >= 192, "Trie: a node is not a list"
            size = unsafe_sub(size, 191)
            word = word << 8
        elif size == 248:
            size = unsafe_add((word >> 240) & 255, 2)
            assert size >= 58, "Trie: a length is not the shortest"
            child = unsafe_add(at, 2)
            word = word << 16
        else:
            assert size == 249, "Trie: a node is too long"
            size = unsafe_add((word >> 232) & 65535, 3)
            assert size >= 259, "Trie: a length is not the shortest"
            assert size < MAX_NODE, "Trie: a node is too long"
            child = unsafe_add(at, 3)
            word = word << 24
        end: uint256 = unsafe_add(at, size)
        if inside != 0:
            assert size < 32, "Trie: an embedded node of 32 bytes or more"
        elif not is_known:
            assert unsafe_add(base, end) <= walk.end, "Trie: a node is missing"
            assert convert(keccak256(slice(window, at, size)), uint256) == reference, (
                "Trie: a node does not hash to its reference"
            )
            walk.cursor = unsafe_add(base, end)
            if level < LEVELS:
                walk.nodes[level] = (reference >> 32 << 32) | unsafe_add(base, at)

        # A branch starts with a child: nothing, a hash or a node. A leaf or an extension starts with a part of the key, of
        # one byte at least, and has one item behind it. A part of 32 bytes looks like a hash.
        prefix: uint256 = word >> 248
        content: uint256 = child
        second: uint256 = unsafe_add(child, 1)
        if prefix > 128:
            content = second
            second = unsafe_add(child, unsafe_sub(prefix, 127))
        is_branch: bool = prefix == 128 or prefix >= 192
        if prefix == 160:
            is_branch = self._end_of(window, second) != end
        if not is_branch:
            length: uint256 = unsafe_sub(second, content)
            assert length <= 33, "Trie: the path has a wrong length"
            assert second < end, "Trie: an item goes past its node"
            word = convert(extract32(window, content), uint256)
            flag: uint256 = word >> 248
            assert flag < 64 and prefix != 129, "Trie: the path has an unknown prefix"
            count: uint256 = unsafe_sub(length, 1) << 1
            part: uint256 = convert(extract32(window, unsafe_add(content, 1)), uint256)
            # A shift by 256 bits gives zero, as no nibbles need.
            part = part >> unsafe_sub(264, length << 3)
            if flag & 16 != 0:
                # Of 33 bytes the count is refused below, so what the shift loses here does not matter.
                part |= (flag & 15) << (unsafe_sub(length, 1) << 3)
                count = unsafe_add(count, 1)
            else:
                assert flag & 15 == 0, "Trie: the path has an unknown prefix"
            assert count <= unsafe_sub(KEY_NIBBLES, consumed), "Trie: the path is longer than the key"
            is_same: bool = ((path << (consumed << 2)) >> unsafe_sub(256, count << 2)) == part
            consumed = unsafe_add(consumed, count)
            if flag & 32 != 0:
                assert consumed == KEY_NIBBLES, "Trie: the path is shorter than the key"
                if not is_same:
                    return walk, 0, 0
                word = convert(extract32(window, second), uint256)
                prefix = word >> 248
                content = unsafe_add(second, 1)
                size = 1
                if prefix < 128:
                    content = second
                elif prefix <= 183:
                    size = unsafe_sub(prefix, 128)
                    assert prefix != 129 or (word >> 240) & 255 >= 128, "Trie: a length is not the shortest"
                else:
                    assert prefix < 192, "Trie: the value is a list"
                    assert prefix == 184, "Trie: the value is too long"
                    content = unsafe_add(second, 2)
                    size = (word >> 240) & 255
                    assert size > 55, "Trie: a length is not the shortest"
                assert size != 0, "Trie: the value is empty"
                assert size <= MAX_VALUE, "Trie: the value is too long"
                assert unsafe_add(content, size) == end, "Trie: the value does not end its node"
                return walk, unsafe_add(base, content), size
            assert count != 0, "Trie: an extension without a path"
            if not is_same:
                return walk, 0, 0
            assert self._end_of(window, second) == end, "Trie: an item goes past its node"
            child = second
            word = convert(extract32(window, child), uint256)
        else:
            assert consumed < KEY_NIBBLES, "Trie: the path is longer than the key"
            assert unsafe_add(child, 17) <= end, "Trie: a node has too few items"
            # The items before the child: nothing, a hash or a node of less than 32 bytes each.
            left: uint256 = (path << (consumed << 2)) >> 252
            for index: uint256 in range(left, bound=15):
                if prefix == 160:
                    child = unsafe_add(child, 33)
                elif prefix == 128:
                    # Often only such are left, which lie in the word together.
                    if (word ^ EMPTY_ITEMS) >> unsafe_sub(256, unsafe_sub(left, index) << 3) == 0:
                        child = unsafe_add(child, unsafe_sub(left, index))
                        word = word << (unsafe_sub(left, index) << 3)
                        break
                    child = unsafe_add(child, 1)
                    word = word << 8
                    prefix = word >> 248
                    continue
                else:
                    assert prefix > 192 and prefix < 223, "Trie: a child is neither a hash nor a node"
                    child = unsafe_sub(unsafe_add(child, prefix), 191)
                word = convert(extract32(window, child), uint256)
                prefix = word >> 248
            consumed = unsafe_add(consumed, 1)
            assert child < end, "Trie: a node has too few items"

        prefix = word >> 248
        if prefix == 160:
            reference = convert(extract32(window, unsafe_add(child, 1)), uint256)
            assert unsafe_add(child, 33) <= end, "Trie: an item goes past its node"
            inside = 0
        elif prefix == 128:
            return walk, 0, 0
        else:
            assert prefix > 192 and prefix < 223, "Trie: a reference that is not a hash"
            assert unsafe_sub(unsafe_add(child, prefix), 191) <= end, "Trie: an item goes past its node"
            inside = child

    raise "Trie: the path does not end"


@internal
@pure
def _end_of(window: Bytes[WINDOW + 64], at: uint256) -> uint256:
    """
    @notice Where an item of less than 56 bytes, or a value of less than 256, ends.
    """
    word: uint256 = convert(extract32(window, at), uint256)
    prefix: uint256 = word >> 248
    if prefix < 128:
        return unsafe_add(at, 1)
    if prefix <= 183:
        return unsafe_add(at, unsafe_sub(prefix, 127))
    if prefix == 184:
        return unsafe_add(at, unsafe_add(2, (word >> 240) & 255))
    assert prefix >= 192 and prefix <= 247, "Trie: an item is too long"
    return unsafe_add(at, unsafe_sub(prefix, 191))


@internal
@view
def _word(before: Walk, root: bytes32, slot: bytes32) -> (Walk, uint256):
    """
    @notice What a contract's storage with this root has at a slot.
    """
    walk: Walk = empty(Walk)
    place: uint256 = 0
    size: uint256 = 0
    walk, place, size = self._find(before, root, keccak256(slot))
    return walk, self._number(place, size)


@internal
@view
def _number(place: uint256, size: uint256) -> uint256:
    """
    @notice The number that a value of a storage trie encodes; zero where there is none.
    """
    if size == 0:
        return 0
    # The word that ends with the value.
    word: uint256 = convert(slice(msg.data, unsafe_sub(unsafe_add(place, size), 32), 32), uint256)
    if size == 1:
        word &= 255
        assert word != 0 and word < 128, "Trie: the value is not a number"
        return word
    first: uint256 = convert(slice(msg.data, place, 1), uint256)
    assert first == unsafe_add(127, size) and size <= 33, "Trie: the value is not a number"
    return word & unsafe_sub(ONE << unsafe_sub(first << 3, 1024), 1)


@internal
@view
def _account(place: uint256, size: uint256) -> (uint256, bytes32):
    """
    @notice An account of the state trie: its balance and code hash.
    @dev RLP of nonce, balance, storage root, code hash; the last two take 66 bytes.
    """
    word: uint256 = convert(slice(msg.data, place, 32), uint256)
    assert (word >> 240) == unsafe_add(63486, size) and size >= 70, "Trie: the value is no account"
    nonce: uint256 = (word >> 232) & 255
    # Of the balance, behind a nonce of eight bytes at most.
    start: uint256 = 3
    if nonce >= 128:
        assert nonce <= 136, "Trie: the value is no account"
        start = unsafe_sub(nonce, 125)
    end: uint256 = unsafe_sub(size, 66)
    balance: uint256 = (word << (start << 3)) >> 248
    if balance < 128:
        assert unsafe_add(start, 1) == end, "Trie: the value is no account"
    else:
        length: uint256 = unsafe_sub(balance, 128)
        assert length <= 32 and unsafe_add(start, unsafe_add(length, 1)) == end, "Trie: the value is no account"
        balance = convert(slice(msg.data, unsafe_sub(unsafe_add(place, end), 32), 32), uint256)
        balance &= unsafe_sub(ONE << (length << 3), 1)
    return balance, convert(slice(msg.data, unsafe_sub(unsafe_add(place, size), 32), 32), bytes32)


@internal
@view
def _storage_root(place: uint256, size: uint256) -> bytes32:
    """
    @notice The storage root of an account of the state trie.
    """
    return convert(slice(msg.data, unsafe_sub(unsafe_add(place, size), 65), 32), bytes32)

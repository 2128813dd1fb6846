# pragma version 0.4.3
"""
@title Merkle Patricia tries, read from one list of nodes
@notice Finds the values of many keys, under roots that are known, from nodes that the call's data has one after another.
@dev The nodes come in the order in which the walks need them, and each is hashed once: a walk remembers the nodes of the
     path before it, level by level, so keys in the order of their hashes share what their paths have in common. A node
     that stands inside its parent (shorter than 32 bytes) is not listed. A key that is not in the trie has no value; the
     nodes show that too.

     The key's own leaf may be listed without its path, which follows from the key: a byte with the number of bytes behind it,
     and these, which are its value with RLP's header. Where the value is an account without code and storage, its last 66
     bytes are left out too, and 128 is added to the byte. No node's RLP starts with a byte so small. The walk makes the node
     of it and compares its hash, so nothing is believed. Such a leaf is not remembered; other leaves of 57 bytes and more,
     and those with less than two nibbles or all of the key, are listed whole, as every leaf may be.

     Every node is found by a hash that is known, so under the root of a real trie all nodes are real ones, and of a branch
     only what lies before the child is read. Keys are hashes and have 64 nibbles, so a branch never holds a value of its
     own. A node of 532 bytes can only be a branch of sixteen hashes, whose children lie at known places. Other nodes are
     copied and read item by item.

     Values are told by their places in the call's data, and everything is written for little gas: no sum here can
     overflow, since places lie in the call's data and lengths in a node.
"""

struct Walk:
    # Where the next new node starts in the call's data.
    cursor: uint256
    # How many levels of a path it remembers.
    levels: uint256
    # The nodes of the path before this one: the first 28 bytes of a node's hash, then whether it is a branch of sixteen
    # hashes (a bit), and where it lies. No node's hash starts with 28 zeros, as a place that is free does.
    nodes: uint256[LEVELS]

# How many nodes of a path are remembered. Below them nodes are listed for each key.
LEVELS: constant(uint256) = 8
MAX_NODE: constant(uint256) = 532
# What is copied of a list at once: a node at least, and of a short one less.
WINDOW: constant(uint256) = MAX_NODE + 64
SHORT_NODE: constant(uint256) = 224
SHORT_WINDOW: constant(uint256) = SHORT_NODE + 64
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
# The most that is listed of a leaf without its path.
MAX_TAIL: constant(uint256) = 64
# What such a leaf ends with that the list does not have, where it is an account's: two hashes with their headers.
PLAIN_END: constant(uint256) = 66
# Added to the length of a value that ends so.
IS_PLAIN: constant(uint256) = 2**255
STRING_32: constant(bytes1) = 0xa0
EMPTY_CODE: constant(bytes32) = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470
EMPTY_ROOT: constant(bytes32) = 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421


@internal
@view
def _begin(argument: uint256, levels: uint256 = LEVELS) -> Walk:
    """
    @notice A walk along the nodes that this argument of the external function (counted from zero) has, of type bytes.
    @param levels How many levels are remembered; none where no trie is walked twice.
    """
    # So that a whole window can be read. Where all nodes take less, zeros follow them.
    assert len(msg.data) >= WINDOW, "Trie: the list of nodes is too short"
    at: uint256 = convert(slice(msg.data, unsafe_add(4, argument << 5), 32), uint256)
    # An offset that makes no sense leads to no node: what is read there does not hash to a root.
    return Walk(cursor=unsafe_add(at, 36), levels=levels, nodes=empty(uint256[LEVELS]))


@internal
@pure
def _other(walk: Walk) -> Walk:
    """
    @notice A walk that goes on where this one is, in another trie.
    """
    return Walk(cursor=walk.cursor, levels=walk.levels, nodes=empty(uint256[LEVELS]))


@internal
@view
def _find(walk: Walk, root: bytes32, key: bytes32) -> (Walk, uint256, uint256):
    """
    @notice Where the value of a key lies in the call's data, without RLP's header, and how long it is: zero where the key
            is not in the trie with this root, and IS_PLAIN more where the list does not have the value's end.
    @dev Each turn of the loop goes down one node, and all but a leaf take one nibble at least.
    """
    if root == EMPTY_ROOT:
        return walk, 0, 0
    # The nibbles of the key that are left, from the highest bits on, and how many they are.
    rest: uint256 = convert(key, uint256)
    left: uint256 = KEY_NIBBLES
    reference: uint256 = convert(root, uint256)
    window: Bytes[WINDOW + 32] = b""
    # Of the window, in the call's data.
    base: uint256 = 0
    # Of the node that is embedded in another, in the window.
    at: uint256 = 0
    is_inside: bool = False
    # Where the value's item starts and ends in the call's data, once it is found, and its first bytes.
    content: uint256 = 0
    stop: uint256 = 0
    value: uint256 = 0
    is_plain: bool = False

    for level: uint256 in range(KEY_NIBBLES + 1):
        place: uint256 = walk.cursor
        word: uint256 = 0
        is_known: bool = is_inside
        if not is_inside:
            remembered: uint256 = walk.nodes[level] if level < walk.levels else 0
            is_full: bool = False
            if (remembered ^ reference) >> 32 == 0:
                is_known = True
                is_full = remembered & IS_FULL != 0
                place = remembered & PLACE
            if not is_full:
                # The word at this place, with zeros behind the call's data.
                base = min(place, unsafe_sub(len(msg.data), 32))
                word = convert(slice(msg.data, base, 32), uint256) << (unsafe_sub(place, base) << 3)
                is_full = word >> 232 == FULL_BRANCH
            if is_full:
                # A branch of sixteen hashes needs no copy but the one that is hashed.
                if not is_known:
                    assert unsafe_add(place, MAX_NODE) <= len(msg.data), "Trie: a node is missing"
                    assert convert(keccak256(slice(msg.data, place, MAX_NODE)), uint256) == reference, (
                        "Trie: a node does not hash to its reference"
                    )
                    walk.cursor = unsafe_add(place, MAX_NODE)
                    if level < walk.levels:
                        walk.nodes[level] = (reference >> 32 << 32) | IS_FULL | place
                assert left != 0, "Trie: the path is longer than the key"
                place = unsafe_add(place, unsafe_add(4, unsafe_mul(33, rest >> 252)))
                reference = convert(slice(msg.data, place, 32), uint256)
                rest = rest << 4
                left = unsafe_sub(left, 1)
                continue
            kind: uint256 = word >> 248
            if kind < 192:
                # A leaf without its path.
                is_plain = kind >= 128
                kind &= 127
                content = unsafe_add(place, 1)
                stop = unsafe_add(content, kind)
                assert stop <= len(msg.data), "Trie: a node is missing"
                assert convert(self._leaf(rest, left, content, kind, is_plain), uint256) == reference, (
                    "Trie: a leaf has another hash"
                )
                walk.cursor = stop
                value = word << 8
                if is_plain:
                    stop = unsafe_add(stop, PLAIN_END)
                break
        else:
            word = convert(extract32(window, at), uint256)

        # The node's header and size, and where its items start in it.
        items: uint256 = 1
        size: uint256 = word >> 248
        if size <= 247:
            assert size >= 192, "Trie: a node is not a list"
            size = unsafe_sub(size, 191)
            word = word << 8
        elif size == 248:
            size = unsafe_add((word >> 240) & 255, 2)
            assert size >= 58, "Trie: a length is not the shortest"
            items = 2
            word = word << 16
        else:
            assert size == 249, "Trie: a node is too long"
            size = unsafe_add((word >> 232) & 65535, 3)
            assert size >= 259, "Trie: a length is not the shortest"
            assert size < MAX_NODE, "Trie: a node is too long"
            items = 3
            word = word << 24
        if is_inside:
            assert size < 32, "Trie: an embedded node too long"
        else:
            assert unsafe_add(place, size) <= len(msg.data), "Trie: a node is missing"
            # Behind a node in the window are 32 bytes at least, so that words can be read up to its end.
            if size <= SHORT_NODE:
                base = min(place, unsafe_sub(len(msg.data), SHORT_WINDOW))
                window = concat(slice(msg.data, base, SHORT_WINDOW), empty(bytes32))
            elif unsafe_add(place, WINDOW) <= len(msg.data):
                base = place
                window = slice(msg.data, place, WINDOW)
            else:
                base = min(place, unsafe_sub(len(msg.data), WINDOW))
                window = concat(slice(msg.data, base, WINDOW), empty(bytes32))
            at = unsafe_sub(place, base)
            if not is_known:
                assert convert(keccak256(slice(window, at, size)), uint256) == reference, (
                    "Trie: a node does not hash to its reference"
                )
                walk.cursor = unsafe_add(place, size)
                if level < walk.levels:
                    walk.nodes[level] = (reference >> 32 << 32) | place
        end: uint256 = unsafe_add(at, size)
        child: uint256 = unsafe_add(at, items)

        # A branch starts with a child: nothing, a hash or a node. A leaf or an extension starts with a part of the key, of
        # one byte at least, and has one item behind it. A part of 32 bytes looks like a hash.
        prefix: uint256 = word >> 248
        is_branch: bool = prefix == 128 or prefix >= 192
        if prefix == 160:
            is_branch = self._end_of(window, unsafe_add(child, 33)) != end
        if is_branch:
            assert left != 0, "Trie: the path is longer than the key"
            assert unsafe_add(child, 17) <= end, "Trie: a node has too few items"
            # The items before the child: nothing, a hash or a node of less than 32 bytes each.
            before: uint256 = rest >> 252
            for turn: uint256 in range(16):
                # Hashes, which are most where there are many.
                first: uint256 = child
                for index: uint256 in range(before, bound=15):
                    if word >> 248 != 160:
                        break
                    child = unsafe_add(child, 33)
                    word = convert(extract32(window, child), uint256)
                before = unsafe_sub(before, unsafe_div(unsafe_sub(child, first), 33))
                # Often only such are left before it that are nothing, and lie in the word together.
                others: uint256 = word ^ EMPTY_ITEMS
                if others >> unsafe_sub(256, before << 3) == 0:
                    child = unsafe_add(child, before)
                    prefix = (word << (before << 3)) >> 248
                    break
                # As many as are nothing, fourteen at most, are passed over.
                run: uint256 = 0
                if others >> 192 == 0:
                    others = others << 64
                    run = 8
                if others >> 224 == 0:
                    others = others << 32
                    run = unsafe_add(run, 4)
                if others >> 240 == 0:
                    others = others << 16
                    run = unsafe_add(run, 2)
                if others >> 248 == 0:
                    run = unsafe_add(run, 1)
                child = unsafe_add(child, run)
                before = unsafe_sub(before, run)
                prefix = (word << (run << 3)) >> 248
                if prefix == 160:
                    word = word << (run << 3)
                else:
                    assert prefix > 192 and prefix < 223, "Trie: a child is neither a hash nor a node"
                    child = unsafe_sub(unsafe_add(child, prefix), 191)
                    before = unsafe_sub(before, 1)
                    word = convert(extract32(window, child), uint256)
            assert child < end, "Trie: a node has too few items"
            rest = rest << 4
            left = unsafe_sub(left, 1)
        else:
            start: uint256 = child
            second: uint256 = unsafe_add(child, 1)
            if prefix > 128:
                start = second
                second = unsafe_add(child, unsafe_sub(prefix, 127))
            length: uint256 = unsafe_sub(second, start)
            assert length <= 33, "Trie: the path has a wrong length"
            assert second < end, "Trie: an item goes past its node"
            word = convert(extract32(window, start), uint256)
            flag: uint256 = word >> 248
            assert flag < 64 and prefix != 129, "Trie: the path has an unknown prefix"
            count: uint256 = unsafe_sub(length, 1) << 1
            part: uint256 = convert(extract32(window, unsafe_add(start, 1)), uint256)
            # A shift by 256 bits gives zero, as no nibbles need.
            part = part >> unsafe_sub(264, length << 3)
            if flag & 16 != 0:
                # Of 33 bytes the count is refused below, so what the shift loses here does not matter.
                part |= (flag & 15) << (unsafe_sub(length, 1) << 3)
                count = unsafe_add(count, 1)
            else:
                assert flag & 15 == 0, "Trie: the path has an unknown prefix"
            assert count <= left, "Trie: the path is longer than the key"
            is_same: bool = rest >> unsafe_sub(256, count << 2) == part
            rest = rest << (count << 2)
            left = unsafe_sub(left, count)
            if flag & 32 != 0:
                assert left == 0, "Trie: the path is shorter than the key"
                if not is_same:
                    return walk, 0, 0
                value = convert(extract32(window, second), uint256)
                content = unsafe_add(base, second)
                stop = unsafe_add(base, end)
                break
            assert count != 0, "Trie: an extension without a path"
            if not is_same:
                return walk, 0, 0
            assert self._end_of(window, second) == end, "Trie: an item goes past its node"
            child = second
            prefix = convert(extract32(window, child), uint256) >> 248

        if prefix == 160:
            assert unsafe_add(child, 33) <= end, "Trie: an item goes past its node"
            reference = convert(extract32(window, unsafe_add(child, 1)), uint256)
            is_inside = False
        elif prefix == 128:
            return walk, 0, 0
        else:
            assert prefix > 192 and prefix < 223, "Trie: a reference that is not a hash"
            assert unsafe_sub(unsafe_add(child, prefix), 191) <= end, "Trie: an item goes past its node"
            at = child
            is_inside = True

    # A path that does not end, which cannot be, would have no value that ends where its node does.
    size: uint256 = 1
    prefix: uint256 = value >> 248
    if prefix >= 128:
        if prefix <= 183:
            size = unsafe_sub(prefix, 128)
            content = unsafe_add(content, 1)
            assert prefix != 129 or (value >> 240) & 255 >= 128, "Trie: a length is not the shortest"
        else:
            assert prefix < 192, "Trie: the value is a list"
            assert prefix == 184, "Trie: the value is too long"
            size = (value >> 240) & 255
            content = unsafe_add(content, 2)
            assert size > 55, "Trie: a length is not the shortest"
        assert size != 0, "Trie: the value is empty"
        assert size <= MAX_VALUE, "Trie: the value is too long"
    assert unsafe_add(content, size) == stop, "Trie: the value does not end its node"
    if is_plain:
        size |= IS_PLAIN
    return walk, content, size


@internal
@view
def _leaf(rest: uint256, left: uint256, place: uint256, size: uint256, is_plain: bool) -> bytes32:
    """
    @notice The hash of a leaf that the list has without its path.
    @param rest The nibbles that are left of the key, from the highest bits on.
    @param left How many they are.
    @param place Where the value with its header lies in the call's data.
    @param size How much of it lies there.
    @param is_plain Whether the end of an account without code and storage follows.
    """
    # A path that is the whole key does not fit into a word, and one of a nibble has no header.
    assert left > 1 and left < KEY_NIBBLES and size <= MAX_TAIL, "Trie: a leaf that needs its path"
    path: uint256 = (2 << 252) | (rest >> 8)
    if left & 1 != 0:
        path = (3 << 252) | (rest >> 4)
    length: uint256 = unsafe_add(left >> 1, 1)
    base: uint256 = min(place, unsafe_sub(len(msg.data), MAX_TAIL))
    tail: Bytes[MAX_TAIL] = slice(slice(msg.data, base, MAX_TAIL), unsafe_sub(place, base), size)
    # The headers: the length of what is behind, and 128 and the length of the path.
    content: uint256 = unsafe_add(unsafe_add(length, 1), size)
    header: uint256 = unsafe_add(unsafe_add(content << 8, length), 128)
    if is_plain:
        # f8, and the rest of the account.
        header = unsafe_add(header, unsafe_add(PLAIN_END << 8, 16_252_928))
        return keccak256(
            concat(
                convert(convert(header, uint24), bytes3),
                slice(convert(path, bytes32), 0, length),
                tail,
                STRING_32,
                EMPTY_ROOT,
                STRING_32,
                EMPTY_CODE,
            )
        )
    assert content <= 55, "Trie: a leaf that needs its path"
    # c0 is a part of the first.
    header = unsafe_add(header, 49_152)
    return keccak256(concat(convert(convert(header, uint16), bytes2), slice(convert(path, bytes32), 0, length), tail))


@internal
@pure
def _end_of(window: Bytes[WINDOW + 32], at: uint256) -> uint256:
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
def _word(walk: Walk, root: bytes32, slot: bytes32) -> (Walk, uint256):
    """
    @notice What a contract's storage with this root has at a slot.
    """
    place: uint256 = 0
    size: uint256 = 0
    walk, place, size = self._find(walk, root, keccak256(slot))
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
def _account(place: uint256, found: uint256) -> (uint256, bytes32):
    """
    @notice An account of the state trie: its balance and code hash.
    @dev RLP of nonce, balance, storage root, code hash; the last two take 66 bytes.
    """
    size: uint256 = found & ~IS_PLAIN
    # The value may end with the call's data.
    base: uint256 = min(place, unsafe_sub(len(msg.data), 32))
    word: uint256 = convert(slice(msg.data, base, 32), uint256) << (unsafe_sub(place, base) << 3)
    assert (word >> 240) == unsafe_add(63486, size) and size >= 70, "Trie: the value is no account"
    nonce: uint256 = (word >> 232) & 255
    # Of the balance, behind a nonce of eight bytes at most.
    start: uint256 = 3
    if nonce >= 128:
        assert nonce <= 136, "Trie: the value is no account"
        start = unsafe_sub(nonce, 125)
    end: uint256 = unsafe_sub(size, PLAIN_END)
    balance: uint256 = (word << (start << 3)) >> 248
    if balance < 128:
        assert unsafe_add(start, 1) == end, "Trie: the value is no account"
    else:
        length: uint256 = unsafe_sub(balance, 128)
        assert length <= 32 and unsafe_add(start, unsafe_add(length, 1)) == end, "Trie: the value is no account"
        balance = convert(slice(msg.data, unsafe_sub(unsafe_add(place, end), 32), 32), uint256)
        balance &= unsafe_sub(ONE << (length << 3), 1)
    if found != size:
        return balance, EMPTY_CODE
    return balance, convert(slice(msg.data, unsafe_sub(unsafe_add(place, size), 32), 32), bytes32)


@internal
@view
def _storage_root(place: uint256, size: uint256) -> bytes32:
    """
    @notice The storage root of an account of the state trie.
    """
    if size >> 255 != 0:
        return EMPTY_ROOT
    return convert(slice(msg.data, unsafe_sub(unsafe_add(place, size), 65), 32), bytes32)

# pragma version 0.4.3
"""
@title The last state of a rollup
@notice What is proven of it: that it is the last one, its contracts, and its holders with whom their claims pay.
@dev The rollup's Dissolver marks the last state, which the last block alone does, and keeps the resolvers of contracts.
"""

from modules import trie_walk

# On the rollup; Dissolver.layout.json fixes the slots.
DISSOLVER: constant(address) = 0x42000000000000000000000000000000000007D0
FINISHED_SLOT: constant(bytes32) = empty(bytes32)
RESOLVERS_SLOT: constant(uint256) = 1

EMPTY_CODE: constant(bytes32) = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470
MASK_160: constant(uint256) = 2**160 - 1

# Zero until the rollup is settled.
finalStateRoot: public(bytes32)
# The storage root of Dissolver in the last state.
resolversRoot: bytes32


@internal
def _settle(state_root: bytes32, argument: uint256):
    """
    @notice Keeps a state that is shown to be the last one.
    @param argument Which argument of the call has the nodes.
    """
    walk: trie_walk.Walk = trie_walk._begin(argument)
    root: bytes32 = empty(bytes32)
    code_hash: bytes32 = empty(bytes32)
    walk, root, code_hash = self._contract(walk, state_root, DISSOLVER)
    finished: uint256 = 0
    walk, finished = trie_walk._word(trie_walk._other(walk), root, FINISHED_SLOT)
    if finished != 1:
        raw_revert(method_id("Claims_NotLastBlock()"))
    self.resolversRoot = root
    self.finalStateRoot = state_root


@internal
@view
def _root() -> bytes32:
    root: bytes32 = self.finalStateRoot
    if root == empty(bytes32):
        raw_revert(method_id("Claims_NotSettled()"))
    return root


@internal
@view
def _contract(
    walk: trie_walk.Walk, state_root: bytes32, account: address
) -> (trie_walk.Walk, bytes32, bytes32):
    """
    @notice A contract's storage root and code hash.
    """
    place: uint256 = 0
    size: uint256 = 0
    walk, place, size = trie_walk._find(walk, state_root, self._key(account))
    if size == 0:
        raw_revert(method_id("Claims_NoSuchAccount()"))
    balance: uint256 = 0
    code_hash: bytes32 = empty(bytes32)
    balance, code_hash = trie_walk._account(place, size)
    return walk, trie_walk._storage_root(place, size), code_hash


@internal
@view
def _holder(
    walk: trie_walk.Walk, root: bytes32, account: address, delegate: address
) -> (trie_walk.Walk, address, uint256):
    """
    @notice Walks to a holder's account: who is paid, zero where its resolver has to tell, and the holder's ETH.
    """
    place: uint256 = 0
    size: uint256 = 0
    walk, place, size = trie_walk._find(walk, root, self._key(account))
    if size == 0:
        return walk, account, 0
    balance: uint256 = 0
    code_hash: bytes32 = empty(bytes32)
    balance, code_hash = trie_walk._account(place, size)
    if code_hash != EMPTY_CODE and keccak256(concat(x"ef0100", convert(delegate, bytes20))) != code_hash:
        return walk, empty(address), balance
    return walk, account, balance


@internal
@view
def _resolver(walk: trie_walk.Walk, cursor: uint256, account: address) -> (trie_walk.Walk, address):
    """
    @notice Walks on to whom a contract has named.
    @param cursor Where the walk before this one has come to.
    """
    walk.cursor = cursor
    word: uint256 = 0
    if account != empty(address):
        walk, word = trie_walk._word(walk, self.resolversRoot, keccak256(abi_encode(RESOLVERS_SLOT, account)))
    if word & MASK_160 == 0:
        raw_revert(abi_encode(account, method_id=method_id("Claims_NoResolver(address)")))
    return walk, convert(word & MASK_160, address)


@internal
@pure
def _key(account: address) -> bytes32:
    return keccak256(slice(convert(account, bytes32), 12, 20))

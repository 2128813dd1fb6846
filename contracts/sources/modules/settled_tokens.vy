# pragma version 0.4.3
"""
@title Tokens of a rollup that has ended
@notice Opens each once: proves what code it has, its partner on L1 and its bridge, and keeps the root of its storage. A
        collection that was minted on the rollup gets its twin on L1.
@dev The codes are those that the rollup's factories make, whose storage is known: slots and maps are part of the interface of
     these contracts, and a test compares the hashes.
"""

from modules import last_state
from modules import trie_walk

uses: last_state

interface SettledCollection:
    def initialize(
        _collection: address, _name: String[64], _symbol: String[32], _baseTokenURI: String[160]
    ): nonpayable

event TokenOpened:
    token: indexed(address)
    counterpart: indexed(address)
    kind: uint8

# On the rollup.
WETH: constant(address) = 0x4200000000000000000000000000000000000006
STANDARD_BRIDGE: constant(address) = 0x4200000000000000000000000000000000000010
ERC721_BRIDGE: constant(address) = 0x4200000000000000000000000000000000000014

ERC20_CODE: constant(bytes32) = 0x6d4f69a87091082bb978d77ddafe570aeb2748ddb7c23b73988cf5e32527b476
ERC721_CODE: constant(bytes32) = 0x35dc1d5524ee34f69d07ecc0e7bf19681893f0cf0305eb2d93a34ff5401426e2
NATIVE_ERC721_CODE: constant(bytes32) = 0xe17661016767ad2d1fcc4a047c917a42ec5d7bcad4d07a4a0b0cd267088d33c3
NATIVE_ERC1155_CODE: constant(bytes32) = 0x7f32751c1e70c67d893d684aa68487abb2d5eee2f4725431df5c01769446428d
# Where such a token keeps its partner on L1 and its bridge, and a collection of the rollup the hash of its texts.
ERC20_PARTNER_SLOT: constant(bytes32) = 0x0000000000000000000000000000000000000000000000000000000000000004
ERC20_BRIDGE_SLOT: constant(bytes32) = 0x0000000000000000000000000000000000000000000000000000000000000005
ERC721_PARTNER_SLOT: constant(bytes32) = 0x0000000000000000000000000000000000000000000000000000000000000009
ERC721_BRIDGE_SLOT: constant(bytes32) = 0x000000000000000000000000000000000000000000000000000000000000000b
ERC721_TEXTS_SLOT: constant(bytes32) = 0x0000000000000000000000000000000000000000000000000000000000000001
ERC1155_TEXTS_SLOT: constant(bytes32) = 0x0000000000000000000000000000000000000000000000000000000000000002

IS_WETH: constant(uint8) = 1
IS_ERC20: constant(uint8) = 2
IS_ERC721: constant(uint8) = 3
IS_NATIVE_ERC721: constant(uint8) = 4
IS_NATIVE_ERC1155: constant(uint8) = 5

MASK_160: constant(uint256) = 2**160 - 1

SETTLED_ERC721: immutable(address)
SETTLED_ERC1155: immutable(address)

tokenCount: public(uint256)
# The storage root of a token in the last state.
storageRootOf: public(HashMap[address, bytes32])
# number << 168 | kind << 160 | counterpart on L1
tokens: HashMap[address, uint256]


@deploy
def __init__(_settledERC721: address, _settledERC1155: address):
    SETTLED_ERC721 = _settledERC721
    SETTLED_ERC1155 = _settledERC1155


@internal
@view
def _opened(token: address) -> (uint8, address, uint256):
    """
    @notice What an opened token is, its counterpart on L1, and its number; of kind 0 where it is not opened.
    """
    entry: uint256 = self.tokens[token]
    return convert((entry >> 160) & 255, uint8), convert(entry & MASK_160, address), entry >> 168


@internal
def _open_token(token: address, argument: uint256):
    self._check_unopened(token)
    walk: trie_walk.Walk = trie_walk._begin(argument)
    storage_root: bytes32 = empty(bytes32)
    code_hash: bytes32 = empty(bytes32)
    walk, storage_root, code_hash = last_state._contract(walk, last_state._root(), token)
    # WETH cannot be changed and needs no look at its code.
    kind: uint8 = IS_WETH
    counterpart: uint256 = 0
    if token != WETH:
        partner_slot: bytes32 = ERC20_PARTNER_SLOT
        bridge_slot: bytes32 = ERC20_BRIDGE_SLOT
        wanted: address = STANDARD_BRIDGE
        if code_hash == ERC20_CODE:
            kind = IS_ERC20
        elif code_hash == ERC721_CODE:
            kind = IS_ERC721
            partner_slot = ERC721_PARTNER_SLOT
            bridge_slot = ERC721_BRIDGE_SLOT
            wanted = ERC721_BRIDGE
        else:
            raw_revert(method_id("Claims_UnknownCode()"))
        bridge: uint256 = 0
        walk = trie_walk._other(walk)
        walk, counterpart = trie_walk._word(walk, storage_root, partner_slot)
        walk, bridge = trie_walk._word(walk, storage_root, bridge_slot)
        if bridge != convert(wanted, uint256):
            raw_revert(method_id("Claims_OtherBridge()"))
    self._open(token, storage_root, kind, convert(counterpart & MASK_160, address))


@internal
def _open_collection(token: address, name: String[64], symbol: String[32], base: String[160], argument: uint256):
    self._check_unopened(token)
    walk: trie_walk.Walk = trie_walk._begin(argument)
    storage_root: bytes32 = empty(bytes32)
    code_hash: bytes32 = empty(bytes32)
    walk, storage_root, code_hash = last_state._contract(walk, last_state._root(), token)
    kind: uint8 = IS_NATIVE_ERC721
    code: address = SETTLED_ERC721
    slot: bytes32 = ERC721_TEXTS_SLOT
    if code_hash == NATIVE_ERC1155_CODE:
        kind = IS_NATIVE_ERC1155
        code = SETTLED_ERC1155
        slot = ERC1155_TEXTS_SLOT
    elif code_hash != NATIVE_ERC721_CODE:
        raw_revert(method_id("Claims_UnknownCode()"))
    texts: uint256 = 0
    walk, texts = trie_walk._word(trie_walk._other(walk), storage_root, slot)
    if texts != convert(keccak256(abi_encode(name, symbol, base)), uint256):
        raw_revert(method_id("Claims_OtherTexts()"))
    twin: address = create_minimal_proxy_to(code, salt=convert(token, bytes32))
    extcall SettledCollection(twin).initialize(token, name, symbol, base)
    self._open(token, storage_root, kind, twin)


@internal
@view
def _check_unopened(token: address):
    if self.tokens[token] != 0:
        raw_revert(method_id("Claims_AlreadyOpen()"))


@internal
def _open(token: address, storage_root: bytes32, kind: uint8, counterpart: address):
    number: uint256 = self.tokenCount
    self.tokenCount = number + 1
    self.storageRootOf[token] = storage_root
    self.tokens[token] = (number << 168) | (convert(kind, uint256) << 160) | convert(counterpart, uint256)
    log TokenOpened(token=token, counterpart=counterpart, kind=kind)


@external
@view
def tokenOf(_token: address) -> (uint8, address):
    """
    @notice What a token is, 1 WETH, 2 ERC-20, 3 ERC-721, 4 an ERC-721 and 5 an ERC-1155 that were minted on the rollup, and
            its counterpart on L1; 0 where it is not opened.
    """
    entry: uint256 = self.tokens[_token]
    return convert((entry >> 160) & 255, uint8), convert(entry & MASK_160, address)


@external
@view
def collectionOf(_token: address) -> address:
    """
    @notice Where an ERC-721 that was minted on the rollup lives on L1, opened or not.
    """
    return self._twin_of(_token, SETTLED_ERC721)


@external
@view
def collectionOfERC1155(_token: address) -> address:
    """
    @notice Where an ERC-1155 that was minted on the rollup lives on L1, opened or not.
    """
    return self._twin_of(_token, SETTLED_ERC1155)


@internal
@view
def _twin_of(token: address, code: address) -> address:
    code_hash: bytes32 = keccak256(
        concat(
            x"602d3d8160093d39f3363d3d373d3d3d363d73", convert(code, bytes20), x"5af43d82803e903d91602b57fd5bf3"
        )
    )
    word: bytes32 = keccak256(concat(x"ff", convert(self, bytes20), convert(token, bytes32), code_hash))
    return convert(convert(word, uint256) & MASK_160, address)


@external
@view
def settledERC721() -> address:
    """
    @notice What collections that were minted on the rollup run on L1.
    """
    return SETTLED_ERC721


@external
@view
def settledERC1155() -> address:
    """
    @notice The same for collections of items in any number.
    """
    return SETTLED_ERC1155

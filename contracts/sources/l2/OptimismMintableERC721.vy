# pragma version 0.4.3
"""
@title OptimismMintableERC721
@notice A collection that stands for one on the other chain; the bridge alone mints and burns its tokens.
@dev Its storage is part of its interface: after a rollup's end, ownership is proven on L1 against the final state. The
     owner of a token lies at keccak256(0 . token), each of 32 bytes, which is Vyper's order, and the other variables as
     they are declared. Everything that differs between collections is in storage, so the code of all of them is the
     same and one code hash tells them. All tokens, and those of a holder, can be listed: each list is a map from places
     to tokens with the place of each token beside it; a token that goes leaves its place to the last one.
"""

interface Receiver:
    def onERC721Received(
        _operator: address, _from: address, _tokenId: uint256, _data: Bytes[MAX_DATA]
    ) -> bytes4: nonpayable

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    tokenId: indexed(uint256)

event Approval:
    owner: indexed(address)
    approved: indexed(address)
    tokenId: indexed(uint256)

event ApprovalForAll:
    owner: indexed(address)
    operator: indexed(address)
    approved: bool

event Mint:
    account: indexed(address)
    tokenId: uint256

event Burn:
    account: indexed(address)
    tokenId: uint256

# The most that a transfer may carry to a contract.
MAX_DATA: constant(uint256) = 2048

INTROSPECTION: constant(bytes4) = 0x01ffc9a7
COLLECTION: constant(bytes4) = 0x80ac58cd
METADATA: constant(bytes4) = 0x5b5e139f
ENUMERABLE: constant(bytes4) = 0x780e9d63
MINTABLE: constant(bytes4) = 0x74259ebf

_owners: HashMap[uint256, address]
_balances: HashMap[address, uint256]
_approved: HashMap[uint256, address]
isApprovedForAll: public(HashMap[address, HashMap[address, bool]])
totalSupply: public(uint256)
# All tokens by place, and the place of each.
_tokens: HashMap[uint256, uint256]
_places: HashMap[uint256, uint256]
# The tokens of a holder by place, and the place of each among its holder's.
_held: HashMap[address, HashMap[uint256, uint256]]
_held_places: HashMap[uint256, uint256]
remoteToken: public(address)
remoteChainId: public(uint256)
bridge: public(address)
name: public(String[128])
symbol: public(String[64])
baseTokenURI: public(String[160])


@deploy
def __init__(_bridge: address, _remoteChainId: uint256, _remoteToken: address, _name: String[128], _symbol: String[64]):
    assert _bridge != empty(address), "OptimismMintableERC721: the bridge is the zero address"
    assert _remoteChainId != 0, "OptimismMintableERC721: the remote chain is zero"
    assert _remoteToken != empty(address), "OptimismMintableERC721: the remote token is the zero address"
    self.bridge = _bridge
    self.remoteChainId = _remoteChainId
    self.remoteToken = _remoteToken
    self.name = _name
    self.symbol = _symbol
    # ERC-681: a call of the token on the other chain.
    self.baseTokenURI = concat(
        "ethereum:0x", self._hex(_remoteToken), "@", uint2str(_remoteChainId), "/tokenURI?uint256="
    )


@internal
@pure
def _hex(number: address) -> String[40]:
    """
    @dev Two words of digits: the first 32, and the other 8 at the high end.
    """
    rest: uint256 = convert(number, uint256)
    words: uint256[2] = [0, 0]
    for place: uint256 in range(40):
        digit: uint256 = (rest >> 156) & 15
        rest = rest << 4
        digit += 87 if digit > 9 else 48
        words[place // 32] |= digit << (8 * (31 - place % 32))
    return convert(
        concat(convert(words[0], bytes32), slice(convert(words[1], bytes32), 0, 8)), String[40]
    )


@internal
@view
def _owner_of(token_id: uint256) -> address:
    owner: address = self._owners[token_id]
    assert owner != empty(address), "ERC721: invalid token ID"
    return owner


@internal
def _give(to: address, token_id: uint256):
    self._owners[token_id] = to
    place: uint256 = self._balances[to]
    self._held[to][place] = token_id
    self._held_places[token_id] = place
    self._balances[to] = place + 1


@internal
def _take(owner: address, token_id: uint256):
    """
    @dev The last of the holder's tokens moves to the place of the one that goes.
    """
    last: uint256 = self._balances[owner] - 1
    place: uint256 = self._held_places[token_id]
    moved: uint256 = self._held[owner][last]
    self._held[owner][place] = moved
    self._held_places[moved] = place
    self._held[owner][last] = 0
    self._held_places[token_id] = 0
    self._balances[owner] = last
    self._owners[token_id] = empty(address)
    self._approved[token_id] = empty(address)


@internal
@view
def _check_authorized(owner: address, token_id: uint256):
    assert (
        msg.sender == owner or self.isApprovedForAll[owner][msg.sender] or self._approved[token_id] == msg.sender
    ), "ERC721: caller is not token owner or approved"


@internal
def _transfer(owner: address, to: address, token_id: uint256):
    holder: address = self._owner_of(token_id)
    self._check_authorized(holder, token_id)
    assert holder == owner, "ERC721: transfer from incorrect owner"
    assert to != empty(address), "ERC721: transfer to the zero address"
    self._take(owner, token_id)
    self._give(to, token_id)
    log Transfer(sender=owner, receiver=to, tokenId=token_id)


@internal
def _check_received(owner: address, to: address, token_id: uint256, data: Bytes[MAX_DATA]):
    if to.is_contract:
        answer: bytes4 = extcall Receiver(to).onERC721Received(msg.sender, owner, token_id, data)
        assert answer == method_id(
            "onERC721Received(address,address,uint256,bytes)", output_type=bytes4
        ), "ERC721: transfer to non ERC721Receiver implementer"


@external
def approve(_to: address, _tokenId: uint256):
    owner: address = self._owner_of(_tokenId)
    assert (
        msg.sender == owner or self.isApprovedForAll[owner][msg.sender]
    ), "ERC721: approve caller is not token owner or approved for all"
    self._approved[_tokenId] = _to
    log Approval(owner=owner, approved=_to, tokenId=_tokenId)


@external
def setApprovalForAll(_operator: address, _approved: bool):
    assert _operator != msg.sender, "ERC721: approve to caller"
    self.isApprovedForAll[msg.sender][_operator] = _approved
    log ApprovalForAll(owner=msg.sender, operator=_operator, approved=_approved)


@external
def transferFrom(_from: address, _to: address, _tokenId: uint256):
    self._transfer(_from, _to, _tokenId)


@external
def safeTransferFrom(_from: address, _to: address, _tokenId: uint256, _data: Bytes[MAX_DATA] = b""):
    self._transfer(_from, _to, _tokenId)
    self._check_received(_from, _to, _tokenId, _data)


@external
def safeMint(_to: address, _tokenId: uint256):
    """
    @notice Brings a token into being. Only for the bridge.
    """
    assert msg.sender == self.bridge, "OptimismMintableERC721: only for the bridge"
    assert _to != empty(address), "ERC721: mint to the zero address"
    assert self._owners[_tokenId] == empty(address), "ERC721: token already minted"
    place: uint256 = self.totalSupply
    self._tokens[place] = _tokenId
    self._places[_tokenId] = place
    self.totalSupply = place + 1
    self._give(_to, _tokenId)
    log Transfer(sender=empty(address), receiver=_to, tokenId=_tokenId)
    log Mint(account=_to, tokenId=_tokenId)
    self._check_received(empty(address), _to, _tokenId, b"")


@external
def burn(_from: address, _tokenId: uint256):
    """
    @notice Destroys a token. Only for the bridge, which does it for its owner alone.
    """
    assert msg.sender == self.bridge, "OptimismMintableERC721: only for the bridge"
    assert self._owner_of(_tokenId) == _from, "ERC721: burn from incorrect owner"
    self._take(_from, _tokenId)
    last: uint256 = self.totalSupply - 1
    place: uint256 = self._places[_tokenId]
    moved: uint256 = self._tokens[last]
    self._tokens[place] = moved
    self._places[moved] = place
    self._tokens[last] = 0
    self._places[_tokenId] = 0
    self.totalSupply = last
    log Transfer(sender=_from, receiver=empty(address), tokenId=_tokenId)
    log Burn(account=_from, tokenId=_tokenId)


@external
@view
def ownerOf(_tokenId: uint256) -> address:
    return self._owner_of(_tokenId)


@external
@view
def balanceOf(_owner: address) -> uint256:
    assert _owner != empty(address), "ERC721: address zero is not a valid owner"
    return self._balances[_owner]


@external
@view
def getApproved(_tokenId: uint256) -> address:
    assert self._owners[_tokenId] != empty(address), "ERC721: invalid token ID"
    return self._approved[_tokenId]


@external
@view
def tokenByIndex(_index: uint256) -> uint256:
    assert _index < self.totalSupply, "ERC721Enumerable: global index out of bounds"
    return self._tokens[_index]


@external
@view
def tokenOfOwnerByIndex(_owner: address, _index: uint256) -> uint256:
    assert _index < self._balances[_owner], "ERC721Enumerable: owner index out of bounds"
    return self._held[_owner][_index]


@external
@view
def tokenURI(_tokenId: uint256) -> String[238]:
    assert self._owners[_tokenId] != empty(address), "ERC721: invalid token ID"
    return concat(self.baseTokenURI, uint2str(_tokenId))


@external
@pure
def supportsInterface(_interfaceId: bytes4) -> bool:
    return _interfaceId in [INTROSPECTION, COLLECTION, METADATA, ENUMERABLE, MINTABLE]


@external
@view
def REMOTE_TOKEN() -> address:
    return self.remoteToken


@external
@view
def REMOTE_CHAIN_ID() -> uint256:
    return self.remoteChainId


@external
@view
def BRIDGE() -> address:
    return self.bridge


@external
@pure
def version() -> String[16]:
    return "1.3.0"

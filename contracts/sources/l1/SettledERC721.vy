# pragma version 0.4.3
"""
@title SettledERC721
@notice A collection of a rollup that has ended: its tokens, for whom the rollup's last state says.
@dev One EIP-1167 clone for each collection, made by the rollup's Claims, which alone mints, each token once. Nobody can
     change it any more.
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

MAX_DATA: constant(uint256) = 2048

INTROSPECTION: constant(bytes4) = 0x01ffc9a7
COLLECTION: constant(bytes4) = 0x80ac58cd
METADATA: constant(bytes4) = 0x5b5e139f

claims: public(address)
# Where it was on the rollup.
collection: public(address)
_owners: HashMap[uint256, address]
_balances: HashMap[address, uint256]
_approved: HashMap[uint256, address]
isApprovedForAll: public(HashMap[address, HashMap[address, bool]])
totalSupply: public(uint256)
name: public(String[64])
symbol: public(String[32])
baseTokenURI: public(String[160])


@deploy
def __init__():
    # The copy that clones point to is nobody's.
    self.claims = self


@external
def initialize(_collection: address, _name: String[64], _symbol: String[32], _baseTokenURI: String[160]):
    """
    @notice Sets a new clone up, once, in the transaction that makes it.
    """
    assert self.claims == empty(address), "SettledERC721: already initialized"
    self.claims = msg.sender
    self.collection = _collection
    self.name = _name
    self.symbol = _symbol
    self.baseTokenURI = _baseTokenURI


@internal
@view
def _owner_of(token_id: uint256) -> address:
    owner: address = self._owners[token_id]
    assert owner != empty(address), "ERC721: invalid token ID"
    return owner


@internal
def _transfer(owner: address, to: address, token_id: uint256):
    holder: address = self._owner_of(token_id)
    assert (
        msg.sender == holder or self.isApprovedForAll[holder][msg.sender] or self._approved[token_id] == msg.sender
    ), "ERC721: caller is not token owner or approved"
    assert holder == owner, "ERC721: transfer from incorrect owner"
    assert to != empty(address), "ERC721: transfer to the zero address"
    self._approved[token_id] = empty(address)
    self._balances[owner] -= 1
    self._balances[to] += 1
    self._owners[token_id] = to
    log Transfer(sender=owner, receiver=to, tokenId=token_id)


@internal
def _check_received(owner: address, to: address, token_id: uint256, data: Bytes[MAX_DATA]):
    if to.is_contract and not (to.codesize == 23 and slice(to.code, 0, 3) == x"ef0100"):
        answer: bytes4 = extcall Receiver(to).onERC721Received(msg.sender, owner, token_id, data)
        assert answer == 0x150b7a02, "ERC721: transfer to non ERC721Receiver implementer"


@external
def mint(_to: address, _tokenId: uint256) -> bool:
    """
    @notice Brings a token over. For Claims.
    @return False where the token is here already.
    """
    assert msg.sender == self.claims, "SettledERC721: only for Claims"
    if self._owners[_tokenId] != empty(address):
        return False
    self.totalSupply += 1
    self._balances[_to] += 1
    self._owners[_tokenId] = _to
    log Transfer(sender=empty(address), receiver=_to, tokenId=_tokenId)
    return True


@external
def approve(_to: address, _tokenId: uint256):
    owner: address = self._owner_of(_tokenId)
    assert msg.sender == owner or self.isApprovedForAll[owner][msg.sender], (
        "ERC721: approve caller is not token owner or approved for all"
    )
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
def tokenURI(_tokenId: uint256) -> String[238]:
    assert self._owners[_tokenId] != empty(address), "ERC721: invalid token ID"
    return concat(self.baseTokenURI, uint2str(_tokenId))


@external
@pure
def supportsInterface(_interfaceId: bytes4) -> bool:
    return _interfaceId in [INTROSPECTION, COLLECTION, METADATA]


@external
@pure
def version() -> String[16]:
    return "1.0.0"

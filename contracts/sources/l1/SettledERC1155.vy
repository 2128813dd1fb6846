# pragma version 0.4.3
"""
@title SettledERC1155
@notice Items of a rollup that has ended: as many as its last state says, for whom it says.
@dev One EIP-1167 clone for each collection, made by the rollup's Claims, which alone mints: each holder's balance of an item
     once. That it has been is a mark in the highest bit of the holder's balance here. Nobody can change the collection.
"""

from modules import erc1155

initializes: erc1155

exports: (
    erc1155.balanceOf,
    erc1155.balanceOfBatch,
    erc1155.isApprovedForAll,
    erc1155.safeBatchTransferFrom,
    erc1155.safeTransferFrom,
    erc1155.setApprovalForAll,
    erc1155.supportsInterface,
)

claims: public(address)
# Where it was on the rollup.
collection: public(address)
name: public(String[64])
symbol: public(String[32])
_uri: String[160]


@deploy
def __init__():
    # The copy that clones point to is nobody's.
    self.claims = self


@external
def initialize(_collection: address, _name: String[64], _symbol: String[32], _uri: String[160]):
    """
    @notice Sets a new clone up, once, in the transaction that makes it.
    """
    assert self.claims == empty(address), "SettledERC1155: already initialized"
    self.claims = msg.sender
    self.collection = _collection
    self.name = _name
    self.symbol = _symbol
    self._uri = _uri


@external
def mint(_holder: address, _to: address, _id: uint256, _value: uint256) -> bool:
    """
    @notice Brings a holder's balance of an item over. For Claims. A contract is not asked whether it wants it.
    @return False where it was before.
    """
    assert msg.sender == self.claims, "SettledERC1155: only for Claims"
    held: uint256 = erc1155._balances[_id][_holder]
    if held & erc1155.MARK != 0:
        return False
    if _to == _holder:
        erc1155._balances[_id][_holder] = (held + _value) | erc1155.MARK
    else:
        erc1155._balances[_id][_holder] = held | erc1155.MARK
        erc1155._add(_to, _id, _value)
    log erc1155.TransferSingle(operator=msg.sender, sender=empty(address), receiver=_to, id=_id, amount=_value)
    return True


@external
@view
def isMinted(_holder: address, _id: uint256) -> bool:
    """
    @notice Whether a holder's balance of an item has come over.
    """
    return erc1155._balances[_id][_holder] & erc1155.MARK != 0


@external
@view
def uri(_id: uint256) -> String[160]:
    """
    @notice The same for every item: clients put its number where `{id}` stands.
    """
    return self._uri


@external
@pure
def version() -> String[16]:
    return "1.0.0"

# pragma version 0.4.3
"""
@title MayflyERC1155
@notice Items, each in any number, that are minted on the rollup and live on L1 after the rollup's end (SettledERC1155).
@dev Storage is part of the interface: after the end, balances are proven on L1. The balance of an account lies at
     keccak256(keccak256(0 . id) . account), each of 32 bytes, and slot 2 has keccak256(abi.encode(name, symbol, URI)), from
     which L1 makes the same collection. All collections have the same code, so one code hash tells them. No item has a
     supply of 2**128 or more: L1 keeps a mark in the highest bit of a balance.
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

event MinterChanged:
    minter: indexed(address)

metadataHash: public(bytes32)
# How many there are of an item.
totalSupply: public(HashMap[uint256, uint256])
minter: public(address)
name: public(String[64])
symbol: public(String[32])
_uri: String[160]


@deploy
def __init__(_minter: address, _name: String[64], _symbol: String[32], _uri: String[160]):
    self.minter = _minter
    self.name = _name
    self.symbol = _symbol
    self._uri = _uri
    self.metadataHash = keccak256(abi_encode(_name, _symbol, _uri))


@internal
def _create(to: address, id: uint256, amount: uint256):
    supply: uint256 = self.totalSupply[id]
    assert amount < 2**128 and supply + amount < 2**128, "MayflyERC1155: too many"
    self.totalSupply[id] = supply + amount
    erc1155._add(to, id, amount)


@internal
@view
def _check_mint(to: address):
    assert msg.sender == self.minter, "MayflyERC1155: only for the minter"
    assert to != empty(address), "ERC1155: mint to the zero address"


@external
def mint(_to: address, _id: uint256, _value: uint256, _data: Bytes[erc1155.MAX_DATA] = b""):
    """
    @notice Brings so many of an item into being. Only for the minter.
    """
    self._check_mint(_to)
    self._create(_to, _id, _value)
    log erc1155.TransferSingle(operator=msg.sender, sender=empty(address), receiver=_to, id=_id, amount=_value)
    erc1155._check_received(empty(address), _to, _id, _value, _data)


@external
def mintBatch(
    _to: address,
    _ids: DynArray[uint256, erc1155.MAX_BATCH],
    _values: DynArray[uint256, erc1155.MAX_BATCH],
    _data: Bytes[erc1155.MAX_DATA] = b"",
):
    """
    @notice Brings several items into being at once. Only for the minter.
    """
    self._check_mint(_to)
    assert len(_ids) == len(_values), "ERC1155: ids and amounts length mismatch"
    for index: uint256 in range(len(_ids), bound=erc1155.MAX_BATCH):
        self._create(_to, _ids[index], _values[index])
    log erc1155.TransferBatch(
        operator=msg.sender, sender=empty(address), receiver=_to, ids=_ids, amounts=_values
    )
    erc1155._check_batch_received(empty(address), _to, _ids, _values, _data)


@external
def setMinter(_minter: address):
    """
    @notice Hands the right to mint over, or ends it for good with zero.
    """
    assert msg.sender == self.minter, "MayflyERC1155: only for the minter"
    self.minter = _minter
    log MinterChanged(minter=_minter)


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

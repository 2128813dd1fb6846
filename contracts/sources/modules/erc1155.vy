# pragma version 0.4.3
"""
@title ERC-1155
@notice Balances of many items in one contract: holding, handing over and letting others do it, as the standard says.
@dev The contract that has this module brings items into being and tells their texts. The balance of an account lies at
     keccak256(keccak256(slot . id) . account), each of 32 bytes, which is Vyper's order.
"""

interface Receiver:
    def onERC1155Received(
        _operator: address, _from: address, _id: uint256, _value: uint256, _data: Bytes[MAX_DATA]
    ) -> bytes4: nonpayable
    def onERC1155BatchReceived(
        _operator: address,
        _from: address,
        _ids: DynArray[uint256, MAX_BATCH],
        _values: DynArray[uint256, MAX_BATCH],
        _data: Bytes[MAX_DATA],
    ) -> bytes4: nonpayable

event TransferSingle:
    operator: indexed(address)
    sender: indexed(address)
    receiver: indexed(address)
    id: uint256
    amount: uint256

event TransferBatch:
    operator: indexed(address)
    sender: indexed(address)
    receiver: indexed(address)
    ids: DynArray[uint256, MAX_BATCH]
    amounts: DynArray[uint256, MAX_BATCH]

event ApprovalForAll:
    account: indexed(address)
    operator: indexed(address)
    approved: bool

MAX_DATA: constant(uint256) = 2048
# The most items of one call.
MAX_BATCH: constant(uint256) = 64
# The bit above a balance is the contract's own.
MARK: constant(uint256) = 2**255

INTROSPECTION: constant(bytes4) = 0x01ffc9a7
MULTI_TOKEN: constant(bytes4) = 0xd9b67a26
METADATA: constant(bytes4) = 0x0e89341c

_balances: HashMap[uint256, HashMap[address, uint256]]
isApprovedForAll: public(HashMap[address, HashMap[address, bool]])


@internal
def _move(sender: address, receiver: address, id: uint256, amount: uint256):
    held: uint256 = self._balances[id][sender]
    assert held & ~MARK >= amount, "ERC1155: insufficient balance for transfer"
    self._balances[id][sender] = held - amount
    self._add(receiver, id, amount)


@internal
def _add(receiver: address, id: uint256, amount: uint256):
    """
    @dev All balances of an item are less than its supply, which the contract keeps below the mark.
    """
    self._balances[id][receiver] += amount


@internal
@view
def _check_transfer(sender: address, receiver: address):
    assert sender == msg.sender or self.isApprovedForAll[sender][msg.sender], (
        "ERC1155: caller is not token owner or approved"
    )
    assert receiver != empty(address), "ERC1155: transfer to the zero address"


@internal
@view
def _has_code(account: address) -> bool:
    """
    @notice Whether a contract is to be asked: an account that EIP-7702 delegates is not.
    """
    return account.is_contract and not (account.codesize == 23 and slice(account.code, 0, 3) == x"ef0100")


@internal
def _check_received(sender: address, receiver: address, id: uint256, amount: uint256, data: Bytes[MAX_DATA]):
    if self._has_code(receiver):
        answer: bytes4 = extcall Receiver(receiver).onERC1155Received(msg.sender, sender, id, amount, data)
        assert answer == 0xf23a6e61, "ERC1155: transfer to non ERC1155Receiver implementer"


@internal
def _check_batch_received(
    sender: address,
    receiver: address,
    ids: DynArray[uint256, MAX_BATCH],
    amounts: DynArray[uint256, MAX_BATCH],
    data: Bytes[MAX_DATA],
):
    if self._has_code(receiver):
        answer: bytes4 = extcall Receiver(receiver).onERC1155BatchReceived(msg.sender, sender, ids, amounts, data)
        assert answer == 0xbc197c81, "ERC1155: transfer to non ERC1155Receiver implementer"


@external
def setApprovalForAll(_operator: address, _approved: bool):
    assert _operator != msg.sender, "ERC1155: setting approval status for self"
    self.isApprovedForAll[msg.sender][_operator] = _approved
    log ApprovalForAll(account=msg.sender, operator=_operator, approved=_approved)


@external
def safeTransferFrom(_from: address, _to: address, _id: uint256, _value: uint256, _data: Bytes[MAX_DATA]):
    self._check_transfer(_from, _to)
    self._move(_from, _to, _id, _value)
    log TransferSingle(operator=msg.sender, sender=_from, receiver=_to, id=_id, amount=_value)
    self._check_received(_from, _to, _id, _value, _data)


@external
def safeBatchTransferFrom(
    _from: address,
    _to: address,
    _ids: DynArray[uint256, MAX_BATCH],
    _values: DynArray[uint256, MAX_BATCH],
    _data: Bytes[MAX_DATA],
):
    self._check_transfer(_from, _to)
    assert len(_ids) == len(_values), "ERC1155: ids and amounts length mismatch"
    for index: uint256 in range(len(_ids), bound=MAX_BATCH):
        self._move(_from, _to, _ids[index], _values[index])
    log TransferBatch(operator=msg.sender, sender=_from, receiver=_to, ids=_ids, amounts=_values)
    self._check_batch_received(_from, _to, _ids, _values, _data)


@external
@view
def balanceOf(_account: address, _id: uint256) -> uint256:
    return self._balances[_id][_account] & ~MARK


@external
@view
def balanceOfBatch(
    _accounts: DynArray[address, MAX_BATCH], _ids: DynArray[uint256, MAX_BATCH]
) -> DynArray[uint256, MAX_BATCH]:
    assert len(_accounts) == len(_ids), "ERC1155: accounts and ids length mismatch"
    balances: DynArray[uint256, MAX_BATCH] = []
    for index: uint256 in range(len(_ids), bound=MAX_BATCH):
        balances.append(self._balances[_ids[index]][_accounts[index]] & ~MARK)
    return balances


@external
@pure
def supportsInterface(_interfaceId: bytes4) -> bool:
    return _interfaceId in [INTROSPECTION, MULTI_TOKEN, METADATA]

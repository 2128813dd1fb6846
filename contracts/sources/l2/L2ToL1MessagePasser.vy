# pragma version 0.4.3
"""
@title L2ToL1MessagePasser
@notice Where every message from the rollup to L1 begins: it keeps a commitment to each, which is proven on L1.
@dev L1 proves the storage of this contract, so a commitment must lie where the specification and every tool look for
     it: `sentMessages` is a mapping at slot 0 in Solidity's layout, keccak256(key . 0). Vyper's HashMap puts the slot
     before the key. `_storage` is an array that begins at slot 0 and is as long as storage is, so that its element
     number s is slot s itself; the contract has no other variable (docs/adr/0009-storage-at-computed-slots.md).
"""

event MessagePassed:
    nonce: indexed(uint256)
    sender: indexed(address)
    target: indexed(address)
    value: uint256
    gasLimit: uint256
    data: Bytes[MAX_DATA]
    withdrawalHash: bytes32

event WithdrawerBalanceBurnt:
    amount: indexed(uint256)

MESSAGE_VERSION: public(constant(uint16)) = 1
# A message of the greatest length that the messenger takes, encoded as a call of the other messenger, fits.
MAX_DATA: constant(uint256) = 34816
RECEIVE_GAS_LIMIT: constant(uint256) = 100_000
NONCE_SLOT: constant(uint256) = 1
NONCE_MASK: constant(uint256) = 2**240 - 1
# ADDRESS SELFDESTRUCT: a contract that destroys itself and what it was given, in the transaction that creates it.
BURNER: constant(Bytes[2]) = x"30ff"

_storage: uint256[2**256 - 1]


@deploy
def __init__():
    pass


@internal
@pure
def _slot_of(withdrawal_hash: bytes32) -> uint256:
    return convert(keccak256(concat(withdrawal_hash, empty(bytes32))), uint256)


@internal
@view
def _nonce() -> uint256:
    return (convert(MESSAGE_VERSION, uint256) << 240) | self._storage[NONCE_SLOT]


@internal
def _commit(withdrawal_hash: bytes32):
    """
    @dev The slots of commitments cannot meet that of the nonce: they are hashes. The count wraps after 2**240 messages.
    """
    self._storage[self._slot_of(withdrawal_hash)] = 1
    self._storage[NONCE_SLOT] = unsafe_add(self._storage[NONCE_SLOT], 1) & NONCE_MASK


@external
@payable
def initiateWithdrawal(_target: address, _gasLimit: uint256, _data: Bytes[MAX_DATA]):
    """
    @notice Sends a message with the value of the call to L1.
    @param _target Whom L1 calls
    @param _gasLimit Gas that the call on L1 gets at least
    @param _data What the call on L1 carries
    """
    nonce: uint256 = self._nonce()
    withdrawal_hash: bytes32 = keccak256(abi_encode(nonce, msg.sender, _target, msg.value, _gasLimit, _data))
    self._commit(withdrawal_hash)
    log MessagePassed(
        nonce=nonce,
        sender=msg.sender,
        target=_target,
        value=msg.value,
        gasLimit=_gasLimit,
        data=_data,
        withdrawalHash=withdrawal_hash,
    )


@external
@payable
def __default__():
    """
    @notice Sends plain value to the sender's own address on L1.
    """
    assert len(msg.data) == 0, "L2ToL1MessagePasser: no such function"
    nonce: uint256 = self._nonce()
    withdrawal_hash: bytes32 = keccak256(
        abi_encode(nonce, msg.sender, msg.sender, msg.value, RECEIVE_GAS_LIMIT, b"")
    )
    self._commit(withdrawal_hash)
    log MessagePassed(
        nonce=nonce,
        sender=msg.sender,
        target=msg.sender,
        value=msg.value,
        gasLimit=RECEIVE_GAS_LIMIT,
        data=b"",
        withdrawalHash=withdrawal_hash,
    )


@external
def burn():
    """
    @notice Destroys the value that has left for L1. Anyone may call it.
    """
    amount: uint256 = self.balance
    _: address = raw_create(BURNER, value=amount)
    log WithdrawerBalanceBurnt(amount=amount)


@external
@view
def sentMessages(_withdrawalHash: bytes32) -> bool:
    return self._storage[self._slot_of(_withdrawalHash)] != 0


@external
@view
def messageNonce() -> uint256:
    """
    @notice The nonce of the next message, with the version of messages in its two highest bytes.
    """
    return self._nonce()


@external
@pure
def version() -> String[16]:
    return "1.2.0"

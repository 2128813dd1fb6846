# pragma version 0.4.3
"""
@title L2CrossDomainMessenger
@notice Sends messages to L1, and runs those that come from L1; one that fails can be run again by anyone.
@dev A message comes as a deposit from the alias of the messenger on L1. Its hash commits to all of it. A hash is in
     `successfulMessages` at most once, and only a hash in `failedMessages` can be run by someone else: its value was
     paid in by the deposit and stays here until it succeeds.
"""

interface MessagePasser:
    def initiateWithdrawal(_target: address, _gasLimit: uint256, _data: Bytes[MAX_ENCODED]): payable

event SentMessage:
    target: indexed(address)
    sender: address
    message: Bytes[MAX_MESSAGE]
    messageNonce: uint256
    gasLimit: uint256

event SentMessageExtension1:
    sender: indexed(address)
    value: uint256

event RelayedMessage:
    msgHash: indexed(bytes32)

event FailedRelayedMessage:
    msgHash: indexed(bytes32)

MESSAGE_PASSER: constant(address) = 0x4200000000000000000000000000000000000016
# What `tx.origin` is while gas is being estimated.
ESTIMATION: constant(address) = 0x0000000000000000000000000000000000000001
# What stands for "no message is running".
NO_SENDER: constant(address) = 0x000000000000000000000000000000000000dEaD
# 0x1111000000000000000000000000000000001111: what a contract of L1 has its address moved by.
ALIAS_OFFSET: constant(uint160) = 97431955772380292505369553133200691419628441873

# The longest message, the same on L1, and the longest with its encoding: a selector, seven words and the last padding.
MAX_MESSAGE: constant(uint256) = 32768
MAX_ENCODED: constant(uint256) = MAX_MESSAGE + 4 + 7 * 32

MESSAGE_VERSION: public(constant(uint16)) = 1
# Gas for the work of `relayMessage` before the call.
RELAY_CONSTANT_OVERHEAD: public(constant(uint64)) = 200_000
# Gas for what the call itself costs at most.
RELAY_CALL_OVERHEAD: public(constant(uint64)) = 40_000
# Gas kept back for the work after the call.
RELAY_RESERVED_GAS: public(constant(uint64)) = 40_000
# Gas between the check and the call.
RELAY_GAS_CHECK_BUFFER: public(constant(uint64)) = 5_000
# A call can get 63/64 of the gas (EIP-150).
MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR: public(constant(uint64)) = 64
MIN_GAS_DYNAMIC_OVERHEAD_DENOMINATOR: public(constant(uint64)) = 63
# Gas of a byte of call data, and the least that it costs (EIP-7623).
MIN_GAS_CALLDATA_OVERHEAD: public(constant(uint64)) = 16
FLOOR_CALLDATA_OVERHEAD: public(constant(uint64)) = 40
TX_BASE_GAS: public(constant(uint64)) = 21_000
# Bytes that a message grows by when it is encoded, at most.
ENCODING_OVERHEAD: public(constant(uint64)) = 260

successfulMessages: public(HashMap[bytes32, bool])
failedMessages: public(HashMap[bytes32, bool])
otherMessenger: public(address)
_sender: address
_nonce: uint256


@deploy
def __init__(_otherMessenger: address):
    self.otherMessenger = _otherMessenger
    self._sender = NO_SENDER


@internal
@view
def _versioned_nonce() -> uint256:
    return (convert(MESSAGE_VERSION, uint256) << 240) | self._nonce


@internal
@pure
def _base_gas(length: uint256, min_gas: uint32) -> uint64:
    execution: uint256 = convert(
        RELAY_CONSTANT_OVERHEAD + RELAY_CALL_OVERHEAD + RELAY_RESERVED_GAS + RELAY_GAS_CHECK_BUFFER, uint256
    ) + convert(min_gas, uint256) * convert(MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR, uint256) // convert(
        MIN_GAS_DYNAMIC_OVERHEAD_DENOMINATOR, uint256
    )
    size: uint256 = length + convert(ENCODING_OVERHEAD, uint256)
    return TX_BASE_GAS + convert(
        max(
            execution + size * convert(MIN_GAS_CALLDATA_OVERHEAD, uint256),
            size * convert(FLOOR_CALLDATA_OVERHEAD, uint256),
        ),
        uint64,
    )


@internal
def _fail(message_hash: bytes32):
    """
    @dev An estimate of gas must not settle on a limit at which the message fails, so it fails as a whole.
    """
    self.failedMessages[message_hash] = True
    log FailedRelayedMessage(msgHash=message_hash)
    assert tx.origin != ESTIMATION, "CrossDomainMessenger: the message failed"


@external
@payable
def sendMessage(_target: address, _message: Bytes[MAX_MESSAGE], _minGasLimit: uint32):
    """
    @notice Sends a message with the value of the call to L1.
    @param _target Whom the messenger on L1 calls
    @param _message What that call carries
    @param _minGasLimit Gas that the call gets at least
    """
    nonce: uint256 = self._versioned_nonce()
    self._nonce += 1
    extcall MessagePasser(MESSAGE_PASSER).initiateWithdrawal(
        self.otherMessenger,
        convert(self._base_gas(len(_message), _minGasLimit), uint256),
        abi_encode(
            nonce,
            msg.sender,
            _target,
            msg.value,
            convert(_minGasLimit, uint256),
            _message,
            method_id=method_id("relayMessage(uint256,address,address,uint256,uint256,bytes)"),
        ),
        value=msg.value,
    )
    log SentMessage(
        target=_target,
        sender=msg.sender,
        message=_message,
        messageNonce=nonce,
        gasLimit=convert(_minGasLimit, uint256),
    )
    log SentMessageExtension1(sender=msg.sender, value=msg.value)


@external
@payable
def relayMessage(
    _nonce: uint256,
    _sender: address,
    _target: address,
    _value: uint256,
    _minGasLimit: uint256,
    _message: Bytes[MAX_MESSAGE],
):
    """
    @notice Runs a message from L1: for the messenger on L1 the first time, for anyone after it has failed.
    @param _nonce The message's nonce with its version
    @param _sender Who sent it on L1
    @param _target Whom it calls here
    @param _value What it brings, wei
    @param _minGasLimit Gas that the call gets at least
    @param _message What the call carries
    """
    assert _nonce >> 240 == 1, "CrossDomainMessenger: unknown version of a message"
    message_hash: bytes32 = keccak256(
        abi_encode(
            _nonce,
            _sender,
            _target,
            _value,
            _minGasLimit,
            _message,
            method_id=method_id("relayMessage(uint256,address,address,uint256,uint256,bytes)"),
        )
    )
    if convert(unsafe_sub(convert(msg.sender, uint160), ALIAS_OFFSET), address) == self.otherMessenger:
        assert msg.value == _value, "CrossDomainMessenger: the value is not the message's"
        assert not self.failedMessages[message_hash], "CrossDomainMessenger: the message has come before"
    else:
        assert msg.value == 0, "CrossDomainMessenger: a message is run again without value"
        assert self.failedMessages[message_hash], "CrossDomainMessenger: message cannot be replayed"
    assert _target != self and _target != MESSAGE_PASSER, "CrossDomainMessenger: the target is a system contract"
    assert not self.successfulMessages[message_hash], "CrossDomainMessenger: message has already been relayed"

    # Less gas than the message asks for, or a message that is run from within another: it fails and can be run again.
    # The multiplications are those of `gas * 63 >= minimum * 64 + 63 * (overhead + reserve)`; a minimum so great that
    # they would overflow is more than any gas.
    if (
        self._sender != NO_SENDER
        or _minGasLimit > convert(max_value(uint64), uint256)
        or unsafe_mul(msg.gas, 63)
        < unsafe_add(
            unsafe_mul(_minGasLimit, 64),
            63 * convert(RELAY_CALL_OVERHEAD + RELAY_RESERVED_GAS + RELAY_GAS_CHECK_BUFFER, uint256),
        )
    ):
        self._fail(message_hash)
        return

    self._sender = _sender
    success: bool = raw_call(
        _target,
        _message,
        value=_value,
        gas=unsafe_sub(msg.gas, convert(RELAY_RESERVED_GAS, uint256)),
        revert_on_failure=False,
    )
    self._sender = NO_SENDER

    if success:
        self.successfulMessages[message_hash] = True
        log RelayedMessage(msgHash=message_hash)
    else:
        self._fail(message_hash)


@external
@view
def xDomainMessageSender() -> address:
    """
    @notice Who sent the message that is running.
    """
    sender: address = self._sender
    assert sender != NO_SENDER, "CrossDomainMessenger: xDomainMessageSender is not set"
    return sender


@external
@view
def messageNonce() -> uint256:
    """
    @notice The nonce of the next message, with the version of messages in its two highest bytes.
    """
    return self._versioned_nonce()


@external
@pure
def baseGas(_message: Bytes[MAX_MESSAGE], _minGasLimit: uint32) -> uint64:
    """
    @notice The gas limit with which the other side is sure to give a message what it asks for.
    """
    return self._base_gas(len(_message), _minGasLimit)


@external
@view
def OTHER_MESSENGER() -> address:
    return self.otherMessenger


@external
@view
def l1CrossDomainMessenger() -> address:
    return self.otherMessenger


@external
@pure
def paused() -> bool:
    return False


@external
@pure
def version() -> String[16]:
    return "2.1.0"

# pragma version 0.4.3
# pragma optimize codesize
"""
@title L1CrossDomainMessenger
@notice Sends messages to the rollup, and runs those that come from it; one that fails can be run again by anyone.
@dev A message comes as a withdrawal of the messenger on the rollup, executed by the portal. Its hash commits to all of it.
     A hash is in `successfulMessages` at most once, and only a hash in `failedMessages` can be run by someone else: its
     value came with the withdrawal and stays here until it succeeds.

     Short messages take a way of their own, for the reason that OptimismPortal gives.
"""

from interfaces import IOptimismPortal
from interfaces import ISystemConfig
from modules import initializable

initializes: initializable

interface Portal:
    def depositTransaction(
        _to: address, _value: uint256, _gasLimit: uint64, _isCreation: bool, _data: Bytes[MAX_ENCODED]
    ): payable

# The same function with a type for short data, so that a call of it takes less memory.
interface PortalOfShort:
    def depositTransaction(
        _to: address, _value: uint256, _gasLimit: uint64, _isCreation: bool, _data: Bytes[SHORT_ENCODED]
    ): payable

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

version: public(constant(String[6])) = "2.11.0"
OTHER: constant(address) = 0x4200000000000000000000000000000000000007
ESTIMATION: constant(address) = 0x0000000000000000000000000000000000000001

# The longest message, the same on L2, and the longest with its encoding: a selector and seven words.
MAX_MESSAGE: constant(uint256) = 32_768
MAX_ENCODED: constant(uint256) = MAX_MESSAGE + 4 + 7 * 32
SHORT: constant(uint256) = 2304
SHORT_ENCODED: constant(uint256) = SHORT + 4 + 7 * 32

MESSAGE_VERSION: public(constant(uint16)) = 1
# Gas for the work of `relayMessage` before the call, for the call itself at most, for what comes after it, and between
# the check and the call.
RELAY_CONSTANT_OVERHEAD: public(constant(uint64)) = 200_000
RELAY_CALL_OVERHEAD: public(constant(uint64)) = 40_000
RELAY_RESERVED_GAS: public(constant(uint64)) = 40_000
RELAY_GAS_CHECK_BUFFER: public(constant(uint64)) = 5_000
# The most gas that a message from the rollup is made to wait for: what asks for more than a transaction of L1 can have
# (EIP-7825) would fail for ever, and its value would stay here.
MOST_GAS: constant(uint256) = 15_000_000
# A call can get 63/64 of the gas (EIP-150).
MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR: public(constant(uint64)) = 64
MIN_GAS_DYNAMIC_OVERHEAD_DENOMINATOR: public(constant(uint64)) = 63
# Gas of a byte of call data, and the least that it costs (EIP-7623).
MIN_GAS_CALLDATA_OVERHEAD: public(constant(uint64)) = 16
FLOOR_CALLDATA_OVERHEAD: public(constant(uint64)) = 40
TX_BASE_GAS: public(constant(uint64)) = 21_000
# Bytes that a message grows by when it is encoded, at most.
ENCODING_OVERHEAD: public(constant(uint64)) = 260

systemConfig: public(address)
portal: public(address)
successfulMessages: public(HashMap[bytes32, bool])
failedMessages: public(HashMap[bytes32, bool])
nonce: uint256
# Who sent the message that is running.
running: transient(address)


@deploy
def __init__():
    initializable.__init__()


@external
def initialize(_systemConfig: address, _portal: address):
    """
    @notice Sets the messenger up, once.
    """
    initializable._initialize()
    self.systemConfig = _systemConfig
    self.portal = _portal


# To the rollup


@external
@payable
def sendMessage(_target: address, _message: Bytes[MAX_MESSAGE], _minGasLimit: uint32):
    """
    @notice Sends a message with the value of the call to the rollup.
    @param _target Whom the messenger on the rollup calls.
    @param _message What that call carries.
    @param _minGasLimit Gas that the call gets at least (see `baseGas`).
    """
    if len(_message) <= SHORT:
        self._send_short(_target, convert(_message, Bytes[SHORT]), _minGasLimit)
    else:
        nonce: uint256 = self._use_nonce()
        extcall Portal(self.portal).depositTransaction(
            OTHER,
            msg.value,
            self._base_gas(len(_message), _minGasLimit),
            False,
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


@internal
@payable
def _send_short(target: address, message: Bytes[SHORT], min_gas: uint32):
    nonce: uint256 = self._use_nonce()
    extcall PortalOfShort(self.portal).depositTransaction(
        OTHER,
        msg.value,
        self._base_gas(len(message), min_gas),
        False,
        abi_encode(
            nonce,
            msg.sender,
            target,
            msg.value,
            convert(min_gas, uint256),
            message,
            method_id=method_id("relayMessage(uint256,address,address,uint256,uint256,bytes)"),
        ),
        value=msg.value,
    )
    log SentMessage(
        target=target, sender=msg.sender, message=message, messageNonce=nonce, gasLimit=convert(min_gas, uint256)
    )
    log SentMessageExtension1(sender=msg.sender, value=msg.value)


@internal
def _use_nonce() -> uint256:
    used: uint256 = self.nonce
    self.nonce = used + 1
    return self._versioned(used)


@internal
@pure
def _versioned(nonce: uint256) -> uint256:
    return (convert(MESSAGE_VERSION, uint256) << 240) | nonce


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


# From the rollup


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
    @notice Runs a message from the rollup: for its messenger the first time, for anyone after it has failed.
    @param _nonce The message's nonce with its version.
    @param _sender Who sent it on the rollup.
    @param _target Whom it calls here.
    @param _value What it brings, wei.
    @param _minGasLimit Gas that the call gets at least, up to 15,000,000.
    @param _message What the call carries.
    """
    if len(_message) <= SHORT:
        self._relay_short(_nonce, _sender, _target, _value, _minGasLimit, convert(_message, Bytes[SHORT]))
    else:
        identifier: bytes32 = keccak256(
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
        if self._may_run(identifier, _nonce, _target, _value, _minGasLimit):
            self.running = _sender
            success: bool = raw_call(
                _target,
                _message,
                value=_value,
                gas=msg.gas - convert(RELAY_RESERVED_GAS, uint256),
                revert_on_failure=False,
            )
            self._has_run(identifier, success)


@internal
@payable
def _relay_short(
    nonce: uint256, sender: address, target: address, amount: uint256, min_gas: uint256, message: Bytes[SHORT]
):
    identifier: bytes32 = keccak256(
        abi_encode(
            nonce,
            sender,
            target,
            amount,
            min_gas,
            message,
            method_id=method_id("relayMessage(uint256,address,address,uint256,uint256,bytes)"),
        )
    )
    if self._may_run(identifier, nonce, target, amount, min_gas):
        self.running = sender
        success: bool = raw_call(
            target,
            message,
            value=amount,
            gas=msg.gas - convert(RELAY_RESERVED_GAS, uint256),
            revert_on_failure=False,
        )
        self._has_run(identifier, success)


@internal
@payable
def _may_run(identifier: bytes32, nonce: uint256, target: address, amount: uint256, min_gas: uint256) -> bool:
    """
    @notice Refuses what is no message, or must not run; marks as failed what cannot run now.
    """
    assert not self._paused(), "CrossDomainMessenger: paused"
    assert nonce >> 240 == 1, "CrossDomainMessenger: unknown version of a message"
    if msg.sender == self.portal and staticcall IOptimismPortal(self.portal).l2Sender() == OTHER:
        assert msg.value == amount, "CrossDomainMessenger: the value is not the message's"
        assert not self.failedMessages[identifier], "CrossDomainMessenger: the message has come before"
    else:
        assert msg.value == 0, "CrossDomainMessenger: a message is run again without value"
        assert self.failedMessages[identifier], "CrossDomainMessenger: message cannot be replayed"
    assert target != self and target != self.portal, "CrossDomainMessenger: the target is a system contract"
    assert not self.successfulMessages[identifier], "CrossDomainMessenger: message has already been relayed"
    # Less gas than the message asks for, or a message run from within another: it fails and can be run again.
    kept: uint256 = convert(RELAY_CALL_OVERHEAD + RELAY_RESERVED_GAS + RELAY_GAS_CHECK_BUFFER, uint256)
    if self.running != empty(address) or msg.gas <= kept or (msg.gas - kept) * 63 // 64 < min(min_gas, MOST_GAS):
        self._fail(identifier)
        return False
    return True


@internal
def _has_run(identifier: bytes32, success: bool):
    self.running = empty(address)
    if success:
        self.successfulMessages[identifier] = True
        log RelayedMessage(msgHash=identifier)
    else:
        self._fail(identifier)


@internal
def _fail(identifier: bytes32):
    """
    @dev An estimate of gas must not settle on a limit at which the message fails, so it fails as a whole.
    """
    self.failedMessages[identifier] = True
    log FailedRelayedMessage(msgHash=identifier)
    assert tx.origin != ESTIMATION, "CrossDomainMessenger: the message failed"


@internal
@view
def _paused() -> bool:
    return staticcall ISystemConfig(self.systemConfig).paused()


@external
@view
def xDomainMessageSender() -> address:
    """
    @notice Who sent the message that is running.
    """
    assert self.running != empty(address), "CrossDomainMessenger: xDomainMessageSender is not set"
    return self.running


@external
@view
def messageNonce() -> uint256:
    """
    @notice The nonce of the next message, with the version of messages in its two highest bytes.
    """
    return self._versioned(self.nonce)


@external
@pure
def baseGas(_message: Bytes[MAX_MESSAGE], _minGasLimit: uint32) -> uint64:
    """
    @notice The gas limit with which the other side is sure to give a message what it asks for, up to 7,000,000. Where
            more is asked for, each proxy on the way keeps back (EIP-150) more than is set aside for that: the message
            may fail for want of gas, and can be run again with more.
    """
    return self._base_gas(len(_message), _minGasLimit)


@external
@view
def paused() -> bool:
    return self._paused()


@external
@view
def superchainConfig() -> address:
    return staticcall ISystemConfig(self.systemConfig).superchainConfig()


@external
@view
def PORTAL() -> address:
    return self.portal


@external
@pure
def otherMessenger() -> address:
    return OTHER


@external
@pure
def OTHER_MESSENGER() -> address:
    return OTHER

# pragma version 0.4.3
"""
@title L2StandardBridge
@notice Moves ether and ERC-20 tokens between the rollup and L1.
@dev A token that can be minted here stands for one on L1: it is burnt on the way out and minted on the way in. Any
     other token is native here: it is held while its stand-in on L1 exists, and `deposits` says how much, by pair of
     tokens.
     Tokens are the code of strangers, so whatever calls them holds the lock; ether that comes in is handed on without
     it, so that its recipient may use the bridge at once.
"""

from ethereum.ercs import IERC20

interface Messenger:
    def sendMessage(_target: address, _message: Bytes[MAX_MESSAGE], _minGasLimit: uint32): payable
    def xDomainMessageSender() -> address: view

interface MintableToken:
    def mint(_to: address, _amount: uint256): nonpayable
    def burn(_from: address, _amount: uint256): nonpayable
    def remoteToken() -> address: view
    def l1Token() -> address: view

event ETHBridgeInitiated:
    sender: indexed(address)
    to: indexed(address)
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event ETHBridgeFinalized:
    sender: indexed(address)
    to: indexed(address)
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event ERC20BridgeInitiated:
    localToken: indexed(address)
    remoteToken: indexed(address)
    sender: indexed(address)
    to: address
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event ERC20BridgeFinalized:
    localToken: indexed(address)
    remoteToken: indexed(address)
    sender: indexed(address)
    to: address
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

# The two events that tools knew before the four above.
event WithdrawalInitiated:
    l1Token: indexed(address)
    l2Token: indexed(address)
    sender: indexed(address)
    to: address
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event DepositFinalized:
    l1Token: indexed(address)
    l2Token: indexed(address)
    sender: indexed(address)
    to: address
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

MESSENGER_ADDRESS: constant(address) = 0x4200000000000000000000000000000000000007
# What stands for ether where a token is named.
LEGACY_ETHER: constant(address) = 0xDeadDeAddeAddEAddeadDEaDDEAdDeaDDeAD0000
RECEIVE_GAS_LIMIT: constant(uint32) = 200_000

# The most that a transfer may carry beside itself, the same on L1, and a message with that: a selector and seven words.
MAX_EXTRA: constant(uint256) = 2048
MAX_MESSAGE: constant(uint256) = MAX_EXTRA + 4 + 7 * 32

# Interfaces of ERC-165: that of itself, the one that nothing has, and the two of mintable tokens.
INTROSPECTION: constant(bytes4) = 0x01ffc9a7
INVALID: constant(bytes4) = 0xffffffff
LEGACY_MINTABLE: constant(bytes4) = 0x1d1d8b63
MINTABLE: constant(bytes4) = 0xec4fc8e3
INTROSPECTION_GAS: constant(uint256) = 30_000
# What is needed so that a token gets all of that.
INTROSPECTION_RESERVE: constant(uint256) = 40_000

deposits: public(HashMap[address, HashMap[address, uint256]])
otherBridge: public(address)


@deploy
def __init__(_otherBridge: address):
    self.otherBridge = _otherBridge


@internal
@view
def _check_not_contract():
    """
    @dev A contract may not have this address on the other side, so it has to name its recipient.
    """
    assert not msg.sender.is_contract, "StandardBridge: a contract has to name its recipient"


@internal
@view
def _check_other_bridge():
    assert msg.sender == MESSENGER_ADDRESS, "StandardBridge: only for the other bridge"
    assert (
        staticcall Messenger(MESSENGER_ADDRESS).xDomainMessageSender() == self.otherBridge
    ), "StandardBridge: only for the other bridge"


@internal
@view
def _answers(token: address, interface_id: bytes4) -> bool:
    """
    @dev A caller must not be able to have a token answer no by leaving it too little gas.
    """
    assert msg.gas > INTROSPECTION_RESERVE, "StandardBridge: not enough gas"
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        token,
        abi_encode(interface_id, method_id=method_id("supportsInterface(bytes4)")),
        max_outsize=32,
        gas=INTROSPECTION_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    return success and len(answer) == 32 and convert(answer, uint256) == 1


@internal
@view
def _supports(token: address, interface_id: bytes4) -> bool:
    return (
        self._answers(token, INTROSPECTION)
        and not self._answers(token, INVALID)
        and self._answers(token, interface_id)
    )


@internal
@view
def _is_mintable(token: address, remote_token: address) -> bool:
    """
    @notice Whether the bridge mints this token; it must then stand for the remote one.
    """
    paired: address = empty(address)
    if self._supports(token, LEGACY_MINTABLE):
        paired = staticcall MintableToken(token).l1Token()
    elif self._supports(token, MINTABLE):
        paired = staticcall MintableToken(token).remoteToken()
    else:
        return False
    assert paired == remote_token, "StandardBridge: wrong remote token for the mintable token"
    return True


@internal
@payable
def _initiate_ether(sender: address, to: address, min_gas: uint32, extra: Bytes[MAX_EXTRA]):
    log WithdrawalInitiated(
        l1Token=empty(address), l2Token=LEGACY_ETHER, sender=sender, to=to, amount=msg.value, extraData=extra
    )
    log ETHBridgeInitiated(sender=sender, to=to, amount=msg.value, extraData=extra)
    extcall Messenger(MESSENGER_ADDRESS).sendMessage(
        self.otherBridge,
        abi_encode(
            sender, to, msg.value, extra, method_id=method_id("finalizeBridgeETH(address,address,uint256,bytes)")
        ),
        min_gas,
        value=msg.value,
    )


@internal
def _initiate_token(
    token: address,
    remote_token: address,
    sender: address,
    to: address,
    amount: uint256,
    min_gas: uint32,
    extra: Bytes[MAX_EXTRA],
):
    if self._is_mintable(token, remote_token):
        extcall MintableToken(token).burn(sender, amount)
    else:
        # What the bridge owes on L1 is what it has received here: a token that keeps a part of a transfer is refused.
        before: uint256 = staticcall IERC20(token).balanceOf(self)
        assert extcall IERC20(token).transferFrom(
            sender, self, amount, default_return_value=True
        ), "StandardBridge: the transfer failed"
        assert (
            staticcall IERC20(token).balanceOf(self) == before + amount
        ), "StandardBridge: the token did not transfer the whole amount"
        self.deposits[token][remote_token] += amount
    log WithdrawalInitiated(
        l1Token=remote_token, l2Token=token, sender=sender, to=to, amount=amount, extraData=extra
    )
    log ERC20BridgeInitiated(
        localToken=token, remoteToken=remote_token, sender=sender, to=to, amount=amount, extraData=extra
    )
    # On the other side the remote token is the local one.
    extcall Messenger(MESSENGER_ADDRESS).sendMessage(
        self.otherBridge,
        abi_encode(
            remote_token,
            token,
            sender,
            to,
            amount,
            extra,
            method_id=method_id("finalizeBridgeERC20(address,address,address,address,uint256,bytes)"),
        ),
        min_gas,
    )


@internal
@payable
def _withdraw(token: address, to: address, amount: uint256, min_gas: uint32, extra: Bytes[MAX_EXTRA]):
    if token == LEGACY_ETHER:
        assert msg.value == amount, "StandardBridge: the value is not the amount"
        self._initiate_ether(msg.sender, to, min_gas, extra)
    else:
        assert msg.value == 0, "StandardBridge: a token comes without value"
        remote_token: address = staticcall MintableToken(token).l1Token()
        self._initiate_token(token, remote_token, msg.sender, to, amount, min_gas, extra)


@external
@payable
def __default__():
    """
    @notice Sends plain value to the sender's own address on L1.
    """
    assert len(msg.data) == 0, "StandardBridge: no such function"
    self._check_not_contract()
    self._initiate_ether(msg.sender, msg.sender, RECEIVE_GAS_LIMIT, b"")


@external
@payable
def bridgeETH(_minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Sends the value of the call to the sender's own address on L1.
    """
    self._check_not_contract()
    self._initiate_ether(msg.sender, msg.sender, _minGasLimit, _extraData)


@external
@payable
def bridgeETHTo(_to: address, _minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Sends the value of the call to an address on L1.
    """
    self._initiate_ether(msg.sender, _to, _minGasLimit, _extraData)


@external
@nonreentrant
def bridgeERC20(
    _localToken: address,
    _remoteToken: address,
    _amount: uint256,
    _minGasLimit: uint32,
    _extraData: Bytes[MAX_EXTRA],
):
    """
    @notice Sends tokens to the sender's own address on L1.
    """
    self._check_not_contract()
    self._initiate_token(_localToken, _remoteToken, msg.sender, msg.sender, _amount, _minGasLimit, _extraData)


@external
@nonreentrant
def bridgeERC20To(
    _localToken: address,
    _remoteToken: address,
    _to: address,
    _amount: uint256,
    _minGasLimit: uint32,
    _extraData: Bytes[MAX_EXTRA],
):
    """
    @notice Sends tokens to an address on L1.
    """
    self._initiate_token(_localToken, _remoteToken, msg.sender, _to, _amount, _minGasLimit, _extraData)


@external
@payable
@nonreentrant
def withdraw(_l2Token: address, _amount: uint256, _minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Sends a token that stands for one on L1, or ether, to the sender's own address there.
    """
    self._check_not_contract()
    self._withdraw(_l2Token, msg.sender, _amount, _minGasLimit, _extraData)


@external
@payable
@nonreentrant
def withdrawTo(
    _l2Token: address, _to: address, _amount: uint256, _minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]
):
    """
    @notice Sends a token that stands for one on L1, or ether, to an address there.
    """
    self._withdraw(_l2Token, _to, _amount, _minGasLimit, _extraData)


@external
@payable
def finalizeBridgeETH(_from: address, _to: address, _amount: uint256, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Hands out ether that was sent on L1. Only for the other bridge.
    """
    self._check_other_bridge()
    assert msg.value == _amount, "StandardBridge: the value is not the amount"
    assert _to != self, "StandardBridge: the recipient is the bridge"
    assert _to != MESSENGER_ADDRESS, "StandardBridge: the recipient is the messenger"
    log DepositFinalized(
        l1Token=empty(address), l2Token=LEGACY_ETHER, sender=_from, to=_to, amount=_amount, extraData=_extraData
    )
    log ETHBridgeFinalized(sender=_from, to=_to, amount=_amount, extraData=_extraData)
    success: bool = raw_call(_to, b"", value=_amount, revert_on_failure=False)
    assert success, "StandardBridge: the recipient refused the ether"


@external
@nonreentrant
def finalizeBridgeERC20(
    _localToken: address,
    _remoteToken: address,
    _from: address,
    _to: address,
    _amount: uint256,
    _extraData: Bytes[MAX_EXTRA],
):
    """
    @notice Hands out tokens that were sent on L1. Only for the other bridge.
    """
    self._check_other_bridge()
    if self._is_mintable(_localToken, _remoteToken):
        extcall MintableToken(_localToken).mint(_to, _amount)
    else:
        self.deposits[_localToken][_remoteToken] -= _amount
        assert extcall IERC20(_localToken).transfer(
            _to, _amount, default_return_value=True
        ), "StandardBridge: the transfer failed"
    log DepositFinalized(
        l1Token=_remoteToken, l2Token=_localToken, sender=_from, to=_to, amount=_amount, extraData=_extraData
    )
    log ERC20BridgeFinalized(
        localToken=_localToken, remoteToken=_remoteToken, sender=_from, to=_to, amount=_amount, extraData=_extraData
    )


@external
@view
def l1TokenBridge() -> address:
    return self.otherBridge


@external
@view
def OTHER_BRIDGE() -> address:
    return self.otherBridge


@external
@pure
def messenger() -> address:
    return MESSENGER_ADDRESS


@external
@pure
def MESSENGER() -> address:
    return MESSENGER_ADDRESS


@external
@pure
def paused() -> bool:
    return False


@external
@pure
def version() -> String[16]:
    return "1.13.0"

# pragma version 0.4.3
# pragma optimize codesize
"""
@title L1StandardBridge
@notice Moves ETH and ERC-20 tokens between L1 and the rollup.
@dev A token of L1 is held here while its stand-in on the rollup exists, and `deposits` says how much, by pair of tokens. A
     token that can be minted here stands for one of the rollup: it is minted on the way in and burnt on the way out.
     Tokens are the code of strangers, so whatever calls them holds the lock; ETH that comes in is handed on without it, so
     that its recipient may use the bridge at once.
"""

from ethereum.ercs import IERC20
from interfaces import ICrossDomainMessenger
from interfaces import ISystemConfig
from modules import initializable
from modules import mintable_token

initializes: initializable

event ETHBridgeInitiated:
    from_: indexed(address)
    to: indexed(address)
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event ETHBridgeFinalized:
    from_: indexed(address)
    to: indexed(address)
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event ERC20BridgeInitiated:
    localToken: indexed(address)
    remoteToken: indexed(address)
    from_: indexed(address)
    to: address
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event ERC20BridgeFinalized:
    localToken: indexed(address)
    remoteToken: indexed(address)
    from_: indexed(address)
    to: address
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

# The four events that tools knew before those above.
event ETHDepositInitiated:
    from_: indexed(address)
    to: indexed(address)
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event ETHWithdrawalFinalized:
    from_: indexed(address)
    to: indexed(address)
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event ERC20DepositInitiated:
    l1Token: indexed(address)
    l2Token: indexed(address)
    from_: indexed(address)
    to: address
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

event ERC20WithdrawalFinalized:
    l1Token: indexed(address)
    l2Token: indexed(address)
    from_: indexed(address)
    to: address
    amount: uint256
    extraData: Bytes[MAX_EXTRA]

version: public(constant(String[5])) = "2.8.0"
OTHER: constant(address) = 0x4200000000000000000000000000000000000010
RECEIVE_GAS_LIMIT: constant(uint32) = 200_000
# The most that a transfer may carry beside itself, the same on L2, and a message with that: a selector and seven words.
MAX_EXTRA: constant(uint256) = 2048
MAX_MESSAGE: constant(uint256) = MAX_EXTRA + 4 + 7 * 32
# The gas of one payment of a claim, and the most payments at once.
CLAIM_GAS: constant(uint256) = 200_000

systemConfig: public(address)
messenger: public(address)
claims: public(address)
deposits: public(HashMap[address, HashMap[address, uint256]])


@deploy
def __init__():
    initializable.__init__()


@external
def initialize(_systemConfig: address, _messenger: address, _claims: address):
    """
    @notice Sets the bridge up, once.
    """
    initializable._initialize()
    self.systemConfig = _systemConfig
    self.messenger = _messenger
    self.claims = _claims


# To the rollup


@external
@payable
def __default__():
    """
    @notice Sends plain value to the sender's own address on the rollup.
    """
    assert len(msg.data) == 0, "StandardBridge: no such function"
    self._check_account()
    self._initiate_eth(msg.sender, RECEIVE_GAS_LIMIT, b"")


@external
@payable
def bridgeETH(_minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Sends the value of the call to the sender's own address on the rollup.
    """
    self._check_account()
    self._initiate_eth(msg.sender, _minGasLimit, _extraData)


@external
@payable
def bridgeETHTo(_to: address, _minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Sends the value of the call to an address on the rollup.
    """
    self._initiate_eth(_to, _minGasLimit, _extraData)


@external
@payable
def depositETH(_minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Does what `bridgeETH` does.
    """
    self._check_account()
    self._initiate_eth(msg.sender, _minGasLimit, _extraData)


@external
@payable
def depositETHTo(_to: address, _minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Does what `bridgeETHTo` does.
    """
    self._initiate_eth(_to, _minGasLimit, _extraData)


@external
@nonreentrant
def bridgeERC20(
    _localToken: address, _remoteToken: address, _amount: uint256, _minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]
):
    """
    @notice Sends tokens to the sender's own address on the rollup.
    """
    self._check_account()
    self._initiate_token(_localToken, _remoteToken, msg.sender, _amount, _minGasLimit, _extraData)


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
    @notice Sends tokens to an address on the rollup.
    """
    self._initiate_token(_localToken, _remoteToken, _to, _amount, _minGasLimit, _extraData)


@external
@nonreentrant
def depositERC20(
    _l1Token: address, _l2Token: address, _amount: uint256, _minGasLimit: uint32, _extraData: Bytes[MAX_EXTRA]
):
    """
    @notice Does what `bridgeERC20` does.
    """
    self._check_account()
    self._initiate_token(_l1Token, _l2Token, msg.sender, _amount, _minGasLimit, _extraData)


@external
@nonreentrant
def depositERC20To(
    _l1Token: address,
    _l2Token: address,
    _to: address,
    _amount: uint256,
    _minGasLimit: uint32,
    _extraData: Bytes[MAX_EXTRA],
):
    """
    @notice Does what `bridgeERC20To` does.
    """
    self._initiate_token(_l1Token, _l2Token, _to, _amount, _minGasLimit, _extraData)


@internal
@payable
def _initiate_eth(to: address, min_gas: uint32, extra: Bytes[MAX_EXTRA]):
    log ETHDepositInitiated(from_=msg.sender, to=to, amount=msg.value, extraData=extra)
    log ETHBridgeInitiated(from_=msg.sender, to=to, amount=msg.value, extraData=extra)
    extcall ICrossDomainMessenger(self.messenger).sendMessage(
        OTHER,
        abi_encode(
            msg.sender,
            to,
            msg.value,
            extra,
            method_id=method_id("finalizeBridgeETH(address,address,uint256,bytes)"),
        ),
        min_gas,
        value=msg.value,
    )


@internal
def _initiate_token(
    token: address, remote_token: address, to: address, amount: uint256, min_gas: uint32, extra: Bytes[MAX_EXTRA]
):
    if mintable_token._is_mintable(token, remote_token):
        extcall mintable_token.MintableToken(token).burn(msg.sender, amount)
    else:
        # What the rollup's side hands out is what has come in here: a token that keeps a part of a transfer is refused.
        before: uint256 = staticcall IERC20(token).balanceOf(self)
        sent: bool = extcall IERC20(token).transferFrom(msg.sender, self, amount, default_return_value=True)
        assert sent, "StandardBridge: the transfer failed"
        after: uint256 = staticcall IERC20(token).balanceOf(self)
        assert after == before + amount, "StandardBridge: the token did not transfer the whole amount"
        self.deposits[token][remote_token] += amount
    log ERC20DepositInitiated(
        l1Token=token, l2Token=remote_token, from_=msg.sender, to=to, amount=amount, extraData=extra
    )
    log ERC20BridgeInitiated(
        localToken=token, remoteToken=remote_token, from_=msg.sender, to=to, amount=amount, extraData=extra
    )
    # On the other side the remote token is the local one.
    extcall ICrossDomainMessenger(self.messenger).sendMessage(
        OTHER,
        abi_encode(
            remote_token,
            token,
            msg.sender,
            to,
            amount,
            extra,
            method_id=method_id("finalizeBridgeERC20(address,address,address,address,uint256,bytes)"),
        ),
        min_gas,
    )


@internal
@view
def _check_account():
    """
    @dev A contract may not have this address on the other side, so it has to name its recipient. An account that EIP-7702
         delegates is one.
    """
    if msg.sender.is_contract:
        assert msg.sender.codesize == 23 and slice(msg.sender.code, 0, 3) == x"ef0100", (
            "StandardBridge: function can only be called from an EOA"
        )


# From the rollup


@external
@payable
def finalizeBridgeETH(_from: address, _to: address, _amount: uint256, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Hands out ETH that was sent on the rollup. Only for the other bridge.
    """
    self._finalize_eth(_from, _to, _amount, _extraData)


@external
@payable
def finalizeETHWithdrawal(_from: address, _to: address, _amount: uint256, _extraData: Bytes[MAX_EXTRA]):
    """
    @notice Does what `finalizeBridgeETH` does.
    """
    self._finalize_eth(_from, _to, _amount, _extraData)


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
    @notice Hands out tokens that were sent on the rollup. Only for the other bridge.
    """
    self._finalize_token(_localToken, _remoteToken, _from, _to, _amount, _extraData)


@external
@nonreentrant
def finalizeERC20Withdrawal(
    _l1Token: address,
    _l2Token: address,
    _from: address,
    _to: address,
    _amount: uint256,
    _extraData: Bytes[MAX_EXTRA],
):
    """
    @notice Does what `finalizeBridgeERC20` does.
    """
    self._finalize_token(_l1Token, _l2Token, _from, _to, _amount, _extraData)


@internal
@payable
def _finalize_eth(sender: address, to: address, amount: uint256, extra: Bytes[MAX_EXTRA]):
    self._check_other_bridge()
    assert msg.value == amount, "StandardBridge: the value is not the amount"
    assert to != self, "StandardBridge: cannot send to self"
    assert to != self.messenger, "StandardBridge: cannot send to messenger"
    log ETHWithdrawalFinalized(from_=sender, to=to, amount=amount, extraData=extra)
    log ETHBridgeFinalized(from_=sender, to=to, amount=amount, extraData=extra)
    success: bool = raw_call(to, b"", value=amount, revert_on_failure=False)
    assert success, "StandardBridge: ETH transfer failed"


@internal
def _finalize_token(
    token: address, remote_token: address, sender: address, to: address, amount: uint256, extra: Bytes[MAX_EXTRA]
):
    self._check_other_bridge()
    if mintable_token._is_mintable(token, remote_token):
        extcall mintable_token.MintableToken(token).mint(to, amount)
    else:
        held: uint256 = self.deposits[token][remote_token]
        assert held >= amount, "StandardBridge: more than what was deposited"
        self.deposits[token][remote_token] = held - amount
        sent: bool = extcall IERC20(token).transfer(to, amount, default_return_value=True)
        assert sent, "StandardBridge: the transfer failed"
    log ERC20WithdrawalFinalized(
        l1Token=token, l2Token=remote_token, from_=sender, to=to, amount=amount, extraData=extra
    )
    log ERC20BridgeFinalized(
        localToken=token, remoteToken=remote_token, from_=sender, to=to, amount=amount, extraData=extra
    )


@internal
@view
def _check_other_bridge():
    assert not staticcall ISystemConfig(self.systemConfig).paused(), "StandardBridge: paused"
    assert msg.sender == self.messenger, "StandardBridge: function can only be called from the other bridge"
    assert staticcall ICrossDomainMessenger(msg.sender).xDomainMessageSender() == OTHER, (
        "StandardBridge: function can only be called from the other bridge"
    )


@external
@nonreentrant
def payClaim(_localToken: address, _remoteToken: address, _recipient: address, _amount: uint256) -> bool:
    """
    @notice Pays what is proven of the rollup's last state, out of what was deposited for this pair of tokens. For the
            rollup's Claims, which pays nothing twice.
    @return Whether the token made the payment.
    """
    assert msg.sender == self.claims, "StandardBridge: function can only be called from Claims"
    held: uint256 = self.deposits[_localToken][_remoteToken]
    if _amount > held:
        return False
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        _localToken,
        abi_encode(_recipient, _amount, method_id=method_id("transfer(address,uint256)")),
        max_outsize=32,
        gas=CLAIM_GAS,
        revert_on_failure=False,
    )
    if len(answer) == 32:
        success = success and convert(answer, uint256) == 1
    else:
        success = success and len(answer) == 0 and _localToken.is_contract
    if success:
        # Nothing else changes it meanwhile: whatever does holds the lock.
        self.deposits[_localToken][_remoteToken] = held - _amount
    return success


@external
@view
def paused() -> bool:
    return staticcall ISystemConfig(self.systemConfig).paused()


@external
@view
def superchainConfig() -> address:
    return staticcall ISystemConfig(self.systemConfig).superchainConfig()


@external
@view
def MESSENGER() -> address:
    return self.messenger


@external
@pure
def otherBridge() -> address:
    return OTHER


@external
@pure
def OTHER_BRIDGE() -> address:
    return OTHER


@external
@pure
def l2TokenBridge() -> address:
    return OTHER

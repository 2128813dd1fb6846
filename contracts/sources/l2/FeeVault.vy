# pragma version 0.4.3
"""
@title FeeVault
@notice Collects one kind of fees; anyone may have them paid out, to the one recipient.
@dev The same code stands at four addresses: for the base fee, the sequencer's fee, the fee for data on L1 and the
     operator's. Who receives what, where and from which amount on is set by the owner of the ProxyAdmin (OP Stack
     specification, protocol/revshare/predeploys).
"""

interface MessagePasser:
    def initiateWithdrawal(_target: address, _gasLimit: uint256, _data: Bytes[32]): payable

interface Ownable:
    def owner() -> address: view

event Withdrawal:
    value: uint256
    to: address
    sender: address

event MinWithdrawalAmountUpdated:
    oldWithdrawalAmount: uint256
    newWithdrawalAmount: uint256

event RecipientUpdated:
    oldRecipient: address
    newRecipient: address

event WithdrawalNetworkUpdated:
    oldWithdrawalNetwork: uint8
    newWithdrawalNetwork: uint8

MESSAGE_PASSER: constant(address) = 0x4200000000000000000000000000000000000016
PROXY_ADMIN: constant(address) = 0x4200000000000000000000000000000000000018
WITHDRAWAL_GAS: constant(uint256) = 400_000
# Where fees are paid out: on L1, by a withdrawal, or on the rollup.
ON_L1: constant(uint8) = 0
ON_L2: constant(uint8) = 1
# An event of the same name as the one above, which Vyper cannot declare.
WITHDRAWAL_WITH_NETWORK: constant(bytes32) = keccak256("Withdrawal(uint256,address,address,uint8)")

totalProcessed: public(uint256)
minWithdrawalAmount: public(uint256)
recipient: public(address)
withdrawalNetwork: public(uint8)


@deploy
def __init__(_recipient: address, _minWithdrawalAmount: uint256, _withdrawalNetwork: uint8):
    assert _withdrawalNetwork <= ON_L2, "FeeVault: no such network"
    self.recipient = _recipient
    self.minWithdrawalAmount = _minWithdrawalAmount
    self.withdrawalNetwork = _withdrawalNetwork


@internal
@view
def _check_owner():
    if msg.sender != staticcall Ownable(PROXY_ADMIN).owner():
        raw_revert(method_id("FeeVault_OnlyProxyAdminOwner()"))


@external
@payable
def __default__():
    assert len(msg.data) == 0, "FeeVault: no such function"


@external
@nonreentrant
def withdraw() -> uint256:
    """
    @notice Pays everything out.
    @return What was paid, wei
    """
    amount: uint256 = self.balance
    assert amount >= self.minWithdrawalAmount, "FeeVault: less than the minimum withdrawal"
    recipient: address = self.recipient
    network: uint8 = self.withdrawalNetwork
    self.totalProcessed += amount
    log Withdrawal(value=amount, to=recipient, sender=msg.sender)
    raw_log([WITHDRAWAL_WITH_NETWORK], abi_encode(amount, recipient, msg.sender, network))
    if network == ON_L2:
        success: bool = raw_call(recipient, b"", value=amount, revert_on_failure=False)
        assert success, "FeeVault: the recipient refused the ether"
    else:
        extcall MessagePasser(MESSAGE_PASSER).initiateWithdrawal(recipient, WITHDRAWAL_GAS, b"", value=amount)
    return amount


@external
def setMinWithdrawalAmount(_newMinWithdrawalAmount: uint256):
    """
    @notice Sets from which amount on fees are paid out. Only for the owner of the ProxyAdmin.
    """
    self._check_owner()
    log MinWithdrawalAmountUpdated(
        oldWithdrawalAmount=self.minWithdrawalAmount, newWithdrawalAmount=_newMinWithdrawalAmount
    )
    self.minWithdrawalAmount = _newMinWithdrawalAmount


@external
def setRecipient(_newRecipient: address):
    """
    @notice Sets who receives the fees. Only for the owner of the ProxyAdmin.
    """
    self._check_owner()
    log RecipientUpdated(oldRecipient=self.recipient, newRecipient=_newRecipient)
    self.recipient = _newRecipient


@external
def setWithdrawalNetwork(_newWithdrawalNetwork: uint8):
    """
    @notice Sets whether fees are paid out on L1 (0) or here (1). Only for the owner of the ProxyAdmin.
    """
    self._check_owner()
    assert _newWithdrawalNetwork <= ON_L2, "FeeVault: no such network"
    log WithdrawalNetworkUpdated(
        oldWithdrawalNetwork=self.withdrawalNetwork, newWithdrawalNetwork=_newWithdrawalNetwork
    )
    self.withdrawalNetwork = _newWithdrawalNetwork


@external
@view
def MIN_WITHDRAWAL_AMOUNT() -> uint256:
    return self.minWithdrawalAmount


@external
@view
def RECIPIENT() -> address:
    return self.recipient


@external
@view
def WITHDRAWAL_NETWORK() -> uint8:
    return self.withdrawalNetwork


@external
@view
def l1FeeWallet() -> address:
    """
    @notice The recipient, by the name that the vault of the sequencer had.
    """
    return self.recipient


@external
@pure
def version() -> String[16]:
    return "1.6.0"

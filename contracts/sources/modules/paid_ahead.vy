# pragma version 0.4.3
"""
@title What is paid ahead of the optimistic rule on the word of restaked operators, and what holds it up
@dev For ServiceManager. What was paid ahead is kept by windows of time: it counts in its window and the next.
"""

from interfaces import IFinalityModule

# Somebody's word, with a bond, that a certified output is false.
struct Alert:
    systemConfig: address
    operatorSetId: uint32
    by: address
    bond: uint256

interface SystemConfig:
    def optimismPortal() -> address: view
    def l1CrossDomainMessenger() -> address: view
    def l1StandardBridge() -> address: view

interface Portal:
    def anchorStateRegistry() -> address: view

interface RefutableProposal:
    def isRefuted() -> bool: view

interface AnchorStateRegistry:
    def isGameRegistered(_game: address) -> bool: view
    def isGameClaimValid(_game: address) -> bool: view
    def isGameRespected(_game: address) -> bool: view
    def isGameFinalized(_game: address) -> bool: view
    def isGameBlacklisted(_game: address) -> bool: view
    def isGameRetired(_game: address) -> bool: view

event TokenWeighed:
    token: indexed(address)
    weight: uint256

event Charged:
    systemConfig: indexed(address)
    amount: uint256
    outstanding: uint256

event AlertRaised:
    systemConfig: indexed(address)
    game: indexed(address)
    by: address
    bond: uint256

event AlertEnded:
    systemConfig: indexed(address)
    game: indexed(address)
    wasRight: bool

event CreditClaimed:
    recipient: indexed(address)
    amount: uint256

WAD: constant(uint256) = 10**18
CHALLENGER_WINS: constant(uint8) = 1
# The shortest window, in seconds.
LEAST_WINDOW: constant(uint256) = 3600
BURN_ADDRESS: constant(address) = 0x000000000000000000000000000000000000dEaD
# What sends withdrawals of ETH and tokens on the rollup (specification: predeploys).
L2_STANDARD_BRIDGE: constant(address) = 0x4200000000000000000000000000000000000010

# Parts of 10**18 of its stake that a rollup's operators may answer for.
capFactor: public(uint256)
# Seconds for which what was paid ahead counts, and as many again at most.
capWindow: public(uint256)
# By set and number of a window.
paidAhead: HashMap[uint32, HashMap[uint256, uint256]]
# What 10**18 units of a token of L1 are worth, in wei; zero for one whose withdrawals are never paid ahead.
tokenWeight: public(HashMap[address, uint256])
alertBond: public(uint256)
# By game.
alerts: public(HashMap[address, Alert])
openAlerts: public(HashMap[uint32, uint256])
credit: public(HashMap[address, uint256])


@internal
def _set_limits(cap_factor: uint256, cap_window: uint256, alert_bond: uint256, is_in_use: bool):
    if cap_factor > WAD or cap_window < LEAST_WINDOW or alert_bond == 0:
        raw_revert(method_id("ServiceManager_LimitOutOfRange()"))
    # Windows of another length have other numbers: what was paid ahead would be forgotten.
    if is_in_use and cap_window != self.capWindow:
        raw_revert(method_id("ServiceManager_WindowInUse()"))
    self.capFactor = cap_factor
    self.capWindow = cap_window
    self.alertBond = alert_bond


@internal
def _weigh(token: address, weight: uint256):
    self.tokenWeight[token] = weight
    log TokenWeighed(token=token, weight=weight)


# The ledger


@internal
def _charge(
    system_config: address, identifier: uint32, cap: uint256, target: address, amount: uint256, data: Bytes[1024]
):
    if self.openAlerts[identifier] != 0:
        raw_revert(method_id("ServiceManager_AlertOpen()"))
    worth: uint256 = amount
    if len(data) != 0:
        worth += self._tokens_worth(system_config, target, data)
    outstanding: uint256 = self._outstanding(identifier) + worth
    if outstanding > cap:
        raw_revert(method_id("ServiceManager_AboveTheCap()"))
    self.paidAhead[identifier][block.timestamp // self.capWindow] += worth
    log Charged(systemConfig=system_config, amount=worth, outstanding=outstanding)


@internal
@view
def _outstanding(identifier: uint32) -> uint256:
    window: uint256 = block.timestamp // self.capWindow
    return self.paidAhead[identifier][window] + self.paidAhead[identifier][window - 1]


@internal
@view
def _tokens_worth(system_config: address, target: address, data: Bytes[1024]) -> uint256:
    """
    @notice What a message releases besides its ETH, in wei; reverts where nobody can say.
    """
    if target != staticcall SystemConfig(system_config).l1CrossDomainMessenger() or len(data) < 4:
        raw_revert(method_id("ServiceManager_WorthUnknown()"))
    if slice(data, 0, 4) != method_id("relayMessage(uint256,address,address,uint256,uint256,bytes)"):
        raw_revert(method_id("ServiceManager_WorthUnknown()"))
    nonce: uint256 = 0
    sender: address = empty(address)
    receiver: address = empty(address)
    amount: uint256 = 0
    gas_limit: uint256 = 0
    message: Bytes[768] = b""
    nonce, sender, receiver, amount, gas_limit, message = abi_decode(
        slice(data, 4, len(data) - 4), (uint256, address, address, uint256, uint256, Bytes[768])
    )
    # The messenger hands on the ETH that it is sent, and a call without data moves nothing else.
    if len(message) == 0:
        return 0
    bridge: address = staticcall SystemConfig(system_config).l1StandardBridge()
    if receiver != bridge or sender != L2_STANDARD_BRIDGE or len(message) < 4:
        raw_revert(method_id("ServiceManager_WorthUnknown()"))
    call: Bytes[4] = slice(message, 0, 4)
    if call == method_id("finalizeBridgeETH(address,address,uint256,bytes)"):
        return 0
    if call != method_id("finalizeBridgeERC20(address,address,address,address,uint256,bytes)") or len(message) < 164:
        raw_revert(method_id("ServiceManager_WorthUnknown()"))
    weight: uint256 = self.tokenWeight[convert(convert(slice(message, 4, 32), uint256), address)]
    if weight == 0:
        raw_revert(method_id("ServiceManager_WorthUnknown()"))
    # Rounded up: nothing leaves for nothing.
    return (convert(slice(message, 132, 32), uint256) * weight + WAD - 1) // WAD


# Alerts


@internal
@payable
def _raise(system_config: address, identifier: uint32, game: address):
    anchors: AnchorStateRegistry = self._anchors(system_config)
    if not staticcall anchors.isGameRegistered(game) or staticcall IFinalityModule(game).certifiedBy() != self:
        raw_revert(method_id("ServiceManager_NotCertified()"))
    # Such a game is decided, or never will be: an alert against it would have no end.
    if (
        not staticcall anchors.isGameRespected(game)
        or staticcall anchors.isGameBlacklisted(game)
        or staticcall anchors.isGameRetired(game)
        or staticcall anchors.isGameFinalized(game)
    ):
        raw_revert(method_id("ServiceManager_AlreadyDecided()"))
    if self.alerts[game].by != empty(address):
        raw_revert(method_id("ServiceManager_AlertIsThere()"))
    if msg.value != self.alertBond:
        raw_revert(method_id("ServiceManager_OtherBond()"))
    self.alerts[game] = Alert(
        systemConfig=system_config, operatorSetId=identifier, by=msg.sender, bond=msg.value
    )
    self.openAlerts[identifier] += 1
    log AlertRaised(systemConfig=system_config, game=game, by=msg.sender, bond=msg.value)


@external
def endAlert(_game: address):
    """
    @notice Ends the alert against a proposal that is decided. Anybody may.
    """
    alert: Alert = self.alerts[_game]
    if alert.bond == 0:
        raw_revert(method_id("ServiceManager_NoAlert()"))
    anchors: AnchorStateRegistry = self._anchors(alert.systemConfig)
    was_right: bool = (
        staticcall RefutableProposal(_game).isRefuted()
        or staticcall anchors.isGameBlacklisted(_game)
        or staticcall anchors.isGameRetired(_game)
    )
    # One whose challenge only expired gives no bond back: whoever raised the alert may have challenged it himself.
    is_refused: bool = staticcall IFinalityModule(_game).status() == CHALLENGER_WINS
    if not was_right and not is_refused and not staticcall anchors.isGameFinalized(_game):
        raw_revert(method_id("ServiceManager_Undecided()"))
    # Who raised it stays: a proposal takes one alert.
    self.alerts[_game].bond = 0
    self.openAlerts[alert.operatorSetId] -= 1
    self.credit[alert.by if was_right else BURN_ADDRESS] += alert.bond
    log AlertEnded(systemConfig=alert.systemConfig, game=_game, wasRight=was_right)


@external
@nonreentrant
def claimCredit(_recipient: address):
    """
    @notice Pays out bonds that have come back. Anybody may call; the money goes to the recipient.
    """
    amount: uint256 = self.credit[_recipient]
    if amount == 0:
        raw_revert(method_id("ServiceManager_NoCredit()"))
    self.credit[_recipient] = 0
    log CreditClaimed(recipient=_recipient, amount=amount)
    raw_call(_recipient, b"", value=amount)


@internal
@view
def _anchors(system_config: address) -> AnchorStateRegistry:
    portal: address = staticcall SystemConfig(system_config).optimismPortal()
    return AnchorStateRegistry(staticcall Portal(portal).anchorStateRegistry())

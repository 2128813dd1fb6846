# pragma version 0.4.3
# pragma optimize codesize
"""
@title TimeBudget
@notice Pays for a rollup's time, in ETH or a token: anybody tops it up, the payee draws what has elapsed at a price for each
        second, and what is left when the rollup is dissolved goes back to its owner.
@dev It is a budget that a rollup may name at launch (see IBudget): when it is paid no longer, anybody may close the rollup.
     Time is paid from the making of this contract on. No call of it can keep a rollup from being closed.
"""

from ethereum.ercs import IERC20
from interfaces import IBudget
from interfaces import ILifecycle

implements: IBudget

event ToppedUp:
    sender: indexed(address)
    amount: uint256
    paidUntil: uint256

event Drawn:
    amount: uint256

event Returned:
    amount: uint256

version: public(constant(String[5])) = "1.0.0"
DISSOLVED: constant(uint8) = 3

lifecycle: public(immutable(address))
# Zero for ETH.
token: public(immutable(address))
payee: public(immutable(address))
owner: public(immutable(address))
pricePerSecond: public(immutable(uint256))
start: public(immutable(uint256))

# All that came in, and what of it the payee has.
funded: public(uint256)
drawn: public(uint256)
ended: public(bool)


@deploy
def __init__(_lifecycle: address, _token: address, _payee: address, _owner: address, _pricePerSecond: uint256):
    """
    @param _lifecycle Of the rollup, which may not be launched yet.
    @param _token What is paid with; zero for ETH.
    @param _payee Who draws.
    @param _owner Whom the rest goes to.
    @param _pricePerSecond In the token's smallest unit.
    """
    assert _lifecycle != empty(address) and _payee != empty(address) and _owner != empty(address), "TimeBudget: an address is zero"
    assert _pricePerSecond != 0, "TimeBudget: the price is zero"
    assert _token == empty(address) or _token.is_contract, "TimeBudget: the token has no code"
    lifecycle = _lifecycle
    token = _token
    payee = _payee
    owner = _owner
    pricePerSecond = _pricePerSecond
    start = block.timestamp


@external
@payable
@nonreentrant
def topUp(_amount: uint256):
    """
    @notice Adds to the budget. In ETH the value must be the amount; a token must be approved.
    """
    if self.ended:
        raw_revert(method_id("TimeBudget_Ended()"))
    amount: uint256 = _amount
    if token == empty(address):
        assert msg.value == _amount, "TimeBudget: the value is not the amount"
    else:
        assert msg.value == 0, "TimeBudget: no ETH"
        before: uint256 = staticcall IERC20(token).balanceOf(self)
        sent: bool = extcall IERC20(token).transferFrom(msg.sender, self, _amount, default_return_value=True)
        assert sent, "TimeBudget: the transfer failed"
        amount = staticcall IERC20(token).balanceOf(self) - before
    self.funded += amount
    log ToppedUp(sender=msg.sender, amount=amount, paidUntil=self._paid_until())


@external
@nonreentrant
def draw():
    """
    @notice Pays the payee what has elapsed and is not drawn yet. Anybody may call.
    """
    self._draw()


@external
@nonreentrant
def end():
    """
    @notice When the rollup is dissolved: pays the payee for the last time and returns the rest. Anybody may call.
    """
    if staticcall ILifecycle(lifecycle).state() != DISSOLVED:
        raw_revert(method_id("TimeBudget_NotDissolved()"))
    self._draw()
    self.ended = True
    rest: uint256 = self.funded - self.drawn
    self.funded = self.drawn
    if rest != 0:
        self._pay(owner, rest)
        log Returned(amount=rest)


@internal
def _draw():
    due: uint256 = self._elapsed() - self.drawn
    if due != 0:
        self.drawn += due
        self._pay(payee, due)
        log Drawn(amount=due)


@internal
def _pay(recipient: address, amount: uint256):
    if token == empty(address):
        success: bool = raw_call(recipient, b"", value=amount, revert_on_failure=False)
        assert success, "TimeBudget: the recipient refuses the payment"
    else:
        sent: bool = extcall IERC20(token).transfer(recipient, amount, default_return_value=True)
        assert sent, "TimeBudget: the transfer failed"


@internal
@view
def _elapsed() -> uint256:
    """
    @notice What has been used of the budget; nothing more after its end.
    """
    if self.ended:
        return self.drawn
    return min((block.timestamp - start) * pricePerSecond, self.funded)


@internal
@view
def _paid_until() -> uint256:
    return start + self.funded // pricePerSecond


@external
@view
def paidUntil() -> uint256:
    """
    @notice Until when the rollup is paid for, in seconds since the Unix epoch.
    """
    return self._paid_until()


@external
@view
def drawable() -> uint256:
    """
    @notice What the payee could draw now.
    """
    return self._elapsed() - self.drawn

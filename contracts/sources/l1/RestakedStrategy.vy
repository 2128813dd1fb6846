# pragma version 0.4.3
# pragma optimize codesize
"""
@title RestakedStrategy
@notice Holds one token for the StrategyManager and counts shares of it. EigenLayer's IStrategy.
@dev Made by StrategyFactory as a clone. A thousand shares and a thousand of the token's smallest unit that nobody has are
     counted in every price: whoever sends tokens here to raise the price before a first deposit loses them to those shares
     and can win next to nothing. All divisions round down, for the strategy. The token must not change balances by itself
     downwards; one that does shares the loss among all.
"""

from ethereum.ercs import IERC20

interface Decimals:
    def decimals() -> uint8: view

interface Deposits:
    def stakerDepositShares(user: address, strategy: address) -> uint256: view

event ExchangeRateEmitted:
    rate: uint256

event StrategyTokenSet:
    token: address
    decimals: uint8

version: public(constant(String[5])) = "1.0.0"
explanation: public(constant(String[48])) = "Holds one ERC-20 token for those who restake it"
SHARES_OFFSET: constant(uint256) = 1000
BALANCE_OFFSET: constant(uint256) = 1000
# So that no product of shares and factors overflows.
MOST_SHARES: constant(uint256) = 10**38 - 1

strategyManager: public(immutable(address))
factory: public(immutable(address))

underlyingToken: public(address)
totalShares: public(uint256)


@deploy
def __init__(_strategyManager: address, _factory: address):
    strategyManager = _strategyManager
    factory = _factory


@external
def initialize(_underlyingToken: address):
    """
    @notice Names a clone's token, once, by the factory that made it.
    """
    assert msg.sender == factory, "RestakedStrategy: caller is not the factory"
    assert self.underlyingToken == empty(address), "RestakedStrategy: already initialized"
    assert _underlyingToken.is_contract, "RestakedStrategy: the token has no code"
    self.underlyingToken = _underlyingToken
    log StrategyTokenSet(token=_underlyingToken, decimals=staticcall Decimals(_underlyingToken).decimals())


@internal
@view
def _check_caller():
    if msg.sender != strategyManager:
        raw_revert(method_id("OnlyStrategyManager()"))


@internal
@view
def _balance() -> uint256:
    """
    @dev With the offset.
    """
    return staticcall IERC20(self.underlyingToken).balanceOf(self) + BALANCE_OFFSET


@external
def deposit(token: address, amount: uint256) -> uint256:
    """
    @notice Counts tokens that the StrategyManager has sent already.
    @return The shares for them.
    """
    self._check_caller()
    if token != self.underlyingToken:
        raw_revert(method_id("OnlyUnderlyingToken()"))
    total: uint256 = self.totalShares
    balance_now: uint256 = self._balance()
    new_shares: uint256 = amount * (total + SHARES_OFFSET) // (balance_now - amount)
    if new_shares == 0:
        raw_revert(method_id("NewSharesZero()"))
    total += new_shares
    if total > MOST_SHARES:
        raw_revert(method_id("TotalSharesExceedsMax()"))
    self.totalShares = total
    log ExchangeRateEmitted(rate=10**18 * balance_now // (total + SHARES_OFFSET))
    return new_shares


@external
def withdraw(recipient: address, token: address, amountShares: uint256) -> uint256:
    """
    @notice Sends the tokens of shares.
    @return How many tokens.
    """
    self._check_caller()
    if token != self.underlyingToken:
        raw_revert(method_id("OnlyUnderlyingToken()"))
    total: uint256 = self.totalShares
    if amountShares > total:
        raw_revert(method_id("WithdrawalAmountExceedsTotalDeposits()"))
    balance_now: uint256 = self._balance()
    amount: uint256 = balance_now * amountShares // (total + SHARES_OFFSET)
    self.totalShares = total - amountShares
    log ExchangeRateEmitted(rate=10**18 * (balance_now - amount) // (total - amountShares + SHARES_OFFSET))
    assert extcall IERC20(token).transfer(recipient, amount, default_return_value=True), "RestakedStrategy: transfer failed"
    return amount


@external
def beforeAddShares(staker: address, shares_: uint256):
    """
    @notice Told before a staker gets shares; says nothing against it.
    """
    self._check_caller()


@external
def beforeRemoveShares(staker: address, shares_: uint256):
    """
    @notice Told before a staker's shares go; says nothing against it.
    """
    self._check_caller()


# Prices: rounded down


@internal
@view
def _to_underlying(amount: uint256) -> uint256:
    return self._balance() * amount // (self.totalShares + SHARES_OFFSET)


@internal
@view
def _to_shares(amount: uint256) -> uint256:
    return amount * (self.totalShares + SHARES_OFFSET) // self._balance()


@internal
@view
def _shares(user: address) -> uint256:
    return staticcall Deposits(strategyManager).stakerDepositShares(user, self)


@external
@view
def sharesToUnderlyingView(amountShares: uint256) -> uint256:
    return self._to_underlying(amountShares)


@external
@view
def sharesToUnderlying(amountShares: uint256) -> uint256:
    return self._to_underlying(amountShares)


@external
@view
def underlyingToSharesView(amountUnderlying: uint256) -> uint256:
    return self._to_shares(amountUnderlying)


@external
@view
def underlyingToShares(amountUnderlying: uint256) -> uint256:
    return self._to_shares(amountUnderlying)


@external
@view
def shares(user: address) -> uint256:
    """
    @notice A staker's deposit shares: before what his operator was slashed.
    """
    return self._shares(user)


@external
@view
def userUnderlyingView(user: address) -> uint256:
    return self._to_underlying(self._shares(user))


@external
@view
def userUnderlying(user: address) -> uint256:
    return self._to_underlying(self._shares(user))

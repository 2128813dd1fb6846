# pragma version 0.4.3
# pragma optimize codesize
"""
@title StrategyManager
@notice Keeps what each staker has deposited in each strategy, and what slashing took until it is burnt or handed on.
        EigenLayer's ABI.
@dev Strategies are those of the factory alone: nobody can add others or take one off. What a slash took stays in its
     strategy until anybody calls it out: it goes to the operator set's redistribution recipient or, where that has none, to
     the burn address. A token that takes a fee on the way is counted by what arrived.
"""

from ethereum.ercs import IERC20
from modules import keyed_sets
from modules import operator_sets
from modules import signed_approvals

initializes: keyed_sets
exports: signed_approvals.domainSeparator

interface Strategy:
    def deposit(token: address, amount: uint256) -> uint256: nonpayable
    def withdraw(recipient: address, token: address, amountShares: uint256) -> uint256: nonpayable
    def underlyingToken() -> address: view

interface Delegation:
    def increaseDelegatedShares(
        staker: address, strategy: address, prevDepositShares: uint256, addedShares: uint256
    ): nonpayable

interface Allocations:
    def getRedistributionRecipient(operatorSet: operator_sets.OperatorSet) -> address: view

event Deposit:
    staker: address
    strategy: address
    shares: uint256

event StrategyAddedToDepositWhitelist:
    strategy: address

event BurnOrRedistributableSharesIncreased:
    operatorSet: operator_sets.OperatorSet
    slashId: uint256
    strategy: address
    shares: uint256

event BurnOrRedistributableSharesDecreased:
    operatorSet: operator_sets.OperatorSet
    slashId: uint256
    strategy: address
    shares: uint256

version: public(constant(String[5])) = "1.0.0"
# Strategies a staker, a slash, and a call.
MOST: constant(uint256) = 16
DEPOSITED: constant(uint256) = 0
SLASHED: constant(uint256) = 1
DEFAULT_BURN_ADDRESS: public(constant(address)) = operator_sets.BURN_ADDRESS
DEPOSIT_TYPEHASH: public(constant(bytes32)) = keccak256(
    "Deposit(address staker,address strategy,address token,uint256 amount,uint256 nonce,uint256 expiry)"
)

delegation: public(immutable(address))
allocationManager: public(immutable(address))
strategyWhitelister: public(immutable(address))

strategyIsWhitelistedForDeposit: public(HashMap[address, bool])
stakerDepositShares: public(HashMap[address, HashMap[address, uint256]])
nonces: public(HashMap[address, uint256])
slashed: HashMap[bytes32, HashMap[uint256, HashMap[address, uint256]]]


@deploy
def __init__(_delegation: address, _allocationManager: address, _strategyWhitelister: address):
    """
    @param _strategyWhitelister The factory of strategies.
    """
    delegation = _delegation
    allocationManager = _allocationManager
    strategyWhitelister = _strategyWhitelister


@internal
@view
def _check_delegation():
    if msg.sender != delegation:
        raw_revert(method_id("OnlyDelegationManager()"))


@internal
@pure
def _deposited(staker: address) -> bytes32:
    return keccak256(abi_encode(DEPOSITED, staker))


@internal
@pure
def _slash(key: bytes32, slash_id: uint256) -> bytes32:
    return keccak256(abi_encode(SLASHED, key, slash_id))


@external
def addStrategiesToDepositWhitelist(strategiesToWhitelist: DynArray[address, MOST]):
    """
    @notice Lets strategies take deposits; by the factory.
    """
    if msg.sender != strategyWhitelister:
        raw_revert(method_id("OnlyStrategyWhitelister()"))
    for strategy: address in strategiesToWhitelist:
        if not self.strategyIsWhitelistedForDeposit[strategy]:
            self.strategyIsWhitelistedForDeposit[strategy] = True
            log StrategyAddedToDepositWhitelist(strategy=strategy)


# Deposits


@external
@nonreentrant
def depositIntoStrategy(strategy: address, token: address, amount: uint256) -> uint256:
    """
    @notice Takes tokens of the caller's, who must have approved them, for deposit shares.
    """
    return self._deposit(msg.sender, strategy, token, amount)


@external
@nonreentrant
def depositIntoStrategyWithSignature(
    strategy: address,
    token: address,
    amount: uint256,
    staker: address,
    expiry: uint256,
    signature: Bytes[signed_approvals.LONGEST_SIGNATURE],
) -> uint256:
    """
    @notice Takes tokens of the caller's for a staker who has signed for it.
    """
    nonce: uint256 = self.nonces[staker]
    self.nonces[staker] = nonce + 1
    digest: bytes32 = self._deposit_digest(staker, strategy, token, amount, nonce, expiry)
    signed_approvals._check(staker, digest, signature, expiry)
    return self._deposit(staker, strategy, token, amount)


@internal
def _deposit(staker: address, strategy: address, token: address, amount: uint256) -> uint256:
    if not self.strategyIsWhitelistedForDeposit[strategy]:
        raw_revert(method_id("StrategyNotWhitelisted()"))
    before: uint256 = staticcall IERC20(token).balanceOf(strategy)
    assert extcall IERC20(token).transferFrom(
        msg.sender, strategy, amount, default_return_value=True
    ), "StrategyManager: transfer failed"
    arrived: uint256 = staticcall IERC20(token).balanceOf(strategy) - before
    shares: uint256 = extcall Strategy(strategy).deposit(token, arrived)
    had: uint256 = self._add_shares(staker, strategy, shares)
    extcall Delegation(delegation).increaseDelegatedShares(staker, strategy, had, shares)
    return shares


@internal
def _add_shares(staker: address, strategy: address, shares: uint256) -> uint256:
    if staker == empty(address):
        raw_revert(method_id("StakerAddressZero()"))
    if shares == 0:
        raw_revert(method_id("SharesAmountZero()"))
    had: uint256 = self.stakerDepositShares[staker][strategy]
    if had == 0:
        strategies: bytes32 = self._deposited(staker)
        if keyed_sets._length(strategies) >= MOST:
            raw_revert(method_id("MaxStrategiesExceeded()"))
        keyed_sets._add(strategies, convert(strategy, bytes32), MOST)
    self.stakerDepositShares[staker][strategy] = had + shares
    log Deposit(staker=staker, strategy=strategy, shares=shares)
    return had


# Calls of the DelegationManager


@external
@nonreentrant
def addShares(staker: address, strategy: address, shares: uint256) -> (uint256, uint256):
    """
    @return The shares before, and those added.
    """
    self._check_delegation()
    return self._add_shares(staker, strategy, shares), shares


@external
@nonreentrant
def removeDepositShares(staker: address, strategy: address, depositSharesToRemove: uint256) -> uint256:
    """
    @return The shares that are left.
    """
    self._check_delegation()
    if depositSharesToRemove == 0:
        raw_revert(method_id("SharesAmountZero()"))
    had: uint256 = self.stakerDepositShares[staker][strategy]
    if depositSharesToRemove > had:
        raw_revert(method_id("SharesAmountTooHigh()"))
    left: uint256 = had - depositSharesToRemove
    self.stakerDepositShares[staker][strategy] = left
    if left == 0:
        keyed_sets._remove(self._deposited(staker), convert(strategy, bytes32))
    return left


@external
@nonreentrant
def withdrawSharesAsTokens(staker: address, strategy: address, token: address, shares: uint256):
    self._check_delegation()
    extcall Strategy(strategy).withdraw(staker, token, shares)


@external
@nonreentrant
def increaseBurnOrRedistributableShares(
    operatorSet: operator_sets.OperatorSet, slashId: uint256, strategy: address, addedSharesToBurn: uint256
):
    """
    @notice Notes what a slash took.
    """
    self._check_delegation()
    key: bytes32 = operator_sets._key(operatorSet)
    if not keyed_sets._add(self._slash(key, slashId), convert(strategy, bytes32), MOST):
        raw_revert(method_id("StrategyAlreadyInSlash()"))
    self.slashed[key][slashId][strategy] = addedSharesToBurn
    log BurnOrRedistributableSharesIncreased(
        operatorSet=operatorSet, slashId=slashId, strategy=strategy, shares=addedSharesToBurn
    )


# What slashing took


@external
@nonreentrant
def clearBurnOrRedistributableShares(
    operatorSet: operator_sets.OperatorSet, slashId: uint256
) -> DynArray[uint256, MOST]:
    """
    @notice Sends what a slash took where it belongs. Anybody may call.
    @return The tokens of each strategy.
    """
    amounts: DynArray[uint256, MOST] = []
    strategies: DynArray[address, 256] = keyed_sets._addresses(
        self._slash(operator_sets._key(operatorSet), slashId)
    )
    for strategy: address in strategies:
        amounts.append(self._clear(operatorSet, slashId, strategy))
    return amounts


@external
@nonreentrant
def clearBurnOrRedistributableSharesByStrategy(
    operatorSet: operator_sets.OperatorSet, slashId: uint256, strategy: address
) -> uint256:
    """
    @notice The same of one strategy, so that none can hold up the others.
    """
    return self._clear(operatorSet, slashId, strategy)


@internal
def _clear(operator_set: operator_sets.OperatorSet, slash_id: uint256, strategy: address) -> uint256:
    key: bytes32 = operator_sets._key(operator_set)
    shares: uint256 = self.slashed[key][slash_id][strategy]
    self.slashed[key][slash_id][strategy] = 0
    keyed_sets._remove(self._slash(key, slash_id), convert(strategy, bytes32))
    if shares == 0:
        return 0
    recipient: address = staticcall Allocations(allocationManager).getRedistributionRecipient(operator_set)
    log BurnOrRedistributableSharesDecreased(
        operatorSet=operator_set, slashId=slash_id, strategy=strategy, shares=shares
    )
    return extcall Strategy(strategy).withdraw(recipient, staticcall Strategy(strategy).underlyingToken(), shares)


@external
@view
def getBurnOrRedistributableShares(
    operatorSet: operator_sets.OperatorSet, slashId: uint256
) -> (DynArray[address, MOST], DynArray[uint256, MOST]):
    key: bytes32 = operator_sets._key(operatorSet)
    strategies: DynArray[address, MOST] = []
    shares: DynArray[uint256, MOST] = []
    found: DynArray[address, 256] = keyed_sets._addresses(self._slash(key, slashId))
    for strategy: address in found:
        strategies.append(strategy)
        shares.append(self.slashed[key][slashId][strategy])
    return strategies, shares


@external
@view
def getBurnOrRedistributableCount(operatorSet: operator_sets.OperatorSet, slashId: uint256) -> uint256:
    return keyed_sets._length(self._slash(operator_sets._key(operatorSet), slashId))


@external
@view
@raw_return
def __default__() -> Bytes[32]:
    """
    @notice getBurnOrRedistributableShares((address,uint32),uint256,address): Vyper has one function a name.
    """
    assert convert(slice(msg.data, 0, 4), bytes4) == method_id(
        "getBurnOrRedistributableShares((address,uint32),uint256,address)", output_type=bytes4
    ), "StrategyManager: no such function"
    operator_set: operator_sets.OperatorSet = empty(operator_sets.OperatorSet)
    slash_id: uint256 = 0
    strategy: address = empty(address)
    operator_set, slash_id, strategy = abi_decode(
        slice(msg.data, 4, 128), (operator_sets.OperatorSet, uint256, address)
    )
    return abi_encode(self.slashed[operator_sets._key(operator_set)][slash_id][strategy])


# What there is to know


@internal
@view
def _strategies(staker: address) -> DynArray[address, MOST]:
    strategies: DynArray[address, MOST] = []
    found: DynArray[address, 256] = keyed_sets._addresses(self._deposited(staker))
    for strategy: address in found:
        strategies.append(strategy)
    return strategies


@external
@view
def getDeposits(staker: address) -> (DynArray[address, MOST], DynArray[uint256, MOST]):
    strategies: DynArray[address, MOST] = self._strategies(staker)
    shares: DynArray[uint256, MOST] = []
    for strategy: address in strategies:
        shares.append(self.stakerDepositShares[staker][strategy])
    return strategies, shares


@external
@view
def getStakerStrategyList(staker: address) -> DynArray[address, MOST]:
    return self._strategies(staker)


@external
@view
def stakerStrategyList(staker: address, index: uint256) -> address:
    strategies: bytes32 = self._deposited(staker)
    assert index < keyed_sets._length(strategies), "StrategyManager: no such index"
    return convert(convert(keyed_sets._at(strategies, index), uint256), address)


@external
@view
def stakerStrategyListLength(staker: address) -> uint256:
    return keyed_sets._length(self._deposited(staker))


@internal
@view
def _deposit_digest(
    staker: address, strategy: address, token: address, amount: uint256, nonce: uint256, expiry: uint256
) -> bytes32:
    return signed_approvals._digest(
        keccak256(abi_encode(DEPOSIT_TYPEHASH, staker, strategy, token, amount, nonce, expiry))
    )


@external
@view
def calculateStrategyDepositDigestHash(
    staker: address, strategy: address, token: address, amount: uint256, nonce: uint256, expiry: uint256
) -> bytes32:
    """
    @notice What a staker signs for a deposit with his signature.
    """
    return self._deposit_digest(staker, strategy, token, amount, nonce, expiry)

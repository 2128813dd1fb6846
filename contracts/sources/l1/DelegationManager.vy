# pragma version 0.4.3
# pragma optimize codesize
"""
@title DelegationManager
@notice Operators, those who delegate their deposits to one, and the queue of withdrawals. EigenLayer's ABI.
@dev A staker's withdrawable shares of a strategy are his deposit shares * his scaling factor * his operator's greatest
     magnitude (both in parts of 10^18). A slash lowers the magnitude, and so all of the operator's stakers at once. The
     scaling factor is raised by a deposit that comes after a slash, so that it is not slashed for the past.

     A withdrawal is queued in scaled shares: deposit shares * scaling factor. Completed, it is multiplied by the magnitude at
     the last block of its delay: what the operator did meanwhile is paid from the queue as well. How many scaled shares were
     queued by each block is kept, so that a slash knows those that are still within the delay. All divisions round down,
     but for what a slash leaves, so that the parts never add up to more than the whole.
"""

from modules import histories
from modules import keyed_sets
from modules import operator_sets
from modules import signed_approvals

initializes: histories
initializes: keyed_sets
exports: signed_approvals.domainSeparator

interface Allocations:
    def setAllocationDelay(operator: address, delay: uint32): nonpayable
    def getMaxMagnitude(operator: address, strategy: address) -> uint64: view
    def getMaxMagnitudesAtBlock(
        operator: address, strategies: DynArray[address, MOST_STRATEGIES], blockNumber: uint32
    ) -> DynArray[uint64, MOST_STRATEGIES]: view

interface Shares:
    def stakerDepositShares(user: address, strategy: address) -> uint256: view
    def getDeposits(
        staker: address
    ) -> (DynArray[address, MOST_STRATEGIES], DynArray[uint256, MOST_STRATEGIES]): view
    def addShares(staker: address, strategy: address, shares: uint256) -> (uint256, uint256): nonpayable
    def removeDepositShares(staker: address, strategy: address, depositSharesToRemove: uint256) -> uint256: nonpayable
    def withdrawSharesAsTokens(staker: address, strategy: address, token: address, shares: uint256): nonpayable
    def increaseBurnOrRedistributableShares(
        operatorSet: operator_sets.OperatorSet, slashId: uint256, strategy: address, addedSharesToBurn: uint256
    ): nonpayable

struct Withdrawal:
    staker: address
    delegatedTo: address
    withdrawer: address
    nonce: uint256
    startBlock: uint32
    strategies: DynArray[address, MOST_STRATEGIES]
    scaledShares: DynArray[uint256, MOST_STRATEGIES]

struct QueuedWithdrawalParams:
    strategies: DynArray[address, MOST_STRATEGIES]
    depositShares: DynArray[uint256, MOST_STRATEGIES]
    __deprecated_withdrawer: address

struct SignatureWithExpiry:
    signature: Bytes[signed_approvals.LONGEST_SIGNATURE]
    expiry: uint256

event OperatorRegistered:
    operator: indexed(address)
    delegationApprover: address

event DelegationApproverUpdated:
    operator: indexed(address)
    newDelegationApprover: address

event OperatorMetadataURIUpdated:
    operator: indexed(address)
    metadataURI: String[LONGEST_URI]

event OperatorSharesIncreased:
    operator: indexed(address)
    staker: address
    strategy: address
    shares: uint256

event OperatorSharesDecreased:
    operator: indexed(address)
    staker: address
    strategy: address
    shares: uint256

event StakerDelegated:
    staker: indexed(address)
    operator: indexed(address)

event StakerUndelegated:
    staker: indexed(address)
    operator: indexed(address)

event StakerForceUndelegated:
    staker: indexed(address)
    operator: indexed(address)

event DepositScalingFactorUpdated:
    staker: address
    strategy: address
    newDepositScalingFactor: uint256

event SlashingWithdrawalQueued:
    withdrawalRoot: bytes32
    withdrawal: Withdrawal
    sharesToWithdraw: DynArray[uint256, MOST_STRATEGIES]

event SlashingWithdrawalCompleted:
    withdrawalRoot: bytes32

event OperatorSharesSlashed:
    operator: indexed(address)
    strategy: address
    totalSlashedShares: uint256

version: public(constant(String[5])) = "1.0.0"
WAD: constant(uint256) = operator_sets.WAD
MOST_STRATEGIES: constant(uint256) = 16
# Withdrawals that a staker may have in the queue, and those of one call.
MOST_QUEUED: constant(uint256) = 64
MOST_AT_ONCE: constant(uint256) = 8
MOST_OPERATORS: constant(uint256) = 256
LONGEST_URI: constant(uint256) = 1024
beaconChainETHStrategy: public(constant(address)) = 0xbeaC0eeEeeeeEEeEeEEEEeeEEeEeeeEeeEEBEaC0
DELEGATION_APPROVAL_TYPEHASH: public(constant(bytes32)) = keccak256(
    "DelegationApproval(address delegationApprover,address staker,address operator,bytes32 salt,uint256 expiry)"
)

strategyManager: public(immutable(address))
allocationManager: public(immutable(address))
permissionController: public(immutable(address))
minWithdrawalDelayBlocks: public(immutable(uint32))

delegatedTo: public(HashMap[address, address])
delegationApprover: public(HashMap[address, address])
delegationApproverSaltIsSpent: public(HashMap[address, HashMap[bytes32, bool]])
operatorShares: public(HashMap[address, HashMap[address, uint256]])
cumulativeWithdrawalsQueued: public(HashMap[address, uint256])
pendingWithdrawals: public(HashMap[bytes32, bool])
queued: HashMap[bytes32, Withdrawal]
# Zero stands for one.
factors: HashMap[address, HashMap[address, uint256]]


@deploy
def __init__(
    _strategyManager: address, _allocationManager: address, _permissionController: address, _delay: uint32
):
    """
    @param _delay How many blocks a withdrawal waits, and can be slashed.
    """
    strategyManager = _strategyManager
    allocationManager = _allocationManager
    permissionController = _permissionController
    minWithdrawalDelayBlocks = _delay


# Operators


@external
@nonreentrant
def registerAsOperator(initDelegationApprover: address, allocationDelay: uint32, metadataURI: String[LONGEST_URI]):
    """
    @notice Makes the caller an operator, for good, who delegates to himself.
    @param initDelegationApprover Whose signature a staker needs; zero for none.
    @param allocationDelay In blocks, from an allocation until it can be slashed.
    """
    if self.delegatedTo[msg.sender] != empty(address):
        raw_revert(method_id("ActivelyDelegated()"))
    extcall Allocations(allocationManager).setAllocationDelay(msg.sender, allocationDelay)
    self._set_approver(msg.sender, initDelegationApprover)
    self._delegate(msg.sender, msg.sender)
    log OperatorRegistered(operator=msg.sender, delegationApprover=initDelegationApprover)
    log OperatorMetadataURIUpdated(operator=msg.sender, metadataURI=metadataURI)


@external
def modifyOperatorDetails(operator: address, newDelegationApprover: address):
    self._check_operator(operator)
    self._set_approver(operator, newDelegationApprover)


@external
def updateOperatorMetadataURI(operator: address, metadataURI: String[LONGEST_URI]):
    self._check_operator(operator)
    log OperatorMetadataURIUpdated(operator=operator, metadataURI=metadataURI)


@internal
@view
def _check_operator(operator: address):
    if not operator_sets._can_call(permissionController, operator):
        raw_revert(method_id("InvalidPermissions()"))
    if not self._is_operator(operator):
        raw_revert(method_id("OperatorNotRegistered()"))


@internal
def _set_approver(operator: address, approver: address):
    self.delegationApprover[operator] = approver
    log DelegationApproverUpdated(operator=operator, newDelegationApprover=approver)


@internal
@view
def _is_operator(operator: address) -> bool:
    return operator != empty(address) and self.delegatedTo[operator] == operator


# Delegation


@external
@nonreentrant
def delegateTo(operator: address, approverSignatureAndExpiry: SignatureWithExpiry, approverSalt: bytes32):
    """
    @notice Delegates all that the caller has deposited, and will.
    """
    self._delegate_to(operator, approverSignatureAndExpiry, approverSalt)


@external
@nonreentrant
def undelegate(staker: address) -> DynArray[bytes32, MOST_STRATEGIES]:
    """
    @notice Ends a delegation and queues all of the staker's deposits. By the staker, the operator or its approver.
    """
    return self._undelegate(staker)


@external
@nonreentrant
def redelegate(
    newOperator: address, newOperatorApproverSig: SignatureWithExpiry, approverSalt: bytes32
) -> DynArray[bytes32, MOST_STRATEGIES]:
    roots: DynArray[bytes32, MOST_STRATEGIES] = self._undelegate(msg.sender)
    self._delegate_to(newOperator, newOperatorApproverSig, approverSalt)
    return roots


@internal
def _delegate_to(operator: address, approval: SignatureWithExpiry, salt: bytes32):
    if self.delegatedTo[msg.sender] != empty(address):
        raw_revert(method_id("ActivelyDelegated()"))
    if not self._is_operator(operator):
        raw_revert(method_id("OperatorNotRegistered()"))
    approver: address = self.delegationApprover[operator]
    if approver != empty(address):
        if self.delegationApproverSaltIsSpent[approver][salt]:
            raw_revert(method_id("SaltSpent()"))
        self.delegationApproverSaltIsSpent[approver][salt] = True
        digest: bytes32 = self._approval_digest(msg.sender, operator, approver, salt, approval.expiry)
        signed_approvals._check(approver, digest, approval.signature, approval.expiry)
    self._delegate(msg.sender, operator)


@internal
def _delegate(staker: address, operator: address):
    strategies: DynArray[address, MOST_STRATEGIES] = []
    shares: DynArray[uint256, MOST_STRATEGIES] = []
    strategies, shares = staticcall Shares(strategyManager).getDeposits(staker)
    self.delegatedTo[staker] = operator
    log StakerDelegated(staker=staker, operator=operator)
    for i: uint256 in range(len(strategies), bound=MOST_STRATEGIES):
        # Without an operator, deposit shares are withdrawable shares.
        self._increase(operator, staker, strategies[i], 0, shares[i])


@internal
def _undelegate(staker: address) -> DynArray[bytes32, MOST_STRATEGIES]:
    operator: address = self.delegatedTo[staker]
    if operator == empty(address):
        raw_revert(method_id("NotActivelyDelegated()"))
    if operator == staker:
        raw_revert(method_id("OperatorsCannotUndelegate()"))
    if msg.sender != staker:
        if msg.sender != self.delegationApprover[operator] and not operator_sets._can_call(
            permissionController, operator
        ):
            raw_revert(method_id("CallerCannotUndelegate()"))
        log StakerForceUndelegated(staker=staker, operator=operator)
    self.delegatedTo[staker] = empty(address)
    log StakerUndelegated(staker=staker, operator=operator)
    strategies: DynArray[address, MOST_STRATEGIES] = []
    shares: DynArray[uint256, MOST_STRATEGIES] = []
    strategies, shares = staticcall Shares(strategyManager).getDeposits(staker)
    roots: DynArray[bytes32, MOST_STRATEGIES] = []
    for i: uint256 in range(len(strategies), bound=MOST_STRATEGIES):
        roots.append(self._queue(staker, operator, [strategies[i]], [shares[i]]))
    return roots


# The queue


@external
@nonreentrant
def queueWithdrawals(params: DynArray[QueuedWithdrawalParams, MOST_AT_ONCE]) -> DynArray[bytes32, MOST_AT_ONCE]:
    """
    @notice Takes deposit shares of the caller's out of delegation and starts their delay.
    """
    roots: DynArray[bytes32, MOST_AT_ONCE] = []
    operator: address = self.delegatedTo[msg.sender]
    for item: QueuedWithdrawalParams in params:
        if len(item.strategies) != len(item.depositShares):
            raw_revert(method_id("InputArrayLengthMismatch()"))
        roots.append(self._queue(msg.sender, operator, item.strategies, item.depositShares))
    return roots


@internal
def _queue(
    staker: address,
    operator: address,
    strategies: DynArray[address, MOST_STRATEGIES],
    deposit_shares: DynArray[uint256, MOST_STRATEGIES],
) -> bytes32:
    if len(strategies) == 0:
        raw_revert(method_id("InputArrayLengthZero()"))
    scaled: DynArray[uint256, MOST_STRATEGIES] = []
    withdrawable: DynArray[uint256, MOST_STRATEGIES] = []
    for i: uint256 in range(len(strategies), bound=MOST_STRATEGIES):
        strategy: address = strategies[i]
        scaled.append(deposit_shares[i] * self._factor(staker, strategy) // WAD)
        withdrawable.append(scaled[i] * self._magnitude(operator, strategy) // WAD)
        if operator != empty(address):
            key: bytes32 = self._history(operator, strategy)
            histories._push(key, histories._latest(key, 0) + scaled[i])
            self._decrease(operator, staker, strategy, withdrawable[i])
        left: uint256 = extcall Shares(strategyManager).removeDepositShares(staker, strategy, deposit_shares[i])
        if left == 0:
            self.factors[staker][strategy] = 0
            log DepositScalingFactorUpdated(staker=staker, strategy=strategy, newDepositScalingFactor=WAD)
    nonce: uint256 = self.cumulativeWithdrawalsQueued[staker]
    self.cumulativeWithdrawalsQueued[staker] = nonce + 1
    withdrawal: Withdrawal = Withdrawal(
        staker=staker,
        delegatedTo=operator,
        withdrawer=staker,
        nonce=nonce,
        startBlock=convert(block.number, uint32),
        strategies=strategies,
        scaledShares=scaled,
    )
    root: bytes32 = keccak256(abi_encode(withdrawal))
    self.pendingWithdrawals[root] = True
    self.queued[root] = withdrawal
    keyed_sets._add(convert(staker, bytes32), root, MOST_QUEUED)
    log SlashingWithdrawalQueued(withdrawalRoot=root, withdrawal=withdrawal, sharesToWithdraw=withdrawable)
    return root


@external
@nonreentrant
def completeQueuedWithdrawal(
    withdrawal: Withdrawal, tokens: DynArray[address, MOST_STRATEGIES], receiveAsTokens: bool
):
    """
    @notice Gives a withdrawal whose delay is over to its staker: as tokens, or as deposits again.
    """
    self._complete(withdrawal, tokens, receiveAsTokens)


@external
@nonreentrant
def completeQueuedWithdrawals(
    withdrawals: DynArray[Withdrawal, MOST_AT_ONCE],
    tokens: DynArray[DynArray[address, MOST_STRATEGIES], MOST_AT_ONCE],
    receiveAsTokens: DynArray[bool, MOST_AT_ONCE],
):
    if len(withdrawals) != len(tokens) or len(withdrawals) != len(receiveAsTokens):
        raw_revert(method_id("InputArrayLengthMismatch()"))
    for i: uint256 in range(len(withdrawals), bound=MOST_AT_ONCE):
        self._complete(withdrawals[i], tokens[i], receiveAsTokens[i])


@internal
def _complete(withdrawal: Withdrawal, tokens: DynArray[address, MOST_STRATEGIES], as_tokens: bool):
    if len(tokens) != len(withdrawal.strategies):
        raw_revert(method_id("InputArrayLengthMismatch()"))
    staker: address = withdrawal.staker
    if msg.sender != withdrawal.withdrawer:
        raw_revert(method_id("WithdrawerNotCaller()"))
    root: bytes32 = keccak256(abi_encode(withdrawal))
    if not self.pendingWithdrawals[root]:
        raw_revert(method_id("WithdrawalNotQueued()"))
    if block.number <= self._slashable_until(withdrawal.startBlock):
        raw_revert(method_id("WithdrawalDelayNotElapsed()"))
    shares: DynArray[uint256, MOST_STRATEGIES] = self._shares_of(withdrawal)
    keyed_sets._remove(convert(staker, bytes32), root)
    self.pendingWithdrawals[root] = False
    self.queued[root] = empty(Withdrawal)
    log SlashingWithdrawalCompleted(withdrawalRoot=root)
    for i: uint256 in range(len(shares), bound=MOST_STRATEGIES):
        if shares[i] == 0:
            continue
        strategy: address = withdrawal.strategies[i]
        if as_tokens:
            extcall Shares(strategyManager).withdrawSharesAsTokens(staker, strategy, tokens[i], shares[i])
        else:
            had: uint256 = 0
            added: uint256 = 0
            had, added = extcall Shares(strategyManager).addShares(staker, strategy, shares[i])
            self._increase(self.delegatedTo[staker], staker, strategy, had, added)


@internal
@view
def _slashable_until(start: uint32) -> uint256:
    return convert(start, uint256) + convert(minWithdrawalDelayBlocks, uint256)


@internal
@view
def _shares_of(withdrawal: Withdrawal) -> DynArray[uint256, MOST_STRATEGIES]:
    """
    @dev What a withdrawal is worth: after its delay by the magnitude at the delay's end, before by today's.
    """
    shares: DynArray[uint256, MOST_STRATEGIES] = []
    at: uint256 = min(self._slashable_until(withdrawal.startBlock), block.number)
    magnitudes: DynArray[uint64, MOST_STRATEGIES] = staticcall Allocations(allocationManager).getMaxMagnitudesAtBlock(
        withdrawal.delegatedTo, withdrawal.strategies, convert(at, uint32)
    )
    for i: uint256 in range(len(magnitudes), bound=MOST_STRATEGIES):
        shares.append(withdrawal.scaledShares[i] * convert(magnitudes[i], uint256) // WAD)
    return shares


# Calls of the StrategyManager and the AllocationManager


@external
@nonreentrant
def increaseDelegatedShares(staker: address, strategy: address, prevDepositShares: uint256, addedShares: uint256):
    """
    @notice Told of a deposit.
    """
    if msg.sender != strategyManager:
        raw_revert(method_id("OnlyStrategyManagerOrEigenPodManager()"))
    self._increase(self.delegatedTo[staker], staker, strategy, prevDepositShares, addedShares)


@external
@nonreentrant
def slashOperatorShares(
    operator: address,
    operatorSet: operator_sets.OperatorSet,
    slashId: uint256,
    strategy: address,
    prevMaxMagnitude: uint64,
    newMaxMagnitude: uint64,
) -> uint256:
    """
    @notice Takes an operator's shares as his magnitude falls, those in the queue included.
    @return The shares to burn or hand on.
    """
    if msg.sender != allocationManager:
        raw_revert(method_id("OnlyAllocationManager()"))
    slashed: uint256 = self._slashed(self.operatorShares[operator][strategy], prevMaxMagnitude, newMaxMagnitude)
    total: uint256 = slashed + self._slashed_in_queue(operator, strategy, prevMaxMagnitude, newMaxMagnitude)
    self._decrease(operator, empty(address), strategy, slashed)
    log OperatorSharesSlashed(operator=operator, strategy=strategy, totalSlashedShares=total)
    extcall Shares(strategyManager).increaseBurnOrRedistributableShares(operatorSet, slashId, strategy, total)
    return total


@internal
@pure
def _slashed(shares: uint256, before: uint64, after: uint64) -> uint256:
    """
    @dev What stays is rounded up, so that stakers' parts are covered.
    """
    previous: uint256 = convert(before, uint256)
    return shares - (shares * convert(after, uint256) + previous - 1) // previous


@internal
@view
def _slashed_in_queue(operator: address, strategy: address, before: uint64, after: uint64) -> uint256:
    if before == 0:
        return 0
    key: bytes32 = self._history(operator, strategy)
    # What was queued at this block's number less the delay is slashable still.
    delay: uint256 = convert(minWithdrawalDelayBlocks, uint256)
    past: uint256 = 0
    if block.number > delay:
        past = histories._at_block(key, block.number - delay - 1, 0)
    scaled: uint256 = histories._latest(key, 0) - past
    return self._slashed(scaled * convert(before, uint256) // WAD, before, after)


# Accounting


@internal
@pure
def _history(operator: address, strategy: address) -> bytes32:
    return keccak256(abi_encode(operator, strategy))


@internal
@view
def _magnitude(operator: address, strategy: address) -> uint256:
    return convert(staticcall Allocations(allocationManager).getMaxMagnitude(operator, strategy), uint256)


@internal
@view
def _factor(staker: address, strategy: address) -> uint256:
    factor: uint256 = self.factors[staker][strategy]
    return WAD if factor == 0 else factor


@internal
def _increase(operator: address, staker: address, strategy: address, had: uint256, added: uint256):
    """
    @dev Sets the scaling factor so that the staker's withdrawable shares grow by what is added, and not more.
    """
    magnitude: uint256 = self._magnitude(operator, strategy)
    if magnitude == 0:
        raw_revert(method_id("FullySlashed()"))
    if added == 0:
        return
    factor: uint256 = self._factor(staker, strategy)
    if had == 0:
        factor = factor * WAD // magnitude
    else:
        withdrawable: uint256 = had * factor // WAD * magnitude // WAD
        factor = (withdrawable + added) * WAD // (had + added) * WAD // magnitude
        if factor == 0:
            raw_revert(method_id("InvalidDepositScalingFactor()"))
    self.factors[staker][strategy] = factor
    log DepositScalingFactorUpdated(staker=staker, strategy=strategy, newDepositScalingFactor=factor)
    if operator != empty(address):
        self.operatorShares[operator][strategy] += added
        log OperatorSharesIncreased(operator=operator, staker=staker, strategy=strategy, shares=added)


@internal
def _decrease(operator: address, staker: address, strategy: address, shares: uint256):
    self.operatorShares[operator][strategy] -= shares
    log OperatorSharesDecreased(operator=operator, staker=staker, strategy=strategy, shares=shares)


# What there is to know


@external
@view
def isDelegated(staker: address) -> bool:
    return self.delegatedTo[staker] != empty(address)


@external
@view
def isOperator(operator: address) -> bool:
    return self._is_operator(operator)


@external
@view
def depositScalingFactor(staker: address, strategy: address) -> uint256:
    return self._factor(staker, strategy)


@external
@view
def getOperatorShares(
    operator: address, strategies: DynArray[address, MOST_STRATEGIES]
) -> DynArray[uint256, MOST_STRATEGIES]:
    return self._operator_shares(operator, strategies)


@internal
@view
def _operator_shares(
    operator: address, strategies: DynArray[address, MOST_STRATEGIES]
) -> DynArray[uint256, MOST_STRATEGIES]:
    shares: DynArray[uint256, MOST_STRATEGIES] = []
    for strategy: address in strategies:
        shares.append(self.operatorShares[operator][strategy])
    return shares


@external
@view
def getOperatorsShares(
    operators: DynArray[address, MOST_OPERATORS], strategies: DynArray[address, MOST_STRATEGIES]
) -> DynArray[DynArray[uint256, MOST_STRATEGIES], MOST_OPERATORS]:
    shares: DynArray[DynArray[uint256, MOST_STRATEGIES], MOST_OPERATORS] = []
    for operator: address in operators:
        shares.append(self._operator_shares(operator, strategies))
    return shares


@external
@view
def getSlashableSharesInQueue(operator: address, strategy: address) -> uint256:
    magnitude: uint64 = staticcall Allocations(allocationManager).getMaxMagnitude(operator, strategy)
    return self._slashed_in_queue(operator, strategy, magnitude, 0)


@external
@view
def getWithdrawableShares(
    staker: address, strategies: DynArray[address, MOST_STRATEGIES]
) -> (DynArray[uint256, MOST_STRATEGIES], DynArray[uint256, MOST_STRATEGIES]):
    """
    @return The withdrawable shares, and the deposit shares.
    """
    withdrawable: DynArray[uint256, MOST_STRATEGIES] = []
    deposited: DynArray[uint256, MOST_STRATEGIES] = []
    operator: address = self.delegatedTo[staker]
    for strategy: address in strategies:
        shares: uint256 = staticcall Shares(strategyManager).stakerDepositShares(staker, strategy)
        deposited.append(shares)
        withdrawable.append(
            shares * self._factor(staker, strategy) // WAD * self._magnitude(operator, strategy) // WAD
        )
    return withdrawable, deposited


@external
@view
def getDepositedShares(
    staker: address
) -> (DynArray[address, MOST_STRATEGIES], DynArray[uint256, MOST_STRATEGIES]):
    return staticcall Shares(strategyManager).getDeposits(staker)


@external
@view
def convertToDepositShares(
    staker: address,
    strategies: DynArray[address, MOST_STRATEGIES],
    withdrawableShares: DynArray[uint256, MOST_STRATEGIES],
) -> DynArray[uint256, MOST_STRATEGIES]:
    """
    @notice The deposit shares to queue for these withdrawable ones.
    """
    deposited: DynArray[uint256, MOST_STRATEGIES] = []
    operator: address = self.delegatedTo[staker]
    for i: uint256 in range(len(strategies), bound=MOST_STRATEGIES):
        deposited.append(
            withdrawableShares[i] * WAD // self._factor(staker, strategies[i]) * WAD
            // self._magnitude(operator, strategies[i])
        )
    return deposited


@external
@view
def queuedWithdrawals(withdrawalRoot: bytes32) -> Withdrawal:
    return self.queued[withdrawalRoot]


@external
@view
def getQueuedWithdrawal(withdrawalRoot: bytes32) -> (Withdrawal, DynArray[uint256, MOST_STRATEGIES]):
    """
    @return The withdrawal, and the shares that it is worth now.
    """
    withdrawal: Withdrawal = self.queued[withdrawalRoot]
    return withdrawal, self._shares_of(withdrawal)


@external
@view
def getQueuedWithdrawals(
    staker: address
) -> (DynArray[Withdrawal, MOST_QUEUED], DynArray[DynArray[uint256, MOST_STRATEGIES], MOST_QUEUED]):
    withdrawals: DynArray[Withdrawal, MOST_QUEUED] = []
    shares: DynArray[DynArray[uint256, MOST_STRATEGIES], MOST_QUEUED] = []
    roots: DynArray[bytes32, 256] = keyed_sets._words(convert(staker, bytes32))
    for root: bytes32 in roots:
        withdrawals.append(self.queued[root])
        shares.append(self._shares_of(self.queued[root]))
    return withdrawals, shares


@external
@view
def getQueuedWithdrawalRoots(staker: address) -> DynArray[bytes32, 256]:
    return keyed_sets._words(convert(staker, bytes32))


@external
@pure
def calculateWithdrawalRoot(withdrawal: Withdrawal) -> bytes32:
    return keccak256(abi_encode(withdrawal))


@internal
@view
def _approval_digest(
    staker: address, operator: address, approver: address, salt: bytes32, expiry: uint256
) -> bytes32:
    return signed_approvals._digest(
        keccak256(abi_encode(DELEGATION_APPROVAL_TYPEHASH, approver, staker, operator, salt, expiry))
    )


@external
@view
def calculateDelegationApprovalDigestHash(
    staker: address, operator: address, _delegationApprover: address, approverSalt: bytes32, expiry: uint256
) -> bytes32:
    """
    @notice What an approver signs.
    """
    return self._approval_digest(staker, operator, _delegationApprover, approverSalt, expiry)

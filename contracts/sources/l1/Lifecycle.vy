# pragma version 0.4.3
# pragma optimize codesize
"""
@title Lifecycle
@notice A rollup's end: when it is due, anybody may close the rollup, and nobody can keep it from being closed.
@dev The terms are fixed at launch. A rollup without a time of expiry is permanent: nobody can ever close it. An ephemeral
     one may be closed by anybody when it has expired, when its budget is spent or when its batcher has been silent for too
     long, and by its owner at any time. `close` fixes the closing block, the last L1 block that the rollup derives from,
     and its event is what derivation reads; the portal takes no deposits from then on. Batches count until the drain
     window after it is over. The rollup's Claims says when the last state is proven: then it is dissolved.
"""

from interfaces import ILifecycle
from modules import initializable

implements: ILifecycle
initializes: initializable

interface SystemConfig:
    def owner() -> address: view
    def batcherHash() -> bytes32: view
    def batcherSince() -> uint256: view

interface Portal:
    def closeDeposits(): nonpayable

event Closed:
    closingBlock: indexed(uint256)
    drainEnd: uint256
    reason: uint8

event Extended:
    expiresAt: uint256

event Dissolved:
    stateRoot: indexed(bytes32)

version: public(constant(String[5])) = "1.0.0"

ACTIVE: constant(uint8) = 0
CLOSING: constant(uint8) = 1
SETTLING: constant(uint8) = 2
DISSOLVED: constant(uint8) = 3

# Why it was closed: its owner wanted it, its time was over, its budget spent, or its batcher silent for too long.
OWNER: constant(uint8) = 0
EXPIRED: constant(uint8) = 1
UNFUNDED: constant(uint8) = 2
SILENT: constant(uint8) = 3

# Ten years; the longest that a rollup may still have before it, at launch and after an extension.
LONGEST_LIFE: constant(uint256) = 10 * 365 * 86400
# Two weeks of Ethereum's blocks.
LONGEST_DRAIN: constant(uint64) = 100_800
BUDGET_GAS: constant(uint256) = 100_000

systemConfig: public(address)
optimismPortal: public(address)
claims: public(address)
# Zero where there is no idle rule.
batchInbox: public(address)
expiresAt: public(uint256)
idleBlocks: public(uint256)
drainBlocks: public(uint256)
budget: public(address)
launchBlock: public(uint256)
# Zero while the rollup is active.
closingBlock: public(uint256)
# 0 its owner, 1 expired, 2 unfunded, 3 silent; of a meaning once it is closed.
closingReason: public(uint8)
dissolved: bool


@deploy
def __init__():
    initializable.__init__()


@external
def initialize(
    _systemConfig: address, _optimismPortal: address, _claims: address, _batchInbox: address, _terms: ILifecycle.Terms
):
    """
    @notice Fixes the terms, once.
    """
    initializable._initialize()
    self.systemConfig = _systemConfig
    self.optimismPortal = _optimismPortal
    self.claims = _claims
    self.launchBlock = block.number
    if _terms.expiresAt == 0:
        assert _terms.idleBlocks == 0 and _terms.drainBlocks == 0 and _terms.budget == empty(address), (
            "Lifecycle: a permanent rollup has no terms"
        )
        return
    expires_at: uint256 = convert(_terms.expiresAt, uint256)
    assert expires_at > block.timestamp, "Lifecycle: expires in the past"
    assert expires_at <= block.timestamp + LONGEST_LIFE, "Lifecycle: expires too late"
    assert _terms.drainBlocks != 0, "Lifecycle: the drain window is zero"
    assert _terms.drainBlocks <= LONGEST_DRAIN, "Lifecycle: the drain window is too long"
    assert _terms.budget == empty(address) or _terms.budget.is_contract, "Lifecycle: the budget has no code"
    self.expiresAt = expires_at
    self.drainBlocks = convert(_terms.drainBlocks, uint256)
    if _terms.idleBlocks != 0:
        self.idleBlocks = convert(_terms.idleBlocks, uint256)
        self.batchInbox = _batchInbox
    if _terms.budget != empty(address):
        self.budget = _terms.budget


@external
def extend(_expiresAt: uint64):
    """
    @notice Puts the expiry off. For the owner, while the rollup is neither closed nor expired.
    """
    if msg.sender != staticcall SystemConfig(self.systemConfig).owner():
        raw_revert(method_id("Lifecycle_Unauthorized()"))
    expires_at: uint256 = self.expiresAt
    if self.closingBlock != 0 or block.timestamp >= expires_at:
        raw_revert(method_id("Lifecycle_NotActive()"))
    later: uint256 = convert(_expiresAt, uint256)
    if later <= expires_at or later > block.timestamp + LONGEST_LIFE:
        raw_revert(method_id("Lifecycle_BadExpiry()"))
    self.expiresAt = later
    log Extended(expiresAt=later)


@external
def close():
    """
    @notice Closes the rollup: for anybody when its end is due, for the owner at any time.
    """
    if self.expiresAt == 0:
        raw_revert(method_id("Lifecycle_Permanent()"))
    if self.closingBlock != 0:
        raw_revert(method_id("Lifecycle_NotActive()"))
    is_due: bool = False
    reason: uint8 = OWNER
    is_due, reason = self._due()
    if not is_due and msg.sender != staticcall SystemConfig(self.systemConfig).owner():
        raw_revert(method_id("Lifecycle_NotDue()"))
    self.closingBlock = block.number
    self.closingReason = reason
    extcall Portal(self.optimismPortal).closeDeposits()
    log Closed(closingBlock=block.number, drainEnd=block.number + self.drainBlocks, reason=reason)


@external
def dissolve(_stateRoot: bytes32):
    """
    @notice Notes that the rollup's last state is known. For its Claims.
    """
    if msg.sender != self.claims:
        raw_revert(method_id("Lifecycle_Unauthorized()"))
    if self._state() != SETTLING:
        raw_revert(method_id("Lifecycle_NotSettling()"))
    self.dissolved = True
    log Dissolved(stateRoot=_stateRoot)


@internal
@view
def _due() -> (bool, uint8):
    """
    @notice Whether anybody may close the rollup now, and why.
    """
    if block.timestamp >= self.expiresAt:
        return True, EXPIRED
    if self._is_spent():
        return True, UNFUNDED
    if self._is_silent():
        return True, SILENT
    return False, OWNER


@internal
@view
def _is_spent() -> bool:
    """
    @dev A budget is anybody's contract. One that does not answer with a word is not spent: it cannot end a rollup by
         failing, and whoever closes gains nothing by giving it too little gas.
    """
    budget: address = self.budget
    if budget == empty(address):
        return False
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        budget,
        method_id("paidUntil()"),
        max_outsize=32,
        gas=BUDGET_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    return success and len(answer) == 32 and convert(answer, uint256) <= block.timestamp


@internal
@view
def _is_silent() -> bool:
    if self.idleBlocks == 0:
        return False
    config: address = self.systemConfig
    batcher: bytes32 = staticcall SystemConfig(config).batcherHash()
    answer: Bytes[32] = raw_call(self.batchInbox, abi_encode(batcher), max_outsize=32, is_static_call=True)
    # One that has never sent, or not since long, has the whole time from when it was named.
    last: uint256 = max(convert(answer, uint256), max(staticcall SystemConfig(config).batcherSince(), self.launchBlock))
    return block.number > last + self.idleBlocks


@internal
@view
def _state() -> uint8:
    if self.closingBlock == 0:
        return ACTIVE
    if self.dissolved:
        return DISSOLVED
    return CLOSING if block.number <= self.closingBlock + self.drainBlocks else SETTLING


# What others ask


@external
@view
def state() -> uint8:
    """
    @notice 0 active, 1 closing (batches still count), 2 settling (the last state is to be proven), 3 dissolved.
    """
    return self._state()


@external
@view
def due() -> (bool, uint8):
    """
    @notice Whether anybody may close the rollup now, and why: 1 expired, 2 unfunded, 3 silent.
    """
    if self.expiresAt == 0 or self.closingBlock != 0:
        return False, OWNER
    return self._due()


@external
@view
def drainEnd() -> uint256:
    """
    @notice The last L1 block whose batches count; zero while the rollup is active.
    """
    return 0 if self.closingBlock == 0 else self.closingBlock + self.drainBlocks

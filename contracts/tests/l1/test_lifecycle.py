"""A rollup's end: who closes it when, and that nobody can keep it from being closed."""

import boa
import pytest
from eth.exceptions import Revert
from eth_utils import keccak
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from ending import DAY, DRAIN, IDLE, LIFE, ZERO, close, ephemeral, logs, now
from settlement import ETHER, PERMANENT, Rollup, launch_of

ACTIVE, CLOSING, SETTLING, DISSOLVED = range(4)
OWNER, EXPIRED, UNFUNDED, SILENT = range(4)
NOT_DUE = (False, OWNER)

# On py-evm and on Mayfly's EVM, with the same results.
pytestmark = pytest.mark.usefixtures("both_machines")

BUDGET = """
paidUntil: public(uint256)

@external
def set(until: uint256):
    self.paidUntil = until
"""
BAD_BUDGETS = {
    "reverts": "@external\n@view\ndef paidUntil() -> uint256:\n    raise 'no'\n",
    "loops": "@external\n@view\ndef paidUntil() -> uint256:\n    x: uint256 = 0\n    for i: uint256 in range(2**255):\n        x = i\n    return 0\n",
    "answers nothing": "@external\ndef __default__():\n    pass\n",
    "answers too much": "@external\n@view\ndef paidUntil() -> uint256[300]:\n    return empty(uint256[300])\n",
    "writes": "x: uint256\n\n@external\ndef paidUntil() -> uint256:\n    self.x = 1\n    return 0\n",
}


@pytest.fixture
def living(shared, owner):
    return ephemeral(shared, owner, idle=IDLE)


def batch(rollup, sender, data: bytes = b"\0" * 100, value: int = 0):
    with boa.env.prank(sender):
        return boa.env.raw_call(rollup.inbox, data=data, value=value)


def test_a_permanent_rollup_is_never_closed(rollup, owner, mallory, reverts):
    lifecycle = rollup.lifecycle
    boa.env.time_travel(seconds=100 * 365 * DAY)
    for sender in (owner, mallory, rollup.timelock):
        with boa.env.prank(sender), reverts("Lifecycle_Permanent()"):
            lifecycle.close()
    with boa.env.prank(owner), reverts("Lifecycle_NotActive()"):
        lifecycle.extend(now() + DAY)
    assert lifecycle.state() == ACTIVE and lifecycle.due() == NOT_DUE and lifecycle.drainEnd() == 0
    assert not boa.env.get_code(rollup.inbox)


def test_anybody_closes_when_it_has_expired(living, mallory, owner, reverts):
    lifecycle = living.lifecycle
    boa.env.time_travel(seconds=lifecycle.expiresAt() - now() - 1)
    batch(living, owner)
    with boa.env.prank(mallory), reverts("Lifecycle_NotDue()"):
        lifecycle.close()
    boa.env.time_travel(seconds=1)
    with boa.env.prank(owner), reverts("Lifecycle_NotActive()"):
        lifecycle.extend(now() + DAY)
    assert lifecycle.due() == (True, EXPIRED)
    with boa.env.prank(mallory):
        lifecycle.close()
    (closed,) = logs(lifecycle, "Closed")
    block = boa.env.evm.patch.block_number
    assert (closed.closingBlock, closed.drainEnd, closed.reason) == (block, block + DRAIN, EXPIRED)
    assert (lifecycle.closingBlock(), lifecycle.drainEnd(), lifecycle.closingReason()) == (block, block + DRAIN, EXPIRED)
    assert lifecycle.due() == NOT_DUE
    with boa.env.prank(owner), reverts("Lifecycle_NotActive()"):
        lifecycle.close()


def test_the_event_is_what_derivation_reads(living, owner):
    with boa.env.prank(owner):
        living.lifecycle.close()
    ((_, address, topics, data),) = [
        entry
        for entry in living.lifecycle._computation.get_raw_log_entries()
        if entry[2][0] == int.from_bytes(keccak(text="Closed(uint256,uint256,uint8)"), "big")
    ]
    block = boa.env.evm.patch.block_number
    assert "0x" + address.hex() == living.lifecycle.address.lower()
    assert list(topics[1:]) == [block] and data == (block + DRAIN).to_bytes(32, "big") + OWNER.to_bytes(32, "big")


def test_states_by_block(living, owner):
    lifecycle = living.lifecycle
    assert lifecycle.state() == ACTIVE
    with boa.env.prank(owner):
        lifecycle.close()
    assert lifecycle.state() == CLOSING
    boa.env.time_travel(blocks=DRAIN)
    assert lifecycle.state() == CLOSING
    boa.env.time_travel(blocks=1)
    assert lifecycle.state() == SETTLING


def test_only_the_owner_closes_early(living, owner, mallory, reverts):
    for sender in (mallory, living.timelock):
        with boa.env.prank(sender), reverts("Lifecycle_NotDue()"):
            living.lifecycle.close()
    with boa.env.prank(owner):
        living.lifecycle.close()
    assert living.lifecycle.closingReason() == OWNER


def test_anybody_closes_when_the_batcher_is_silent(living, owner, mallory, reverts):
    lifecycle, start = living.lifecycle, boa.env.evm.patch.block_number
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    assert lifecycle.due() == NOT_DUE
    batch(living, owner)
    # Others' transactions do not count.
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    batch(living, mallory)
    with boa.env.prank(mallory), reverts("Lifecycle_NotDue()"):
        lifecycle.close()
    boa.env.time_travel(blocks=1, block_delta=1)
    assert lifecycle.due() == (True, SILENT)
    with boa.env.prank(mallory):
        lifecycle.close()
    assert boa.env.evm.patch.block_number == start + 2 * IDLE + 1


def test_silence_counts_from_the_launch(living, mallory):
    boa.env.time_travel(blocks=IDLE + 1, block_delta=1)
    with boa.env.prank(mallory):
        living.lifecycle.close()
    assert living.lifecycle.closingReason() == SILENT


def test_silence_is_the_present_batchers(living, owner, alice):
    """What others send counts no more, and what the new one sent before it was named does."""
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    batch(living, owner)
    batch(living, alice)
    with boa.env.prank(owner):
        living.config.setBatcherHash(bytes(12) + bytes.fromhex(alice[2:]))
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    assert living.lifecycle.due() == NOT_DUE
    boa.env.time_travel(blocks=1, block_delta=1)
    assert living.lifecycle.due() == (True, SILENT)


def test_a_new_batcher_that_has_never_sent_is_not_silent(living, owner, alice, mallory, reverts):
    """Nobody can close a rollup on the day on which its batcher changes; from then on it has the whole time."""
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    batch(living, owner)
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    with boa.env.prank(owner):
        living.config.setBatcherHash(bytes(12) + bytes.fromhex(alice[2:]))
    with boa.env.prank(mallory), reverts("Lifecycle_NotDue()"):
        living.lifecycle.close()
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    assert living.lifecycle.due() == NOT_DUE
    boa.env.time_travel(blocks=1, block_delta=1)
    assert living.lifecycle.due() == (True, SILENT)


def test_naming_the_same_batcher_again_gives_it_no_time(living, owner, mallory):
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    with boa.env.prank(owner):
        living.config.setBatcherHash(living.config.batcherHash())
    boa.env.time_travel(blocks=1, block_delta=1)
    with boa.env.prank(mallory):
        living.lifecycle.close()
    assert living.lifecycle.closingReason() == SILENT


@pytest.mark.parametrize("data", [b"", b"\0", b"\1" * 31, b"\2" * 32, bytes(4) + b"\3" * 60, b"\4" * 120_000])
def test_the_inbox_takes_any_data(living, owner, data):
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    assert batch(living, owner, data).output == b""
    boa.env.time_travel(blocks=IDLE, block_delta=1)
    assert living.lifecycle.due() == NOT_DUE


def test_the_inbox_answers_lifecycle_alone(living, owner, mallory):
    batch(living, owner)
    asked = bytes(12) + bytes.fromhex(owner[2:])
    assert batch(living, mallory, asked).output == b""
    assert batch(living, living.lifecycle.address, asked).output == boa.env.evm.patch.block_number.to_bytes(32, "big")
    with pytest.raises(Revert):
        batch(living, owner, value=1)


def test_anybody_closes_when_the_budget_is_spent(shared, owner, mallory, inline, reverts):
    budget = inline(BUDGET).deploy()
    budget.set(now() + 100)
    living = ephemeral(shared, owner, budget=budget.address)
    boa.env.time_travel(seconds=99)
    with boa.env.prank(mallory), reverts("Lifecycle_NotDue()"):
        living.lifecycle.close()
    boa.env.time_travel(seconds=1)
    with boa.env.prank(mallory):
        living.lifecycle.close()
    assert living.lifecycle.closingReason() == UNFUNDED


@pytest.mark.parametrize("name", sorted(BAD_BUDGETS))
def test_a_budget_that_does_not_answer_neither_closes_nor_blocks(shared, owner, mallory, inline, name, reverts):
    living = ephemeral(shared, owner, budget=inline(BAD_BUDGETS[name]).deploy().address)
    if name == "answers too much":
        # A word more is a word less: it is cut off, and what it says is that nothing is paid.
        assert living.lifecycle.due() in (NOT_DUE, (True, UNFUNDED))
        return
    with boa.env.prank(mallory), reverts("Lifecycle_NotDue()"):
        living.lifecycle.close()
    boa.env.time_travel(seconds=LIFE)
    with boa.env.prank(mallory):
        living.lifecycle.close()
    assert living.lifecycle.closingReason() == EXPIRED


def test_only_the_owner_extends_and_only_to_later(living, owner, mallory, reverts):
    lifecycle, before = living.lifecycle, living.lifecycle.expiresAt()
    with boa.env.prank(mallory), reverts("Lifecycle_Unauthorized()"):
        lifecycle.extend(before + 1)
    with boa.env.prank(owner):
        for wrong in (0, before - 1, before, now() + 10 * 365 * DAY + 1, 2**64 - 1):
            with reverts("Lifecycle_BadExpiry()"):
                lifecycle.extend(wrong)
        lifecycle.extend(before + DAY)
        (extended,) = logs(lifecycle, "Extended")
        assert extended.expiresAt == before + DAY == lifecycle.expiresAt()
        lifecycle.close()
        with reverts("Lifecycle_NotActive()"):
            lifecycle.extend(before + 2 * DAY)


def test_the_owner_cannot_block_the_close(living, owner, mallory):
    """Whatever the owner and the guardian may do, a rollup whose time is over is closed by a stranger."""
    with boa.env.prank(owner):
        living.config.setGuardian(owner)
        living.config.setBatcherHash(bytes(32))
        living.config.renounceOwnership()
        living.config.pause(ZERO)
    boa.env.time_travel(seconds=LIFE)
    with boa.env.prank(mallory):
        living.lifecycle.close()
    assert living.lifecycle.state() == CLOSING


def test_deposits_stop_with_the_close(living, owner, alice, reverts):
    portal = living.portal
    deposit = lambda: portal.depositTransaction(alice, 0, 100_000, False, b"", value=1)
    assert not portal.depositsClosed()
    deposit()
    with boa.env.prank(owner):
        living.lifecycle.close()
    # In the same block even.
    assert portal.depositsClosed() and portal.systemConfig() == living.config.address
    closed = "OptimismPortal_DepositsClosed()"
    with reverts(closed):
        deposit()
    with reverts(closed):
        portal.depositTransaction(alice, 0, 5_000_000, False, b"\1" * 10_000)
    with reverts(closed):
        boa.env.raw_call(portal.address, value=1)
    with reverts(closed):
        living.messenger.sendMessage(alice, b"", 100_000)
    with reverts(closed):
        living.bridge.bridgeETHTo(alice, 100_000, b"", value=1)
    portal.donateETH(value=1)
    assert boa.env.get_balance(portal.address) == 2


def test_only_lifecycle_closes_deposits(living, owner, mallory, timelock, reverts):
    for sender in (owner, mallory, timelock, living.claims.address):
        with boa.env.prank(sender), reverts("OptimismPortal_Unauthorized()"):
            living.portal.closeDeposits()
    for sender in (owner, mallory, timelock, living.portal.address):
        with boa.env.prank(sender), reverts("Lifecycle_Unauthorized()"):
            living.lifecycle.dissolve(bytes(32))


@pytest.mark.parametrize(
    "life, reason",
    [
        (lambda: (0, 1, 0, ZERO), "Lifecycle: a permanent rollup has no terms"),
        (lambda: (0, 0, 1, ZERO), "Lifecycle: a permanent rollup has no terms"),
        (lambda: (0, 0, 0, boa.env.eoa), "Lifecycle: a permanent rollup has no terms"),
        (lambda: (now(), 0, 1, ZERO), "Lifecycle: expires in the past"),
        (lambda: (now() + 10 * 365 * DAY + 1, 0, 1, ZERO), "Lifecycle: expires too late"),
        (lambda: (now() + DAY, 0, 0, ZERO), "Lifecycle: the drain window is zero"),
        (lambda: (now() + DAY, 0, 100_801, ZERO), "Lifecycle: the drain window is too long"),
        (lambda: (now() + DAY, 0, 1, boa.env.eoa), "Lifecycle: the budget has no code"),
    ],
)
def test_terms_that_make_no_sense_are_refused(shared, owner, life, reason, reverts):
    with reverts(reason):
        Rollup(shared, owner, life=life())


def test_the_idle_rule_needs_the_inbox(shared, owner, reverts):
    with reverts("RollupFactory: the idle rule needs the rollup's own batch inbox"):
        shared.factory.launch(keccak(b"other"), launch_of(owner, life=(now() + DAY, 5, 1, ZERO)))
    plain = Rollup(shared, owner, life=(now() + DAY, 0, 1, ZERO))
    assert plain.lifecycle.batchInbox() == ZERO and not boa.env.get_code(plain.inbox)


def test_life_is_recorded(shared, living, rollup):
    for each in (living, rollup):
        record = shared.registry.rollups(shared.registry.idOf(each.config.address))
        assert record[-1] == each.lifecycle.address
        assert each.lifecycle.claims() == each.claims.address == each.portal.claims()
        assert each.lifecycle.optimismPortal() == each.portal.address == each.claims.optimismPortal()
        assert each.portal.lifecycle() == each.lifecycle.address == each.claims.lifecycle()
        assert each.bridge.claims() == each.nft_bridge.claims() == each.claims.address
    assert living.lifecycle.batchInbox() == living.inbox
    assert living.config.batchInbox() == living.inbox
    assert rollup.lifecycle.expiresAt() == PERMANENT[0]


def test_any_order_of_things(shared, owner, mallory):
    """It closes once, when it is due or the owner says so; the states go forward alone."""

    class Life(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.anchor = boa.env.anchor()
            self.anchor.__enter__()
            self.rollup = ephemeral(shared, owner, expires=1000, idle=20, drain=3)
            self.expires, self.last, self.closed = now() + 1000, boa.env.evm.patch.block_number, None
            self.states = [ACTIVE]

        def teardown(self):
            assert self.states == sorted(self.states)
            self.anchor.__exit__(None, None, None)

        @rule(sender=st.sampled_from([owner, mallory]))
        def close(self, sender):
            block = boa.env.evm.patch.block_number
            due = now() >= self.expires or block > self.last + 20
            try:
                with boa.env.prank(sender):
                    self.rollup.lifecycle.close()
                assert self.closed is None and (due or sender == owner)
                self.closed = block
            except boa.BoaError:
                assert self.closed is not None or not (due or sender == owner)
            self.states.append(self.rollup.lifecycle.state())

        @rule(seconds=st.integers(0, 1500))
        def extend(self, seconds):
            try:
                with boa.env.prank(owner):
                    self.rollup.lifecycle.extend(now() + seconds)
                assert self.closed is None and now() < self.expires < now() + seconds
                self.expires = now() + seconds
            except boa.BoaError:
                assert self.closed is not None or now() >= self.expires or now() + seconds <= self.expires

        @rule(sender=st.sampled_from([owner, mallory]))
        def send(self, sender):
            batch(self.rollup, sender)
            if sender == owner:
                self.last = boa.env.evm.patch.block_number

        @rule()
        def deposit(self):
            try:
                self.rollup.portal.depositTransaction(mallory, 0, 100_000, False, b"")
                assert self.closed is None
            except boa.BoaError:
                assert self.closed is not None

        @rule(blocks=st.sampled_from([1, 3, 21]))
        def wait(self, blocks):
            boa.env.time_travel(blocks=blocks)
            self.states.append(self.rollup.lifecycle.state())

    run_state_machine_as_test(Life, settings=settings(max_examples=25, stateful_step_count=15))

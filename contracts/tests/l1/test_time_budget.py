"""A budget of time: paid in, drawn as time passes, returned at the end."""

import boa
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from ending import DAY, ZERO, State, close, ephemeral, now, settle
from settlement import ETHER
from test_bridges import TOKEN

PRICE = 10**9
LIFECYCLE = "state: public(uint8)\n\n@external\ndef set(state: uint8):\n    self.state = state\n"


@pytest.fixture(params=["ether", "token"])
def budget(request, l1, inline, owner, alice):
    """A budget in either money; what it pays with, or None for ETH; and its rollup's Lifecycle."""
    lifecycle = inline(LIFECYCLE).deploy()
    token = inline(TOKEN).deploy() if request.param == "token" else None
    made = l1.TimeBudget.deploy(lifecycle.address, token.address if token else ZERO, alice, owner, PRICE)
    if token:
        token.mint(boa.env.eoa, 10**30)
        token.approve(made.address, 2**256 - 1)
    made.top = lambda amount: made.topUp(amount, value=0 if token else amount)
    made.of = (lambda who: token.balanceOf(who)) if token else boa.env.get_balance
    return made, lifecycle


def test_paid_until_follows_what_comes_in(budget):
    made, _ = budget
    start = made.start()
    assert made.paidUntil() == start == now()
    made.top(100 * PRICE)
    assert made.paidUntil() == start + 100
    made.top(PRICE // 2)
    made.top(PRICE // 2)
    assert made.paidUntil() == start + 101


def test_the_payee_draws_what_has_elapsed(budget, alice, mallory):
    made, _ = budget
    made.top(100 * PRICE)
    before = made.of(alice)
    boa.env.time_travel(seconds=30)
    with boa.env.prank(mallory):
        made.draw()
    assert made.of(alice) == before + 30 * PRICE and made.drawable() == 0
    made.draw()
    boa.env.time_travel(seconds=1000)
    assert made.drawable() == 70 * PRICE
    made.draw()
    assert made.of(alice) == before + 100 * PRICE and made.of(made.address) == 0


def test_the_rest_goes_back_when_the_rollup_is_dissolved(budget, owner, alice, reverts):
    made, lifecycle = budget
    made.top(100 * PRICE)
    boa.env.time_travel(seconds=40)
    for state in (0, 1, 2):
        lifecycle.set(state)
        with reverts("TimeBudget_NotDissolved()"):
            made.end()
    lifecycle.set(3)
    before = made.of(owner), made.of(alice)
    made.end()
    assert (made.of(owner), made.of(alice)) == (before[0] + 60 * PRICE, before[1] + 40 * PRICE)
    boa.env.time_travel(seconds=40)
    made.draw()
    made.end()
    assert made.of(made.address) == 0 == made.drawable()
    with reverts("TimeBudget_Ended()"):
        made.top(1)


def test_terms_are_checked(l1, owner, alice, reverts):
    for arguments, reason in (
        ((ZERO, ZERO, alice, owner, 1), "TimeBudget: an address is zero"),
        ((owner, ZERO, ZERO, owner, 1), "TimeBudget: an address is zero"),
        ((owner, ZERO, alice, ZERO, 1), "TimeBudget: an address is zero"),
        ((owner, ZERO, alice, owner, 0), "TimeBudget: the price is zero"),
        ((owner, alice, alice, owner, 1), "TimeBudget: the token has no code"),
    ):
        with reverts(reason):
            l1.TimeBudget.deploy(*arguments)
    made = l1.TimeBudget.deploy(owner, ZERO, alice, owner, 1)
    with reverts("TimeBudget: the value is not the amount"):
        made.topUp(2, value=1)


def test_a_rollup_lives_as_long_as_it_is_paid_for(l1, shared, owner, alice, mallory, artifact, reverts):
    from eth_utils import keccak
    from settlement import launch_of

    salt = keccak(b"paid for")
    *_, lifecycle, _, _ = shared.factory.predict(boa.env.eoa, salt)
    made = l1.TimeBudget.deploy(lifecycle, ZERO, alice, owner, PRICE)
    made.topUp(DAY * PRICE, value=DAY * PRICE)
    shared.factory.launch(salt, launch_of(owner, life=(now() + 10 * DAY, 0, 10, made.address)))
    living = l1.Lifecycle.at(lifecycle)
    boa.env.time_travel(seconds=DAY - 1)
    with boa.env.prank(mallory), reverts("Lifecycle_NotDue()"):
        living.close()
    boa.env.time_travel(seconds=1)
    assert living.due() == (True, 2)
    made.topUp(PRICE, value=PRICE)
    assert not living.due()[0]
    boa.env.time_travel(seconds=1)
    with boa.env.prank(mallory):
        living.close()
    assert living.closingReason() == 2


def test_the_books(budget, owner, alice):
    made, lifecycle = budget
    start = {who: made.of(who) for who in (owner, alice)}

    class Books(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.anchor = boa.env.anchor()
            self.anchor.__enter__()
            self.paid_in = 0

        def teardown(self):
            out = sum(made.of(who) - start[who] for who in start)
            assert out + made.of(made.address) == self.paid_in
            assert made.of(alice) - start[alice] == made.drawn() <= (now() - made.start()) * PRICE
            self.anchor.__exit__(None, None, None)

        @rule(amount=st.integers(0, 100 * PRICE))
        def top_up(self, amount):
            try:
                made.top(amount)
                self.paid_in += amount
            except boa.BoaError:
                assert made.ended()

        @rule()
        def draw(self):
            made.draw()

        @rule()
        def end(self):
            try:
                made.end()
                assert lifecycle.state() == 3
            except boa.BoaError:
                assert lifecycle.state() != 3

        @rule(seconds=st.integers(1, 60))
        def wait(self, seconds):
            boa.env.time_travel(seconds=seconds)

        @rule()
        def dissolve(self):
            lifecycle.set(3)

    run_state_machine_as_test(Books, settings=settings(max_examples=20, stateful_step_count=15))

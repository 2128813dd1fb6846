"""WETH: one for one, always."""

import boa
from hypothesis import given
from hypothesis import strategies as st
from rollup import call_data, execute, logs, predeploy, topic, word

WETH = predeploy(0x06)
MAX = 2**256 - 1

# Calls back while it is being paid.
GREEDY = """
interface Token:
    def deposit(): payable
    def withdraw(amount: uint256): nonpayable

worked: public(bool)

@external
@payable
def start():
    extcall Token(0x4200000000000000000000000000000000000006).deposit(value=msg.value)
    extcall Token(0x4200000000000000000000000000000000000006).withdraw(msg.value)

@external
@payable
def __default__():
    self.worked = raw_call(
        msg.sender, abi_encode(msg.value, method_id=method_id("withdraw(uint256)")), revert_on_failure=False
    )
"""


def test_behaves_as_the_model(rollup, account):
    people = [account(name) for name in ("alice", "bob", "carol")]
    person, amount = st.sampled_from(people), st.integers(0, 1000)
    kinds = ["deposit", "send", "withdraw", "transfer", "transferFrom", "approve"]

    @given(st.lists(st.tuples(st.sampled_from(kinds), person, person, person, amount), min_size=5, max_size=15))
    def check(steps):
        with boa.env.anchor():
            balances, allowances = {who: 0 for who in people}, {}
            for kind, a, b, c, value in steps:
                play(balances, allowances, kind, a, b, c, value)
            assert {who: rollup.WETH.balanceOf(who) for who in people} == balances
            assert rollup.WETH.totalSupply() == sum(balances.values()) == boa.env.get_balance(WETH)
            assert all(rollup.WETH.allowance(*pair) == value for pair, value in allowances.items())

    def play(balances, allowances, kind, a, b, c, value):
        has, paid, caller = balances[a] >= value, 0, a
        if kind in ("deposit", "send"):
            data, paid, works = call_data("deposit()") if kind == "deposit" else b"", value, True
            balances[a] += value
        elif kind == "withdraw":
            data, works = call_data("withdraw(uint256)", value), has
            balances[a] -= value if works else 0
        elif kind == "approve":
            data, works = call_data("approve(address,uint256)", b, value), True
            allowances[a, b] = value
        else:
            if kind == "transfer":
                data, works = call_data("transfer(address,uint256)", b, value), has
            else:
                data, caller = call_data("transferFrom(address,address,uint256)", a, b, value), c
                works = has and (a == c or allowances.get((a, c), 0) >= value)
                if works and a != c:
                    allowances[a, c] = allowances.get((a, c), 0) - value
            if works:
                balances[a] -= value
                balances[b] += value
        assert execute(WETH, data, caller, paid).is_error != works

    check()


def test_events(rollup, account):
    alice, bob = account("alice"), account("bob")
    one = lambda data, sender=alice, value=0: logs(execute(WETH, data, sender, value))
    assert one(call_data("deposit()"), value=9) == [(WETH, [topic("Deposit(address,uint256)"), word(alice)], word(9))]
    assert one(b"anything at all", value=9) == [(WETH, [topic("Deposit(address,uint256)"), word(alice)], word(9))]
    assert one(call_data("withdraw(uint256)", 2)) == [
        (WETH, [topic("Withdrawal(address,uint256)"), word(alice)], word(2))
    ]
    moved = (WETH, [topic("Transfer(address,address,uint256)"), word(alice), word(bob)], word(3))
    assert one(call_data("transfer(address,uint256)", bob, 3)) == [moved]
    allowed = (WETH, [topic("Approval(address,address,uint256)"), word(alice), word(bob)], word(MAX))
    assert one(call_data("approve(address,uint256)", bob, MAX)) == [allowed]
    assert one(call_data("transferFrom(address,address,uint256)", alice, bob, 3), bob) == [moved]
    # A limitless allowance stays what it is.
    assert rollup.WETH.allowance(alice, bob) == MAX


def test_nothing_is_paid_twice(rollup, inline, account):
    execute(WETH, call_data("deposit()"), account("victim"), 10**18)
    greedy = inline(GREEDY).deploy()
    boa.env.set_balance(boa.env.eoa, 10**18)
    greedy.start(value=10**17)
    assert not greedy.worked()
    assert boa.env.get_balance(greedy.address) == 10**17 and boa.env.get_balance(WETH) == 10**18


def test_is_what_wallets_expect(rollup):
    assert (rollup.WETH.name(), rollup.WETH.symbol(), rollup.WETH.decimals()) == ("Wrapped Ether", "WETH", 18)

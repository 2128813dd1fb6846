"""The restaking core: deposits, delegation, allocations, slashing and withdrawals, and those who want more than is theirs."""

from pathlib import Path

import boa
import pytest
from compiling import spelled
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from restaking_core import (
    BURN,
    CONFIGURATION_DELAY,
    DEALLOCATION_DELAY,
    WAD,
    WITHDRAWAL_DELAY,
    Restaking,
)

ETHER = 10**18
SIGNATURES = Path(__file__).parent / "eigenlayer_signatures.txt"


@pytest.fixture
def restaking(l1, inline, account):
    return Restaking(l1, inline, account)


@pytest.fixture
def staked(restaking, account):
    """An operator in the service's set with half of its magnitude there, and alice's 100 delegated to it."""
    restaking.bob = restaking.operator(account("bob"))
    restaking.alice = account("alice")
    restaking.deposit(restaking.alice, 100 * ETHER)
    restaking.delegate(restaking.alice, restaking.bob)
    restaking.register(restaking.bob)
    restaking.allocate(restaking.bob, WAD // 2)
    restaking.later(1)
    return restaking


def test_the_parts_know_each_other(restaking, reverts):
    core = restaking.core
    assert restaking.allocations.delegation() == core.delegationManager()
    assert restaking.delegation.strategyManager() == core.strategyManager()
    assert restaking.deposits.strategyWhitelister() == core.strategyFactory()
    assert restaking.factory.implementation() == core.strategy()
    with reverts("RestakingCore: not the code of the next contract"):
        core.make(b"\0")


def test_deposit_and_withdraw_without_an_operator(restaking, account, reverts):
    alice = account("alice")
    assert restaking.deposit(alice, 5 * ETHER) == 5 * ETHER
    withdrawal = restaking.queue(alice, 2 * ETHER)
    assert restaking.deposited(alice) == 3 * ETHER
    restaking.later(WITHDRAWAL_DELAY)
    with reverts("WithdrawalDelayNotElapsed()"):
        restaking.complete(withdrawal)
    restaking.later(1)
    restaking.complete(withdrawal)
    assert restaking.token.balanceOf(alice) == 2 * ETHER
    with reverts("WithdrawalNotQueued()"):
        restaking.complete(withdrawal)


def test_another_cannot_take_a_withdrawal(restaking, account, reverts):
    alice, eve = account("alice"), account("eve")
    restaking.deposit(alice, ETHER)
    withdrawal = restaking.queue(alice, ETHER)
    restaking.later(WITHDRAWAL_DELAY + 1)
    with reverts("WithdrawerNotCaller()"), boa.env.prank(eve):
        restaking.delegation.completeQueuedWithdrawal(withdrawal, [restaking.token.address], True)
    with reverts("WithdrawalNotQueued()"):
        restaking.complete((*withdrawal[:6], [2 * ETHER]))


def test_first_deposit_cannot_be_inflated(restaking, account):
    alice, eve = account("alice"), account("eve")
    restaking.deposit(eve, 1)
    restaking.token.mint(restaking.strategy.address, 10 * ETHER)
    restaking.deposit(alice, 5 * ETHER)
    stolen = restaking.strategy.userUnderlyingView(eve)
    lost = 5 * ETHER - restaking.strategy.userUnderlyingView(alice)
    # What was sent to raise the price is lost, many times what alice loses by rounding.
    assert stolen < 10 * ETHER // 500 and lost < 10 * ETHER // 500


def test_slash_takes_from_the_stake(staked):
    slash, shares = staked.slash(staked.bob, WAD // 2)
    assert (slash, shares) == (1, [25 * ETHER])
    assert staked.withdrawable(staked.alice) == staked.stake(staked.bob) == 75 * ETHER
    assert staked.magnitude(staked.bob) == WAD * 3 // 4
    assert staked.clear(slash) == [25 * ETHER] and staked.token.balanceOf(BURN) == 25 * ETHER
    assert staked.clear(slash) == []
    withdrawal = staked.queue(staked.alice, staked.deposited(staked.alice))
    staked.later(WITHDRAWAL_DELAY + 1)
    staked.complete(withdrawal)
    assert staked.token.balanceOf(staked.alice) == 75 * ETHER


def test_slashed_twice_takes_no_more_than_what_is_allocated(staked, reverts):
    staked.slash(staked.bob, WAD)
    assert staked.withdrawable(staked.alice) == 50 * ETHER
    _, shares = staked.slash(staked.bob, WAD)
    assert shares == [0] and staked.withdrawable(staked.alice) == 50 * ETHER
    with reverts("InsufficientMagnitude()"):
        staked.allocate(staked.bob, WAD // 2 + 1)
    with reverts("InvalidWadToSlash()"):
        staked.slash(staked.bob, WAD + 1)


def test_queued_withdrawals_are_slashed(staked):
    withdrawal = staked.queue(staked.alice, 100 * ETHER)
    staked.later(WITHDRAWAL_DELAY)
    assert staked.delegation.getSlashableSharesInQueue(staked.bob, staked.strategy.address) == 100 * ETHER
    _, shares = staked.slash(staked.bob, WAD // 2)
    assert shares == [25 * ETHER]
    staked.later(1)
    staked.complete(withdrawal)
    assert staked.token.balanceOf(staked.alice) == 75 * ETHER


def test_withdrawals_after_the_delay_are_not_slashed(staked):
    withdrawal = staked.queue(staked.alice, 100 * ETHER)
    staked.later(WITHDRAWAL_DELAY + 1)
    _, shares = staked.slash(staked.bob, WAD // 2)
    assert shares == [0]
    staked.complete(withdrawal)
    assert staked.token.balanceOf(staked.alice) == 100 * ETHER


def test_undelegating_does_not_escape(staked):
    with boa.env.prank(staked.alice):
        (root,) = staked.delegation.undelegate(staked.alice)
    staked.slash(staked.bob, WAD)
    withdrawal, shares = staked.delegation.getQueuedWithdrawal(root)
    assert shares == [50 * ETHER]
    staked.later(WITHDRAWAL_DELAY + 1)
    staked.complete(withdrawal, as_tokens=False)
    assert staked.withdrawable(staked.alice) == 50 * ETHER


def test_a_deposit_after_a_slash_is_not_slashed_for_it(staked, account):
    staked.slash(staked.bob, WAD // 2)
    staked.deposit(staked.alice, 10 * ETHER)
    assert 85 * ETHER - 100 <= staked.withdrawable(staked.alice) <= 85 * ETHER
    carol = account("carol")
    staked.deposit(carol, 10 * ETHER)
    staked.delegate(carol, staked.bob)
    assert 10 * ETHER - 100 <= staked.withdrawable(carol) <= 10 * ETHER


def test_allocations_count_after_the_operators_delay(restaking, account):
    bob = restaking.operator(account("bob"), delay=5)
    restaking.deposit(bob, ETHER)
    restaking.register(bob)
    restaking.allocate(bob, WAD)
    restaking.later(4)
    _, shares = restaking.slash(bob, WAD)
    assert shares == [0] and restaking.magnitude(bob) == WAD
    restaking.later(1)
    _, shares = restaking.slash(bob, WAD)
    assert shares == [ETHER] and restaking.magnitude(bob) == 0


def test_deallocated_is_slashable_until_the_delay_is_over(staked, reverts):
    staked.allocate(staked.bob, 0)
    with reverts("ModificationAlreadyPending()"):
        staked.allocate(staked.bob, WAD)
    staked.later(DEALLOCATION_DELAY)
    _, shares = staked.slash(staked.bob, WAD // 2)
    assert shares == [25 * ETHER]
    staked.later(1)
    _, shares = staked.slash(staked.bob, WAD)
    assert shares == [0]
    assert staked.allocations.getAllocatableMagnitude(staked.bob, staked.strategy.address) == WAD * 3 // 4


def test_leaving_does_not_escape(staked, reverts):
    staked.leave(staked.bob)
    assert staked.allocations.getMembers(staked.set) == [] and staked.registrar.left() == staked.bob
    with reverts("AlreadyMemberOfSet()"):
        staked.register(staked.bob)
    staked.later(DEALLOCATION_DELAY)
    _, shares = staked.slash(staked.bob, WAD // 2)
    assert shares == [25 * ETHER]
    staked.later(1)
    with reverts("OperatorNotSlashable()"):
        staked.slash(staked.bob, WAD)


def test_stake_is_never_given_twice(staked, reverts):
    with boa.env.prank(staked.service):
        staked.allocations.createOperatorSets(staked.service, [(2, [staked.strategy.address])])
    with reverts("InsufficientMagnitude()"):
        staked.allocate(staked.bob, WAD // 2 + 1, which=2)
    staked.allocate(staked.bob, WAD // 2, which=2)
    staked.slash(staked.bob, WAD)
    view = staked.allocations.getAllocatedStake((staked.service, 2), [staked.bob], [staked.strategy.address])
    assert view == [[50 * ETHER]]


def test_minimum_slashable_stake(staked):
    stake = lambda at: staked.allocations.getMinimumSlashableStake(
        staked.set, [staked.bob], [staked.strategy.address], at
    )
    now = boa.env.evm.patch.block_number
    assert stake(now) == [[50 * ETHER]]
    staked.allocate(staked.bob, WAD // 4)
    assert stake(now + DEALLOCATION_DELAY) == [[50 * ETHER]]
    assert stake(now + DEALLOCATION_DELAY + 1) == [[25 * ETHER]]
    staked.leave(staked.bob)
    staked.later(DEALLOCATION_DELAY + 2)
    assert stake(now + 100) == [[0]]


def test_redistribution(staked, account):
    carol = account("carol")
    with boa.env.prank(staked.service):
        staked.allocations.createRedistributingOperatorSets(
            staked.service, [(3, [staked.strategy.address])], [carol]
        )
    staked.register(staked.bob, 3)
    staked.allocate(staked.bob, WAD // 2, which=3)
    assert staked.allocations.isOperatorRedistributable(staked.bob)
    slash, _ = staked.slash(staked.bob, WAD, which=3)
    staked.clear(slash, which=3)
    assert staked.token.balanceOf(carol) == 50 * ETHER


def test_strangers(staked, account, reverts):
    eve, strategy, token = account("eve"), staked.strategy, staked.token.address
    with boa.env.prank(eve):
        with reverts("OnlyStrategyManager()"):
            strategy.withdraw(eve, token, 1)
        with reverts("OnlyStrategyManager()"):
            strategy.deposit(token, 1)
        with reverts("RestakedStrategy: caller is not the factory"):
            strategy.initialize(token)
        with reverts("OnlyDelegationManager()"):
            staked.deposits.withdrawSharesAsTokens(eve, strategy.address, token, 1)
        with reverts("OnlyDelegationManager()"):
            staked.deposits.addShares(eve, strategy.address, 1)
        with reverts("OnlyDelegationManager()"):
            staked.deposits.removeDepositShares(staked.alice, strategy.address, 1)
        with reverts("OnlyDelegationManager()"):
            staked.deposits.increaseBurnOrRedistributableShares(staked.set, 1, strategy.address, 1)
        with reverts("OnlyStrategyWhitelister()"):
            staked.deposits.addStrategiesToDepositWhitelist([eve])
        with reverts("OnlyStrategyManagerOrEigenPodManager()"):
            staked.delegation.increaseDelegatedShares(eve, strategy.address, 0, 1)
        with reverts("OnlyAllocationManager()"):
            staked.delegation.slashOperatorShares(staked.bob, staked.set, 1, strategy.address, WAD, 0)
        with reverts("CallerCannotUndelegate()"):
            staked.delegation.undelegate(staked.alice)
        with reverts("InvalidPermissions()"):
            staked.allocations.modifyAllocations(staked.bob, [])
        with reverts("InvalidPermissions()"):
            staked.allocations.setAllocationDelay(staked.bob, 0)
        with reverts("InvalidPermissions()"):
            staked.allocations.createOperatorSets(staked.service, [])
        with reverts("InvalidCaller()"):
            staked.allocations.deregisterFromOperatorSets((staked.bob, staked.service, [1]))
        with reverts("NotAdmin()"):
            staked.permissions.setAppointee(staked.bob, eve, eve, b"\0" * 4)
    with reverts("InvalidCaller()"):
        staked.slash(staked.bob, WAD, sender=eve)


def test_a_token_cannot_come_back(staked, reverts):
    """While a token sends a withdrawal, it tries to have a slash paid out, to register and to queue."""
    withdrawal = staked.queue(staked.alice, 50 * ETHER)
    staked.later(WITHDRAWAL_DELAY + 1)
    slash, _ = staked.slash(staked.bob, WAD // 10)
    for target, signature, types, values in (
        (staked.deposits, "clearBurnOrRedistributableShares((address,uint32),uint256)",
         ["(address,uint32)", "uint256"], [staked.set, slash]),
        (staked.delegation, "registerAsOperator(address,uint32,string)", ["address", "uint32", "string"], [staked.token.address, 0, ""]),
        (staked.delegation, "queueWithdrawals((address[],uint256[],address)[])",
         ["(address[],uint256[],address)[]"], [[]]),
    ):
        with boa.env.anchor():
            staked.token.come_back(target.address, keccak(text=signature)[:4] + encode(types, values))
            staked.complete(withdrawal)
            assert not staked.token.came(), signature
            assert staked.token.balanceOf(staked.alice) == 50 * ETHER


def test_an_approver_signs_for_a_delegation(restaking, account, reverts):
    key = Account.from_key(b"\7" * 32)
    bob, alice, carol = account("bob"), account("alice"), account("carol")
    with boa.env.prank(bob):
        restaking.delegation.registerAsOperator(key.address, 0, "")
    now = boa.env.evm.patch.timestamp
    salt = b"\1" * 32

    def approval(staker, expiry):
        digest = restaking.delegation.calculateDelegationApprovalDigestHash(staker, bob, key.address, salt, expiry)
        return key.unsafe_sign_hash(digest).signature, expiry

    def delegate(staker, signed):
        with boa.env.prank(staker):
            restaking.delegation.delegateTo(bob, signed, salt)

    good = approval(alice, now + 10)
    with reverts("InvalidSignature()"):
        delegate(alice, (b"", now + 10))
    with reverts("InvalidSignature()"):
        delegate(carol, good)
    with reverts("InvalidSignature()"):
        delegate(alice, (good[0], now + 11))
    with reverts("SignatureExpired()"):
        delegate(alice, approval(alice, now - 1))
    delegate(alice, good)
    assert restaking.delegation.delegatedTo(alice) == bob
    with reverts("SaltSpent()"):
        delegate(carol, approval(carol, now + 10))


def test_the_slasher_is_the_one_that_the_set_names(staked, account, reverts):
    carol = account("carol")
    with boa.env.prank(staked.service):
        staked.allocations.updateSlasher(staked.set, carol)
    staked.later(CONFIGURATION_DELAY)
    with reverts("InvalidCaller()"):
        staked.slash(staked.bob, WAD // 2, sender=carol)
    staked.later(1)
    with reverts("InvalidCaller()"):
        staked.slash(staked.bob, WAD // 2)
    staked.slash(staked.bob, WAD // 2, sender=carol)


def test_a_removed_strategy_is_not_slashed(staked, reverts):
    with boa.env.prank(staked.service):
        staked.allocations.removeStrategiesFromOperatorSet(staked.service, 1, [staked.strategy.address])
    with reverts("StrategyNotInOperatorSet()"):
        staked.slash(staked.bob, WAD)
    # It is not slashable, so it is free at once.
    staked.allocate(staked.bob, 0)
    assert staked.allocations.getAllocatableMagnitude(staked.bob, staked.strategy.address) == WAD


def test_signatures_are_those_of_eigenlayer(l1):
    """Selectors and topics follow from signatures: those of the list, which come from EigenLayer's interfaces."""
    ours, wanted = set(), []
    for line in SIGNATURES.read_text().splitlines():
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            ours = {
                f"{each['type']} {each['name']}({','.join(map(spelled, each['inputs']))})"
                for each in getattr(l1, line).abi if "name" in each
            }
            continue
        wanted.append(line.strip())
        assert line.strip() in ours
    assert len(wanted) > 150


def test_allocation_delay_changes_later(staked):
    with boa.env.prank(staked.bob):
        staked.allocations.setAllocationDelay(staked.bob, 7)
    staked.later(CONFIGURATION_DELAY)
    assert staked.allocations.getAllocationDelay(staked.bob) == (True, 0)
    staked.later(1)
    assert staked.allocations.getAllocationDelay(staked.bob) == (True, 7)


def test_appointees_act_for_an_account(staked, account, reverts):
    carol = account("carol")
    selector = keccak(text="setAllocationDelay(address,uint32)")[:4]
    with boa.env.prank(staked.bob):
        staked.permissions.setAppointee(staked.bob, carol, staked.allocations.address, selector)
    with boa.env.prank(carol):
        staked.allocations.setAllocationDelay(staked.bob, 3)
        with reverts("InvalidPermissions()"):
            staked.allocations.modifyAllocations(staked.bob, [])
    with boa.env.prank(staked.bob):
        staked.permissions.addPendingAdmin(staked.bob, carol)
    with boa.env.prank(carol):
        staked.permissions.acceptAdmin(staked.bob)
        staked.allocations.modifyAllocations(staked.bob, [])
        with reverts("CannotHaveZeroAdmins()"):
            staked.permissions.removeAdmin(staked.bob, carol)
    assert not staked.permissions.isAdmin(staked.bob, staked.bob)


def test_a_set_of_200_operators(restaking, account):
    operators = [restaking.operator(account(f"operator {i}")) for i in range(200)]
    for operator in operators:
        restaking.register(operator)
    assert restaking.allocations.getMembers(restaking.set) == operators
    stakes = restaking.allocations.getMinimumSlashableStake(
        restaking.set, operators, [restaking.strategy.address], boa.env.evm.patch.block_number
    )
    assert stakes == [[0]] * 200


def test_functions_of_the_same_name(staked, account):
    """Those that EigenLayer has under one name."""
    carol, at = account("carol"), staked.allocations.address

    def call(sender, target, signature, types, values):
        data = keccak(text=signature)[:4] + encode(types, values)
        result = boa.env.execute_code(to_address=target, sender=sender, data=data)
        assert result.is_success, signature
        return result.output

    item = "(uint32,address[],address)[]"
    call(staked.service, at, f"createOperatorSets(address,{item})", ["address", item],
         [staked.service, [(8, [staked.strategy.address], carol), (9, [], carol)]])
    assert staked.allocations.getSlasher((staked.service, 8)) == carol
    assert staked.allocations.getStrategiesInOperatorSet((staked.service, 8)) == [staked.strategy.address]
    assert staked.allocations.isOperatorSet((staked.service, 9))
    call(staked.service, at, f"createRedistributingOperatorSets(address,{item},address[])",
         ["address", item, "address[]"], [staked.service, [(10, [], carol)], [carol]])
    assert staked.allocations.getRedistributionRecipient((staked.service, 10)) == carol
    staked.slash(staked.bob, WAD)
    output = call(carol, at, "getMaxMagnitudes(address[],address)", ["address[]", "address"],
                  [[staked.bob, carol], staked.strategy.address])
    assert output == encode(["uint64[]"], [[WAD // 2, WAD]])
    signature = "getBurnOrRedistributableShares((address,uint32),uint256,address)"
    output = call(carol, staked.deposits.address, signature, ["(address,uint32)", "uint256", "address"],
                  [staked.set, 1, staked.strategy.address])
    assert output == encode(["uint256"], [50 * ETHER])


STEP = st.tuples(
    st.sampled_from(["deposit", "delegate", "undelegate", "allocate", "slash", "slash", "queue", "complete", "wait", "gift"]),
    st.integers(0, 2), st.integers(0, 1), st.integers(1, 10**18),
)


@settings(max_examples=10)
@given(steps=st.lists(STEP, min_size=8, max_size=30))
def test_nobody_takes_out_more_than_came_in(restaking, account, steps):
    """Whatever happens: all shares that stakers can withdraw, and those slashed, are covered by the strategy's."""
    with boa.env.anchor():
        run(restaking, account, steps)


def run(r, account, steps):
    stakers = [account(f"staker {i}") for i in range(3)]
    operators = [r.operator(account(f"operator {i}")) for i in range(2)]
    for operator in operators:
        r.register(operator)
        r.allocate(operator, WAD * 7 // 10)
    for staker, operator, amount in zip(stakers, (*operators, operators[0]), (10**17 + 1, 99_999, 3 * 10**18 + 7)):
        r.deposit(staker, amount)
        r.delegate(staker, operator)
    r.later(1)
    queue, slashes = [], []
    for kind, who, which, amount in steps:
        staker, operator = stakers[who], operators[which]
        try:
            if kind == "deposit":
                r.deposit(staker, amount)
            elif kind == "gift":
                r.token.mint(r.strategy.address, amount)
            elif kind == "delegate":
                r.delegate(staker, operator)
            elif kind == "undelegate":
                with boa.env.prank(staker):
                    queue += [r.delegation.queuedWithdrawals(root) for root in r.delegation.undelegate(staker)]
            elif kind == "allocate":
                r.allocate(operator, amount)
            elif kind == "slash":
                slashes.append(r.slash(operator, amount)[0])
            elif kind == "queue":
                queue.append(r.queue(staker, max(1, r.deposited(staker) * amount // 10**18)))
            elif kind == "complete" and queue:
                r.complete(queue.pop(0), as_tokens=amount % 2 == 0)
            elif kind == "wait":
                r.later(amount % 30 + 1)
        except boa.BoaError:
            # Refused: nothing has changed. What was to be deposited is left with the staker.
            pass
        check(r, stakers, operators)
    r.later(WITHDRAWAL_DELAY + 1)
    everything = [w for s in stakers for w in r.delegation.getQueuedWithdrawals(s)[0]]
    for staker in stakers:
        if r.deposited(staker):
            everything.append(r.queue(staker, r.deposited(staker)))
    r.later(WITHDRAWAL_DELAY + 1)
    # Everybody can take out all that is left to him, and every slash can be cleared.
    for withdrawal in everything:
        r.complete(withdrawal)
    for slash in slashes:
        r.clear(slash)
    assert not any(r.deposited(staker) for staker in stakers)
    assert all(r.delegation.getQueuedWithdrawalRoots(staker) == [] for staker in stakers)


def check(r, stakers, operators):
    owed = sum(r.withdrawable(s) for s in stakers)
    for staker in stakers:
        owed += sum(sum(each) for each in r.delegation.getQueuedWithdrawals(staker)[1])
    count = r.allocations.getSlashCount(r.set)
    for slash in range(1, count + 1):
        owed += sum(r.deposits.getBurnOrRedistributableShares(r.set, slash)[1])
    assert owed <= r.strategy.totalShares()
    for operator in operators:
        delegated = sum(r.withdrawable(s) for s in stakers if r.delegation.delegatedTo(s) == operator)
        assert delegated <= r.stake(operator)
        encumbered = r.allocations.getEncumberedMagnitude(operator, r.strategy.address)
        assert encumbered <= r.magnitude(operator)

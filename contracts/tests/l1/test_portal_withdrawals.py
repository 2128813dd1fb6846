"""Withdrawals: the way that must work, and the ways that must not."""

from dataclasses import replace

import boa
import pytest
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement import CHALLENGE_WINDOW, ETHER, GAME_TYPE, MATURITY_DELAY, ZERO, Output, Rollup, Withdrawal, most_gas

RECEIVER = """
event Called:
    sender: address
    amount: uint256
    data: Bytes[40000]
    gas_left: uint256

interface Portal:
    def l2Sender() -> address: view

@external
@payable
def __default__():
    log Called(sender=staticcall Portal(msg.sender).l2Sender(), amount=msg.value, data=slice(msg.data, 0, 32), gas_left=msg.gas)
"""

# Calls the portal again from within a withdrawal.
REENTRANT = """
portal: address
inner: Bytes[2000]
worked: public(bool)

@external
def prepare(portal: address, inner: Bytes[2000]):
    self.portal = portal
    self.inner = inner

@external
@payable
def __default__():
    self.worked = raw_call(self.portal, self.inner, revert_on_failure=False)
"""

GREEDY = """
@external
@payable
def __default__():
    for i: uint256 in range(100000000):
        assert msg.gas > 0
"""


@pytest.fixture
def funded(rollup):
    rollup.portal.donateETH(value=50 * ETHER)
    return rollup


def test_pays_a_final_withdrawal_once(funded, withdrawal, alice, reverts):
    funded.ready(withdrawal)
    before = boa.env.get_balance(alice)
    funded.portal.checkWithdrawal(withdrawal.hash, boa.env.eoa)
    funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    event = funded.portal.get_logs()[-1]
    assert (event.withdrawalHash, event.success) == (withdrawal.hash, True)
    assert boa.env.get_balance(alice) == before + ETHER
    assert funded.portal.finalizedWithdrawals(withdrawal.hash)
    with reverts("OptimismPortal_AlreadyFinalized()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    with reverts("OptimismPortal_AlreadyFinalized()"):
        funded.portal.checkWithdrawal(withdrawal.hash, boa.env.eoa)


def test_a_second_proof_by_somebody_else_pays_nothing_more(funded, withdrawal, mallory, reverts):
    output, _ = funded.ready(withdrawal)
    with boa.env.prank(mallory):
        funded.prove(withdrawal, output)
    assert funded.portal.numProofSubmitters(withdrawal.hash) == 2
    assert funded.portal.proofSubmitters(withdrawal.hash, 1) == mallory
    with reverts("OptimismPortal: no such proof submitter"):
        funded.portal.proofSubmitters(withdrawal.hash, 2)
    funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    boa.env.time_travel(seconds=MATURITY_DELAY + 1)
    with boa.env.prank(mallory), reverts("OptimismPortal_AlreadyFinalized()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    with reverts("OptimismPortal_AlreadyFinalized()"):
        funded.portal.finalizeWithdrawalTransactionExternalProof(withdrawal.tuple, mallory)


def test_is_finalized_with_another_accounts_proof(funded, withdrawal, mallory, alice):
    funded.ready(withdrawal)
    before = boa.env.get_balance(alice)
    prover = boa.env.eoa
    with boa.env.prank(mallory):
        funded.portal.finalizeWithdrawalTransactionExternalProof(withdrawal.tuple, prover)
    assert boa.env.get_balance(alice) == before + ETHER


def test_events_and_records_of_a_proof(funded, withdrawal):
    output = Output([withdrawal])
    game = funded.propose(output)
    boa.env.time_travel(seconds=1)
    funded.prove(withdrawal, output)
    proven, extension = funded.portal.get_logs()
    assert (proven.withdrawalHash, proven.from_, proven.to) == (withdrawal.hash, withdrawal.sender, withdrawal.target)
    assert (extension.withdrawalHash, extension.proofSubmitter) == (withdrawal.hash, boa.env.eoa)
    assert funded.portal.provenWithdrawals(withdrawal.hash, boa.env.eoa) == (game.address, boa.env.timestamp)


@pytest.mark.parametrize("size", [0, 31, 4096, 4097, 34_816])
def test_the_call_gets_sender_value_and_data(funded, withdrawal, inline, size):
    receiver = inline(RECEIVER.replace("slice(msg.data, 0, 32)", f'slice(msg.data, 0, {size})' if size else 'b""')).deploy()
    data = bytes(i % 251 for i in range(size))
    withdrawal = replace(withdrawal, target=receiver.address, gas=400_000, data=data)
    funded.ready(withdrawal)
    funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    called, finalized = funded.portal.get_logs()
    assert (called.sender, called.amount, called.data) == (withdrawal.sender, ETHER, data)
    assert called.gas_left > 0 and finalized.success
    assert funded.portal.l2Sender() == "0x000000000000000000000000000000000000dEaD"


def test_a_failed_call_is_not_tried_again(funded, withdrawal, inline, reverts):
    target = inline("@external\ndef nothing(): pass").deploy().address
    withdrawal = replace(withdrawal, target=target)
    funded.ready(withdrawal)
    funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    assert not funded.portal.get_logs()[-1].success
    assert boa.env.get_balance(target) == 0
    with reverts("OptimismPortal_AlreadyFinalized()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)


def test_tells_the_estimation_address_of_a_failed_call(funded, withdrawal, inline, reverts):
    withdrawal = replace(withdrawal, target=inline("@external\ndef nothing(): pass").deploy().address)
    funded.ready(withdrawal)
    prover, estimation = boa.env.eoa, "0x0000000000000000000000000000000000000001"
    with boa.env.prank(estimation), reverts("OptimismPortal_GasEstimation()"):
        funded.portal.finalizeWithdrawalTransactionExternalProof(withdrawal.tuple, prover)


def test_waits_where_there_is_not_enough_eth(rollup, withdrawal, reverts):
    rollup.ready(withdrawal)
    rollup.portal.donateETH(value=ETHER - 1)
    with reverts("OptimismPortal: not enough ETH"):
        rollup.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    rollup.portal.donateETH(value=1)
    rollup.portal.finalizeWithdrawalTransaction(withdrawal.tuple)


# What must fail


def test_unproven(funded, withdrawal, mallory, reverts):
    with reverts("OptimismPortal_Unproven()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    funded.ready(withdrawal)
    with reverts("OptimismPortal_Unproven()"):
        funded.portal.finalizeWithdrawalTransactionExternalProof(withdrawal.tuple, mallory)


@pytest.mark.parametrize(
    "change",
    [
        dict(nonce=2),
        dict(value=2 * ETHER),
        dict(gas=1),
        dict(data=b"\x01"),
        dict(target="0x00000000000000000000000000000000DeaDBeef"),
        dict(sender="0x00000000000000000000000000000000DeaDBeef"),
    ],
)
def test_a_withdrawal_that_the_rollup_never_made(funded, withdrawal, change, reverts):
    forged = replace(withdrawal, **change)
    output, _ = funded.ready(withdrawal)
    with reverts("MerkleTrie: *"):
        funded.prove(forged, output, proof=output.proof_of(withdrawal))
    with reverts("MerkleTrie: *"):
        funded.prove(forged, output)
    with reverts("OptimismPortal_Unproven()"):
        funded.portal.finalizeWithdrawalTransaction(forged.tuple)


def test_an_entry_that_is_not_one(funded, withdrawal, reverts):
    output = Output([withdrawal])
    output.trie[withdrawal.key] = b"\x02"
    output.proof = (*output.proof[:2], output.trie.root_hash, output.proof[3])
    funded.propose(output)
    boa.env.time_travel(seconds=1)
    with reverts("OptimismPortal_InvalidMerkleProof()"):
        funded.prove(withdrawal, output)


def test_a_forged_output_proof(funded, withdrawal, reverts):
    honest, forged = Output([]), Output([withdrawal])
    funded.propose(honest)
    boa.env.time_travel(seconds=1)
    with reverts("OptimismPortal_InvalidOutputRootProof()"):
        funded.prove(withdrawal, forged)
    with reverts("OptimismPortal_InvalidOutputRootProof()"):
        funded.prove(withdrawal, forged, output_proof=(b"\1" * 32, *honest.proof[1:]))
    with reverts("MerkleTrie: the first node does not hash to the root"):
        funded.prove(withdrawal, forged, output_proof=honest.proof)


def test_a_game_that_does_not_exist(funded, withdrawal, reverts):
    with reverts("DisputeGameFactory: no such game"):
        funded.prove(withdrawal, Output([withdrawal]), index=0)


def test_a_proof_in_the_block_of_the_proposal(funded, withdrawal, reverts):
    output = Output([withdrawal])
    funded.propose(output)
    with reverts("OptimismPortal_InvalidProofTimestamp()"):
        funded.prove(withdrawal, output)


def test_a_proof_that_is_too_young(funded, withdrawal, reverts):
    output, _ = funded.ready(withdrawal)
    late = replace(withdrawal, nonce=3)
    second = Output([withdrawal, late])
    game = funded.propose(second, number=200)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW + 1)
    game.resolve()
    boa.env.time_travel(seconds=61)
    funded.prove(late, second, 1)
    boa.env.time_travel(seconds=MATURITY_DELAY)
    with reverts("OptimismPortal_ProofNotOldEnough()"):
        funded.portal.finalizeWithdrawalTransaction(late.tuple)
    boa.env.time_travel(seconds=1)
    funded.portal.finalizeWithdrawalTransaction(late.tuple)


def test_an_output_that_is_not_final(funded, withdrawal, reverts):
    output = Output([withdrawal])
    game = funded.propose(output)
    boa.env.time_travel(seconds=1)
    funded.prove(withdrawal, output)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW + MATURITY_DELAY)
    with reverts("OptimismPortal_InvalidRootClaim()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    game.resolve()
    boa.env.time_travel(seconds=60)
    with reverts("OptimismPortal_InvalidRootClaim()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    boa.env.time_travel(seconds=1)
    funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)


def test_a_challenged_and_expired_output(funded, withdrawal, mallory, reverts):
    output = Output([withdrawal])
    game = funded.propose(output)
    boa.env.time_travel(seconds=1)
    funded.prove(withdrawal, output)
    with boa.env.prank(mallory):
        game.challenge(value=game.bond())
    boa.env.time_travel(seconds=10 * CHALLENGE_WINDOW)
    with reverts("OptimismPortal_InvalidRootClaim()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    game.resolve()
    boa.env.time_travel(seconds=10 * CHALLENGE_WINDOW)
    with reverts("OptimismPortal_InvalidRootClaim()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    with reverts("OptimismPortal_InvalidDisputeGame()"):
        funded.prove(withdrawal, output)
    # The same output can be proposed again, proven again and then it pays.
    again = funded.propose(output, extra=(1).to_bytes(32, "big"))
    boa.env.time_travel(seconds=1)
    funded.prove(withdrawal, output, 1)
    funded.make_final(again)
    funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)


def test_a_blacklisted_output(funded, withdrawal, timelock, reverts):
    output = Output([withdrawal])
    game = funded.propose(output)
    boa.env.time_travel(seconds=1)
    funded.prove(withdrawal, output)
    with boa.env.prank(timelock):
        funded.registry.blacklistDisputeGame(game.address)
    funded.make_final(game)
    with reverts("OptimismPortal_InvalidRootClaim()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    with reverts("OptimismPortal_ImproperDisputeGame()"):
        funded.prove(withdrawal, output)


def test_a_game_of_a_type_that_was_not_respected(funded, shared, withdrawal, timelock, reverts):
    with boa.env.prank(timelock):
        funded.registry.setRespectedGameType(7)
    output = Output([withdrawal])
    funded.propose(output)
    boa.env.time_travel(seconds=1)
    with reverts("OptimismPortal_InvalidDisputeGame()"):
        funded.prove(withdrawal, output)


def test_a_game_of_another_rollup(funded, shared, owner, timelock, withdrawal, reverts):
    """A proof and a game that are good elsewhere do nothing here."""
    other = Rollup(shared, owner)
    output, _ = other.ready(withdrawal)
    with reverts("DisputeGameFactory: no such game"):
        funded.prove(withdrawal, output, 0)
    funded.propose(Output([]))
    boa.env.time_travel(seconds=1)
    with reverts("OptimismPortal_InvalidOutputRootProof()"):
        funded.prove(withdrawal, output, 0)
    with reverts("OptimismPortal_Unproven()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)


def test_the_portal_as_target(funded, withdrawal, reverts):
    withdrawal = replace(withdrawal, target=funded.portal.address)
    output = Output([withdrawal])
    funded.propose(output)
    boa.env.time_travel(seconds=1)
    with reverts("OptimismPortal_BadTarget()"):
        funded.prove(withdrawal, output)
    with reverts("OptimismPortal_BadTarget()"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)


def test_reentrance(funded, withdrawal, inline):
    attacker = inline(REENTRANT).deploy()
    outer = replace(withdrawal, target=attacker.address, gas=1_000_000)
    inner = replace(withdrawal, nonce=5)
    output = Output([outer, inner])
    game = funded.propose(output)
    boa.env.time_travel(seconds=1)
    funded.prove(outer, output)
    funded.prove(inner, output)
    funded.make_final(game)
    paid = boa.env.get_balance(inner.target)
    for target in (outer, inner):
        with boa.env.anchor():
            attacker.prepare(
                funded.portal.address,
                funded.portal.finalizeWithdrawalTransactionExternalProof.prepare_calldata(target.tuple, boa.env.eoa),
            )
            funded.portal.finalizeWithdrawalTransaction(outer.tuple)
            assert not attacker.worked()
            assert boa.env.get_balance(inner.target) == paid
            assert boa.env.get_balance(attacker.address) == ETHER
            assert not funded.portal.finalizedWithdrawals(inner.hash)


def test_a_deposit_from_within_a_withdrawal_is_taken(funded, withdrawal, inline):
    attacker = inline(REENTRANT).deploy()
    withdrawal = replace(withdrawal, target=attacker.address, gas=1_000_000)
    funded.ready(withdrawal)
    attacker.prepare(
        funded.portal.address,
        funded.portal.depositTransaction.prepare_calldata(attacker.address, 0, 100_000, False, b""),
    )
    funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    assert attacker.worked()


def test_gas_griefing(funded, withdrawal, inline, reverts):
    """Whoever finalizes cannot make the call fail by giving the transaction too little gas."""
    receiver = inline(RECEIVER.replace("slice(msg.data, 0, 32)", 'b""')).deploy()
    withdrawal = replace(withdrawal, target=receiver.address, gas=300_000)
    funded.ready(withdrawal)
    succeeded, refused = 0, 0
    for limit in range(60_000, 520_000, 20_000):
        with boa.env.anchor():
            try:
                funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple, gas=limit)
            except boa.BoaError:
                refused += 1
                assert not funded.portal.finalizedWithdrawals(withdrawal.hash)
                continue
            called, finalized = funded.portal.get_logs()
            assert finalized.success and called.gas_left >= 299_000
            succeeded += 1
    assert succeeded > 3 and refused > 10
    with reverts("SafeCall: Not enough gas"):
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple, gas=250_000)


@pytest.mark.parametrize("size", [0, 4096, 4097, 34_816])
def test_more_gas_than_a_transaction_of_l1_can_have(funded, withdrawal, inline, size, reverts):
    """Such a withdrawal gets 15,000,000: a transaction of the most gas can execute it, one of less cannot fail it."""
    receiver = inline(RECEIVER.replace("slice(msg.data, 0, 32)", 'b""')).deploy()
    withdrawal = replace(withdrawal, target=receiver.address, gas=2**256 - 1, data=b"\xff" * size)
    funded.ready(withdrawal)
    portal, prover = funded.portal, boa.env.eoa
    for call, arguments in (
        (portal.finalizeWithdrawalTransaction, (withdrawal.tuple,)),
        (portal.finalizeWithdrawalTransactionExternalProof, (withdrawal.tuple, prover)),
    ):
        with boa.env.anchor():
            with reverts("SafeCall: Not enough gas"):
                call(*arguments, gas=15_300_000)
            call(*arguments, gas=most_gas(call.prepare_calldata(*arguments)))
            called, finalized = portal.get_logs()
            assert finalized.success and called.gas_left >= 14_999_000


def test_a_call_that_burns_all_its_gas_is_finalized_as_failed(funded, withdrawal, inline):
    withdrawal = replace(withdrawal, target=inline(GREEDY).deploy().address, gas=100_000)
    funded.ready(withdrawal)
    funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple, gas=400_000)
    assert not funded.portal.get_logs()[-1].success


def test_a_pause_delays_for_three_days_at_most(shared, owner, timelock, withdrawal, account, reverts):
    guardian = account("guardian")
    rollup = Rollup(shared, owner, guardian=guardian)
    rollup.portal.donateETH(value=ETHER)
    output, game = rollup.ready(withdrawal)
    with boa.env.prank(guardian):
        rollup.config.pause(ZERO)
    assert rollup.portal.paused() and rollup.registry.paused() and not rollup.registry.isGameProper(game.address)
    with reverts("OptimismPortal_CallPaused()"):
        rollup.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    with reverts("OptimismPortal_CallPaused()"):
        rollup.prove(withdrawal, output)
    rollup.portal.depositTransaction(guardian, 0, 100_000, False, b"")
    boa.env.time_travel(seconds=3 * 86400)
    with boa.env.prank(guardian), reverts("SystemConfig: paused too recently"):
        rollup.config.pause(ZERO)
    rollup.portal.finalizeWithdrawalTransaction(withdrawal.tuple)


@given(
    st.integers(0, 2**240 - 1),
    st.integers(0, 10**18),
    st.binary(max_size=5000),
    st.lists(st.integers(0, 1000), max_size=30, unique=True),
)
@settings(max_examples=15)
def test_any_withdrawal_of_an_output_is_paid(funded, alice, number, value, data, others):
    with boa.env.anchor():
        withdrawal = Withdrawal(number, alice, alice, value, 30_000, data)
        many = [Withdrawal((1 << 240) + n, alice, alice, n, n, b"") for n in others]
        output = Output([withdrawal, *many])
        game = funded.propose(output)
        boa.env.time_travel(seconds=1)
        funded.prove(withdrawal, output)
        funded.make_final(game)
        before = boa.env.get_balance(alice)
        funded.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
        assert boa.env.get_balance(alice) == before + value
        assert boa.env.get_balance(funded.portal.address) == 50 * ETHER - value


def test_is_initialized_once_and_never_directly(rollup, mallory, reverts):
    for contract in (rollup.portal, rollup.implementations["OptimismPortal"]):
        with boa.env.prank(mallory), reverts("Initializable: contract is already initialized"):
            contract.initialize(mallory, mallory, 0, mallory, mallory)

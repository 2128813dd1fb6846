"""The last state and what is paid by it: each holder once, and nobody else."""

from dataclasses import replace

import boa
import pytest
import rlp
from eth_abi import encode
from eth_utils import keccak, to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from ending import (
    CONTRACT,
    DISSOLVER,
    L2_BRIDGE,
    WETH,
    ZERO,
    State,
    close,
    delegation,
    ephemeral,
    final,
    listed,
    logs,
    mapped,
    number_of,
    settle,
)
from settlement import ETHER, MATURITY_DELAY, PERMANENT, Output, Rollup, Withdrawal
from test_bridges import NFT, TOKEN

TOKEN_ON_L2 = "0x00000000000000000000000000000000000070cE"
NFT_ON_L2 = "0x00000000000000000000000000000000000070cF"
COLLECTION = "0x00000000000000000000000000000000000070d0"
TEXTS = ("Mints", "MNT", "ipfs://mints/")
DELEGATE = "0x00000000000000000000000000000000000De1e9"

# On py-evm and on Mayfly's EVM, with the same results.
pytestmark = pytest.mark.usefixtures("both_machines")

REFUSES = "@external\n@payable\ndef __default__():\n    raise 'no'\n"
BURNS = """
x: uint256

@external
@payable
def __default__():
    for i: uint256 in range(2**255):
        self.x = i
"""
RETURNS_MUCH = """
@external
@payable
@raw_return
def __default__() -> Bytes[20000]:
    return slice(abi_encode(empty(uint256[625])), 0, 20000)
"""
REENTERS = """
target: address
data: Bytes[20000]
failed: public(bool)

@external
def set(target: address, data: Bytes[20000]):
    self.target = target
    self.data = data

@external
@payable
def __default__():
    self.failed = not raw_call(self.target, self.data, revert_on_failure=False)
"""
# A token that refuses one recipient.
CHOOSY = """
balanceOf: public(HashMap[address, uint256])
refused: public(address)

@external
def mint(to: address, amount: uint256):
    self.balanceOf[to] += amount

@external
def refuse(account: address):
    self.refused = account

@external
def transferFrom(owner: address, to: address, amount: uint256):
    self.balanceOf[owner] -= amount
    self.balanceOf[to] += amount

@external
def transfer(to: address, amount: uint256):
    assert to != self.refused, "refused"
    self.balanceOf[msg.sender] -= amount
    self.balanceOf[to] += amount
"""


def person(name: str) -> str:
    """The same account for the same name."""
    return to_checksum_address(keccak(text=name)[:20])


@pytest.fixture
def ending(shared, owner):
    """A rollup with a life, and ETH of its users in the portal."""
    rollup = ephemeral(shared, owner)
    rollup.portal.donateETH(value=100 * ETHER)
    return rollup


@pytest.fixture
def state(artifact):
    return State(artifact)


def bridged(rollup, token, amount: int, l2_token: str = TOKEN_ON_L2) -> None:
    token.mint(boa.env.eoa, amount)
    try:
        token.approve(rollup.bridge.address, amount)
    except AttributeError:
        pass
    # The deposits of a block are bounded.
    boa.env.evm.patch.block_number += 1
    rollup.bridge.bridgeERC20To(token.address, l2_token, boa.env.eoa, amount, 200_000, b"")


# Settling


def test_the_last_state_is_settled_once(ending, state, mallory, reverts):
    state.seal()
    close(ending)
    game = final(ending, state)
    with boa.env.prank(mallory):
        ending.claims.settle(game.address, state.proof, state.settling())
    (settled,) = logs(ending.claims, "Settled")
    assert settled.stateRoot == state.state.root_hash == ending.claims.finalStateRoot()
    assert settled.game == game.address and ending.lifecycle.state() == 3
    with reverts("Claims_AlreadySettled()"):
        ending.claims.settle(game.address, state.proof, state.settling())


def test_an_older_state_is_not_the_last(ending, artifact, reverts):
    """Final outputs of before the end are of no use: the mark is missing."""
    older = State(artifact, finished=False)
    older.put(person("alice"), balance=50 * ETHER)
    older.seal()
    game = final(ending, older)
    with reverts("Claims_NotSettling()"):
        ending.claims.settle(game.address, older.proof, older.settling())
    close(ending)
    with reverts("Claims_NotLastBlock()"):
        ending.claims.settle(game.address, older.proof, older.settling())


def test_settling_waits_for_the_drain(ending, state, owner, reverts):
    state.seal()
    game = final(ending, state)
    with boa.env.prank(owner):
        ending.lifecycle.close()
    with reverts("Claims_NotSettling()"):
        ending.claims.settle(game.address, state.proof, state.settling())
    with reverts("Claims_NotSettled()"):
        ending.claims.claimETH([], bytes(596))


def test_only_a_final_output_settles(ending, state, reverts):
    state.seal()
    close(ending)
    game = ending.propose(state)
    boa.env.time_travel(seconds=12)
    with reverts("Claims_NotFinal()"):
        ending.claims.settle(game.address, state.proof, state.settling())
    ending.make_final(game)
    ending.claims.settle(game.address, state.proof, state.settling())


def test_a_refused_output_does_not_settle(ending, state, mallory, reverts):
    state.seal()
    close(ending)
    game = ending.propose(state)
    with boa.env.prank(mallory):
        game.challenge(value=game.bond())
    boa.env.time_travel(seconds=100_000)
    game.resolve()
    boa.env.time_travel(seconds=100_000)
    with reverts("Claims_NotFinal()"):
        ending.claims.settle(game.address, state.proof, state.settling())


def test_another_rollups_output_does_not_settle(shared, owner, ending, state, reverts):
    state.seal()
    other = ephemeral(shared, owner)
    close(ending)
    close(other)
    game = final(other, state)
    with reverts("Claims_NotFinal()"):
        ending.claims.settle(game.address, state.proof, state.settling())
    other.claims.settle(game.address, state.proof, state.settling())
    assert ending.claims.finalStateRoot() == bytes(32)


def test_a_wrong_proof_of_the_output_is_refused(ending, state, artifact, reverts):
    forged = State(artifact)
    forged.put(person("mallory"), balance=100 * ETHER)
    forged.seal()
    state.seal()
    close(ending)
    game = final(ending, state)
    for proof in (forged.proof, (b"\1" * 32, *state.proof[1:])):
        with reverts("Claims_WrongOutputRootProof()"):
            ending.claims.settle(game.address, proof, forged.settling())
    with reverts("Trie: a node does not hash to its reference"):
        ending.claims.settle(game.address, state.proof, forged.settling())


def test_a_rollup_that_lives_pays_nothing(ending, rollup, state, reverts):
    state.seal()
    for each in (ending, rollup):
        with reverts("Claims_NotSettled()"):
            each.claims.claimETH([(person("alice"), ZERO)], bytes(596))
        with reverts("Claims_NotSettled()"):
            each.claims.openToken(WETH, bytes(596))
        for sender in (each.owner, each.lifecycle.address):
            with boa.env.prank(sender):
                with reverts("OptimismPortal_Unauthorized()"):
                    each.portal.payClaim(sender, 1)
                with reverts("StandardBridge: function can only be called from Claims"):
                    each.bridge.payClaim(sender, sender, sender, 1)
                with reverts("L1ERC721Bridge: function can only be called from Claims"):
                    each.nft_bridge.payClaim(sender, sender, sender, 1)


# ETH


def test_holders_are_paid_once_whoever_sends(ending, state, mallory, reverts):
    people = {person(name): (index + 1) * ETHER for index, name in enumerate("abc")}
    for account, amount in people.items():
        state.put(account, balance=amount, nonce=3)
    settle(ending, state.seal())
    before = {account: boa.env.get_balance(account) for account in people}
    claims = state.claims(people)
    with boa.env.prank(mallory):
        ending.claims.claimETH(*claims)
    assert {a: boa.env.get_balance(a) - before[a] for a in people} == people
    assert {log.holder: log.amount for log in logs(ending.claims, "Claimed")} == people
    assert all(ending.claims.isClaimed(ZERO, account) for account in people)
    assert boa.env.get_balance(ending.portal.address) == 94 * ETHER
    with reverts("Claims_NothingToPay()"):
        ending.claims.claimETH(*claims)
    with reverts("Claims_NothingToPay()"):
        ending.claims.claimETH(*state.claims(list(people)[:1]))


def test_one_that_was_paid_spoils_no_others(ending, state):
    people = [person(name) for name in "abcd"]
    for account in people:
        state.put(account, balance=ETHER)
    settle(ending, state.seal())
    ending.claims.claimETH(*state.claims(people[1:2]))
    ending.claims.claimETH(*state.claims(people))
    assert len(logs(ending.claims, "Claimed")) == 3
    assert boa.env.get_balance(ending.portal.address) == 96 * ETHER


def test_one_holder_twice_in_a_call_is_paid_once(ending, state):
    alice = state.put(person("a"), balance=ETHER)
    settle(ending, state.seal())
    ending.claims.claimETH(*state.claims([alice, alice]))
    assert boa.env.get_balance(ending.portal.address) == 99 * ETHER


def test_an_absent_account_has_nothing_but_is_known(ending, state):
    state.put(person("a"), balance=ETHER)
    nobody = person("nobody")
    settle(ending, state.seal())
    ending.claims.claimETH(*state.claims([nobody]))
    assert ending.claims.recipientOf(nobody) == nobody and not logs(ending.claims, "Claimed")
    assert boa.env.get_balance(ending.portal.address) == 100 * ETHER


def test_a_delegated_account_is_its_own(ending, state, reverts):
    alice = state.put(person("a"), balance=ETHER, code=delegation(DELEGATE))
    settle(ending, state.seal())
    with reverts("Claims_NoResolver(address)"):
        ending.claims.claimETH([(alice, person("other"))], state.claims([alice])[1])
    before = boa.env.get_balance(alice)
    ending.claims.claimETH(*state.claims([(alice, DELEGATE)]))
    assert boa.env.get_balance(alice) == before + ETHER


def test_a_contract_is_paid_by_its_resolver(ending, state, reverts):
    pool, stuck = person("pool"), person("stuck")
    heir = person("heir")
    for contract in (pool, stuck):
        state.put(contract, balance=5 * ETHER, nonce=1, code=CONTRACT)
    state.resolve(pool, heir)
    settle(ending, state.seal())
    before = boa.env.get_balance(heir), boa.env.get_balance(pool)
    ending.claims.claimETH(*state.claims([pool]))
    assert (boa.env.get_balance(heir), boa.env.get_balance(pool)) == (before[0] + 5 * ETHER, before[1])
    with reverts("Claims_NoResolver(address)"):
        ending.claims.claimETH(*state.claims([stuck]))
    # Neither is it hidden by leaving the account's proof out, or by showing a delegate.
    with reverts("Claims_NoResolver(address)"):
        ending.claims.claimETH(*state.claims([(stuck, DELEGATE)]))
    with pytest.raises(boa.BoaError):
        ending.claims.claimETH([(stuck, ZERO)], listed([state.account(stuck), state.slot(DISSOLVER, mapped(1, pool))]))


def test_the_zero_address_gets_nothing(ending, state, reverts):
    settle(ending, state.seal())
    with reverts("Claims_NoResolver(address)"):
        ending.claims.claimETH(*state.claims([ZERO]))


@pytest.mark.parametrize("source", [REFUSES, BURNS])
def test_a_recipient_that_fails_holds_no_other_up(ending, state, inline, source):
    bad = inline(source).deploy().address
    pool, alice, late = person("pool"), person("a"), person("late")
    state.put(pool, balance=ETHER, code=CONTRACT)
    state.put(alice, balance=ETHER)
    state.put(late, balance=ETHER)
    state.resolve(pool, bad)
    settle(ending, state.seal())
    ending.claims.claimETH(*state.claims([pool, alice, late]))
    (failed,) = logs(ending.claims, "PaymentFailed")
    assert (failed.holder, failed.recipient, failed.amount) == (pool, bad, ETHER)
    assert len(logs(ending.claims, "Claimed")) == 2 and not ending.claims.isClaimed(ZERO, pool)
    assert boa.env.get_balance(ending.portal.address) == 98 * ETHER
    # It stays open, and is paid when the recipient takes it.
    boa.env.set_code(bad, b"")
    before = boa.env.get_balance(bad)
    ending.claims.claimETH(*state.claims([pool, alice]))
    assert boa.env.get_balance(bad) == before + ETHER
    assert boa.env.get_balance(ending.portal.address) == 97 * ETHER


def test_a_recipient_may_return_what_it_likes(ending, state, inline):
    bad, pool = inline(RETURNS_MUCH).deploy().address, state.put(person("pool"), balance=ETHER, code=CONTRACT)
    state.resolve(pool, bad)
    settle(ending, state.seal())
    ending.claims.claimETH(*state.claims([pool]))
    assert boa.env.get_balance(bad) == ETHER


def test_a_recipient_cannot_enter_again(ending, state, inline):
    thief = inline(REENTERS).deploy()
    pool, alice = person("pool"), person("a")
    state.put(pool, balance=ETHER, code=CONTRACT)
    state.put(alice, balance=ETHER)
    state.resolve(pool, thief.address)
    settle(ending, state.seal())
    holders, nodes = state.claims([pool])
    data = keccak(text="claimETH((address,address)[],bytes)")[:4] + encode(["(address,address)[]", "bytes"], [holders, nodes])
    thief.set(ending.claims.address, data)
    ending.claims.claimETH(holders, nodes)
    assert thief.failed() and boa.env.get_balance(thief.address) == ETHER
    assert boa.env.get_balance(ending.portal.address) == 99 * ETHER


def test_a_proof_of_another_account_or_amount_is_refused(ending, state, artifact, mallory):
    alice = state.put(person("a"), balance=ETHER)
    forged = State(artifact)
    forged.put(alice, balance=ETHER)
    forged.put(mallory, balance=90 * ETHER)
    forged.seal()
    settle(ending, state.seal())
    for holders, nodes in (
        ([(mallory, ZERO)], forged.claims([mallory])[1]),
        ([(alice, ZERO)], forged.claims([alice])[1]),
        ([(alice, ZERO)], bytes(596)),
        ([(alice, ZERO)], bytes(595)),
    ):
        with pytest.raises(boa.BoaError):
            ending.claims.claimETH(holders, nodes)
    # Under another's nodes an address is absent at best, and gets nothing.
    before = boa.env.get_balance(ending.portal.address)
    try:
        ending.claims.claimETH([(mallory, ZERO)], state.claims([alice])[1])
    except boa.BoaError:
        pass
    assert boa.env.get_balance(ending.portal.address) == before


def test_the_end_of_a_rollup_whose_account_trie_is_as_crafted(ending, state):
    """Accounts that share the beginnings of their hashes, and one with nothing beside the root."""
    people = [person(f"person {index}") for index in range(60)]
    for index, account in enumerate(people):
        state.put(account, balance=(index + 1) * 10**9)
    settle(ending, state.seal())
    ending.claims.claimETH(*state.claims(people))
    assert boa.env.get_balance(ending.portal.address) == 100 * ETHER - sum(range(1, 61)) * 10**9


# Withdrawals and claims


def test_a_claim_and_a_withdrawal_never_both_pay(ending, state, artifact, withdrawal, alice, reverts):
    """What is withdrawn has left the last state; both ways pay out of the same portal, in whatever order."""
    output = Output([withdrawal])
    # Alice had five, and has withdrawn one.
    state.put(alice, balance=4 * ETHER)
    state.seal()
    state.proof = (state.proof[0], state.proof[1], output.trie.root_hash, state.proof[3])
    close(ending)
    game = ending.propose(state)
    boa.env.time_travel(seconds=12)
    ending.portal.proveWithdrawalTransaction(
        withdrawal.tuple, ending.factory.gameCount() - 1, state.proof, output.proof_of(withdrawal)
    )
    ending.make_final(game)
    before = boa.env.get_balance(alice)
    ending.claims.settle(game.address, state.proof, state.settling())
    for first in ("claim", "withdraw"):
        with boa.env.anchor():
            steps = {
                "claim": lambda: ending.claims.claimETH(*state.claims([alice])),
                "withdraw": lambda: ending.portal.finalizeWithdrawalTransaction(withdrawal.tuple),
            }
            steps.pop(first)()
            (second,) = steps.values()
            second()
            assert boa.env.get_balance(alice) == before + 5 * ETHER
            with reverts("OptimismPortal_AlreadyFinalized()"):
                ending.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
            with reverts("Claims_NothingToPay()"):
                ending.claims.claimETH(*state.claims([alice]))
            assert boa.env.get_balance(ending.portal.address) == 95 * ETHER


def test_outputs_that_are_not_final_at_the_end_never_are(ending, state, withdrawal, alice, mallory, reverts):
    """Nobody challenges any more: a false output would pay forged withdrawals out of what claims are owed."""
    stolen = replace(withdrawal, value=2 * ETHER)
    forged, true = Output([stolen]), Output([withdrawal])
    state.seal()
    state.proof = (state.proof[0], state.proof[1], true.trie.root_hash, state.proof[3])
    ending.portal.donateETH(value=20 * ETHER)
    close(ending)
    last = final(ending, state)
    open_game = ending.propose(forged, 101)
    boa.env.time_travel(seconds=1)
    ending.prove(stolen, forged, ending.factory.gameCount() - 1)
    # A true one that is not final yet either: who proved against it proves again.
    twin = ending.propose(state, 100, (1).to_bytes(32, "big"))
    boa.env.time_travel(seconds=1)
    with boa.env.prank(alice):
        ending.portal.proveWithdrawalTransaction(
            withdrawal.tuple, ending.factory.gameCount() - 1, state.proof, true.proof_of(withdrawal))
    with reverts("AnchorStateRegistry_NotDissolved()"):
        ending.registry.noteDissolved()
    ending.claims.settle(last.address, state.proof, state.settling())
    assert ending.registry.dissolvedAt() == boa.env.evm.patch.timestamp
    later = ending.propose(forged, 102)
    for game in (open_game, twin, later):
        assert ending.registry.isGameRetired(game.address) and not ending.registry.isGameProper(game.address)
    boa.env.time_travel(seconds=1)
    with reverts("OptimismPortal_ImproperDisputeGame()"):
        ending.prove(stolen, forged, ending.factory.gameCount() - 1)
    for game in (open_game, twin, later):
        ending.make_final(game)
        assert game.status() == 2 and not ending.registry.isGameClaimValid(game.address)
        with reverts("AnchorStateRegistry_InvalidAnchorGame()"):
            ending.registry.setAnchorState(game.address)
    boa.env.time_travel(seconds=30 * 86_400)
    with reverts("OptimismPortal_InvalidRootClaim()"):
        ending.portal.finalizeWithdrawalTransaction(stolen.tuple)
    with boa.env.prank(alice), reverts("OptimismPortal_InvalidRootClaim()"):
        ending.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    # The last state's output is final for ever, and later calls move nothing.
    at = ending.registry.dissolvedAt()
    with boa.env.prank(mallory):
        ending.registry.noteDissolved()
    assert ending.registry.dissolvedAt() == at and ending.registry.isGameClaimValid(last.address)
    with boa.env.prank(alice):
        ending.portal.proveWithdrawalTransaction(
            withdrawal.tuple, 0, state.proof, true.proof_of(withdrawal))
        boa.env.time_travel(seconds=30 * 86_400)
        before = boa.env.get_balance(withdrawal.target)
        ending.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    assert boa.env.get_balance(withdrawal.target) == before + withdrawal.value


def test_the_passers_ether_is_the_withdrawals(ending, state, reverts):
    """What withdrawals have left in the message passer is nobody's claim."""
    passer = state.put("0x4200000000000000000000000000000000000016", balance=7 * ETHER, code=CONTRACT)
    settle(ending, state.seal())
    with reverts("Claims_NoResolver(address)"):
        ending.claims.claimETH(*state.claims([passer]))


def test_no_claims_while_a_withdrawal_is_executed(ending, state, inline, reverts):
    """Whom the portal paid would see the withdrawal's sender as theirs."""
    caller = inline(REENTERS).deploy()
    alice = state.put(person("a"), balance=ETHER)
    state.seal()
    withdrawal = Withdrawal(1 << 240, person("b"), caller.address, 0, 900_000, b"")
    output = Output([withdrawal])
    state.proof = (*state.proof[:2], output.trie.root_hash, state.proof[3])
    close(ending)
    game = ending.propose(state)
    boa.env.time_travel(seconds=12)
    ending.portal.proveWithdrawalTransaction(
        withdrawal.tuple, ending.factory.gameCount() - 1, state.proof, output.proof_of(withdrawal)
    )
    ending.make_final(game)
    ending.claims.settle(game.address, state.proof, state.settling())
    holders, nodes = state.claims([alice])
    data = keccak(text="claimETH((address,address)[],bytes)")[:4] + encode(["(address,address)[]", "bytes"], [holders, nodes])
    caller.set(ending.claims.address, data)
    ending.portal.finalizeWithdrawalTransaction(withdrawal.tuple)
    assert caller.failed() and not ending.claims.isClaimed(ZERO, alice)
    ending.claims.claimETH(holders, nodes)


# Tokens


def test_weth_is_paid_as_ether(ending, state, reverts):
    alice, pool = person("a"), person("pool")
    state.wrap(alice, 3 * ETHER)
    state.wrap(pool, 2 * ETHER)
    state.put(pool, code=CONTRACT)
    state.resolve(pool, person("heir"))
    settle(ending, state.seal())
    with reverts("Claims_NotOpened()"):
        ending.claims.claimTokens(WETH, *claim_arguments(state, [alice], WETH))
    ending.claims.openToken(WETH, state.opening(WETH))
    with reverts("Claims_AlreadyOpen()"):
        ending.claims.openToken(WETH, state.opening(WETH))
    before = boa.env.get_balance(alice)
    ending.claims.claimTokens(WETH, *claim_arguments(state, [alice, pool], WETH))
    assert boa.env.get_balance(alice) == before + 3 * ETHER
    assert boa.env.get_balance(ending.portal.address) == 95 * ETHER
    with reverts("Claims_NothingToPay()"):
        ending.claims.claimTokens(WETH, *claim_arguments(state, [alice, pool], WETH))
    # The contract itself has the ether, and nobody claims that.
    with reverts("Claims_NoResolver(address)"):
        ending.claims.claimETH(*state.claims([WETH]))


def claim_arguments(state, holders, token, are_known: bool = False):
    pairs, nodes = state.claims(holders, token, are_known)
    return pairs, are_known, nodes


@pytest.fixture
def tokens(ending, state, inline):
    """A bridged token, and who has it on the rollup."""
    token = inline(TOKEN).deploy()
    bridged(ending, token, 1000)
    balances = {person("a"): 100, person("b"): 250, person("c"): 600, person("pool"): 50}
    state.put(person("b"), balance=ETHER)
    state.put(person("pool"), code=CONTRACT)
    state.erc20(TOKEN_ON_L2, token.address, balances)
    return token, balances


def test_bridged_tokens_come_home(ending, state, tokens, mallory, reverts):
    token, balances = tokens
    settle(ending, state.seal())
    ending.claims.openToken(TOKEN_ON_L2, state.opening(TOKEN_ON_L2))
    assert ending.claims.tokenOf(TOKEN_ON_L2) == (2, token.address)
    people = [person(name) for name in "abc"]
    with boa.env.prank(mallory):
        ending.claims.claimTokens(TOKEN_ON_L2, *claim_arguments(state, people, TOKEN_ON_L2))
    assert [token.balanceOf(account) for account in people] == [100, 250, 600]
    assert ending.bridge.deposits(token.address, TOKEN_ON_L2) == 50 == token.balanceOf(ending.bridge.address)
    for are_known in (False, True):
        with reverts("Claims_NothingToPay()"):
            ending.claims.claimTokens(TOKEN_ON_L2, *claim_arguments(state, people, TOKEN_ON_L2, are_known))
    with reverts("Claims_NoResolver(address)"):
        ending.claims.claimTokens(TOKEN_ON_L2, *claim_arguments(state, [person("pool")], TOKEN_ON_L2))
    assert all(ending.claims.isClaimed(TOKEN_ON_L2, account) for account in people)
    # ETH is another claim.
    assert not ending.claims.isClaimed(ZERO, person("b"))
    ending.claims.claimETH(*state.claims([person("b")]))


def test_known_holders_need_no_proof_of_their_accounts(ending, state, tokens, reverts):
    token, balances = tokens
    state.resolve(person("pool"), person("heir"))
    settle(ending, state.seal())
    ending.claims.openToken(TOKEN_ON_L2, state.opening(TOKEN_ON_L2))
    with reverts("Claims_UnknownHolder(address)"):
        ending.claims.claimTokens(TOKEN_ON_L2, *claim_arguments(state, balances, TOKEN_ON_L2, True))
    ending.claims.claimETH(*state.claims(balances))
    ending.claims.claimTokens(TOKEN_ON_L2, *claim_arguments(state, balances, TOKEN_ON_L2, True))
    assert token.balanceOf(person("heir")) == 50 and token.balanceOf(person("pool")) == 0
    assert ending.bridge.deposits(token.address, TOKEN_ON_L2) == 0


def test_a_recipient_that_a_token_refuses_holds_no_other_up(ending, state, inline, reverts):
    token, bad = inline(CHOOSY).deploy(), person("bad")
    bridged(ending, token, 300)
    balances = {bad: 100, person("a"): 100, person("b"): 100}
    state.erc20(TOKEN_ON_L2, token.address, balances)
    settle(ending, state.seal())
    ending.claims.openToken(TOKEN_ON_L2, state.opening(TOKEN_ON_L2))
    token.refuse(bad)
    ending.claims.claimTokens(TOKEN_ON_L2, *claim_arguments(state, balances, TOKEN_ON_L2))
    (failed,) = logs(ending.claims, "PaymentFailed")
    assert failed.holder == bad and not ending.claims.isClaimed(TOKEN_ON_L2, bad)
    assert token.balanceOf(person("a")) == token.balanceOf(person("b")) == 100
    token.refuse(ZERO)
    ending.claims.claimTokens(TOKEN_ON_L2, *claim_arguments(state, balances, TOKEN_ON_L2))
    assert token.balanceOf(bad) == 100 and ending.bridge.deposits(token.address, TOKEN_ON_L2) == 0


def test_a_token_never_pays_more_than_was_deposited_for_it(ending, state, inline):
    """A token of the same code whose supply is beyond what L1 holds pays until that is used up, and no other's."""
    token = inline(TOKEN).deploy()
    bridged(ending, token, 150)
    bridged(ending, token, 500, NFT_ON_L2)
    state.erc20(TOKEN_ON_L2, token.address, {person("a"): 100, person("b"): 100})
    settle(ending, state.seal())
    ending.claims.openToken(TOKEN_ON_L2, state.opening(TOKEN_ON_L2))
    ending.claims.claimTokens(TOKEN_ON_L2, *claim_arguments(state, [person("a"), person("b")], TOKEN_ON_L2))
    assert len(logs(ending.claims, "Claimed")) == len(logs(ending.claims, "PaymentFailed")) == 1
    assert ending.bridge.deposits(token.address, TOKEN_ON_L2) == 50
    assert ending.bridge.deposits(token.address, NFT_ON_L2) == 500


def test_tokens_that_only_look_like_ours_are_not_opened(ending, state, mallory, reverts):
    remote = person("remote")
    state.erc20(TOKEN_ON_L2, remote, {mallory: 1000}, bridge=mallory)
    state.erc20(NFT_ON_L2, remote, {mallory: 1000}, code=CONTRACT)
    state.erc721(COLLECTION, remote, {1: mallory}, bridge=L2_BRIDGE)
    state.put(mallory, balance=1)
    settle(ending, state.seal())
    for token, error in (
        (TOKEN_ON_L2, "Claims_OtherBridge()"),
        (NFT_ON_L2, "Claims_UnknownCode()"),
        (COLLECTION, "Claims_OtherBridge()"),
        (mallory, "Claims_UnknownCode()"),
        (DISSOLVER, "Claims_UnknownCode()"),
    ):
        with reverts(error):
            ending.claims.openToken(token, state.opening(token))
    with reverts("Claims_NoSuchAccount()"):
        ending.claims.openToken(remote, listed([state.account(remote)]))
    with reverts("Claims_UnknownCode()"):
        ending.claims.openCollection(COLLECTION, *TEXTS, listed([state.account(COLLECTION)]))
    with reverts("Claims_NotOpened()"):
        ending.claims.claimTokens(TOKEN_ON_L2, *claim_arguments(state, [mallory], TOKEN_ON_L2))


def test_many_tokens_have_marks_of_their_own(ending, state, inline, reverts):
    """More of them than a holder's record has room for."""
    alice, token = person("a"), inline(TOKEN).deploy()
    names = [to_checksum_address(f"0x{0x70000 + index:040x}") for index in range(100)]
    for name in names:
        bridged(ending, token, 5, name)
        state.erc20(name, token.address, {alice: 5})
    settle(ending, state.seal())
    ending.claims.claimETH(*state.claims([alice]))
    for name in names:
        ending.claims.openToken(name, state.opening(name))
    for index in (0, 93, 94, 95, 96, 99):
        assert not ending.claims.isClaimed(names[index], alice)
        ending.claims.claimTokens(names[index], *claim_arguments(state, [alice], names[index], True))
        assert ending.claims.isClaimed(names[index], alice)
        with reverts("Claims_NothingToPay()"):
            ending.claims.claimTokens(names[index], *claim_arguments(state, [alice], names[index], True))
    assert token.balanceOf(alice) == 30 and ending.claims.recipientOf(alice) == alice


# Collections


@pytest.fixture
def nfts(ending, state, inline):
    nft = inline(NFT).deploy()
    for _ in range(4):
        nft.safe_mint(boa.env.eoa, "")
    nft.setApprovalForAll(ending.nft_bridge.address, True)
    for identifier in range(3):
        boa.env.evm.patch.block_number += 1
        ending.nft_bridge.bridgeERC721To(nft.address, NFT_ON_L2, boa.env.eoa, identifier, 200_000, b"")
    state.put(person("pool"), code=CONTRACT)
    # The third has left by a withdrawal.
    state.erc721(NFT_ON_L2, nft.address, {0: person("a"), 1: person("pool")})
    return nft


def test_bridged_items_come_home(ending, state, nfts, mallory, reverts):
    settle(ending, state.seal())
    ending.claims.openToken(NFT_ON_L2, state.opening(NFT_ON_L2))
    pairs, nodes = state.items(NFT_ON_L2, [0])
    with boa.env.prank(mallory):
        ending.claims.claimItems(NFT_ON_L2, pairs, False, nodes)
    assert nfts.ownerOf(0) == person("a") and len(logs(ending.claims, "ItemClaimed")) == 1
    with reverts("Claims_NothingToPay()"):
        ending.claims.claimItems(NFT_ON_L2, pairs, False, nodes)
    for identifier, error in ((1, "Claims_NoResolver(address)"), (2, "Claims_NoSuchItem(uint256)")):
        pairs, nodes = state.items(NFT_ON_L2, [identifier])
        with reverts(error):
            ending.claims.claimItems(NFT_ON_L2, pairs, False, nodes)
    with reverts("Claims_NotOpened()"):
        ending.claims.claimTokens(NFT_ON_L2, *claim_arguments(state, [person("a")], NFT_ON_L2))


def test_items_of_a_contract_go_to_its_resolver(ending, state, nfts):
    state.resolve(person("pool"), person("heir"))
    settle(ending, state.seal())
    ending.claims.openToken(NFT_ON_L2, state.opening(NFT_ON_L2))
    ending.claims.claimETH(*state.claims([person("pool"), person("a")]))
    pairs, nodes = state.items(NFT_ON_L2, [1, 0], are_known=True)
    ending.claims.claimItems(NFT_ON_L2, pairs, True, nodes)
    assert (nfts.ownerOf(0), nfts.ownerOf(1)) == (person("a"), person("heir"))


def test_a_minted_collection_lives_on(ending, state, l1, mallory, reverts):
    owners = {1: person("a"), 2: person("b"), 3: person("a"), 7: person("pool")}
    state.put(person("pool"), code=CONTRACT)
    state.native(COLLECTION, TEXTS, owners)
    settle(ending, state.seal())
    with reverts("Claims_OtherTexts()"):
        ending.claims.openCollection(COLLECTION, "Mint", *TEXTS[1:], state.opening(COLLECTION))
    with reverts("Claims_UnknownCode()"):
        ending.claims.openToken(COLLECTION, state.opening(COLLECTION))
    ending.claims.openCollection(COLLECTION, *TEXTS, state.opening(COLLECTION))
    twin = l1.SettledERC721.at(ending.claims.collectionOf(COLLECTION))
    assert ending.claims.tokenOf(COLLECTION) == (4, twin.address)
    assert (twin.name(), twin.symbol(), twin.baseTokenURI()) == TEXTS and twin.collection() == COLLECTION
    with reverts("Claims_AlreadyOpen()"):
        ending.claims.openCollection(COLLECTION, *TEXTS, state.opening(COLLECTION))
    pairs, nodes = state.items(COLLECTION, [1, 2, 3])
    with boa.env.prank(mallory):
        ending.claims.claimItems(COLLECTION, pairs, False, nodes)
        with reverts("SettledERC721: only for Claims"):
            twin.mint(mallory, 5)
        with reverts("SettledERC721: already initialized"):
            twin.initialize(mallory, "", "", "")
        with reverts("Claims_NothingToPay()"):
            ending.claims.claimItems(COLLECTION, pairs, False, nodes)
    assert [twin.ownerOf(identifier) for identifier in (1, 2, 3)] == [person("a"), person("b"), person("a")]
    assert twin.tokenURI(3) == "ipfs://mints/3" and twin.totalSupply() == 3 and twin.balanceOf(person("a")) == 2
    with boa.env.prank(person("a")):
        twin.transferFrom(person("a"), mallory, 1)
    # One that has moved on does not come into being again.
    with reverts("Claims_NothingToPay()"):
        ending.claims.claimItems(COLLECTION, *with_flag(state.items(COLLECTION, [1])))
    for identifier, error in ((7, "Claims_NoResolver(address)"), (8, "Claims_NoSuchItem(uint256)")):
        with reverts(error):
            ending.claims.claimItems(COLLECTION, *with_flag(state.items(COLLECTION, [identifier])))


def with_flag(items, are_known: bool = False):
    return items[0], are_known, items[1]


def test_the_settled_copy_is_nobodys(shared, mallory, reverts):
    with boa.env.prank(mallory), reverts("SettledERC721: already initialized"):
        shared.collection.initialize(mallory, "", "", "")


def test_codes_are_those_of_the_artifacts(state):
    """What Claims holds for the code of a bridged token is what the rollup's factories make."""
    import re
    from pathlib import Path

    modules = Path(__file__).resolve().parents[2] / "sources/modules"
    source = "".join((modules / f"{name}.vy").read_text() for name in ("last_state", "settled_tokens"))
    found = dict(re.findall(r"^(\w+_CODE): constant\(bytes32\) = (0x\w+)$", source, re.M))
    assert found == {
        "EMPTY_CODE": "0x" + keccak(b"").hex(),
        "ERC20_CODE": "0x" + state.codes["OptimismMintableERC20"].hex(),
        "ERC721_CODE": "0x" + state.codes["OptimismMintableERC721"].hex(),
        "NATIVE_ERC721_CODE": "0x" + state.codes["MayflyERC721"].hex(),
        "NATIVE_ERC1155_CODE": "0x" + state.codes["MayflyERC1155"].hex(),
    }


# The books


kinds = st.sampled_from(["account", "absent", "delegated", "resolved", "stuck"])
parties = st.lists(st.tuples(kinds, st.integers(0, 10**18), st.integers(0, 10**6), st.integers(0, 10**17)), min_size=1, max_size=12)


@given(parties, st.integers(0, 3), st.data())
@settings(max_examples=30)
def test_the_books_balance(shared, owner, artifact, inline, parties, left, data):
    """Locked = paid + claimable + stuck, in ETH (WETH with it) and in a token, for random states, in any order."""
    with boa.env.anchor():
        rollup, state = ephemeral(shared, owner), State(artifact)
        token, balances, eth = inline(TOKEN).deploy(), {}, {}
        stuck, recipients, holders = set(), {}, []
        for index, (kind, balance, amount, wrapped) in enumerate(parties):
            account = person(f"party {index}")
            code = {"delegated": delegation(DELEGATE), "resolved": CONTRACT, "stuck": CONTRACT}.get(kind)
            if kind != "absent":
                state.put(account, balance=balance, nonce=index, **({"code": code} if code else {}))
                eth[account] = balance
            if kind == "resolved":
                state.resolve(account, person(f"heir {index % 3}"))
            if kind == "stuck":
                stuck.add(account)
            recipients[account] = person(f"heir {index % 3}") if kind == "resolved" else account
            balances[account] = amount
            state.wrap(account, wrapped)
            eth[account] = eth.get(account, 0) + wrapped
            holders.append((account, DELEGATE if kind == "delegated" else ZERO))
        # What withdrawals in flight are owed stays where it is.
        in_flight = left * 10**15
        rollup.portal.donateETH(value=sum(eth.values()) + in_flight)
        if sum(balances.values()):
            bridged(rollup, token, sum(balances.values()) + left)
        else:
            bridged(rollup, token, 1 + left)
        state.erc20(TOKEN_ON_L2, token.address, {k: v for k, v in balances.items() if v})
        locked = token.balanceOf(rollup.bridge.address)
        settle(rollup, state.seal())
        rollup.claims.openToken(TOKEN_ON_L2, state.opening(TOKEN_ON_L2))
        rollup.claims.openToken(WETH, state.opening(WETH))
        before = {who: boa.env.get_balance(who) for who in set(recipients.values())}
        good = [pair for pair in holders if pair[0] not in stuck]
        steps = data.draw(st.permutations(["eth", "token", "weth", "eth", "stuck"]))
        for step in steps:
            some = good if step != "stuck" else [pair for pair in holders if pair[0] in stuck][:1]
            some = some if step == "stuck" or data.draw(st.booleans()) else some[: len(some) // 2]
            try:
                if step in ("eth", "stuck"):
                    rollup.claims.claimETH(*state.claims(some))
                else:
                    name = TOKEN_ON_L2 if step == "token" else WETH
                    rollup.claims.claimTokens(name, *claim_arguments(state, some, name))
            except boa.BoaError:
                pass
        for name in (ZERO, TOKEN_ON_L2, WETH):
            try:
                if name == ZERO:
                    rollup.claims.claimETH(*state.claims(good))
                else:
                    rollup.claims.claimTokens(name, *claim_arguments(state, good, name))
            except boa.BoaError:
                pass
        owed = {}
        for account, amount in eth.items():
            if account not in stuck:
                owed[recipients[account]] = owed.get(recipients[account], 0) + amount
        assert {who: boa.env.get_balance(who) - before[who] for who in before if who in owed} == owed
        still = sum(eth[account] for account in stuck if account in eth)
        assert boa.env.get_balance(rollup.portal.address) == still + in_flight
        left_tokens = sum(balances[account] for account in stuck)
        paid = sum(amount for account, amount in balances.items() if account not in stuck)
        assert token.balanceOf(rollup.bridge.address) == locked - paid
        assert rollup.bridge.deposits(token.address, TOKEN_ON_L2) == locked - paid
        assert locked - paid >= left_tokens

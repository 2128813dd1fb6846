"""Proposals and what makes them final: the factory, the bonded module, the registry."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from settlement import (
    BLOCK_TIME,
    BOND,
    CHALLENGE_WINDOW,
    ETHER,
    FINALITY_DELAY,
    GAME_TYPE,
    GENESIS_ROOT,
    GENESIS_TIME,
    RESOLUTION_WINDOW,
    ZERO,
    Output,
    Rollup,
    module_arguments,
)

IN_PROGRESS, CHALLENGER_WINS, DEFENDER_WINS = range(3)

RESOLVER = """
interface Game:
    def settle(holds: bool): nonpayable

@external
def say(game: address, holds: bool):
    extcall Game(game).settle(holds)
"""

MOST_DRIFT = 1800
BURNT = "0x000000000000000000000000000000000000dEaD"

# Takes its credit, and asks for more while it does.
THIEF = """
interface Factory:
    def create(kind: uint32, root: bytes32, extra: Bytes[64]) -> address: payable

interface Game:
    def claimCredit(recipient: address): nonpayable

worked: public(bool)

@external
@payable
def propose(factory: address, kind: uint32, root: bytes32, extra: Bytes[64]) -> address:
    return extcall Factory(factory).create(kind, root, extra, value=msg.value)

@external
@payable
def __default__():
    self.worked = raw_call(
        msg.sender, abi_encode(self, method_id=method_id("claimCredit(address)")), revert_on_failure=False
    )
"""


@pytest.fixture
def output():
    return Output([])


def test_what_a_proposal_says_of_itself(rollup, output, alice):
    game = rollup.propose(output, number=77, sender=alice)
    extra = (77).to_bytes(32, "big")
    assert game.rootClaim() == output.root
    assert game.l2SequenceNumber() == game.l2BlockNumber() == 77
    assert game.extraData() == extra
    assert game.gameType() == GAME_TYPE
    assert game.gameCreator() == alice
    assert game.anchorStateRegistry() == rollup.registry.address
    assert game.resolver() == ZERO
    assert game.status() == IN_PROGRESS and game.resolvedAt() == 0 and game.expiry() == 0
    assert game.createdAt() == boa.env.timestamp
    assert game.wasRespectedGameTypeWhenCreated()
    assert game.bond() == BOND == boa.env.get_balance(game.address)
    assert game.gameData() == (GAME_TYPE, output.root, extra)
    assert game.challengeDeadline() == boa.env.timestamp + CHALLENGE_WINDOW


def test_the_factory_knows_its_games(rollup, reverts):
    outputs = [Output([], salt=str(n)) for n in range(20)]
    games = [rollup.propose(output, number=n + 1) for n, output in enumerate(outputs)]
    now = boa.env.timestamp
    assert rollup.factory.gameCount() == 20
    assert rollup.factory.gameAtIndex(3) == (GAME_TYPE, now, games[3].address)
    assert rollup.factory.games(GAME_TYPE, outputs[3].root, (4).to_bytes(32, "big")) == (games[3].address, now)
    assert rollup.factory.games(GAME_TYPE, outputs[3].root, b"") == (ZERO, 0)
    found = rollup.factory.findLatestGames(GAME_TYPE, 19, 100)
    assert [result[0] for result in found] == list(range(19, 3, -1))
    assert found[0][2:] == (now, outputs[19].root, (20).to_bytes(32, "big"))
    metadata = int.from_bytes(found[0][1], "big")
    assert metadata == GAME_TYPE << 224 | now << 160 | int(games[19].address, 16)
    assert [result[0] for result in rollup.factory.findLatestGames(GAME_TYPE, 1, 5)] == [1, 0]
    assert rollup.factory.findLatestGames(GAME_TYPE, 20, 5) == []
    assert rollup.factory.findLatestGames(7, 19, 5) == []
    with reverts("DisputeGameFactory: no such game"):
        rollup.factory.gameAtIndex(20)


def test_what_the_factory_refuses(rollup, output, mallory, reverts):
    number = (5).to_bytes(32, "big")
    create = rollup.factory.create
    with reverts("NoImplementation(uint32)"):
        create(9, output.root, number, value=BOND)
    for value in (0, BOND - 1, BOND + 1):
        with reverts("IncorrectBondAmount()"):
            create(GAME_TYPE, output.root, number, value=value)
    for extra in (b"", number[:31], number + b"\0", number + bytes(31)):
        with reverts("BondedProposal: extra data is a block number and 32 bytes at most"):
            create(GAME_TYPE, output.root, extra, value=BOND)
    with reverts("BondedProposal: not later than the anchor"):
        create(GAME_TYPE, output.root, bytes(32), value=BOND)
    create(GAME_TYPE, output.root, number, value=BOND)
    with reverts("GameAlreadyExists(bytes32)"):
        create(GAME_TYPE, output.root, number, value=BOND)
    uuid = keccak(encode(["uint32", "bytes32", "bytes"], [GAME_TYPE, output.root, number]))
    assert rollup.factory.getGameUUID(GAME_TYPE, output.root, number) == uuid
    with boa.env.prank(mallory):
        for call in (
            lambda: rollup.factory.setImplementation(GAME_TYPE, mallory),
            lambda: rollup.factory.setImplementation(GAME_TYPE, mallory, b"\1"),
            lambda: rollup.factory.setInitBond(GAME_TYPE, 0),
            lambda: rollup.factory.transferOwnership(mallory),
            lambda: rollup.factory.renounceOwnership(),
        ):
            with reverts("Ownable: caller is not the owner"):
                call()


def test_a_proposal_nobody_challenges_becomes_final(rollup, output, alice, mallory, reverts):
    game = rollup.propose(output, sender=alice)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW - 1)
    with reverts("BondedProposal: the challenge window is open"):
        game.resolve()
    boa.env.time_travel(seconds=1)
    with boa.env.prank(mallory), reverts("BondedProposal: the challenge window is over"):
        game.challenge(value=BOND)
    assert game.resolve() == DEFENDER_WINS
    assert game.status() == DEFENDER_WINS and game.resolvedAt() == boa.env.timestamp
    registry, address = rollup.registry, game.address
    assert registry.isGameRegistered(address) and registry.isGameRespected(address) and registry.isGameProper(address)
    assert registry.isGameResolved(address) and not registry.isGameFinalized(address)
    assert not registry.isGameClaimValid(address)
    with reverts("AnchorStateRegistry_InvalidAnchorGame()"):
        registry.setAnchorState(address)
    boa.env.time_travel(seconds=FINALITY_DELAY + 1)
    assert registry.isGameFinalized(address) and registry.isGameClaimValid(address)
    with reverts("BondedProposal: already resolved"):
        game.resolve()
    with reverts("BondedProposal: already resolved"):
        game.challenge(value=BOND)
    before = boa.env.get_balance(alice)
    with boa.env.prank(mallory):
        game.claimCredit(alice)
    assert boa.env.get_balance(alice) == before + BOND
    with reverts("BondedProposal: no credit"):
        game.claimCredit(alice)


def test_a_challenge_without_a_resolver_expires_and_both_get_their_bonds_back(
    rollup, output, alice, mallory, reverts
):
    game = rollup.propose(output, sender=alice)
    with boa.env.prank(mallory):
        for value in (0, BOND - 1, BOND + 1):
            with reverts("BondedProposal: a challenge takes the same bond"):
                game.challenge(value=value)
        game.challenge(value=BOND)
        with reverts("BondedProposal: already challenged"):
            game.challenge(value=BOND)
    assert game.expiry() == game.challengeDeadline() + RESOLUTION_WINDOW
    boa.env.time_travel(seconds=CHALLENGE_WINDOW + RESOLUTION_WINDOW - 1)
    with reverts("BondedProposal: the challenge is not decided"):
        game.resolve()
    with reverts("BondedProposal: caller is not the resolver"):
        game.settle(True)
    boa.env.time_travel(seconds=1)
    game.resolve()
    assert game.status() == CHALLENGER_WINS
    assert game.credit(alice) == game.credit(mallory) == BOND
    game.claimCredit(alice)
    game.claimCredit(mallory)
    assert boa.env.get_balance(game.address) == 0
    boa.env.time_travel(seconds=10 * FINALITY_DELAY)
    assert not rollup.registry.isGameClaimValid(game.address)
    with reverts("AnchorStateRegistry_InvalidAnchorGame()"):
        rollup.registry.setAnchorState(game.address)
    again = rollup.propose(output, extra=bytes(31) + b"\1")
    boa.env.time_travel(seconds=CHALLENGE_WINDOW)
    assert again.resolve() == DEFENDER_WINS


@given(st.integers(0, 2**256 - 1), st.sampled_from([1, 12, 2**40]), st.integers(-3, 3))
def test_a_block_that_cannot_be_there_yet_is_not_proposed(rollup, reverts, number, unit, near):
    """Nobody else has it to compare with. A block may be ahead of L1's time by the sequencer's drift, and no more."""
    newest = (boa.env.evm.patch.timestamp + MOST_DRIFT - GENESIS_TIME) // BLOCK_TIME
    for proposed in (number, number % 2**64, number % (2 * newest), newest + near * unit):
        if proposed < 1:
            continue
        with boa.env.anchor():
            if proposed <= newest:
                rollup.propose(Output([]), number=proposed)
                continue
            error = "BlockOutOfRange()" if proposed >= 2**64 else "BlockInTheFuture()"
            with reverts("BondedProposal_" + error):
                rollup.propose(Output([]), number=proposed)


@pytest.mark.parametrize("holds", [True, False])
def test_the_resolver_decides_and_the_right_side_gets_both_bonds(
    shared, owner, timelock, inline, output, alice, mallory, holds, reverts
):
    resolver = inline(RESOLVER).deploy()
    rollup = Rollup(shared, owner, resolver=resolver.address)
    game = rollup.propose(output, sender=alice)
    with reverts("BondedProposal: not challenged"):
        resolver.say(game.address, holds)
    with boa.env.prank(mallory):
        game.challenge(value=BOND)
        with reverts("BondedProposal: caller is not the resolver"):
            game.settle(False)
    if holds:
        boa.env.time_travel(seconds=CHALLENGE_WINDOW)
    before = boa.env.get_balance(BURNT)
    resolver.say(game.address, holds)
    with reverts("BondedProposal: already resolved"):
        resolver.say(game.address, not holds)
    winner, loser = (alice, mallory) if holds else (mallory, alice)
    # A quarter of a false proposal's bond is burnt.
    burnt = 0 if holds else BOND // 4
    assert game.credit(winner) == 2 * BOND - burnt and game.credit(loser) == 0
    assert boa.env.get_balance(BURNT) == before + burnt
    assert game.status() == (DEFENDER_WINS if holds else CHALLENGER_WINS)
    boa.env.time_travel(seconds=FINALITY_DELAY + 1)
    assert rollup.registry.isGameClaimValid(game.address) == holds
    with reverts("BondedProposal: no credit"):
        game.claimCredit(loser)
    game.claimCredit(winner)
    assert boa.env.get_balance(game.address) == 0


def test_a_resolver_cannot_pass_an_output_while_others_may_still_look_at_it(
    shared, owner, inline, output, mallory, reverts
):
    resolver = inline(RESOLVER).deploy()
    rollup = Rollup(shared, owner, resolver=resolver.address)
    game = rollup.propose(output, sender=mallory)
    with boa.env.prank(mallory):
        game.challenge(value=BOND)
    for seconds in (0, CHALLENGE_WINDOW - 1):
        boa.env.time_travel(seconds=seconds)
        with reverts("BondedProposal: the challenge window is open"):
            resolver.say(game.address, True)
    boa.env.time_travel(seconds=1)
    resolver.say(game.address, True)
    assert game.status() == DEFENDER_WINS


def test_an_early_challenge_leaves_the_resolver_its_time(shared, owner, timelock, inline, output, mallory, reverts):
    """Where the resolution window is the shorter one, it is not over before the resolver may speak."""
    resolver = inline(RESOLVER).deploy()
    rollup = Rollup(shared, owner)
    arguments = module_arguments(rollup.registry.address, resolver.address, challenge=1000, resolution=10)
    with boa.env.prank(timelock):
        rollup.factory.setImplementation(GAME_TYPE, rollup.factory.gameImpls(GAME_TYPE), arguments)
    game = rollup.propose(output)
    with boa.env.prank(mallory):
        game.challenge(value=BOND)
    boa.env.time_travel(seconds=1009)
    with reverts("BondedProposal: the challenge is not decided"):
        game.resolve()
    resolver.say(game.address, True)
    assert game.status() == DEFENDER_WINS


def test_a_resolver_that_is_late(shared, owner, timelock, inline, output, mallory, reverts):
    resolver = inline(RESOLVER).deploy()
    rollup = Rollup(shared, owner, resolver=resolver.address)
    game = rollup.propose(output)
    with boa.env.prank(mallory):
        game.challenge(value=BOND)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW + RESOLUTION_WINDOW)
    with reverts("BondedProposal: expired"):
        resolver.say(game.address, True)
    game.resolve()
    assert game.status() == CHALLENGER_WINS and game.credit(mallory) == BOND


def test_bond_theft_by_reentrance(rollup, inline, output, alice):
    thief = inline(THIEF).deploy()
    address = thief.propose(
        rollup.factory.address, GAME_TYPE, output.root, (9).to_bytes(32, "big"), value=BOND
    )
    game = rollup.l1.BondedProposal.at(address)
    boa.env.set_balance(address, 5 * BOND)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW)
    game.resolve()
    game.claimCredit(thief.address)
    assert boa.env.get_balance(thief.address) == BOND and not thief.worked()


def test_bond_of_a_recipient_that_refuses(rollup, inline, output, reverts):
    stubborn = inline(THIEF.replace("@external\n@payable\ndef __default__", "@external\ndef nothing")).deploy()
    address = stubborn.propose(rollup.factory.address, GAME_TYPE, output.root, (9).to_bytes(32, "big"), value=BOND)
    game = rollup.l1.BondedProposal.at(address)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW)
    game.resolve()
    with reverts("BondedProposal: the recipient refuses the payment"):
        game.claimCredit(stubborn.address)
    assert game.credit(stubborn.address) == BOND


def test_a_game_is_initialized_once_and_its_implementation_never(rollup, output, mallory, reverts):
    game = rollup.propose(output)
    implementation = rollup.l1.BondedProposal.at(rollup.factory.gameImpls(GAME_TYPE))
    with boa.env.prank(mallory):
        for target in (game, implementation):
            with reverts("BondedProposal: already initialized"):
                target.initialize(value=1)
        with reverts("BondedProposal: not a proposal"):
            implementation.challenge(value=0)
        with reverts("BondedProposal: not a proposal"):
            implementation.resolve()


def test_a_game_that_the_factory_did_not_make(rollup, l1, output, mallory):
    """A clone with the data of a real proposal behind its code, made by somebody else."""
    real = rollup.propose(output)
    code = boa.env.get_code(real.address)
    fake = boa.env.generate_address("fake")
    boa.env.set_code(fake, code)
    boa.env.set_balance(mallory, ETHER)
    with boa.env.prank(mallory):
        l1.BondedProposal.at(fake).initialize(value=0)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW + 1)
    l1.BondedProposal.at(fake).resolve()
    boa.env.time_travel(seconds=FINALITY_DELAY + 1)
    assert rollup.registry.isGameFinalized(fake)
    assert not rollup.registry.isGameRegistered(fake)
    assert not rollup.registry.isGameProper(fake) and not rollup.registry.isGameClaimValid(fake)


def test_a_game_that_names_another_registry(rollup, shared, timelock, output):
    """The factory made it, but for a registry whose anchor and respected type are another's."""
    with boa.env.prank(timelock):
        rollup.factory.setImplementation(
            GAME_TYPE, rollup.factory.gameImpls(GAME_TYPE), module_arguments(Rollup(shared, timelock).registry.address)
        )
    game = rollup.propose(output)
    assert not rollup.registry.isGameRegistered(game.address)


def test_the_anchor_moves_forward_only(rollup, reverts):
    assert rollup.registry.getAnchorRoot() == rollup.registry.anchors(0) == (GENESIS_ROOT, 0)
    games = {number: rollup.propose(Output([], salt=str(number)), number=number) for number in (10, 20, 15)}
    boa.env.time_travel(seconds=CHALLENGE_WINDOW)
    for game in games.values():
        game.resolve()
    boa.env.time_travel(seconds=FINALITY_DELAY + 1)
    rollup.registry.setAnchorState(games[20].address)
    assert rollup.registry.getAnchorRoot() == (games[20].rootClaim(), 20)
    assert rollup.registry.anchorGame() == games[20].address
    for number in (10, 15, 20):
        with reverts("AnchorStateRegistry_InvalidAnchorGame()"):
            rollup.registry.setAnchorState(games[number].address)
    with reverts("BondedProposal: not later than the anchor"):
        rollup.propose(Output([], salt="late"), number=20)


def test_nobody_but_the_timelock_takes_games_out(rollup, output, owner, mallory, reverts):
    game = rollup.propose(output)
    for sender in (owner, mallory):
        with boa.env.prank(sender):
            for call in (
                lambda: rollup.registry.setRespectedGameType(1),
                lambda: rollup.registry.updateRetirementTimestamp(),
                lambda: rollup.registry.blacklistDisputeGame(game.address),
            ):
                with reverts("AnchorStateRegistry_Unauthorized()"):
                    call()


def test_not_even_the_timelock_takes_a_final_game_out(rollup, output, timelock, reverts):
    game = rollup.propose(output)
    rollup.make_final(game)
    young = rollup.propose(Output([], salt="young"), number=200)
    with boa.env.prank(timelock):
        with reverts("AnchorStateRegistry: the game is final"):
            rollup.registry.blacklistDisputeGame(game.address)
        rollup.registry.updateRetirementTimestamp()
        rollup.registry.setRespectedGameType(1)
        rollup.factory.setImplementation(GAME_TYPE, ZERO)
        rollup.factory.setInitBond(GAME_TYPE, 5)
    assert rollup.registry.isGameClaimValid(game.address) and not rollup.registry.isGameRetired(game.address)
    assert rollup.registry.isGameRetired(young.address)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW)
    young.resolve()
    boa.env.time_travel(seconds=FINALITY_DELAY + 1)
    assert not rollup.registry.isGameClaimValid(young.address)
    assert rollup.registry.isGameClaimValid(game.address)


def test_a_blacklisted_game(rollup, output, timelock):
    game = rollup.propose(output)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW)
    game.resolve()
    with boa.env.prank(timelock):
        rollup.registry.blacklistDisputeGame(game.address)
    boa.env.time_travel(seconds=FINALITY_DELAY + 1)
    assert rollup.registry.isGameBlacklisted(game.address) and not rollup.registry.isGameClaimValid(game.address)
    assert rollup.portal.disputeGameBlacklist(game.address)


def test_is_initialized_once_and_never_directly(rollup, mallory, reverts):
    calls = {
        "AnchorStateRegistry": (rollup.registry, (mallory, mallory, (bytes(32), 0), 0, 0)),
        "DisputeGameFactory": (rollup.factory, (mallory, 0, mallory, b"", 0)),
    }
    for name, (contract, arguments) in calls.items():
        for target in (contract, rollup.implementations[name]):
            with boa.env.prank(mallory), reverts("Initializable: contract is already initialized"):
                target.initialize(*arguments)


def test_bonds_are_conserved(shared, owner, timelock, inline, account):
    """Whatever is done in whatever order, the game's balance is what its open bonds and credits come to."""
    resolver = inline(RESOLVER).deploy()
    rollup = Rollup(shared, owner, resolver=resolver.address)
    people = [account(name) for name in ("ann", "ben", "cat")]
    start = sum(map(boa.env.get_balance, (*people, BURNT)))

    class Life(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.anchor = boa.env.anchor()
            self.anchor.__enter__()
            self.game = rollup.propose(Output([]), sender=people[0])

        def teardown(self):
            open_bonds = BOND * (1 + (self.game.challenger() != ZERO)) if self.game.status() == IN_PROGRESS else 0
            credits = sum(self.game.credit(person) for person in people)
            balance = boa.env.get_balance(self.game.address)
            assert balance == open_bonds + credits
            assert sum(map(boa.env.get_balance, (*people, BURNT))) + balance == start
            assert self.game.status() != DEFENDER_WINS or self.game.resolvedAt() >= self.game.challengeDeadline()
            self.anchor.__exit__(None, None, None)

        def attempt(self, sender, call):
            with boa.env.prank(sender):
                try:
                    call()
                except boa.BoaError:
                    pass

        @rule(person=st.sampled_from(people))
        def challenge(self, person):
            self.attempt(person, lambda: self.game.challenge(value=BOND))

        @rule(person=st.sampled_from(people))
        def resolve(self, person):
            self.attempt(person, self.game.resolve)

        @rule(holds=st.booleans())
        def settle(self, holds):
            self.attempt(people[1], lambda: resolver.say(self.game.address, holds))

        @rule(person=st.sampled_from(people))
        def claim(self, person):
            self.attempt(person, lambda: self.game.claimCredit(person))

        @rule(seconds=st.sampled_from([1, CHALLENGE_WINDOW // 2, CHALLENGE_WINDOW, RESOLUTION_WINDOW]))
        def wait(self, seconds):
            boa.env.time_travel(seconds=seconds)

    run_state_machine_as_test(Life, settings=settings(max_examples=25, stateful_step_count=12))

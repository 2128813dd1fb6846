"""Who may secure a rollup, what they sign, and what they lose for lying."""

import boa
import pytest

from secured import LEAST_STAKE, QUORUM, RESTAKED_TYPE, ZERO, Restaking
from settlement import BOND, ETHER, Output, Rollup, Withdrawal

OUTPUT, BLOCK, PART = 1, 2, 3
TRUE, FALSE = b"\1" * 32, b"\2" * 32


@pytest.fixture(scope="module")
def service(l1, inline, shared, people):
    boa.env.set_balance(boa.env.eoa, 10_000 * ETHER)
    return Restaking(l1, inline, shared, people)


@pytest.fixture(autouse=True)
def fresh(service):
    service.snapshot()
    service.rollup.name_addresses()


@pytest.fixture
def liar(service):
    return service.operators[2]


@pytest.fixture
def sibling(shared, people):
    return Rollup(shared, people["owner"], l2ChainId=902)


def slashes(service) -> list:
    found = []
    while True:
        try:
            found.append(service.allocation.slashes(len(found)))
        except boa.BoaError:
            return found


# Rollups


def test_a_rollup_gets_a_set_of_its_own(service):
    assert service.set_id == 1 and service.manager.operatorSetCount() == 1
    assert service.manager.rollupOf(1) == service.config
    assert service.manager.rollups(service.config) == (1, QUORUM, LEAST_STAKE, service.strategies)
    identifier, strategies, slasher = service.allocation.created(0)
    assert (identifier, strategies, slasher) == (1, service.strategies, service.manager.address)
    assert service.keys.curves(1) == 2
    assert [service.keys.multipliers(1, n) for n in range(2)] == [ETHER, ETHER]
    owner, staleness = service.keys.reservations(1)
    assert owner == service.manager.address and staleness == 86_400
    assert service.allocation.uri() == "https://example.org/service.json"


def test_slashed_funds_go_where_the_service_was_made_to_send_them(l1, inline, shared, people):
    treasury = boa.env.generate_address("treasury")
    service = Restaking(l1, inline, shared, people, treasury=treasury)
    assert service.allocation.recipients(0) == treasury


def test_rollups_that_are_not_let_in(service, sibling, mallory, reverts):
    def add(config=sibling.config.address, strategies=None, quorum=QUORUM, least=LEAST_STAKE, sender=service.owner):
        with boa.env.prank(sender):
            service.manager.addRollup(config, service.strategies if strategies is None else strategies, quorum, least)

    first, second = service.strategies
    refused = (
        ("UnknownRollup()", dict(config=mallory)),
        ("NotTheRollupsOwner()", dict(sender=mallory)),
        ("NotTheRollupsOwner()", dict(sender=service.timelock)),
        ("RollupIsThere()", dict(config=service.config)),
        ("QuorumOutOfRange()", dict(quorum=6_666)),
        ("QuorumOutOfRange()", dict(quorum=10_001)),
        ("StakeOfNothing()", dict(least=0)),
        ("StakeOfNothing()", dict(strategies=[])),
        ("StrategiesNotAscending()", dict(strategies=[second, first])),
        ("StrategiesNotAscending()", dict(strategies=[first, first])),
        ("StrategyNotWeighed()", dict(strategies=["0x" + "00" * 19 + "01"])),
    )
    for reason, changes in refused:
        with reverts("ServiceManager_" + reason):
            add(**changes)
    add()
    assert service.manager.rollups(sibling.config.address)[0] == 2


def test_only_governance_sets_limits(service, mallory, reverts):
    calls = (
        ("setLimits", (7_000, ETHER, ETHER // 4, 1_209_600, ETHER)),
        ("weighStrategy", (mallory, 1)),
        ("weighToken", (mallory, 1)),
        ("transferOwnership", (mallory,)),
    )
    for name, arguments in calls:
        for caller in (mallory, service.owner):
            with boa.env.prank(caller), reverts("Ownable: caller is not the owner"):
                getattr(service.manager, name)(*arguments)
        with boa.env.anchor(), boa.env.prank(service.timelock):
            getattr(service.manager, name)(*arguments)


def test_limits_that_make_no_sense(service, reverts):
    good = dict(quorum=6_667, slashed=ETHER, factor=6_667 * 10**14, window=1_209_600, bond=1)
    refused = (
        ("QuorumOutOfRange()", dict(quorum=6_666)),
        ("QuorumOutOfRange()", dict(quorum=10_001)),
        ("LimitOutOfRange()", dict(slashed=0)),
        ("LimitOutOfRange()", dict(slashed=ETHER + 1)),
        ("LimitOutOfRange()", dict(factor=ETHER + 1)),
        # What a quorum could take is no more than it loses.
        ("LimitOutOfRange()", dict(factor=6_667 * 10**14 + 1)),
        ("LimitOutOfRange()", dict(slashed=ETHER - 1)),
        ("LimitOutOfRange()", dict(bond=0)),
        ("LimitOutOfRange()", dict(window=3_599)),
        ("WindowInUse()", dict(window=1_209_601)),
    )
    with boa.env.prank(service.timelock):
        for reason, changes in refused:
            with reverts("ServiceManager_" + reason):
                service.manager.setLimits(*(good | changes).values())
        service.manager.setLimits(*good.values())
    assert service.manager.cap(service.config) == service.total * 6_667 // 10_000


def test_tables_weigh_as_governance_does_now(service, mallory, reverts):
    with boa.env.prank(service.timelock):
        service.manager.weighStrategy(service.strategies[1], 3)
        with reverts("ServiceManager_LimitOutOfRange()"):
            service.manager.weighStrategy(service.strategies[1], 10**36 + 1)
    assert service.keys.multipliers(1, 1) == ETHER
    with boa.env.prank(mallory):
        service.manager.weigh(service.config)
    assert [service.keys.multipliers(1, n) for n in range(2)] == [ETHER, 3]
    with reverts("ServiceManager_UnknownRollup()"):
        service.manager.weigh(mallory)


# Operators


def test_who_may_join(service, mallory, reverts):
    with boa.env.prank(mallory), reverts("ServiceManager_NoKey()"):
        service.allocation.join(service.manager.address, 1)
    service.keys.register(mallory)
    service.allocation.setStake(mallory, LEAST_STAKE // 2 - 1)
    with boa.env.prank(mallory), reverts("ServiceManager_TooLittleStake()"):
        service.allocation.join(service.manager.address, 1)
    service.allocation.setStake(mallory, LEAST_STAKE // 2)
    with boa.env.anchor():
        service.allocation.setCount(1, 256)
        with boa.env.prank(mallory), reverts("ServiceManager_SetIsFull()"):
            service.allocation.join(service.manager.address, 1)
    with boa.env.prank(mallory):
        service.allocation.join(service.manager.address, 1)


def test_only_the_restaking_contracts_let_operators_in(service, mallory, reverts):
    for caller in (mallory, service.owner, service.timelock):
        with boa.env.prank(caller):
            with reverts("ServiceManager_NotTheAllocationManager()"):
                service.manager.registerOperator(mallory, service.manager.address, [1], b"")
            with reverts("ServiceManager_NotTheAllocationManager()"):
                service.manager.deregisterOperator(mallory, service.manager.address, [1])
    with boa.env.prank(service.allocation.address), reverts("ServiceManager_NotTheAllocationManager()"):
        service.manager.registerOperator(service.operators[0], mallory, [1], b"")
    assert service.manager.supportsAVS(service.manager.address) and not service.manager.supportsAVS(mallory)


def test_who_has_too_little_stake_is_ejected_by_anybody(service, liar, mallory, reverts):
    with boa.env.prank(mallory):
        with reverts("ServiceManager_EnoughStake()"):
            service.manager.eject(service.config, liar)
        service.allocation.setStake(liar, 1)
        service.manager.eject(service.config, liar)
    assert not service.allocation.isMemberOfOperatorSet(liar, (service.manager.address, 1))
    with reverts("ServiceManager_UnknownRollup()"):
        service.manager.eject(mallory, liar)


# Two values at one place


@pytest.mark.parametrize("kind, index", [(OUTPUT, 0), (BLOCK, 0), (PART, 0), (PART, 3)])
def test_double_signing_is_slashed_on_the_spot(service, liar, mallory, reverts, kind, index):
    # By different stake tables, which makes no difference.
    first = service.signed(liar, TRUE, 7, kind, index)
    second = service.signed(liar, FALSE, 7, kind, index, table=service.table - 1)
    with boa.env.prank(mallory):
        service.manager.slashDoubleSigning(service.config, liar, kind, 7, index, first, second)
    ((operator, identifier, strategies, wads, _),) = slashes(service)
    assert (operator, identifier, strategies) == (liar, 1, service.strategies)
    assert wads == [ETHER, ETHER]
    assert not service.allocation.isMemberOfOperatorSet(liar, (service.manager.address, 1))
    for pair in ((first, second), (second, first)):
        with reverts("ServiceManager_AlreadyPunished()"):
            service.manager.slashDoubleSigning(service.config, liar, kind, 7, index, *pair)
    # Another place is another offence, also of one who has left.
    service.manager.slashDoubleSigning(
        service.config, liar, kind, 8, index, service.signed(liar, TRUE, 8, kind, index), service.signed(liar, FALSE, 8, kind, index)
    )
    assert len(slashes(service)) == 2


def test_signatures_that_prove_no_double_signing(service, liar, sibling, mallory, reverts):
    with boa.env.prank(service.owner):
        service.manager.addRollup(sibling.config.address, service.strategies, QUORUM, LEAST_STAKE)
    other = service.operators[0]
    honest = service.signed(liar, TRUE, 7)
    cases = (
        ("OneValue()", (service.config, liar, OUTPUT, 7, 0, honest, service.signed(liar, TRUE, 7, table=5))),
        # Another operator's, another block's, another kind's, another part's.
        ("NotSigned()", (service.config, liar, OUTPUT, 7, 0, honest, service.signed(other, FALSE, 7))),
        ("NotSigned()", (service.config, liar, OUTPUT, 7, 0, honest, service.signed(liar, FALSE, 8))),
        ("NotSigned()", (service.config, liar, OUTPUT, 7, 0, honest, service.signed(liar, FALSE, 7, BLOCK))),
        (
            "NotSigned()",
            (service.config, liar, PART, 7, 1, service.signed(liar, TRUE, 7, PART, 1), service.signed(liar, FALSE, 7, PART, 2)),
        ),
        # Of another rollup with the same operators.
        (
            "NotSigned()",
            (sibling.config.address, liar, OUTPUT, 7, 0, honest, service.signed(liar, FALSE, 7)),
        ),
        ("NotSigned()", (service.config, liar, OUTPUT, 7, 0, honest, (service.table, FALSE, (0, 0)))),
        ("NoSuchPlace()", (service.config, liar, 0, 7, 0, honest, service.signed(liar, FALSE, 7))),
        ("NoSuchPlace()", (service.config, liar, 4, 7, 0, honest, service.signed(liar, FALSE, 7))),
        ("NoSuchPlace()", (service.config, liar, OUTPUT, 7, 1, honest, service.signed(liar, FALSE, 7))),
        ("NoKey()", (service.config, mallory, OUTPUT, 7, 0, honest, service.signed(mallory, FALSE, 7))),
        ("UnknownRollup()", (mallory, liar, OUTPUT, 7, 0, honest, service.signed(liar, FALSE, 7))),
    )
    for reason, arguments in cases:
        with reverts("ServiceManager_" + reason):
            service.manager.slashDoubleSigning(*arguments)
    assert not slashes(service)


def test_governance_says_how_much_double_signing_costs(service, liar):
    with boa.env.prank(service.timelock):
        service.manager.setLimits(6_667, ETHER // 10, ETHER // 20, 1_209_600, ETHER)
    service.manager.slashDoubleSigning(
        service.config, liar, BLOCK, 7, 0, service.signed(liar, TRUE, 7, BLOCK), service.signed(liar, FALSE, 7, BLOCK)
    )
    assert slashes(service)[0][3] == [ETHER // 10] * 2


# A false output


def decided(service, absent=(1,), number=100):
    """A certified false output, and the true one of the same block, which has become final."""
    lie, truth = Output([], "a lie"), Output([])
    false = service.certified(lie, number, absent)
    boa.env.time_travel(seconds=12)
    true = service.propose(truth, number)
    with boa.env.prank(service.timelock):
        service.rollup.registry.blacklistDisputeGame(false.address)
    service.rollup.make_final(true)
    return lie, false, true


def test_who_certified_a_false_output_is_slashed(service, liar, mallory, reverts):
    lie, false, true = decided(service)
    table = service.table
    service.verifier.setTable(table, service.total, service.levels[-1][0], 5, 86_400)
    slash = service.manager.slashCertifierOfFalseOutput
    with boa.env.prank(mallory):
        slash(service.config, liar, false.address, service.witness(2), true.address)
    assert slashes(service)[0][0] == liar
    with reverts("ServiceManager_AlreadyPunished()"):
        slash(service.config, liar, false.address, service.witness(2), true.address)
    # Who did not sign is not slashed, under no place and with nobody's.
    honest = service.operators[1]
    with reverts("ServiceManager_NotSigned()"):
        slash(service.config, honest, false.address, service.witness(1), true.address)
    with reverts("ServiceManager_OtherOperator()"):
        slash(service.config, honest, false.address, service.witness(0), true.address)
    index, proof, info = service.witness(1)
    for forged in (
        (0, proof, info),
        (3, proof, info),
        (5, proof, info),
        (9, proof, info),
        (index + 8, proof, info),
        (index, proof[:-32], info),
        (index, proof[:-1], info),
        (index, proof + bytes(32), info),
        (0, b"", info),
        (index, proof, (info[0], [1])),
    ):
        with reverts("ServiceManager_NotListed()" if forged[0] != index or forged[1:] != (proof, info) else "ServiceManager_NotSigned()"):
            slash(service.config, honest, false.address, forged, true.address)
    for index in (0, 3, 4):
        slash(service.config, service.operators[index], false.address, service.witness(index), true.address)
    assert len(slashes(service)) == 4


def test_who_signed_a_false_output_is_slashed_without_a_certificate(service, liar, reverts):
    lie, false, true = decided(service)
    slash = service.manager.slashSignerOfFalseOutput
    slash(service.config, liar, 100, service.signed(liar, FALSE, 100), true.address)
    assert slashes(service)[0][0] == liar
    with reverts("ServiceManager_AlreadyPunished()"):
        slash(service.config, liar, 100, service.signed(liar, FALSE, 100), true.address)
    honest = service.operators[0]
    with reverts("ServiceManager_OneValue()"):
        slash(service.config, honest, 100, service.signed(honest, true.rootClaim(), 100), true.address)
    # An output of another block is no lie about this one.
    with reverts("ServiceManager_OneValue()"):
        slash(service.config, honest, 101, service.signed(honest, FALSE, 101), true.address)
    with reverts("ServiceManager_NotSigned()"):
        slash(service.config, honest, 100, service.signed(honest, FALSE, 100, BLOCK), true.address)
    with reverts("ServiceManager_NotSigned()"):
        slash(service.config, honest, 100, service.signed(liar, FALSE, 100), true.address)


def test_one_offence_is_punished_once_by_either_proof(service, liar, reverts):
    lie, false, true = decided(service)
    service.manager.slashSignerOfFalseOutput(service.config, liar, 100, service.signed(liar, lie.root, 100), true.address)
    with reverts("ServiceManager_AlreadyPunished()"):
        service.manager.slashCertifierOfFalseOutput(
            service.config, liar, false.address, service.witness(2), true.address
        )


def test_only_what_is_final_convicts(service, liar, mallory, sibling, reverts):
    """Neither a certificate, nor a proposal whose windows are open, nor a game of anybody else."""
    lie, truth = Output([], "a lie"), Output([])
    false = service.certified(lie)
    boa.env.time_travel(seconds=12)
    true = service.certified(truth)
    slash = service.manager.slashCertifierOfFalseOutput
    with reverts("ServiceManager_NotFinal()"):
        slash(service.config, liar, true.address, service.witness(2), false.address)
    with reverts("ServiceManager_NotFinal()"):
        slash(service.config, liar, false.address, service.witness(2), true.address)
    boa.env.time_travel(seconds=3601)
    true.resolve()
    with reverts("ServiceManager_NotFinal()"):
        slash(service.config, liar, false.address, service.witness(2), true.address)
    service.rollup.make_final(false)
    with reverts("ServiceManager_OneValue()"):
        slash(service.config, liar, true.address, service.witness(2), true.address)
    uncertified = service.propose(Output([], "third"))
    with reverts("ServiceManager_NotCertified()"):
        slash(service.config, liar, uncertified.address, service.witness(2), true.address)
    with boa.env.prank(service.owner):
        service.manager.addRollup(sibling.config.address, service.strategies, QUORUM, LEAST_STAKE)
    with reverts("ServiceManager_NotCertified()"):
        slash(sibling.config.address, liar, false.address, service.witness(2), true.address)


def test_a_block_that_the_anchor_has_passed_still_convicts(service, liar):
    """Who lies about an older block than the newest final one is convicted all the same."""
    newer = service.propose(Output([], "newer"), 110)
    service.rollup.make_final(newer)
    service.snapshot()
    lie = Output([], "a lie")
    false = service.certified(lie, 100)
    service.rollup.registry.setAnchorState(newer.address)
    true = service.propose(Output([]), 100)
    with boa.env.prank(service.timelock):
        service.rollup.registry.blacklistDisputeGame(false.address)
    service.rollup.make_final(true)
    service.manager.slashCertifierOfFalseOutput(
        service.config, liar, false.address, service.witness(2), true.address
    )
    assert slashes(service)[0][0] == liar


def test_one_who_has_left_cannot_keep_the_others_from_paying(service, liar):
    def twice(number):
        return [service.signed(liar, value, number, BLOCK) for value in (TRUE, FALSE)]

    boa.env.time_travel(seconds=12)
    service.manager.slashDoubleSigning(service.config, liar, BLOCK, 7, 0, *twice(7))
    assert service.manager.cap(service.config) == 0
    boa.env.time_travel(seconds=12)
    service.snapshot()
    assert service.manager.cap(service.config) == service.total // 2
    service.manager.slashDoubleSigning(service.config, liar, BLOCK, 8, 0, *twice(8))
    assert service.manager.cap(service.config) == service.total // 2

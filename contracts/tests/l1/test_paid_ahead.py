"""Withdrawals that are paid ahead on the word of restaked operators: at once, up to what their stake answers for."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from secured import RESTAKED_TYPE, SLASHABLE_TIME, TABLE_AGE, ZERO, Restaking
from settlement import (
    BOND,
    CHALLENGE_WINDOW,
    ETHER,
    FINALITY_DELAY,
    Output,
    Rollup,
    Withdrawal,
    module_arguments,
)

L2_BRIDGE = "0x4200000000000000000000000000000000000010"
L2_MESSENGER = "0x4200000000000000000000000000000000000007"
CAP = 50 * ETHER
WINDOW = 1_209_600
ALERT_BOND = ETHER


@pytest.fixture(scope="module")
def service(l1, inline, shared, people):
    boa.env.set_balance(boa.env.eoa, 10_000 * ETHER)
    made = Restaking(l1, inline, shared, people)
    boa.env.set_balance(made.rollup.portal.address, 1000 * ETHER)
    return made


@pytest.fixture(autouse=True)
def fresh(service):
    # The doubles' table goes on where the last test left the clock.
    service.snapshot()
    service.rollup.name_addresses()


def ether(to: str, amount: int, nonce: int = 0) -> Withdrawal:
    return Withdrawal(nonce=(1 << 240) + nonce, sender=to, target=to, value=amount, gas=50_000, data=b"")


def selector(signature: str) -> bytes:
    return keccak(text=signature)[:4]


def message(service, target: str, data: bytes, value: int = 0, sender: str = L2_BRIDGE) -> Withdrawal:
    """A message through the messengers."""
    relayed = selector("relayMessage(uint256,address,address,uint256,uint256,bytes)") + encode(
        ["uint256", "address", "address", "uint256", "uint256", "bytes"], [1 << 240, sender, target, value, 200_000, data]
    )
    return Withdrawal(
        nonce=1 << 240, sender=L2_MESSENGER, target=service.rollup.messenger.address, value=value, gas=600_000, data=relayed
    )


def bridged(token: str, to: str, amount: int) -> bytes:
    return selector("finalizeBridgeERC20(address,address,address,address,uint256,bytes)") + encode(
        ["address", "address", "address", "address", "uint256", "bytes"], [token, L2_MESSENGER, to, to, amount, b""]
    )


def ahead(service, withdrawal, **changes):
    """Certifies an output with the withdrawal and proves it; the game."""
    output = Output([withdrawal])
    game = service.certified(output, **changes)
    service.prove(withdrawal, output)
    return game


def test_a_withdrawal_is_paid_in_the_next_block(service, alice):
    withdrawal = ether(alice, 3 * ETHER)
    game = ahead(service, withdrawal, absent=(1,))
    assert game.certifiedBy() == service.manager.address
    assert game.certificate() == (service.manager.address, service.table, 0b10)
    assert not service.rollup.registry.isGameClaimValid(game.address)
    before = boa.env.get_balance(alice)
    service.rollup.portal.checkWithdrawal(withdrawal.hash, boa.env.eoa)
    service.pay(withdrawal)
    assert boa.env.get_balance(alice) == before + 3 * ETHER
    assert service.manager.outstanding(service.config) == 3 * ETHER
    assert service.rollup.portal.finalizedWithdrawals(withdrawal.hash)


def test_it_is_paid_once(service, alice, reverts):
    withdrawal = ether(alice, ETHER)
    game = ahead(service, withdrawal)
    service.pay(withdrawal)
    with reverts("OptimismPortal_AlreadyFinalized()"):
        service.pay(withdrawal)
    service.rollup.make_final(game)
    with reverts("OptimismPortal_AlreadyFinalized()"):
        service.pay(withdrawal)


def test_without_a_certificate_it_waits(service, alice, reverts):
    withdrawal = ether(alice, ETHER)
    output = Output([withdrawal])
    game = service.propose(output)
    service.prove(withdrawal, output)
    assert game.certifiedBy() == ZERO
    with reverts("OptimismPortal_ProofNotOldEnough()"):
        service.pay(withdrawal)
    service.rollup.make_final(game)
    service.pay(withdrawal)
    assert service.manager.outstanding(service.config) == 0, "what the optimistic rule pays is charged to nobody"


def test_not_in_the_block_of_its_proof(service, alice, reverts):
    withdrawal = ether(alice, ETHER)
    output = Output([withdrawal])
    service.certified(output)
    boa.env.time_travel(seconds=12)
    service.rollup.prove(withdrawal, output, service.rollup.factory.gameCount() - 1)
    with reverts("OptimismPortal_ProofNotOldEnough()"):
        service.pay(withdrawal)


def test_above_the_cap_it_waits(service, alice, reverts):
    assert service.manager.cap(service.config) == CAP
    withdrawal = ether(alice, CAP + 1)
    game = ahead(service, withdrawal)
    with reverts("ServiceManager_AboveTheCap()"):
        service.pay(withdrawal)
    service.rollup.make_final(game)
    service.pay(withdrawal)


def test_the_cap_counts_what_has_been_paid(service, alice, reverts):
    first, second, third = (ether(alice, amount, n) for n, amount in enumerate((30 * ETHER, 20 * ETHER, 1)))
    output = Output([first, second, third])
    service.certified(output)
    boa.env.time_travel(seconds=12)
    for each in (first, second, third):
        service.rollup.prove(each, output, service.rollup.factory.gameCount() - 1)
    boa.env.time_travel(seconds=12)
    service.pay(first)
    service.pay(second)
    with reverts("ServiceManager_AboveTheCap()"):
        service.pay(third)


@given(amounts=st.lists(st.integers(0, 40 * ETHER), min_size=1, max_size=6), waits=st.lists(st.integers(0, WINDOW), min_size=6, max_size=6))
def test_no_window_of_time_pays_more_than_the_cap(service, amounts, waits):
    """By the portal's calls alone: whatever comes when, no span as long as the window has more than the cap."""
    with boa.env.anchor():
        paid = []
        for amount, wait in zip(amounts, waits):
            boa.env.time_travel(seconds=wait)
            service.snapshot()
            try:
                with boa.env.prank(service.rollup.portal.address):
                    service.manager.charge(service.config, service.owner, amount, b"")
                paid.append((boa.env.timestamp, amount))
            except boa.BoaError:
                recent = sum(each for at, each in paid if boa.env.timestamp - at < 2 * WINDOW)
                assert recent + amount > CAP, "refused with room for it"
        for end, _ in paid:
            assert sum(each for at, each in paid if end - WINDOW < at <= end) <= CAP


def test_only_the_portal_charges(service, mallory, reverts):
    for caller in (mallory, service.owner, service.timelock):
        with boa.env.prank(caller), reverts("ServiceManager_NotThePortal()"):
            service.manager.charge(service.config, mallory, 1, b"")


def test_old_or_void_tables_answer_for_nothing(service, alice, reverts):
    withdrawal = ether(alice, ETHER)
    ahead(service, withdrawal)
    with boa.env.anchor():
        boa.env.time_travel(seconds=86_400)
        assert service.manager.cap(service.config) == 0
        with reverts("ServiceManager_AboveTheCap()"):
            service.pay(withdrawal)
    # A slash takes stake that the table still has.
    liar = service.operators[0]
    service.manager.slashDoubleSigning(
        service.config, liar, 2, 7, 0, service.signed(liar, b"\1" * 32, 7, 2), service.signed(liar, b"\2" * 32, 7, 2)
    )
    assert service.manager.cap(service.config) == 0
    with reverts("ServiceManager_AboveTheCap()"):
        service.pay(withdrawal)
    output = Output([withdrawal], "another")
    boa.env.time_travel(seconds=1)
    game = service.propose(output, 101)
    with reverts("ServiceManager_TableVoid()"):
        game.certify(service.certificate(output, 101))
    service.snapshot()
    game.certify(service.certificate(output, 101))
    service.pay(withdrawal)


# Certificates


def test_certificates_that_are_not_for_this_output(service, l1, shared, people, alice, reverts):
    output, other = Output([ether(alice, 1)]), Output([ether(alice, 2)])
    game = service.propose(output)
    wrong = (
        service.certificate(other),
        service.certificate(output, number=101),
        service.certificate(output, messageHash=service.attestation(output.root, 100, kind=2)),
        service.certificate(output, messageHash=output.root),
    )
    for certificate in wrong:
        with reverts("ServiceManager_OtherMessage()"):
            game.certify(certificate)
    # Of the same block of another rollup.
    sibling = Rollup(shared, people["owner"], l2ChainId=902)
    with reverts("ServiceManager_OtherMessage()"):
        game.certify(
            service.certificate(output, messageHash=service.attestation(output.root, config=sibling.config.address))
        )
    with reverts("no signature"):
        game.certify(service.certificate(output, signature=(1, 2)))
    # Another table than the newest: who was in it may have left.
    for table in (service.table + 1, service.table - 1, 0):
        with reverts("ServiceManager_TableVoid()"):
            game.certify(service.certificate(output, referenceTimestamp=table))
    with reverts("ServiceManager_NoQuorum()"):
        game.certify(service.certificate(output, apk=([0, 0], [0, 0])))
    # Three of five are less than 67 %.
    with reverts("ServiceManager_NoQuorum()"):
        game.certify(service.certificate(output, absent=(0, 4)))
    assert game.certifiedBy() == ZERO
    game.certify(service.certificate(output, absent=(4,)))
    with reverts("RestakedProposal: already certified"):
        game.certify(service.certificate(output))


def test_what_an_attestation_names(service, l1, inline, shared, people):
    """Another contract, chain, rollup, kind, block, part or value makes another message."""
    value = b"\7" * 32
    message = service.attestation(value)
    typehash = keccak(
        text="Attestation(uint8 kind,uint256 l1ChainId,address serviceManager,address systemConfig,uint256 l2ChainId,"
        "uint64 number,uint64 index,bytes32 value)"
    )
    assert service.manager.ATTESTATION_TYPEHASH() == typehash
    types = ["bytes32", "uint8", "uint256", "address", "address", "uint256", "uint64", "uint64", "bytes32"]
    chain = boa.env.evm.patch.chain_id
    fields = [typehash, 1, chain, service.manager.address, service.config, 901, 100, 0, value]
    assert message == keccak(encode(types, fields))
    boa.env.evm.patch.chain_id = chain + 1
    try:
        assert service.attestation(value) != message
    finally:
        boa.env.evm.patch.chain_id = chain
    second = Restaking(l1, inline, shared, people)
    assert second.attestation(value, config=service.config) != message


def test_the_implementation_and_refused_proposals_take_no_certificate(service, alice, mallory, reverts):
    output = Output([ether(alice, 1)])
    with reverts("RestakedProposal: not a proposal"):
        service.module.certify(service.certificate(output))
    game = service.propose(output)
    with boa.env.prank(mallory):
        game.challenge(value=BOND)
    boa.env.time_travel(seconds=4 * CHALLENGE_WINDOW)
    game.resolve()
    with reverts("RestakedProposal: the output is refused"):
        game.certify(service.certificate(output))


def test_an_empty_table_certifies_nothing(service, alice, reverts):
    output = Output([ether(alice, 1)])
    game = service.propose(output)
    service.verifier.setTable(service.table, 0, bytes(32), 0, 86_400)
    with reverts("ServiceManager_NoQuorum()"):
        game.certify(service.certificate(output))


def test_no_certificate_where_a_lie_could_not_be_proven_in_time(service, l1, alice, reverts):
    output = Output([ether(alice, 1)])

    def under(arguments):
        with boa.env.prank(service.timelock):
            service.rollup.factory.setImplementation(RESTAKED_TYPE, service.module.address, arguments)
        return service.propose(output)

    registry, resolver = service.rollup.registry.address, service.resolver.address
    with boa.env.anchor(), reverts("RestakedProposal: nobody decides challenges"):
        under(module_arguments(registry)).certify(service.certificate(output))
    longest = SLASHABLE_TIME - TABLE_AGE - FINALITY_DELAY - 3600
    with boa.env.anchor(), reverts("ServiceManager_WindowsTooLong()"):
        under(module_arguments(registry, resolver, longest + 1, 3600)).certify(service.certificate(output))
    under(module_arguments(registry, resolver, longest, 3600)).certify(service.certificate(output))


def test_what_was_proposed_under_another_module_takes_no_certificate(service, alice, reverts):
    with boa.env.prank(service.timelock):
        service.rollup.registry.setRespectedGameType(2026)
    output = Output([ether(alice, 1)])
    game = service.propose(output)
    with reverts("RestakedProposal: not the rollup's module"):
        game.certify(service.certificate(output))


def test_a_rollup_that_ends_pays_nothing_ahead(service, shared, people, alice, reverts):
    ending = Rollup(shared, people["owner"], life=(boa.env.timestamp + 3600, 0, 50, ZERO), l2ChainId=903)
    with boa.env.prank(service.owner):
        service.manager.addRollup(ending.config.address, service.strategies, 10_000, 1)
    with boa.env.prank(ending.portal.address):
        service.manager.charge(ending.config.address, alice, 1, b"")
    with boa.env.prank(service.owner):
        ending.lifecycle.close()
    with boa.env.prank(ending.portal.address), reverts("ServiceManager_RollupEnds()"):
        service.manager.charge(ending.config.address, alice, 1, b"")


def test_a_challenge_suspends_the_certificate(service, alice, mallory, reverts):
    withdrawal = ether(alice, ETHER)
    game = ahead(service, withdrawal)
    with boa.env.prank(mallory):
        game.challenge(value=BOND)
    assert game.certifiedBy() == ZERO
    with reverts("OptimismPortal_ProofNotOldEnough()"):
        service.pay(withdrawal)


def test_what_the_timelock_took_out_pays_nothing(service, alice, reverts):
    withdrawal = ether(alice, ETHER)
    game = ahead(service, withdrawal)
    with boa.env.anchor():
        with boa.env.prank(service.timelock):
            service.rollup.registry.blacklistDisputeGame(game.address)
        with reverts("OptimismPortal_ProofNotOldEnough()"):
            service.pay(withdrawal)
    with boa.env.prank(service.timelock):
        service.rollup.registry.setRespectedGameType(2026)
    # It was made under the rule of its day.
    service.pay(withdrawal)


def test_proposals_of_other_modules_are_never_paid_ahead(service, alice, reverts):
    with boa.env.prank(service.timelock):
        service.rollup.registry.setRespectedGameType(2026)
    withdrawal = ether(alice, ETHER)
    output = Output([withdrawal])
    game = service.rollup.propose(output)
    assert game.certifiedBy() == ZERO
    service.prove(withdrawal, output)
    with reverts("OptimismPortal_ProofNotOldEnough()"):
        service.pay(withdrawal)


# What counts


def test_a_message_counts_by_what_it_releases(service, inline, alice, reverts):
    token = boa.env.generate_address("token")
    withdrawal = message(service, service.rollup.bridge.address, bridged(token, alice, 5 * 10**6))
    ahead(service, withdrawal)
    with reverts("ServiceManager_WorthUnknown()"):
        service.pay(withdrawal)
    with boa.env.prank(service.timelock):
        # A token of six decimals, worth a thousandth of an ether.
        service.manager.weighToken(token, 10**15 * 10**12)
    service.pay(withdrawal)
    assert service.manager.outstanding(service.config) == 5 * 10**15


def test_a_token_above_the_cap_waits(service, alice, reverts):
    token = boa.env.generate_address("token")
    with boa.env.prank(service.timelock):
        service.manager.weighToken(token, 2 * ETHER)
    withdrawal = message(service, service.rollup.bridge.address, bridged(token, alice, 25 * ETHER + 1))
    ahead(service, withdrawal)
    with reverts("ServiceManager_AboveTheCap()"):
        service.pay(withdrawal)


def test_dust_is_not_free(service, alice):
    token = boa.env.generate_address("token")
    with boa.env.prank(service.timelock):
        service.manager.weighToken(token, 1)
    ahead(service, withdrawal := message(service, service.rollup.bridge.address, bridged(token, alice, 1)))
    service.pay(withdrawal)
    assert service.manager.outstanding(service.config) == 1


def test_ether_over_the_bridge_counts_as_ether(service, alice):
    data = selector("finalizeBridgeETH(address,address,uint256,bytes)") + encode(
        ["address", "address", "uint256", "bytes"], [alice, alice, 2 * ETHER, b"hello"]
    )
    before = boa.env.get_balance(alice)
    ahead(service, withdrawal := message(service, service.rollup.bridge.address, data, 2 * ETHER))
    service.pay(withdrawal)
    assert boa.env.get_balance(alice) == before + 2 * ETHER
    assert service.manager.outstanding(service.config) == 2 * ETHER


def test_messages_of_unknown_worth_wait(service, alice, mallory, reverts):
    """A false output could hold any message of any sender: what is not known to be bounded is not paid ahead."""
    bridge = service.rollup.bridge.address
    token = boa.env.generate_address("token")
    with boa.env.prank(service.timelock):
        service.manager.weighToken(token, ETHER)
    erc721 = selector("finalizeBridgeERC721(address,address,address,address,uint256,bytes)")
    unknown = (
        # As if from another sender on the rollup, to another contract, with another call.
        message(service, bridge, bridged(token, alice, 1), sender=mallory),
        message(service, mallory, bridged(token, alice, 1)),
        message(service, service.rollup.nft_bridge.address, erc721 + bytes(192)),
        message(service, bridge, b"\1\2\3"),
        message(service, bridge, selector("transferOwnership(address)") + bytes(32)),
        message(service, bridge, bridged(token, alice, 1)[:163]),
        # Not through the messenger, and to it with another call.
        Withdrawal(1 << 240, alice, mallory, 0, 50_000, b"\1"),
        Withdrawal(1 << 240, alice, service.rollup.messenger.address, 0, 50_000, selector("paused()")),
        Withdrawal(1 << 240, alice, service.rollup.messenger.address, 0, 50_000, b"\1"),
    )
    for withdrawal in unknown:
        with boa.env.anchor():
            ahead(service, withdrawal)
            with reverts("ServiceManager_WorthUnknown()"):
                service.pay(withdrawal)
    # What is too long for its worth to be asked.
    for size in (1025, 5000):
        with boa.env.anchor():
            ahead(service, withdrawal := Withdrawal(1 << 240, alice, alice, 0, 50_000, bytes(size)))
            with reverts("OptimismPortal_ProofNotOldEnough()"):
                service.pay(withdrawal)


# Alerts


def test_an_alert_suspends_all_that_is_paid_ahead(service, alice, mallory, reverts):
    false, withdrawal = ether(mallory, ETHER, 1), ether(alice, ETHER)
    lie = ahead(service, false, extra=b"\1" * 32)
    ahead(service, withdrawal)
    with boa.env.prank(alice):
        service.manager.raiseAlert(service.config, lie.address, value=ALERT_BOND)
    assert service.manager.openAlerts(service.set_id) == 1
    for each in (false, withdrawal):
        with reverts("ServiceManager_AlertOpen()"):
            service.pay(each)
    with reverts("ServiceManager_Undecided()"):
        service.manager.endAlert(lie.address)
    with boa.env.prank(service.timelock):
        service.rollup.registry.blacklistDisputeGame(lie.address)
    before = boa.env.get_balance(alice)
    service.manager.endAlert(lie.address)
    service.manager.claimCredit(alice)
    assert boa.env.get_balance(alice) == before + ALERT_BOND
    with reverts("ServiceManager_NoCredit()"):
        service.manager.claimCredit(alice)
    with reverts("ServiceManager_NoAlert()"):
        service.manager.endAlert(lie.address)
    service.pay(withdrawal)


def test_a_false_alert_costs_its_bond(service, alice, mallory, reverts):
    game = ahead(service, ether(alice, ETHER))
    with boa.env.prank(mallory):
        service.manager.raiseAlert(service.config, game.address, value=ALERT_BOND)
        with reverts("ServiceManager_AlertIsThere()"):
            service.manager.raiseAlert(service.config, game.address, value=ALERT_BOND)
    service.rollup.make_final(game)
    service.manager.endAlert(game.address)
    assert service.manager.openAlerts(service.set_id) == 0
    with reverts("ServiceManager_NoCredit()"):
        service.manager.claimCredit(mallory)
    with reverts("ServiceManager_AlreadyDecided()"):
        service.manager.raiseAlert(service.config, game.address, value=ALERT_BOND)
    service.snapshot()


def test_an_alert_and_an_own_challenge_are_no_free_way_to_stop_a_rollup(service, alice, mallory, reverts):
    game = ahead(service, ether(alice, ETHER))
    with boa.env.prank(mallory):
        service.manager.raiseAlert(service.config, game.address, value=ALERT_BOND)
        game.challenge(value=BOND)
    boa.env.time_travel(seconds=CHALLENGE_WINDOW + 7200)
    game.resolve()
    assert not game.isRefuted()
    service.manager.endAlert(game.address)
    with reverts("ServiceManager_NoCredit()"):
        service.manager.claimCredit(mallory)


def test_an_alert_against_a_refuted_output_gives_its_bond_back(service, alice, mallory):
    game = ahead(service, ether(mallory, ETHER))
    with boa.env.prank(alice):
        service.manager.raiseAlert(service.config, game.address, value=ALERT_BOND)
        game.challenge(value=BOND)
    service.resolver.say(game.address, False)
    assert game.isRefuted()
    service.manager.endAlert(game.address)
    assert service.manager.credit(alice) == ALERT_BOND


def test_a_pause_does_not_give_alerts_their_bonds_back(service, alice, mallory, reverts):
    game = ahead(service, ether(alice, ETHER))
    with boa.env.prank(mallory):
        service.manager.raiseAlert(service.config, game.address, value=ALERT_BOND)
    with boa.env.prank(service.owner):
        service.rollup.config.setGuardian(service.owner)
        service.rollup.config.pause(ZERO)
    with reverts("ServiceManager_Undecided()"):
        service.manager.endAlert(game.address)


def test_alerts_that_are_none(service, shared, people, alice, reverts):
    output = Output([ether(alice, 1)])
    game = service.propose(output)
    with reverts("ServiceManager_NotCertified()"):
        service.manager.raiseAlert(service.config, game.address, value=ALERT_BOND)
    game.certify(service.certificate(output))
    with reverts("ServiceManager_OtherBond()"):
        service.manager.raiseAlert(service.config, game.address, value=ALERT_BOND - 1)
    # Another rollup's game suspends nothing here.
    sibling = Rollup(shared, people["owner"], l2ChainId=902)
    with boa.env.prank(service.owner):
        service.manager.addRollup(sibling.config.address, service.strategies, 10_000, 1)
    with reverts("ServiceManager_NotCertified()"):
        service.manager.raiseAlert(sibling.config.address, game.address, value=ALERT_BOND)

"""A launch: one transaction, addresses known beforehand, nobody in between."""

import boa
import pytest
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement import GAME_TYPE, GENESIS_ROOT, IMPLEMENTATIONS, ZERO, Rollup, launch_of, module_arguments

SALT = keccak(text="salt")
ADMIN_SLOT = int.from_bytes(keccak(text="eip1967.proxy.admin"), "big") - 1
IMPLEMENTATION_SLOT = int.from_bytes(keccak(text="eip1967.proxy.implementation"), "big") - 1


def test_a_launch_makes_what_was_predicted(shared, owner, alice):
    predicted = shared.factory.predict(alice, SALT)
    assert not shared.factory.isUsed(alice, SALT)
    with boa.env.prank(alice):
        contracts = shared.factory.launch(SALT, launch_of(owner))
    assert contracts == predicted and len(set(contracts)) == 10
    assert shared.factory.isUsed(alice, SALT)
    for name, address in zip(IMPLEMENTATIONS, contracts):
        if name == "Claims":
            continue
        assert boa.env.get_storage(address, IMPLEMENTATION_SLOT) == int(shared.implementations[name].address, 16)
        assert boa.env.get_storage(address, ADMIN_SLOT) == int(shared.timelock, 16)


def test_the_shared_contracts_come_at_once(l1, shared, alice, owner):
    """Registry and factory from one transaction of anybody: set up, and the timelock's."""
    with boa.env.prank(alice):
        made = l1.SharedContracts.deploy(
            l1.RollupRegistry.bytecode,
            l1.RollupFactory.bytecode,
            shared.timelock,
            GAME_TYPE,
            shared.parts,
            l1.BatchInbox.bytecode,
        )
    registry, factory = l1.RollupRegistry.at(made.registry()), l1.RollupFactory.at(made.factory())
    assert registry.owner() == shared.timelock
    assert registry.isFactory(factory.address) and not registry.isFactory(alice)
    assert factory.registry() == registry.address and factory.timelock() == shared.timelock
    assert factory.gameType() == GAME_TYPE and factory.implementations() == shared.factory.implementations()
    launched = factory.launch(SALT, launch_of(owner))
    assert registry.isRegistered(launched[0])


def test_the_contracts_know_one_another(shared, rollup, owner):
    at = rollup.contracts
    config, portal = rollup.config, rollup.portal
    assert config.owner() == owner
    assert config.getAddresses() == (
        at["L1CrossDomainMessenger"],
        at["L1ERC721Bridge"],
        at["L1StandardBridge"],
        at["OptimismPortal"],
        ZERO,
        ZERO,
        ZERO,
    )
    assert config.l1CrossDomainMessenger() == at["L1CrossDomainMessenger"]
    assert config.l1ERC721Bridge() == at["L1ERC721Bridge"] and config.l1StandardBridge() == at["L1StandardBridge"]
    assert config.disputeGameFactory() == at["DisputeGameFactory"]
    assert portal.anchorStateRegistry() == at["AnchorStateRegistry"] and portal.systemConfig() == config.address
    for contract in (rollup.messenger, rollup.bridge, rollup.nft_bridge, rollup.registry):
        assert contract.systemConfig() == config.address and contract.superchainConfig() == config.address
    assert rollup.messenger.portal() == rollup.messenger.PORTAL() == portal.address
    for bridge in (rollup.bridge, rollup.nft_bridge):
        assert bridge.messenger() == bridge.MESSENGER() == rollup.messenger.address
    assert rollup.registry.getAnchorRoot() == (GENESIS_ROOT, 0)
    assert rollup.registry.respectedGameType() == GAME_TYPE
    factory = rollup.factory
    assert factory.owner() == shared.timelock and factory.gameImpls(GAME_TYPE) == shared.module.address
    assert factory.gameArgs(GAME_TYPE) == module_arguments(at["AnchorStateRegistry"])


def test_a_launch_is_recorded(shared, owner, alice, reverts):
    registry, before = shared.registry, shared.registry.rollupCount()
    chain = 7_000
    with boa.env.prank(alice):
        first = shared.factory.launch(SALT, launch_of(owner, l2ChainId=chain))[0]
        second = shared.factory.launch(bytes(32), launch_of(owner, l2ChainId=chain))[0]
        other = shared.factory.launch(b"\1" * 32, launch_of(owner, l2ChainId=chain + 1))[0]
    assert registry.rollupCount() == before + 3
    assert registry.countOfChain(chain) == 2 and registry.countOfChain(chain + 1) == 1
    assert [registry.idOf(config) for config in (first, second, other)] == [before, before + 1, before + 2]
    assert (registry.idOfChain(chain, 1), registry.idOfChain(chain + 1, 0)) == (before + 1, before + 2)
    record = registry.rollups(before + 1)
    assert record[:-1] == (second, alice, keccak(text="genesis block"), keccak(text="configuration"))
    assert registry.isRegistered(first) and not registry.isRegistered(alice)
    with reverts("RollupRegistry: not registered"):
        registry.idOf(alice)
    with reverts("RollupRegistry: no such rollup"):
        registry.idOfChain(chain, 2)


def test_nobody_takes_the_addresses_of_a_launch_that_he_sees_coming(shared, owner, alice, mallory):
    wanted = shared.factory.predict(alice, SALT)
    with boa.env.prank(mallory):
        taken = shared.factory.launch(SALT, launch_of(mallory))
    assert not set(taken) & set(wanted)
    with boa.env.prank(alice):
        assert shared.factory.launch(SALT, launch_of(owner)) == wanted
    assert shared.l1.SystemConfig.at(wanted[0]).owner() == owner


def test_a_salt_is_good_once(shared, owner, alice, reverts):
    with boa.env.prank(alice):
        shared.factory.launch(SALT, launch_of(owner))
        with reverts("RollupFactory: the salt is used up"):
            shared.factory.launch(SALT, launch_of(owner))


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.integers(1, 2**160 - 1))
@settings(max_examples=20)
def test_no_two_launches_share_an_address(shared, alice, first, second, number):
    other = f"0x{number:040x}"
    seen = shared.factory.predict(alice, first)
    for sender, salt in ((alice, second), (other, first), (other, second)):
        if (sender.lower(), salt) != (alice.lower(), first):
            assert not set(seen) & set(shared.factory.predict(sender, salt))


@pytest.mark.parametrize(
    "index, value, reason",
    [
        (0, ZERO, "RollupFactory: the owner is zero"),
        (2, bytes(32), "RollupFactory: the genesis hash is zero"),
        (3, bytes(32), "RollupFactory: the genesis output is zero"),
        (11, 0, "RollupFactory: the genesis time is zero"),
        (11, 2**63, "RollupFactory: the genesis is in the future"),
        (12, 0, "RollupFactory: the block time is zero"),
        (6, 0, "RollupFactory: the challenge window is zero"),
        (7, 0, "RollupFactory: the resolution window is zero"),
        (5, 0, "RollupFactory: the proposal bond is zero"),
        (8, "0x" + "11" * 20, "RollupFactory: the resolver has no code"),
        (9, 0, "RollupFactory: the finality delay is zero"),
        (10, 0, "RollupFactory: the maturity delay is zero"),
    ],
)
def test_a_launch_without_what_it_needs(shared, owner, index, value, reason, reverts):
    launch = list(launch_of(owner))
    launch[index] = value
    with reverts(reason):
        shared.factory.launch(SALT, tuple(launch))


def test_a_chain_id_that_cannot_be(shared, owner, reverts):
    for number, reason in ((0, "RollupFactory: the chain id is zero"), (1, "RollupFactory: the chain id is that of L1")):
        with reverts(reason):
            shared.factory.launch(SALT, launch_of(owner, l2ChainId=number))


@pytest.mark.parametrize(
    "changes, reason",
    [
        (dict(customGasToken=True), "RollupFactory: there is no custom gas token"),
        (dict(maxResourceLimit=0), "RollupFactory: the deposit gas limit is too low"),
        (dict(maxResourceLimit=4_999_990), "RollupFactory: the deposit gas limit is too low"),
    ],
)
def test_parameters_that_no_rollup_can_live_with(shared, owner, changes, reason, reverts):
    with reverts(reason):
        Rollup(shared, owner, **changes)


def test_the_least_room_for_deposits_takes_the_longest_of_them(shared, owner, alice):
    portal = Rollup(shared, owner, maxResourceLimit=5_000_000).portal
    portal.depositTransaction(alice, 0, portal.minimumGasLimit(120_000), False, b"x" * 120_000)


def test_a_wrong_configuration_leaves_nothing_behind(shared, owner, alice, reverts):
    with boa.env.prank(alice):
        with reverts("SystemConfig: gas limit too low"):
            shared.factory.launch(SALT, launch_of(owner, gasLimit=1))
        assert not shared.factory.isUsed(alice, SALT)
        shared.factory.launch(SALT, launch_of(owner))


def test_nobody_initializes_again(shared, rollup, mallory, owner, reverts):
    for address in proxies(rollup):
        for sender in (mallory, owner, shared.factory.address):
            with boa.env.prank(sender), reverts("Proxy: already initialized"):
                shared.l1.Proxy.at(address).initializeProxy(mallory, mallory, b"")
    counts = {"L1CrossDomainMessenger": 2, "L1StandardBridge": 3, "L1ERC721Bridge": 3}
    for name, count in counts.items():
        for address in (rollup.contracts[name], shared.implementations[name].address):
            with reverts("Initializable: contract is already initialized"):
                getattr(shared.l1, name).at(address).initialize(*[mallory] * count)
    for address in (rollup.contracts["Lifecycle"], shared.implementations["Lifecycle"].address):
        with reverts("Initializable: contract is already initialized"):
            shared.l1.Lifecycle.at(address).initialize(*[mallory] * 4, (0, 0, 0, ZERO))


def proxies(rollup) -> list:
    return [address for name, address in rollup.contracts.items() if name != "Claims"]


def test_claims_have_rules_that_nobody_changes(shared, rollup, timelock, owner):
    """A clone of the code itself: there is no proxy whose administrator could put other code there."""
    code = boa.env.get_code(rollup.claims.address)
    names = ("Lifecycle", "OptimismPortal", "L1StandardBridge", "L1ERC721Bridge", "AnchorStateRegistry")
    target, *others = (
        bytes.fromhex(address[2:])
        for address in (shared.implementations["Claims"].address, *(rollup.contracts[name] for name in names))
    )
    clone = bytes.fromhex("363d3d373d3d3d363d73") + target + bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
    assert code == clone + b"".join(others)
    claims = rollup.claims
    asked = (claims.lifecycle(), claims.optimismPortal(), claims.standardBridge(), claims.erc721Bridge())
    assert [*asked, claims.anchorStateRegistry()] == [rollup.contracts[name] for name in names]
    for sender in (timelock, owner):
        with boa.env.prank(sender), pytest.raises(boa.BoaError):
            shared.l1.Proxy.at(rollup.claims.address).upgradeTo(shared.module.address)


def test_only_the_timelock_upgrades(shared, rollup, mallory, owner, timelock, reverts):
    for address in proxies(rollup):
        proxy = shared.l1.Proxy.at(address)
        for sender in (mallory, owner, shared.factory.address):
            with boa.env.prank(sender), reverts("Proxy: caller is not the administrator"):
                proxy.upgradeTo(shared.module.address)
        with boa.env.prank(timelock):
            proxy.upgradeTo(shared.module.address)


def test_only_allowed_factories_register(shared, rollup, mallory, timelock, reverts):
    registry = shared.registry
    with boa.env.prank(mallory):
        with reverts("RollupRegistry: caller is not a factory"):
            registry.register(mallory, mallory, 1, bytes(32), bytes(32), ZERO)
        with reverts("Ownable: caller is not the owner"):
            registry.setFactory(mallory, True)
    with boa.env.prank(timelock):
        registry.setFactory(mallory, True)
    with boa.env.prank(mallory):
        with reverts("RollupRegistry: already registered"):
            registry.register(rollup.config.address, mallory, 1, bytes(32), bytes(32), ZERO)
        registry.register(mallory, mallory, 1, bytes(32), bytes(32), ZERO)
    with boa.env.prank(timelock):
        registry.setFactory(shared.factory.address, False)
    with reverts("RollupRegistry: caller is not a factory"):
        Rollup(shared, mallory)

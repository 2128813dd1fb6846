"""The configuration: the events that derivation applies, and who may cause them."""

import boa
import pytest
from eth_abi import encode
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement import ZERO, Rollup, parameters

BATCHER, FEE_SCALARS, GAS_LIMIT, SIGNER, EIP_1559, OPERATOR_FEE, MIN_BASE_FEE, DA_FOOTPRINT = range(8)
SLOT = int.from_bytes(keccak(text="systemconfig.unsafeblocksigner"), "big")
WORD = st.integers(0, 2**32 - 1)
LONG = st.integers(0, 2**64 - 1)
ADDRESS = st.binary(min_size=20, max_size=20).map(lambda address: bytes(12) + address)
DAY = 86400


def updates(contract) -> list[tuple[int, bytes]]:
    logs = [event for event in contract.get_logs() if type(event).__name__ == "ConfigUpdate"]
    assert all(event.version == 0 for event in logs)
    return [(event.updateType, event.data) for event in logs]


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(32, "big") for value in values)


@given(WORD, WORD, LONG, WORD, st.integers(0, 1000), WORD, LONG, LONG, st.integers(0, 2**16 - 1), ADDRESS)
@settings(max_examples=15)
def test_each_change_is_an_event(
    rollup, owner, base, blob, limit, denominator, elasticity, scalar, constant, least, footprint, batcher
):
    with boa.env.anchor(), boa.env.prank(owner):
        config = rollup.config
        config.setBatcherHash(batcher)
        assert updates(config) == [(BATCHER, batcher)] and config.batcherHash() == batcher
        config.setGasConfigEcotone(base, blob)
        encoded = 1 << 248 | blob << 32 | base
        assert updates(config) == [(FEE_SCALARS, words(0, encoded))] and config.scalar() == encoded
        limit = 21_000_000 + limit % 479_000_001
        config.setGasLimit(limit)
        assert updates(config) == [(GAS_LIMIT, words(limit))] and config.gasLimit() == limit
        config.setUnsafeBlockSigner(owner)
        assert updates(config) == [(SIGNER, words(int(owner, 16)))] and config.unsafeBlockSigner() == owner
        if denominator and elasticity:
            config.setEIP1559Params(denominator, elasticity)
            assert updates(config) == [(EIP_1559, words(denominator << 32 | elasticity))]
            assert (config.eip1559Denominator(), config.eip1559Elasticity()) == (denominator, elasticity)
        config.setOperatorFeeScalars(scalar, constant)
        assert updates(config) == [(OPERATOR_FEE, words(scalar << 64 | constant))]
        assert (config.operatorFeeScalar(), config.operatorFeeConstant()) == (scalar, constant)
        config.setMinBaseFee(least)
        assert updates(config) == [(MIN_BASE_FEE, words(least))] and config.minBaseFee() == least
        config.setDAFootprintGasScalar(footprint)
        assert updates(config) == [(DA_FOOTPRINT, words(footprint))] and config.daFootprintGasScalar() == footprint


def test_the_launch_announces_every_value(l1, owner):
    config = l1.SystemConfig.deploy()
    boa.env.set_storage(config.address, 0, 0)
    values = parameters(owner, operatorFeeScalar=3, operatorFeeConstant=4, minBaseFee=5, daFootprintGasScalar=6)
    config.initialize(owner, values, (ZERO,) * 7, ZERO)
    assert updates(config) == [
        (BATCHER, words(int(owner, 16))),
        (FEE_SCALARS, words(0, 1 << 248 | 810949 << 32 | 1368)),
        (GAS_LIMIT, words(60_000_000)),
        (SIGNER, words(int(owner, 16))),
        (EIP_1559, words(250 << 32 | 6)),
        (OPERATOR_FEE, words(3 << 64 | 4)),
        (MIN_BASE_FEE, words(5)),
        (DA_FOOTPRINT, words(6)),
    ]


def test_what_it_says(rollup, owner, timelock):
    config = rollup.config
    assert config.owner() == owner and config.VERSION() == 0
    assert config.startBlock() == boa.env.evm.patch.block_number
    assert config.resourceConfig() == (20_000_000, 10, 8, 10**9, 1_000_000, 2**128 - 1)
    assert config.minimumGasLimit() == 21_000_000 and config.maximumGasLimit() == 500_000_000
    assert config.optimismPortal() == rollup.portal.address == config.getAddresses()[3]
    assert config.disputeGameFactory() == rollup.factory.address
    assert config.superchainConfig() == config.address and config.l2ChainId() == 901
    assert not config.paused() and not config.isFeatureEnabled(b"CUSTOM_GAS_TOKEN".ljust(32, b"\0"))
    assert boa.env.get_storage(config.address, SLOT) == int(owner, 16)
    assert config.UNSAFE_BLOCK_SIGNER_SLOT() == SLOT.to_bytes(32, "big")
    portal = rollup.portal
    assert portal.systemConfig() == config.address and portal.anchorStateRegistry() == rollup.registry.address
    assert portal.disputeGameFactory() == rollup.factory.address and portal.guardian() == ZERO
    assert portal.respectedGameType() == 2026 and portal.respectedGameTypeUpdatedAt() == 0
    assert portal.disputeGameFinalityDelaySeconds() == 60 and portal.proofMaturityDelaySeconds() == 120
    assert portal.superchainConfig() == config.address and portal.ethLockbox() == ZERO
    assert portal.minimumGasLimit(100) == 25_000 and portal.version() == "5.1.1"


def test_only_the_owner_changes_it(rollup, timelock, mallory, reverts):
    config = rollup.config
    for sender in (timelock, mallory):
        with boa.env.prank(sender):
            for call in (
                lambda: config.setBatcherHash(bytes(32)),
                lambda: config.setGasConfigEcotone(1, 1),
                lambda: config.setGasLimit(30_000_000),
                lambda: config.setUnsafeBlockSigner(mallory),
                lambda: config.setEIP1559Params(1, 1),
                lambda: config.setOperatorFeeScalars(1, 1),
                lambda: config.setMinBaseFee(1),
                lambda: config.setDAFootprintGasScalar(1),
                lambda: config.setGuardian(mallory),
                lambda: config.transferOwnership(mallory),
            ):
                with reverts("Ownable: caller is not the owner"):
                    call()


def test_what_the_owner_may_not_set(rollup, owner, reverts):
    with boa.env.prank(owner):
        with reverts("SystemConfig: gas limit too low"):
            rollup.config.setGasLimit(20_999_999)
        with reverts("SystemConfig: gas limit too high"):
            rollup.config.setGasLimit(500_000_001)
        with reverts("SystemConfig: denominator must be >= 1"):
            rollup.config.setEIP1559Params(0, 1)
        with reverts("SystemConfig: elasticity must be >= 1"):
            rollup.config.setEIP1559Params(1, 0)
        for elasticity in (1001, 2**32 - 1):
            with reverts("SystemConfig: elasticity too high"):
                rollup.config.setEIP1559Params(1, elasticity)
        for batcher in (bytes(11) + b"\1" + bytes(20), b"\1" + bytes(31), b"\xff" * 32):
            with reverts("SystemConfig: the batcher hash is not an address"):
                rollup.config.setBatcherHash(batcher)
        with reverts("Ownable: new owner is the zero address"):
            rollup.config.transferOwnership(ZERO)


@pytest.mark.parametrize(
    "changes, reason",
    [
        (dict(maxResourceLimit=20_000_001), "SystemConfig: precision loss with target resource limit"),
        (dict(gasLimit=20_000_000), "SystemConfig: gas limit too low"),
        (dict(eip1559Denominator=0), "SystemConfig: denominator must be >= 1"),
        (dict(eip1559Elasticity=1001), "SystemConfig: elasticity too high"),
        (dict(batcherHash=b"\1" * 32), "SystemConfig: the batcher hash is not an address"),
    ],
)
def test_a_launch_with_wrong_parameters(shared, owner, timelock, changes, reason, reverts):
    with reverts(reason):
        Rollup(shared, owner, **changes)


def test_no_configuration_sells_no_gas(l1, owner, reverts):
    config = l1.SystemConfig.deploy()
    boa.env.set_storage(config.address, 0, 0)
    with reverts("SystemConfig: max resource limit is zero"):
        config.initialize(owner, parameters(owner, maxResourceLimit=0), (ZERO,) * 7, ZERO)


def test_ownership_moves_on(rollup, owner, alice):
    with boa.env.prank(owner):
        rollup.config.transferOwnership(alice)
    with boa.env.prank(alice):
        rollup.config.renounceOwnership()
    assert rollup.config.owner() == ZERO


def test_pauses_are_short_and_rare(rollup, owner, account, mallory, reverts):
    config, guardian = rollup.config, account("guardian")
    with boa.env.prank(owner):
        with reverts("SystemConfig: caller is not the guardian"):
            config.pause(ZERO)
        config.setGuardian(guardian)
    with boa.env.prank(guardian):
        with reverts("SystemConfig: not paused"):
            config.unpause(ZERO)
        config.pause(ZERO)
    with boa.env.prank(mallory), reverts("SystemConfig: caller is not the guardian"):
        config.unpause(ZERO)
    assert config.paused() and config.paused(rollup.portal.address)
    boa.env.time_travel(seconds=3 * DAY - 1)
    assert config.paused()
    boa.env.time_travel(seconds=1)
    assert not config.paused()
    # Another guardian does not start the count again.
    with boa.env.prank(owner):
        config.setGuardian(mallory)
    with boa.env.prank(mallory):
        boa.env.time_travel(seconds=27 * DAY - 1)
        with reverts("SystemConfig: paused too recently"):
            config.pause(ZERO)
        boa.env.time_travel(seconds=1)
        config.pause(ZERO)
        config.unpause(ZERO)
        assert not config.paused()
        with reverts("SystemConfig: paused too recently"):
            config.pause(ZERO)


def test_is_initialized_once_and_never_directly(rollup, mallory, reverts):
    for target in (rollup.config, rollup.implementations["SystemConfig"]):
        with boa.env.prank(mallory), reverts("Initializable: contract is already initialized"):
            target.initialize(mallory, parameters(mallory), (ZERO,) * 7, ZERO)

"""Deposits: the event that derivation reads, and the market for their gas."""

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement import ETHER, ZERO, Rollup, parameters

CALLER = """
@external
@payable
def forward(portal: address, data: Bytes[2000]):
    raw_call(portal, data, value=msg.value)
"""
ALIAS = 0x1111000000000000000000000000000000001111
LIMIT = 20_000_000
GWEI = 10**9


def opaque(mint: int, value: int, gas: int, creation: bool, data: bytes) -> bytes:
    return mint.to_bytes(32, "big") + value.to_bytes(32, "big") + gas.to_bytes(8, "big") + bytes([creation]) + data


def minimum(size: int) -> int:
    return 21_000 + 40 * size


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 4097, 30_000, 120_000])
def test_the_event_carries_all_of_a_deposit(rollup, alice, mallory, size):
    data = bytes(i % 253 for i in range(size))
    with boa.env.prank(alice):
        rollup.portal.depositTransaction(mallory, 3, minimum(size), False, data, value=7)
    (event,) = rollup.portal.get_logs()
    assert (event.from_, event.to, event.version) == (alice, mallory, 0)
    assert event.opaqueData == opaque(7, 3, minimum(size), False, data)
    assert boa.env.get_balance(rollup.portal.address) == 7


@given(
    st.integers(0, 10**20),
    st.integers(0, 2**256 - 1),
    st.integers(0, 10_000_000),
    st.booleans(),
    st.binary(max_size=6000),
)
@settings(max_examples=25)
def test_any_deposit(rollup, alice, mint, value, more, creation, data):
    with boa.env.anchor():
        to = "0x" + "00" * 20 if creation else alice
        with boa.env.prank(alice):
            rollup.portal.depositTransaction(to, value, minimum(len(data)) + more, creation, data, value=mint)
        (event,) = rollup.portal.get_logs()
        assert event.opaqueData == opaque(mint, value, minimum(len(data)) + more, creation, data)


def test_eth_alone_is_a_deposit_to_the_sender(rollup, alice):
    with boa.env.prank(alice):
        boa.env.raw_call(rollup.portal.address, value=5)
    with boa.env.prank(alice):
        rollup.portal.donateETH(value=5)
    assert rollup.portal.get_logs() == []
    assert boa.env.get_balance(rollup.portal.address) == 10


def test_a_contract_deposits_under_its_alias(rollup, inline, alice):
    caller = inline(CALLER).deploy()
    data = rollup.portal.depositTransaction.prepare_calldata(alice, 0, 100_000, False, b"")
    caller.forward(rollup.portal.address, data)
    (event,) = caller.get_logs()
    assert int(event.from_, 16) == (int(caller.address, 16) + ALIAS) % 2**160


def test_a_delegated_account_deposits_under_its_own_address(rollup, inline, alice):
    """EIP-7702: an account whose code points to a contract is still an account."""
    target = inline(CALLER).deploy().address
    boa.env.set_code(alice, bytes.fromhex("ef0100" + target[2:]))
    with boa.env.prank(alice):
        rollup.portal.depositTransaction(alice, 0, 100_000, False, b"")
    assert rollup.portal.get_logs()[0].from_ == alice


def test_what_is_refused(rollup, alice, reverts):
    with reverts("OptimismPortal_BadTarget()"):
        rollup.portal.depositTransaction(alice, 0, 100_000, True, b"")
    with reverts("OptimismPortal_GasLimitTooLow()"):
        rollup.portal.depositTransaction(alice, 0, 20_999, False, b"")
    for size in (1, 5000):
        with reverts("OptimismPortal_GasLimitTooLow()"):
            rollup.portal.depositTransaction(alice, 0, minimum(size) - 1, False, b"x" * size)
    with reverts("OptimismPortal: no such function"):
        boa.env.raw_call(rollup.portal.address, data=b"\1\2\3\4")


def test_oversized_data(rollup, alice, reverts):
    with reverts("OptimismPortal_CalldataTooLarge()"):
        rollup.portal.depositTransaction(alice, 0, 10_000_000, False, b"x" * 120_001)
    for size in (120_033, 200_000):
        with pytest.raises(boa.BoaError):
            rollup.portal.depositTransaction(alice, 0, 10_000_000, False, b"x" * size)


def test_no_eth_where_the_gas_token_is_another(shared, owner, timelock, alice, reverts):
    # No launch makes such a rollup yet, so its configuration is put in the place of a launched one's.
    rollup = Rollup(shared, owner)
    clone = rollup.config.address
    boa.env.set_storage(clone, 0, 0)
    rollup.config.initialize(owner, parameters(owner, customGasToken=True), rollup.config.getAddresses(), ZERO)
    with boa.env.prank(alice), reverts("OptimismPortal_NotAllowedOnCGTMode()"):
        rollup.portal.depositTransaction(alice, 0, 100_000, False, b"", value=1)
    rollup.portal.depositTransaction(alice, 0, 100_000, False, b"")
    assert rollup.config.isFeatureEnabled(b"CUSTOM_GAS_TOKEN".ljust(32, b"\0"))


def test_gas_of_a_block_is_limited(rollup, alice, reverts):
    rollup.portal.depositTransaction(alice, 0, LIMIT - 21_000, False, b"")
    rollup.portal.depositTransaction(alice, 0, 21_000, False, b"")
    with reverts("OutOfGas()"):
        rollup.portal.depositTransaction(alice, 0, 21_000, False, b"")
    boa.env.time_travel(blocks=1)
    rollup.portal.depositTransaction(alice, 0, 21_000, False, b"")


def fee_of_specification(fee: int, bought: int, blocks: int) -> int:
    """The specification's pseudocode of the deposit market, with exact division."""
    target, denominator = LIMIT // 10, 8
    delta = fee * abs(bought - target) // (target * denominator)
    fee = max(fee + delta if bought > target else fee - delta, GWEI)
    for _ in range(min(blocks - 1, 1000)):
        fee = max(fee * 7 / 8, GWEI)
    return fee


@given(st.lists(st.tuples(st.integers(21_000, LIMIT), st.integers(1, 60)), min_size=1, max_size=12))
@settings(max_examples=15)
def test_the_fee_follows_the_specification(rollup, alice, deposits):
    with boa.env.anchor():
        boa.env.evm.patch.block_number += 1
        expected, last, bought = GWEI, None, 0
        for limit, blocks in deposits:
            start = rollup.portal.params()
            boa.env.evm.patch.block_number += blocks
            expected = fee_of_specification(start[0], start[1], boa.env.evm.patch.block_number - start[2])
            rollup.portal.depositTransaction(alice, 0, limit, False, b"", gas=10**11)
            fee, bought, number = rollup.portal.params()
            assert bought == limit and number == boa.env.evm.patch.block_number
            assert abs(fee - expected) <= 100 + expected * 1e-12


def test_deposits_pay_for_their_gas(rollup, alice):
    """After blocks full of deposits the same deposit burns more of L1's gas."""

    def used():
        rollup.portal.depositTransaction(alice, 0, LIMIT, False, b"", gas=10**10)
        return rollup.portal._computation.get_gas_used()

    first = used()
    for _ in range(5):
        boa.env.evm.patch.block_number += 1
        assert (now := used()) > first
        first = now
    fee, _, _ = rollup.portal.params()
    price = max(boa.env.evm.patch.base_fee if hasattr(boa.env.evm.patch, "base_fee") else 0, GWEI)
    assert LIMIT * fee // price <= first <= LIMIT * fee // price + 100_000


def test_too_little_gas_to_pay_with(rollup, alice, reverts):
    rollup.portal.depositTransaction(alice, 0, LIMIT, False, b"", gas=10**9)
    boa.env.evm.patch.block_number += 1
    with reverts("OptimismPortal: too little gas to burn"):
        rollup.portal.depositTransaction(alice, 0, LIMIT, False, b"", gas=1_000_000)

"""The last calls of applications: bounded, apart from one another, and the mark at the end whatever happens."""

import boa
import pytest
from eth_utils import keccak
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from rollup import DEPOSITOR, PARAMETERS, ZERO, address_of, call_data, execute, logs, predeploy, topic

DISSOLVER = predeploy(0x7D0)
GWEI = 10**9
DEPOSIT = 100 * GWEI
OVERHEAD = 120_000
BLOCK_GAS = 60_000_000
# What derivation gives the call of a block of sixty million.
CALL_GAS = BLOCK_GAS - 1_000_000

APPLICATION = """
interface Dissolver:
    def register(gas_limit: uint64): payable
    def unregister(): nonpayable
    def setResolver(resolver: address): nonpayable

D: constant(address) = 0x42000000000000000000000000000000000007D0
calls: public(uint256)
received: public(uint256)
mode: public(uint256)
worked: public(bool)
x: uint256

@deploy
@payable
def __init__(mode: uint256):
    self.mode = mode

@external
@payable
def register(gas_limit: uint64):
    extcall Dissolver(D).register(gas_limit, value=msg.value)

@external
def unregister():
    extcall Dissolver(D).unregister()

@external
def resolve(resolver: address):
    extcall Dissolver(D).setResolver(resolver)

@external
@payable
def __default__():
    assert self.mode != 6, "no deposit back"
    if self.mode == 7:
        for i: uint256 in range(2**255):
            self.x = i
    self.received += msg.value

@external
@raw_return
def onDissolve() -> Bytes[60000]:
    assert msg.sender == D
    self.calls += 1
    if self.mode == 1:
        raise "reverts"
    if self.mode == 2:
        for i: uint256 in range(2**255):
            self.x = i
    if self.mode == 3:
        raw_call(D, abi_encode(empty(uint256), convert(4, uint256), method_id=method_id("dissolve(uint256,uint256)")))
    if self.mode == 4:
        self.worked = True
        return slice(abi_encode(empty(uint256[1875])), 0, 60000)
    if self.mode == 5:
        a: bool = raw_call(D, method_id("unregister()"), revert_on_failure=False)
        b: bool = raw_call(
            D, abi_encode(convert(30000, uint256), method_id=method_id("register(uint64)")), value=30000 * 10**11, revert_on_failure=False
        )
        c: bool = raw_call(
            D, abi_encode(self, method_id=method_id("setResolver(address)")), revert_on_failure=False
        )
        assert not a and not b and c
    self.worked = True
    return b""
"""
PLAIN, REVERTS, LOOPS, REENTERS, RETURNS_MUCH, CHANGES, REFUSES, SPENDS = range(8)

# On py-evm and on Mayfly's EVM, with the same results.
pytestmark = pytest.mark.usefixtures("both_machines")


@pytest.fixture(autouse=True)
def block():
    before = boa.env.evm.vm.state.execution_context._gas_limit
    boa.env.evm.vm.state.execution_context._gas_limit = BLOCK_GAS
    yield
    boa.env.evm.vm.state.execution_context._gas_limit = before


@pytest.fixture
def application(inline, account):
    def make(mode: int = PLAIN, gas: int | None = 200_000):
        made = inline(APPLICATION).deploy(mode)
        boa.env.set_balance(boa.env.eoa, 10**24)
        if gas is not None:
            made.register(gas, value=gas * DEPOSIT)
        return made

    return make


def dissolve(index: int, count: int = 4, gas: int = CALL_GAS):
    result = execute(DISSOLVER, call_data("dissolve(uint256,uint256)", index, count), sender=DEPOSITOR, gas=gas)
    assert not result.is_error, result.output
    return result


def names(result, dissolver) -> list:
    """The events of a call: name and, where there is one, application."""
    dissolver._computation = result
    logs = [log for log in dissolver.get_logs() if hasattr(log, "_fields")]
    return [(type(log).__name__, *(tuple(log)[1:])) for log in logs if type(log).__name__ != "RawLog"]


def test_storage_is_where_l1_looks(rollup, application):
    made = application()
    heir = address_of(0xE1)
    made.resolve(heir)
    assert rollup.Dissolver.resolverOf(made.address) == heir
    slot = int.from_bytes(keccak((1).to_bytes(32, "big") + int(made.address, 16).to_bytes(32, "big")), "big")
    assert boa.env.get_storage(DISSOLVER, slot) == int(heir, 16)
    assert boa.env.get_storage(DISSOLVER, 0) == 0
    made.resolve(ZERO)
    assert boa.env.get_storage(DISSOLVER, slot) == 0
    for index in range(4):
        assert boa.env.get_storage(DISSOLVER, 0) == 0
        dissolve(index)
    assert boa.env.get_storage(DISSOLVER, 0) == 1 and rollup.Dissolver.finished()


def test_the_vaults_have_resolvers_from_the_start(rollup):
    for low, name in ((0x11, "sequencerFeeVault"), (0x19, "baseFeeVault"), (0x1A, "l1FeeVault"), (0x1B, "operatorFeeVault")):
        assert rollup.Dissolver.resolverOf(predeploy(low)) == address_of(PARAMETERS[f"{name}Recipient"])


def test_no_message_from_l1_names_who_gets_the_messengers_ether(rollup, account, deposit):
    """The messenger keeps the ether of messages that failed, and calls whatever a message from L1 says."""
    thief = account("thief")
    result = deposit(thief, DISSOLVER, rollup.Dissolver.setResolver.prepare_calldata(thief))
    assert rollup.Dissolver.resolverOf(predeploy(0x7)) == ZERO
    assert [topics[0] for _, topics, _ in logs(result)] == [topic("FailedRelayedMessage(bytes32)")]


def test_only_derivation_dissolves(rollup, account):
    for sender in (account("mallory"), ZERO, DISSOLVER, predeploy(0x07), predeploy(0x18)):
        result = execute(DISSOLVER, call_data("dissolve(uint256,uint256)", 3, 4), sender=sender)
        assert result.is_error and result.output == keccak(text="Dissolver_Unauthorized()")[:4]


def test_hooks_run_once_and_deposits_come_back(rollup, application):
    applications = [application() for _ in range(5)]
    for index in range(4):
        dissolve(index)
    for made in applications:
        assert (made.calls(), made.worked()) == (1, True)
        assert made.received() == 200_000 * DEPOSIT == boa.env.get_balance(made.address)
    assert boa.env.get_balance(DISSOLVER) == 0 and rollup.Dissolver.cursor() == 5
    # After the end nothing happens any more.
    dissolve(0)
    dissolve(3)
    assert applications[0].calls() == 1


@pytest.mark.parametrize("mode", range(1, 8))
def test_one_that_misbehaves_harms_nobody_else(rollup, application, mode):
    before, bad, after = application(), application(mode, 5_000_000), application()
    boa.env.set_balance(bad.address, 10**18)
    for index in range(4):
        dissolve(index)
    assert before.worked() and after.worked() and rollup.Dissolver.finished()
    assert before.calls() == after.calls() == 1
    assert bad.worked() == (mode in (RETURNS_MUCH, CHANGES, REFUSES, SPENDS))
    # What it refuses is kept.
    refused = mode in (REFUSES, SPENDS)
    assert boa.env.get_balance(DISSOLVER) == (5_000_000 * DEPOSIT if refused else 0)
    assert rollup.Dissolver.gasOf(bad.address) == 5_000_000 and rollup.Dissolver.count() == 3
    if mode == CHANGES:
        assert rollup.Dissolver.resolverOf(bad.address) == bad.address


def test_a_full_list_is_done_in_four_blocks(rollup, application, reverts):
    """Hooks of the greatest gas that burn all of it, as many as there is room for."""
    made = []
    while rollup.Dissolver.reserved() + 5_000_000 + OVERHEAD <= rollup.Dissolver.capacity():
        made.append(application(LOOPS, 5_000_000))
    late = application(PLAIN, None)
    with reverts("Dissolver_Full()"):
        late.register(5_000_000, value=5_000_000 * DEPOSIT)
    assert rollup.Dissolver.capacity() == BLOCK_GAS and len(made) == 11
    skipped = []
    for index in range(4):
        # As in a block with the least gas that has room for the capacity.
        result = dissolve(index, gas=20_000_000)
        skipped += [entry for entry in names(result, rollup.Dissolver) if entry[0] == "ApplicationSkipped"]
    assert rollup.Dissolver.finished() and not skipped and rollup.Dissolver.cursor() == 11


@pytest.mark.parametrize("gas", [150_000, 300_000, 1_000_000, 3_000_000])
def test_the_mark_is_set_whatever_gas_there_is(rollup, application, gas):
    for mode in (LOOPS, PLAIN, RETURNS_MUCH, SPENDS):
        application(mode, 2_000_000)
    for index in range(4):
        dissolve(index, gas=gas)
    assert rollup.Dissolver.finished()


def test_one_that_never_fits_keeps_nobody_waiting(rollup, application):
    big, small = application(PLAIN, 5_000_000), application(PLAIN, 100_000)
    for index in range(4):
        dissolve(index, gas=4_000_000)
    assert big.calls() == 0 and small.calls() == 1


def test_a_single_block_is_the_last(rollup, application):
    made = application()
    dissolve(0, count=1)
    assert rollup.Dissolver.finished() and made.calls() == 1


def test_an_empty_list_is_done(rollup):
    for index in range(4):
        dissolve(index)
    assert rollup.Dissolver.finished()


def test_registration(rollup, application, reverts):
    made, gas = application(PLAIN, None), 200_000
    for wrong in (0, 24_999, 5_000_001, 2**64 - 1):
        with reverts("Dissolver_BadGas()"):
            made.register(wrong, value=0)
    for wrong in (0, gas * DEPOSIT - 1, gas * DEPOSIT + 1):
        with reverts("Dissolver_WrongDeposit()"):
            made.register(gas, value=wrong)
    with reverts("Dissolver_NotRegistered()"):
        made.unregister()
    made.register(gas, value=gas * DEPOSIT)
    with reverts("Dissolver_AlreadyRegistered()"):
        made.register(gas, value=gas * DEPOSIT)
    assert rollup.Dissolver.gasOf(made.address) == gas and rollup.Dissolver.reserved() == gas + OVERHEAD
    assert rollup.Dissolver.applications(0) == made.address and rollup.Dissolver.deposits(made.address) == gas * DEPOSIT
    made.unregister()
    assert boa.env.get_balance(made.address) == gas * DEPOSIT and rollup.Dissolver.count() == 0
    stubborn = application(REFUSES)
    with reverts("Dissolver_DepositRefused()"):
        stubborn.unregister()


def test_nothing_is_registered_once_it_dissolves(rollup, application, reverts):
    made, late = application(), application(PLAIN, None)
    dissolve(0)
    with reverts("Dissolver_Dissolving()"):
        late.register(200_000, value=200_000 * DEPOSIT)
    with reverts("Dissolver_Dissolving()"):
        made.unregister()


def test_small_blocks_have_room_for_less(rollup, application, reverts):
    boa.env.evm.vm.state.execution_context._gas_limit = 6_000_000
    assert rollup.Dissolver.capacity() == 4 * 3_750_000
    application(PLAIN, 5_000_000)
    application(PLAIN, 5_000_000)
    late = application(PLAIN, None)
    with reverts("Dissolver_Full()"):
        late.register(5_000_000, value=5_000_000 * DEPOSIT)


def test_the_list_and_its_books(rollup, inline, application):
    """Whatever comes and goes: places, gas and deposits fit, and all that are in are called."""
    pool = [application(PLAIN, None) for _ in range(6)]

    class List(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.anchor = boa.env.anchor()
            self.anchor.__enter__()
            self.inside = {}

        def teardown(self):
            dissolver = rollup.Dissolver
            assert dissolver.count() == len(self.inside)
            assert dissolver.reserved() == sum(gas + OVERHEAD for gas in self.inside.values())
            assert boa.env.get_balance(DISSOLVER) == sum(self.inside.values()) * DEPOSIT
            assert {dissolver.applications(i) for i in range(len(self.inside))} == set(self.inside)
            for index in range(4):
                dissolve(index)
            for made in pool:
                assert made.calls() == (made.address in self.inside)
            assert boa.env.get_balance(DISSOLVER) == 0
            self.anchor.__exit__(None, None, None)

        @rule(index=st.integers(0, 5), gas=st.integers(100_000, 5_000_000))
        def register(self, index, gas):
            try:
                pool[index].register(gas, value=gas * DEPOSIT)
                assert pool[index].address not in self.inside
                self.inside[pool[index].address] = gas
            except boa.BoaError:
                assert pool[index].address in self.inside

        @rule(index=st.integers(0, 5))
        def unregister(self, index):
            try:
                pool[index].unregister()
                self.inside.pop(pool[index].address)
            except boa.BoaError:
                assert pool[index].address not in self.inside

    run_state_machine_as_test(List, settings=settings(max_examples=20, stateful_step_count=15))

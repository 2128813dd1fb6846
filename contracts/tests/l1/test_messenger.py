"""Messages to the rollup and back: each runs once, a failed one again, and nobody else's counts."""

from dataclasses import replace

import boa
import pytest
from eth_abi import decode, encode
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement import ETHER, ZERO, Output, Rollup, Withdrawal, most_gas

L2_MESSENGER = "0x4200000000000000000000000000000000000007"
ALIAS = 0x1111000000000000000000000000000000001111
TYPES = ["uint256", "address", "address", "uint256", "uint256", "bytes"]
SELECTOR = keccak(text="relayMessage(uint256,address,address,uint256,uint256,bytes)")[:4]
VERSION = 1 << 240

TARGET = """
interface Messenger:
    def xDomainMessageSender() -> address: view

event Received:
    sender: address
    amount: uint256
    size: uint256

refuses: public(bool)

@external
def refuse(refuses: bool):
    self.refuses = refuses

@external
@payable
def __default__():
    assert not self.refuses, "not now"
    log Received(sender=staticcall Messenger(msg.sender).xDomainMessageSender(), amount=msg.value, size=len(msg.data))
"""

REENTRANT = """
inner: Bytes[3000]
worked: public(bool)

@external
def prepare(inner: Bytes[3000]):
    self.inner = inner

@external
@payable
def __default__():
    self.worked = raw_call(msg.sender, self.inner, revert_on_failure=False)
"""


class Message:
    """A message that the rollup's messenger sent, and the withdrawal that carries it."""

    def __init__(self, rollup, sender, target, value=0, gas=100_000, data=b"", nonce=VERSION):
        self.rollup = rollup
        self.arguments = (nonce, sender, target, value, gas, data)
        encoded = SELECTOR + encode(TYPES, self.arguments)
        self.hash = keccak(encoded)
        limit = rollup.messenger.baseGas(data, min(gas, 2_000_000))
        self.withdrawal = Withdrawal(nonce, L2_MESSENGER, rollup.messenger.address, value, limit, encoded)

    def finalize(self, **options):
        self.rollup.ready(self.withdrawal, number=self.rollup.factory.gameCount() + 1)
        self.rollup.portal.finalizeWithdrawalTransaction(self.withdrawal.tuple, **options)
        return self.rollup.portal.get_logs()

    def replay(self, **options):
        self.rollup.messenger.relayMessage(*self.arguments, **options)
        return self.rollup.messenger.get_logs()

    @property
    def state(self):
        return self.rollup.messenger.successfulMessages(self.hash), self.rollup.messenger.failedMessages(self.hash)


@pytest.fixture
def funded(rollup):
    rollup.portal.donateETH(value=50 * ETHER)
    return rollup


@pytest.fixture
def target(inline):
    return inline(TARGET).deploy()


@pytest.mark.parametrize("size", [0, 100, 2304, 2305, 32_768])
def test_a_message_is_a_deposit_to_the_other_messenger(rollup, alice, mallory, size):
    data = bytes(i % 255 for i in range(size))
    with boa.env.prank(alice):
        rollup.messenger.sendMessage(mallory, data, 123_456, value=7)
    deposit, sent, extension = rollup.messenger.get_logs()
    limit = rollup.messenger.baseGas(data, 123_456)
    assert deposit.opaqueData[:32] == deposit.opaqueData[32:64] == (7).to_bytes(32, "big")
    assert int.from_bytes(deposit.opaqueData[64:72], "big") == limit and deposit.opaqueData[72] == 0
    assert int(deposit.from_, 16) == (int(rollup.messenger.address, 16) + ALIAS) % 2**160
    assert deposit.to == L2_MESSENGER and deposit.opaqueData[73:77] == SELECTOR
    assert decode(TYPES, deposit.opaqueData[77:]) == (VERSION, alice.lower(), mallory.lower(), 7, 123_456, data)
    assert (sent.target, sent.sender, sent.message, sent.messageNonce, sent.gasLimit) == (
        mallory,
        alice,
        data,
        VERSION,
        123_456,
    )
    assert (extension.sender, extension.value) == (alice, 7)
    assert rollup.messenger.messageNonce() == VERSION + 1
    assert boa.env.get_balance(rollup.portal.address) == 7 and boa.env.get_balance(rollup.messenger.address) == 0


@given(st.integers(0, 32_768), st.integers(0, 2**32 - 1))
def test_base_gas_covers_the_relay(rollup, size, least):
    given_gas = rollup.messenger.baseGas(bytes(size), least)
    assert given_gas >= 21_000 + least * 64 // 63 + 285_000 + 16 * size
    assert given_gas >= 21_000 + 40 * (size + 260)


def test_a_longer_message_is_refused(rollup, alice):
    with pytest.raises(boa.BoaError):
        rollup.messenger.sendMessage(alice, bytes(32_769), 0)


@pytest.mark.parametrize("size", [0, 2304, 2305, 30_000])
def test_a_message_of_the_rollup_runs_once(funded, target, alice, size, reverts):
    message = Message(funded, alice, target.address, value=ETHER, data=bytes(size), gas=1_000_000)
    received, relayed, finalized = message.finalize()
    assert (received.sender, received.amount, received.size) == (alice, ETHER, size)
    assert relayed.msgHash == message.hash and finalized.success
    assert message.state == (True, False)
    with reverts("CrossDomainMessenger: message cannot be replayed"):
        message.replay()
    with reverts("CrossDomainMessenger: xDomainMessageSender is not set"):
        funded.messenger.xDomainMessageSender()


def test_a_failed_message_runs_again_with_its_value(funded, target, alice, mallory, reverts):
    target.refuse(True)
    message = Message(funded, alice, target.address, value=ETHER)
    failed, finalized = message.finalize()
    assert failed.msgHash == message.hash and finalized.success
    assert message.state == (False, True) and boa.env.get_balance(funded.messenger.address) == ETHER
    with boa.env.prank(mallory):
        message.replay()
        assert message.state == (False, True)
        target.refuse(False)
        with reverts("CrossDomainMessenger: a message is run again without value"):
            message.replay(value=1)
        received, relayed = message.replay()
        assert (received.sender, received.amount) == (alice, ETHER)
        assert message.state == (True, True)
        with reverts("CrossDomainMessenger: message has already been relayed"):
            message.replay()
    assert boa.env.get_balance(target.address) == ETHER and boa.env.get_balance(funded.messenger.address) == 0


def test_a_message_that_nobody_sent(funded, target, mallory, alice, reverts):
    with boa.env.prank(mallory), reverts("CrossDomainMessenger: message cannot be replayed"):
        Message(funded, alice, target.address).replay()
    # A withdrawal of another contract of the rollup calls the messenger as if it were one.
    message = Message(funded, alice, target.address)
    forged = replace(message.withdrawal, sender=mallory)
    funded.ready(forged)
    funded.portal.finalizeWithdrawalTransaction(forged.tuple)
    assert not funded.portal.get_logs()[-1].success and message.state == (False, False)


def test_a_withdrawal_with_another_value(funded, target, alice):
    message = Message(funded, alice, target.address, value=2 * ETHER)
    forged = replace(message.withdrawal, value=ETHER)
    funded.ready(forged)
    funded.portal.finalizeWithdrawalTransaction(forged.tuple)
    assert not funded.portal.get_logs()[-1].success and message.state == (False, False)


@pytest.mark.parametrize("name", ["messenger", "portal"])
def test_a_message_to_a_system_contract(funded, alice, name):
    message = Message(funded, alice, getattr(funded, name).address)
    assert not message.finalize()[-1].success
    assert message.state == (False, False)


def test_a_version_that_there_is_not(funded, target, alice):
    for nonce in (0, 2 << 240):
        assert not Message(funded, alice, target.address, nonce=nonce).finalize()[-1].success


def test_a_message_from_within_a_message(funded, inline, alice, target):
    attacker = inline(REENTRANT).deploy()
    outer = Message(funded, alice, attacker.address, gas=1_000_000)
    attacker.prepare(funded.messenger.relayMessage.prepare_calldata(*outer.arguments))
    outer.finalize()
    assert outer.state == (True, False) and not attacker.worked()
    # A message that has failed before, which anybody may run again.
    target.refuse(True)
    failed = Message(funded, alice, target.address, value=0, nonce=VERSION + 7)
    failed.finalize()
    target.refuse(False)
    attacker.prepare(funded.messenger.relayMessage.prepare_calldata(*failed.arguments))
    Message(funded, alice, attacker.address, gas=1_000_000, nonce=VERSION + 8).finalize()
    # It is marked failed once more, and runs when it comes by itself.
    assert attacker.worked() and failed.state == (False, True)
    failed.replay()
    assert failed.state == (True, True)


def test_gas_griefing(funded, target, alice):
    """With too little gas the message fails for now, or the transaction as a whole: never for good."""
    message = Message(funded, alice, target.address, value=ETHER, gas=300_000)
    funded.ready(message.withdrawal)
    outcomes = set()
    for limit in range(100_000, 1_000_000, 50_000):
        with boa.env.anchor():
            try:
                funded.portal.finalizeWithdrawalTransaction(message.withdrawal.tuple, gas=limit)
            except boa.BoaError:
                outcomes.add("reverted")
                assert message.state == (False, False)
                continue
            outcomes.add(message.state)
    assert outcomes == {"reverted", (True, False)}
    # Running a failed message again with too little gas leaves it where it was.
    target.refuse(True)
    funded.portal.finalizeWithdrawalTransaction(message.withdrawal.tuple)
    target.refuse(False)
    for limit in range(60_000, 400_000, 20_000):
        with boa.env.anchor():
            try:
                message.replay(gas=limit)
            except boa.BoaError:
                continue
            assert message.state in ((False, True), (True, True))
    message.replay()
    assert message.state == (True, True)


def least_gas(message, low: int, high: int) -> int:
    """The least gas with which the portal executes a message's withdrawal, to within 500."""
    while high - low > 500:
        middle = (low + high) // 2
        with boa.env.anchor():
            try:
                message.rollup.portal.finalizeWithdrawalTransaction(message.withdrawal.tuple, gas=middle)
                high = middle
            except boa.BoaError:
                low = middle
    return high


@pytest.mark.parametrize("size", [0, 2304, 2305, 32_768])
@pytest.mark.parametrize("least", [14_500_000, 20_000_000, 2**32 - 1])
def test_a_message_that_asks_for_more_gas_than_there_is(funded, target, alice, size, least):
    """Whoever executes its withdrawal, it runs or can be run again; and a transaction of the most gas can run it."""
    message = Message(funded, alice, target.address, value=ETHER, gas=least, data=b"\xff" * size)
    message.withdrawal = replace(message.withdrawal, gas=least * 64 // 63 + 306_000 + 16 * size)
    funded.ready(message.withdrawal)
    portal, messenger = funded.portal, funded.messenger
    finalize, relay = portal.finalizeWithdrawalTransaction, messenger.relayMessage
    most = most_gas(finalize.prepare_calldata(message.withdrawal.tuple))
    finalize(message.withdrawal.tuple, gas=least_gas(message, 15_000_000, most))
    assert portal.get_logs()[-1].success and True in message.state
    if message.state == (False, True):
        message.replay(gas=most_gas(relay.prepare_calldata(*message.arguments)))
    assert message.state[0] and boa.env.get_balance(target.address) == ETHER


@pytest.mark.parametrize("size", [0, 2304, 2305, 32_768])
def test_base_gas_is_enough_for_seven_million(funded, target, alice, size):
    """As little gas as the portal takes is enough for the message to run at the first try."""
    message = Message(funded, alice, target.address, gas=7_000_000, data=b"\xff" * size)
    limit = funded.messenger.baseGas(message.arguments[5], 7_000_000)
    message.withdrawal = replace(message.withdrawal, gas=limit)
    funded.ready(message.withdrawal)
    funded.portal.finalizeWithdrawalTransaction(message.withdrawal.tuple, gas=least_gas(message, limit, 2 * limit))
    assert message.state == (True, False)


def test_tells_the_estimation_address_of_a_failure(funded, target, alice, reverts):
    target.refuse(True)
    message = Message(funded, alice, target.address)
    message.finalize()
    with boa.env.prank("0x0000000000000000000000000000000000000001"):
        with reverts("CrossDomainMessenger: the message failed"):
            message.replay()


def test_a_pause_stops_messages(shared, owner, alice, target, account, reverts):
    guardian = account("guardian")
    rollup = Rollup(shared, owner, guardian=guardian)
    with boa.env.prank(guardian):
        rollup.config.pause(ZERO)
    assert rollup.messenger.paused() and rollup.bridge.paused() and rollup.nft_bridge.paused()
    with reverts("CrossDomainMessenger: paused"):
        Message(rollup, alice, target.address).replay()


def test_constants(rollup):
    messenger = rollup.messenger
    assert messenger.MESSAGE_VERSION() == 1 and messenger.OTHER_MESSENGER() == messenger.otherMessenger() == L2_MESSENGER
    assert messenger.RELAY_CALL_OVERHEAD() == messenger.RELAY_RESERVED_GAS() == 40_000
    assert messenger.RELAY_GAS_CHECK_BUFFER() == 5_000 and messenger.RELAY_CONSTANT_OVERHEAD() == 200_000
    assert messenger.MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR() == 64
    assert messenger.MIN_GAS_DYNAMIC_OVERHEAD_DENOMINATOR() == 63


@given(st.binary(max_size=4000), st.integers(0, 10**18), st.integers(0, 10**6))
@settings(max_examples=10)
def test_any_message_arrives_as_it_was_sent(funded, target, alice, data, value, gas):
    with boa.env.anchor():
        message = Message(funded, alice, target.address, value=value, data=data, gas=gas)
        received, relayed, _ = message.finalize()
        assert (received.sender, received.amount, received.size) == (alice, value, len(data))
        assert relayed.msgHash == message.hash

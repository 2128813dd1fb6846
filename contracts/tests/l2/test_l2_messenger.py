"""L2CrossDomainMessenger: each message runs once, only what L1 sent runs, and gas cannot be kept from it."""

import boa
import pytest
from eth_abi import decode, encode
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st
from rollup import (
    ESTIMATION,
    NO_SENDER,
    PARAMETERS,
    RELAY,
    VERSION_1,
    ZERO,
    address_of,
    alias,
    call_data,
    execute,
    logs,
    message_hash,
    predeploy,
    topic,
    word,
)

MESSENGER = predeploy(0x07)
PASSER = predeploy(0x16)
ADDRESS = st.integers(1, 2**160 - 1).map(address_of)
MAX_MESSAGE = 32_768
L1_SENDER = address_of(0x51 << 152)

TARGET = """
interface Messenger:
    def xDomainMessageSender() -> address: view
    def relayMessage(n: uint256, s: address, t: address, v: uint256, g: uint256, m: Bytes[1000]): payable

MESSENGER: constant(address) = 0x4200000000000000000000000000000000000007

calls: public(uint256)
gas_seen: public(uint256)
sender_seen: public(address)
value_seen: public(uint256)
refuses: public(bool)
again: Bytes[2000]
again_worked: public(bool)

@external
def set_refuses(refuses: bool):
    self.refuses = refuses

@external
def set_again(again: Bytes[2000]):
    self.again = again

@external
@payable
def __default__():
    self.gas_seen = msg.gas
    assert not self.refuses, "refused"
    self.calls += 1
    self.value_seen = msg.value
    self.sender_seen = staticcall Messenger(MESSENGER).xDomainMessageSender()
    if len(self.again) > 0:
        self.again_worked = raw_call(MESSENGER, self.again, revert_on_failure=False)
"""

# JUMPDEST PUSH0 JUMP: takes all its gas.
BURNER = bytes.fromhex("5b5f56")
# PUSH3 500000 PUSH0 RETURN: answers with half a megabyte of zeros.
BOMB = bytes.fromhex("6207a1205ff3")


@pytest.fixture
def target(inline):
    return inline(TARGET).deploy()


def relay(sender, *message, value=0, gas=10_000_000):
    return execute(MESSENGER, call_data(RELAY, *message), sender, value, gas)


def outcome(result) -> tuple[str, bytes]:
    """Whether a message ran or failed, and its hash."""
    assert not result.is_error, result.output
    kinds = {topic("RelayedMessage(bytes32)"): "relayed", topic("FailedRelayedMessage(bytes32)"): "failed"}
    found = [(kinds[topics[0]], topics[1]) for address, topics, _ in logs(result) if topics[0] in kinds]
    return found[-1]


def refused(result, reason: str) -> None:
    assert result.is_error and result.output == keccak(text="Error(string)")[:4] + encode(["string"], [reason])


CANNOT_REPLAY = "CrossDomainMessenger: message cannot be replayed"
RELAYED = "CrossDomainMessenger: message has already been relayed"


def test_runs_a_message(rollup, deposit, target):
    result = deposit(L1_SENDER, target.address, b"hello", value=7)
    digest = message_hash(VERSION_1, L1_SENDER, target.address, 7, 200_000, b"hello")
    assert outcome(result) == ("relayed", digest)
    assert (target.calls(), target.sender_seen(), target.value_seen()) == (1, L1_SENDER, 7)
    messenger = rollup.L2CrossDomainMessenger
    assert messenger.successfulMessages(digest) and not messenger.failedMessages(digest)
    assert boa.env.get_balance(target.address) == 7 and boa.env.get_balance(MESSENGER) == 0


def test_sender_is_set_only_while_a_message_runs(rollup, deposit, target, reverts):
    reason = "CrossDomainMessenger: xDomainMessageSender is not set"
    with reverts(reason):
        rollup.L2CrossDomainMessenger.xDomainMessageSender()
    deposit(L1_SENDER, target.address)
    target.set_refuses(True)
    deposit(L1_SENDER, target.address)
    with reverts(reason):
        rollup.L2CrossDomainMessenger.xDomainMessageSender()


def test_a_relayed_message_does_not_run_again(rollup, deposit, target, account):
    deposit(L1_SENDER, target.address, b"hello", nonce=VERSION_1)
    refused(deposit(L1_SENDER, target.address, b"hello", nonce=VERSION_1), RELAYED)
    mallory = account("mallory")
    refused(relay(mallory, VERSION_1, L1_SENDER, target.address, 0, 200_000, b"hello"), CANNOT_REPLAY)
    assert target.calls() == 1


def test_a_failed_message_runs_again_once(rollup, deposit, target, account):
    target.set_refuses(True)
    result = deposit(L1_SENDER, target.address, b"hello", value=9)
    digest = message_hash(VERSION_1, L1_SENDER, target.address, 9, 200_000, b"hello")
    assert outcome(result) == ("failed", digest)
    assert boa.env.get_balance(MESSENGER) == 9
    message = (VERSION_1, L1_SENDER, target.address, 9, 200_000, b"hello")
    anyone = account("anyone")
    # Still refused, then with value that would be lost, then it runs, then never again.
    assert outcome(relay(anyone, *message)) == ("failed", digest)
    target.set_refuses(False)
    refused(relay(anyone, *message, value=9), "CrossDomainMessenger: a message is run again without value")
    assert outcome(relay(anyone, *message)) == ("relayed", digest)
    assert (target.calls(), target.sender_seen(), boa.env.get_balance(target.address)) == (1, L1_SENDER, 9)
    refused(relay(anyone, *message), RELAYED)
    # L1 cannot bring the same message twice either: its value would be counted twice.
    refused(
        deposit(L1_SENDER, target.address, b"hello", value=9, nonce=VERSION_1),
        "CrossDomainMessenger: the message has come before",
    )


def test_the_messenger_holds_what_failed_messages_are_worth(rollup, deposit, target, account):
    """Whatever comes, fails and is run again: each value is paid once, and the rest is there to be paid."""
    anyone = account("anyone")
    step = st.tuples(st.booleans(), st.booleans(), st.integers(0, 10**18), st.integers(0, 5))

    def play(messages, comes, refuses, value, which):
        target.set_refuses(refuses)
        if comes or not messages:
            nonce = VERSION_1 | len(messages)
            kind, digest = outcome(deposit(L1_SENDER, target.address, b"x", value=value, nonce=nonce))
            message = (nonce, L1_SENDER, target.address, value, 200_000, b"x")
            messages.append([message, digest, kind])
            assert kind == ("failed" if refuses else "relayed")
            return
        entry = messages[which % len(messages)]
        result = relay(anyone, *entry[0])
        if entry[2] == "relayed":
            refused(result, CANNOT_REPLAY if entry[1] not in once_failed else RELAYED)
        else:
            once_failed.add(entry[1])
            entry[2] = outcome(result)[0]
            assert entry[2] == ("failed" if refuses else "relayed")

    once_failed = set()

    @settings(max_examples=20)
    @given(st.lists(step, min_size=3, max_size=10))
    def check(steps):
        once_failed.clear()
        with boa.env.anchor():
            messages = []
            for each in steps:
                play(messages, *each)
                owed = sum(message[3] for message, _, kind in messages if kind == "failed")
                paid = sum(message[3] for message, _, kind in messages if kind == "relayed")
                assert (boa.env.get_balance(MESSENGER), boa.env.get_balance(target.address)) == (owed, paid)
            assert target.calls() == sum(kind == "relayed" for _, _, kind in messages)

    check()


def test_only_the_messenger_of_l1_brings_messages(rollup, target, account):
    """Not an account of the rollup, not the unaliased messenger, not one that is aliased twice, not a neighbour."""
    messenger = PARAMETERS["l1CrossDomainMessenger"]
    forgers = [
        account("mallory"),
        address_of(messenger),
        alias(alias(messenger)),
        alias(messenger + 1),
        MESSENGER,
        PASSER,
        ZERO,
        address_of(messenger - 0x1111000000000000000000000000000000001111),
    ]
    for forger in forgers:
        refused(relay(forger, VERSION_1, L1_SENDER, target.address, 0, 100_000, b"x"), CANNOT_REPLAY)
    assert target.calls() == 0


def test_every_field_is_part_of_a_failed_message(rollup, deposit, target, account):
    """Nobody runs a failed message with another sender, target, value, gas limit, nonce or data."""
    target.set_refuses(True)
    deposit(L1_SENDER, target.address, b"hello", value=9)
    target.set_refuses(False)
    boa.env.set_balance(MESSENGER, 100)
    message = [VERSION_1, L1_SENDER, target.address, 9, 200_000, b"hello"]
    others = [VERSION_1 | 1, target.address, L1_SENDER, 10, 199_999, b"hellp"]
    for index, other in enumerate(others):
        forged = [*message[:index], other, *message[index + 1 :]]
        refused(relay(account("mallory"), *forged), CANNOT_REPLAY)


def test_unknown_versions_are_refused(rollup, deposit, target):
    for nonce in (0, 5, 2 << 240, 2**256 - 1):
        refused(deposit(L1_SENDER, target.address, nonce=nonce), "CrossDomainMessenger: unknown version of a message")


def test_system_contracts_are_no_targets(rollup, deposit):
    """A message to the passer would speak to L1 in the messenger's name; one to itself would relay in its own."""
    for system in (MESSENGER, PASSER):
        refused(deposit(L1_SENDER, system, b""), "CrossDomainMessenger: the target is a system contract")


def test_the_value_is_the_messages(rollup, target):
    sender = alias(PARAMETERS["l1CrossDomainMessenger"])
    boa.env.set_balance(sender, 100)
    for value in (0, 6, 8):
        result = relay(sender, VERSION_1, L1_SENDER, target.address, 7, 100_000, b"", value=value)
        refused(result, "CrossDomainMessenger: the value is not the message's")


def test_a_message_inside_a_message_fails_and_can_run_later(rollup, deposit, target, account):
    target.set_refuses(True)
    deposit(L1_SENDER, target.address, b"inner", nonce=VERSION_1)
    target.set_refuses(False)
    inner = (VERSION_1, L1_SENDER, target.address, 0, 200_000, b"inner")
    target.set_again(call_data(RELAY, *inner))
    other = address_of(0x52 << 152)
    result = deposit(other, target.address, b"outer", nonce=VERSION_1 | 1, gas=20_000_000)
    assert outcome(result) == ("relayed", message_hash(VERSION_1 | 1, other, target.address, 0, 200_000, b"outer"))
    assert target.again_worked() and target.calls() == 1 and target.sender_seen() == other
    digest = message_hash(*inner)
    assert not rollup.L2CrossDomainMessenger.successfulMessages(digest)
    target.set_again(b"")
    assert outcome(relay(account("anyone"), *inner)) == ("relayed", digest)


def test_a_failed_message_that_runs_itself_does_not_run_twice(rollup, deposit, target, account):
    target.set_refuses(True)
    deposit(L1_SENDER, target.address, b"twice", value=5, nonce=VERSION_1)
    target.set_refuses(False)
    message = (VERSION_1, L1_SENDER, target.address, 5, 200_000, b"twice")
    target.set_again(call_data(RELAY, *message))
    boa.env.set_balance(MESSENGER, 100)
    assert outcome(relay(account("anyone"), *message, gas=20_000_000))[0] == "relayed"
    assert target.calls() == 1 and boa.env.get_balance(target.address) == 5
    refused(relay(account("anyone"), *message), RELAYED)


def test_gas_that_is_too_little_fails_the_message(rollup, deposit, target):
    """From the least gas that the relay needs at all up to plenty: a message that runs has had what it asked for."""
    minimum = 300_000
    ran = failed = 0
    for gas in range(380_000, 480_000, 2_500):
        with boa.env.anchor():
            result = deposit(L1_SENDER, target.address, b"x", min_gas=minimum, gas=gas)
            if result.is_error:
                continue
            if outcome(result)[0] == "relayed":
                ran += 1
                # Some gas has gone by when the target can look.
                assert target.gas_seen() >= minimum - 500
            else:
                failed += 1
                assert target.gas_seen() == 0
    assert ran > 3 and failed > 3


def test_gas_limits_beyond_any_gas_fail(rollup, deposit, target):
    for minimum in (2**64 - 1, 2**64, 2**250, 2**256 - 1):
        assert outcome(deposit(L1_SENDER, target.address, min_gas=minimum))[0] == "failed"
    assert target.calls() == 0


def test_base_gas_is_enough(transact, rollup):
    """With the gas that `baseGas` has L1 buy, less the transaction's own, each message gets its minimum, cold."""
    # Stores the gas that it sees: GAS PUSH0 SSTORE.
    target = transact.code(address_of(0x7A << 152), bytes.fromhex("5a5f55"))
    nonces = iter(range(10**6))

    @given(st.integers(0, MAX_MESSAGE), st.integers(30_000, 5_000_000), st.sampled_from([b"\x00", b"\xff"]))
    def check(length, minimum, byte):
        message = byte * length
        base = rollup.L2CrossDomainMessenger.baseGas(message, minimum)
        encoded = call_data(RELAY, VERSION_1 | next(nonces), L1_SENDER, target, 0, minimum, message)
        tokens = sum(4 if byte else 1 for byte in encoded)
        assert base >= 21_000 + 10 * tokens
        sender = alias(PARAMETERS["l1CrossDomainMessenger"])
        assert outcome(transact(MESSENGER, encoded, sender, gas=base - 21_000 - 4 * tokens))[0] == "relayed"
        with boa.swap_env(transact.env):
            assert boa.env.get_storage(target, 0) >= minimum - 2

    check()


def test_base_gas_is_the_formula(rollup):
    @given(st.binary(max_size=2000), st.integers(0, 2**32 - 1))
    def check(message, minimum):
        size = len(message) + 260
        execution = 200_000 + 40_000 + 40_000 + 5_000 + minimum * 64 // 63
        expected = 21_000 + max(execution + size * 16, size * 40)
        assert rollup.L2CrossDomainMessenger.baseGas(message, minimum) == expected

    check()


def test_targets_cannot_harm_the_messenger(rollup, deposit):
    """One takes all its gas, one answers with half a megabyte that nobody copies: the message is settled either way."""
    burner, bomb = address_of(0x7B << 152), address_of(0x7C << 152)
    boa.env.set_code(burner, BURNER)
    boa.env.set_code(bomb, BOMB)
    assert outcome(deposit(L1_SENDER, burner, gas=1_000_000))[0] == "failed"
    assert outcome(deposit(L1_SENDER, bomb, gas=1_000_000))[0] == "relayed"


def test_estimates_of_gas_fail_with_the_message(rollup, inline, deposit, target):
    """Under the estimating account a message that fails reverts, so that the estimate grows until it does not."""
    target.set_refuses(True)
    # The estimating account can only be the origin through a call of its own, so a failed message is run again by it.
    deposit(L1_SENDER, target.address)
    boa.env.set_balance(ESTIMATION, 1)
    refused(
        relay(ESTIMATION, VERSION_1, L1_SENDER, target.address, 0, 200_000, b""),
        "CrossDomainMessenger: the message failed",
    )


def test_sends_a_message(rollup, account):
    alice, bob = account("alice"), account("bob")
    messenger = rollup.L2CrossDomainMessenger

    @given(ADDRESS, st.binary(max_size=400), st.integers(0, 2**32 - 1), st.integers(0, 10**18))
    def check(target, message, minimum, value):
        nonce = messenger.messageNonce()
        withdrawal_nonce = rollup.L2ToL1MessagePasser.messageNonce()
        data = call_data("sendMessage(address,bytes,uint32)", target, message, minimum)
        result = execute(MESSENGER, data, alice, value)
        assert not result.is_error
        passed, sent, extension = logs(result)
        relayed = call_data(RELAY, nonce, alice, target, value, minimum, message)
        other = address_of(PARAMETERS["l1CrossDomainMessenger"])
        assert passed[:2] == (
            PASSER,
            [
                topic("MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)"),
                word(withdrawal_nonce),
                word(MESSENGER),
                word(other),
            ],
        )
        amount, gas_limit, carried, digest = decode(["uint256", "uint256", "bytes", "bytes32"], passed[2])
        assert (amount, gas_limit, carried) == (value, messenger.baseGas(message, minimum), relayed)
        assert rollup.L2ToL1MessagePasser.sentMessages(digest)
        assert sent == (
            MESSENGER,
            [topic("SentMessage(address,address,bytes,uint256,uint256)"), word(target)],
            encode(["address", "bytes", "uint256", "uint256"], [alice, message, nonce, minimum]),
        )
        assert extension == (
            MESSENGER,
            [topic("SentMessageExtension1(address,uint256)"), word(alice)],
            word(value),
        )
        assert messenger.messageNonce() == nonce + 1

    check()
    assert bob != alice


def test_takes_the_longest_message_both_ways(rollup, deposit, target, account):
    message = bytes(range(256)) * (MAX_MESSAGE // 256)
    send = lambda data: execute(
        MESSENGER, call_data("sendMessage(address,bytes,uint32)", L1_SENDER, data, 1), account("alice")
    )
    assert not send(message).is_error and send(message + b"x").is_error
    assert outcome(deposit(L1_SENDER, target.address, message))[0] == "relayed"
    assert deposit(L1_SENDER, target.address, message + b"x").is_error


def test_knows_its_partner(rollup):
    messenger, other = rollup.L2CrossDomainMessenger, address_of(PARAMETERS["l1CrossDomainMessenger"])
    assert messenger.otherMessenger() == messenger.OTHER_MESSENGER() == messenger.l1CrossDomainMessenger() == other
    assert messenger.paused() is False
    assert NO_SENDER.lower().endswith("dead")


def test_gas(transact, inline, account, gas):
    send = lambda data: transact(
        MESSENGER, call_data("sendMessage(address,bytes,uint32)", L1_SENDER, data, 1), account("alice")
    ).get_gas_used()
    send(b"")
    gas("l2", "L2CrossDomainMessenger.sendMessage, 100 bytes", send(bytes(100)))
    gas("l2", "L2CrossDomainMessenger.sendMessage, 32 KiB", send(bytes(32768)))
    sender = alias(PARAMETERS["l1CrossDomainMessenger"])
    run = lambda nonce, data: transact(
        MESSENGER, call_data(RELAY, VERSION_1 | nonce, L1_SENDER, L1_SENDER, 0, 0, data), sender
    ).get_gas_used()
    run(0, b"")
    gas("l2", "L2CrossDomainMessenger.relayMessage, 100 bytes", run(1, bytes(100)))
    gas("l2", "L2CrossDomainMessenger.relayMessage, 32 KiB", run(2, bytes(32768)))

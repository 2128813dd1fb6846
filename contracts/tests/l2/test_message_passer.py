"""L2ToL1MessagePasser: commitments lie where L1 proves them, nonces are used once, and value that left is burnt."""

import boa
from eth_abi import encode
from eth_utils import keccak
from hypothesis import assume, given
from hypothesis import strategies as st
from rollup import ALIAS_OFFSET, VERSION_1, address_of, call_data, execute, logs, predeploy, solidity_slot, topic, word

PASSER = predeploy(0x16)
ADDRESS = st.integers(0, 2**160 - 1).map(address_of)
MESSAGE_PASSED = topic("MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)")
MAX_DATA = 34_816


def withdrawal_hash(nonce, sender, target, value, gas_limit, data) -> bytes:
    types = ["uint256", "address", "address", "uint256", "uint256", "bytes"]
    return keccak(encode(types, [nonce, sender, target, value, gas_limit, data]))


def send(sender, target, gas_limit, data, value=0):
    return execute(
        PASSER, call_data("initiateWithdrawal(address,uint256,bytes)", target, gas_limit, data), sender, value
    )


def committed(digest: bytes) -> int:
    return boa.env.get_storage(PASSER, solidity_slot(digest, 0))


def check_sent(result, nonce, sender, target, value, gas_limit, data) -> bytes:
    """The commitment is at its slot, and the one log says all of it."""
    assert not result.is_error, result.output
    digest = withdrawal_hash(nonce, sender, target, value, gas_limit, data)
    assert committed(digest) == 1
    [(address, topics, body)] = logs(result)
    assert address == PASSER
    assert topics == [MESSAGE_PASSED, word(nonce), word(sender), word(target)]
    assert body == encode(["uint256", "uint256", "bytes", "bytes32"], [value, gas_limit, data, digest])
    return digest


def test_commits_to_every_message(rollup, account):
    alice = account("alice")
    passer = rollup.L2ToL1MessagePasser

    @given(ADDRESS, st.integers(0, 2**256 - 1), st.binary(max_size=300), st.integers(0, 10**18))
    def check(target, gas_limit, data, value):
        nonce = passer.messageNonce()
        digest = withdrawal_hash(nonce, alice, target, value, gas_limit, data)
        assert not passer.sentMessages(digest)
        check_sent(send(alice, target, gas_limit, data, value), nonce, alice, target, value, gas_limit, data)
        assert passer.sentMessages(digest)
        assert passer.messageNonce() == nonce + 1
        assert boa.env.get_storage(PASSER, 1) == nonce + 1 - VERSION_1

    check()


def test_slots_are_solidity_s(rollup):
    """Whatever storage holds at keccak256(hash . 0) is what the getter says, and nothing else is."""

    @given(st.binary(min_size=32, max_size=32))
    def check(digest):
        assume(digest != bytes(32))
        with boa.env.anchor():
            assert not rollup.L2ToL1MessagePasser.sentMessages(digest)
            boa.env.set_storage(PASSER, int.from_bytes(keccak(bytes(32) + digest), "big"), 1)
            assert not rollup.L2ToL1MessagePasser.sentMessages(digest)
            boa.env.set_storage(PASSER, solidity_slot(digest, 0), 1)
            assert rollup.L2ToL1MessagePasser.sentMessages(digest)

    check()


def test_writes_nothing_but_the_commitment_and_the_nonce(rollup, account):
    alice = account("alice")
    digest = check_sent(send(alice, alice, 1, b"x"), VERSION_1, alice, alice, 0, 1, b"x")
    result = send(alice, alice, 1, b"x")
    # The same words make another message: the nonce is part of it.
    second = check_sent(result, VERSION_1 | 1, alice, alice, 0, 1, b"x")
    assert digest != second and committed(digest) == 1
    # The proxy's slots are as they were.
    assert rollup.ProxyAdmin.getProxyImplementation(PASSER).lower() == "0xc0d3c0d3c0d3c0d3c0d3c0d3c0d3c0d3c0d30016"


def test_has_no_other_variable(artifact):
    """An array over all of storage must be alone in it (ADR 9)."""
    layout = artifact("l2", "L2ToL1MessagePasser")["storageLayout"]
    assert list(layout) == ["storage_layout"]
    [(name, place)] = layout["storage_layout"].items()
    assert (name, place["slot"], place["n_slots"]) == ("_storage", 0, 2**256 - 1)


def test_takes_the_longest_message(rollup, account):
    alice = account("alice")
    data = bytes(range(256)) * (MAX_DATA // 256)
    check_sent(send(alice, alice, 5, data), VERSION_1, alice, alice, 0, 5, data)
    assert send(alice, alice, 5, data + b"x").is_error


def test_plain_value_goes_to_the_sender(rollup, account):
    alice = account("alice")
    check_sent(execute(PASSER, b"", alice, 123), VERSION_1, alice, alice, 123, 100_000, b"")
    assert boa.env.get_balance(PASSER) == 123


def test_unknown_functions_are_refused(rollup, account):
    alice = account("alice")
    for data in (b"\x00", b"\x12\x34\x56\x78", bytes(64)):
        assert execute(PASSER, data, alice, 1).is_error
    assert boa.env.get_balance(PASSER) == 0


def test_the_nonce_keeps_out_of_the_version(rollup, account):
    alice = account("alice")
    boa.env.set_storage(PASSER, 1, 2**240 - 1)
    assert rollup.L2ToL1MessagePasser.messageNonce() == VERSION_1 | (2**240 - 1)
    assert not send(alice, alice, 1, b"").is_error
    assert rollup.L2ToL1MessagePasser.messageNonce() == VERSION_1


def test_burn_destroys_what_has_left(rollup, account):
    alice, passer = account("alice"), rollup.L2ToL1MessagePasser
    for amount in (5 * 10**18, 0):
        if amount:
            send(alice, alice, 1, b"", amount)
        assert boa.env.get_balance(PASSER) == amount
        result = execute(PASSER, call_data("burn()"), account("anyone"))
        assert not result.is_error
        assert logs(result) == [(PASSER, [topic("WithdrawerBalanceBurnt(uint256)"), word(amount)], b"")]
        assert boa.env.get_balance(PASSER) == 0
    assert passer.MESSAGE_VERSION() == 1


def test_gas(transact, account, gas):
    def used(data):
        call = call_data("initiateWithdrawal(address,uint256,bytes)", account("alice"), 1, data)
        return transact(PASSER, call, account("alice"), 1).get_gas_used()

    used(b"")
    gas("l2", "L2ToL1MessagePasser.initiateWithdrawal, 100 bytes", used(bytes(100)))
    gas("l2", "L2ToL1MessagePasser.initiateWithdrawal, 32 KiB", used(bytes(32768)))


def test_aliasing_is_not_undone(rollup, account):
    """A message names its sender as the rollup knows it, whatever that address is on L1."""
    sender = address_of(ALIAS_OFFSET + 7)
    check_sent(send(sender, sender, 1, b""), VERSION_1, sender, sender, 0, 1, b"")

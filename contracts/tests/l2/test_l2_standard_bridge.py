"""L2StandardBridge: only the bridge on L1 brings assets in, and what leaves is burnt or held, to the last unit."""

import boa
import pytest
from eth_abi import decode, encode
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st
from rollup import (
    PARAMETERS,
    ZERO,
    address_of,
    alias,
    call_data,
    execute,
    logs,
    predeploy,
    topic,
    word,
)

BRIDGE = predeploy(0x10)
MESSENGER = predeploy(0x07)
ETHER = "0xDeadDeAddeAddEAddeadDEaDDEAdDeaDDeAD0000"
L1_BRIDGE = address_of(PARAMETERS["l1StandardBridge"])
REMOTE = address_of(0x71 << 152)
ONLY_OTHER = "StandardBridge: only for the other bridge"
FINALIZE_ETH = "finalizeBridgeETH(address,address,uint256,bytes)"
FINALIZE_ERC20 = "finalizeBridgeERC20(address,address,address,address,uint256,bytes)"

# A token of the rollup, with the habits that tokens have: it may keep a fee, answer false, or call back.
NATIVE = """
balanceOf: public(HashMap[address, uint256])
fee: public(uint256)
lies: public(bool)
callback: Bytes[2000]
callee: address
callback_worked: public(bool)

@deploy
def __init__(holder: address):
    self.balanceOf[holder] = 10**24

@external
def set(fee: uint256, lies: bool, callee: address, callback: Bytes[2000]):
    self.fee = fee
    self.lies = lies
    self.callee = callee
    self.callback = callback

@internal
def _move(a: address, b: address, amount: uint256) -> bool:
    if self.lies:
        return False
    self.balanceOf[a] -= amount
    self.balanceOf[b] += amount - self.fee
    if len(self.callback) > 0:
        self.callback_worked = raw_call(self.callee, self.callback, revert_on_failure=False)
    return True

@external
def transfer(to: address, amount: uint256) -> bool:
    return self._move(msg.sender, to, amount)

@external
def transferFrom(a: address, b: address, amount: uint256) -> bool:
    return self._move(a, b, amount)
"""

# A token as the bridge knows it by the newer interface alone, or by none, as its maker chooses.
PRETENDER = """
interfaces: public(DynArray[bytes4, 4])
answers_all: public(bool)
remoteToken: public(address)
minted: public(uint256)

@deploy
def __init__(interfaces: DynArray[bytes4, 4], answers_all: bool, remote_token: address):
    self.interfaces = interfaces
    self.answers_all = answers_all
    self.remoteToken = remote_token

@external
@view
def supportsInterface(i: bytes4) -> bool:
    return self.answers_all or i in self.interfaces

@external
def mint(to: address, amount: uint256):
    self.minted += amount
"""

# A contract that has ether come in and sends it back at once; and one that refuses it.
RETURNER = """
interface Bridge:
    def bridgeETHTo(_to: address, _minimum: uint32, _extra: Bytes[10]): payable

@external
@payable
def __default__():
    extcall Bridge(msg.sender).bridgeETHTo(0x0000000000000000000000000000000000000009, 0, b"", value=msg.value)
"""
REFUSER = "@external\ndef nothing():\n    pass\n"


@pytest.fixture
def mintable(rollup, l2):
    result = rollup.OptimismMintableERC20Factory.createOptimismMintableERC20(REMOTE, "Token", "TKN")
    return l2.OptimismMintableERC20.at(result)


@pytest.fixture
def finalize(deposit):
    """What the bridge on L1 sends: whether the message ran."""

    def run(signature, *arguments, value=0, sender=L1_BRIDGE):
        result = deposit(sender, BRIDGE, call_data(signature, *arguments), value=value, min_gas=400_000)
        assert not result.is_error
        return any(topics[0] == topic("RelayedMessage(bytes32)") for _, topics, _ in logs(result))

    return run


def as_messenger(sender, data, value=0):
    """A call from the messenger itself, in whose storage `sender` stands as the sender of the running message."""
    with boa.env.anchor():
        boa.env.set_storage(MESSENGER, 3, int(sender, 16))
        boa.env.set_balance(MESSENGER, value)
        return execute(BRIDGE, data, MESSENGER, value)


def refused(result, reason):
    assert result.is_error and result.output == keccak(text="Error(string)")[:4] + encode(["string"], [reason])


def sent_message(result) -> tuple[str, bytes]:
    """What the messenger was given: target and message."""
    for address, topics, data in logs(result):
        if topics[0] == topic("SentMessage(address,address,bytes,uint256,uint256)"):
            assert address == MESSENGER
            sender, message, _, gas = decode(["address", "bytes", "uint256", "uint256"], data)
            assert sender == BRIDGE.lower()
            return address_of(int.from_bytes(topics[1], "big")), message, gas
    raise AssertionError("no message")


def test_the_interface_identifiers():
    xor = lambda *names: bytes(
        a ^ b ^ c ^ d for a, b, c, d in zip(*[keccak(text=n)[:4] if n else bytes(4) for n in names])
    )
    assert xor("remoteToken()", "bridge()", "mint(address,uint256)", "burn(address,uint256)").hex() == "ec4fc8e3"
    assert xor("l1Token()", "mint(address,uint256)", "burn(address,uint256)", "").hex() == "1d1d8b63"


def test_ether_out(rollup, account):
    alice = account("alice")
    bob = account("bob")
    calls = [
        (call_data("bridgeETH(uint32,bytes)", 5, b"extra"), alice, 5, b"extra"),
        (call_data("bridgeETHTo(address,uint32,bytes)", bob, 5, b""), bob, 5, b""),
        (call_data("withdraw(address,uint256,uint32,bytes)", ETHER, 77, 5, b"e"), alice, 5, b"e"),
        (call_data("withdrawTo(address,address,uint256,uint32,bytes)", ETHER, bob, 77, 5, b"e"), bob, 5, b"e"),
        (b"", alice, 200_000, b""),
    ]
    for data, to, gas, extra in calls:
        with boa.env.anchor():
            result = execute(BRIDGE, data, alice, 77)
            assert not result.is_error
            assert sent_message(result) == (L1_BRIDGE, call_data(FINALIZE_ETH, alice, to, 77, extra), gas)
            assert boa.env.get_balance(predeploy(0x16)) == 77 and boa.env.get_balance(BRIDGE) == 0
            first, second = logs(result)[:2]
            legacy = topic("WithdrawalInitiated(address,address,address,address,uint256,bytes)")
            assert first[1] == [legacy, bytes(32), word(ETHER), word(alice)]
            assert first[2] == encode(["address", "uint256", "bytes"], [to, 77, extra])
            assert second[1] == [topic("ETHBridgeInitiated(address,address,uint256,bytes)"), word(alice), word(to)]
            assert second[2] == encode(["uint256", "bytes"], [77, extra])


def test_contracts_name_their_recipient(rollup, account, inline):
    contract = inline(REFUSER).deploy().address
    boa.env.set_balance(contract, 100)
    reason = "StandardBridge: a contract has to name its recipient"
    for data in (
        b"",
        call_data("bridgeETH(uint32,bytes)", 5, b""),
        call_data("withdraw(address,uint256,uint32,bytes)", ETHER, 7, 5, b""),
    ):
        refused(execute(BRIDGE, data, contract, 7), reason)
    refused(
        execute(
            BRIDGE, call_data("bridgeERC20(address,address,uint256,uint32,bytes)", REMOTE, REMOTE, 1, 1, b""), contract
        ),
        reason,
    )
    assert not execute(
        BRIDGE, call_data("bridgeETHTo(address,uint32,bytes)", account("bob"), 5, b""), contract, 7
    ).is_error


def test_value_has_to_be_the_amount(rollup, account, mintable):
    alice = account("alice")
    for value in (0, 76, 78):
        data = call_data("withdraw(address,uint256,uint32,bytes)", ETHER, 77, 5, b"")
        refused(execute(BRIDGE, data, alice, value), "StandardBridge: the value is not the amount")
    data = call_data("withdraw(address,uint256,uint32,bytes)", mintable.address, 0, 5, b"")
    refused(execute(BRIDGE, data, alice, 1), "StandardBridge: a token comes without value")


def test_ether_in(rollup, finalize, account, inline):
    bob = address_of(0xB0B)
    assert finalize(FINALIZE_ETH, account("alice"), bob, 9, b"", value=9)
    assert boa.env.get_balance(bob) == 9
    # One that refuses leaves the ether with the messenger, for another try.
    assert not finalize(FINALIZE_ETH, account("alice"), inline(REFUSER).deploy().address, 9, b"", value=9)
    assert boa.env.get_balance(MESSENGER) == 9
    # One that sends it on within the call may.
    assert finalize(FINALIZE_ETH, account("alice"), inline(RETURNER).deploy().address, 9, b"", value=9)
    assert boa.env.get_balance(predeploy(0x16)) == 9


def test_ether_in_is_refused_where_it_would_be_lost(rollup):
    for to, value, reason in (
        (BRIDGE, 9, "StandardBridge: the recipient is the bridge"),
        (MESSENGER, 9, "StandardBridge: the recipient is the messenger"),
        (REMOTE, 8, "StandardBridge: the value is not the amount"),
        (REMOTE, 10, "StandardBridge: the value is not the amount"),
    ):
        refused(as_messenger(L1_BRIDGE, call_data(FINALIZE_ETH, REMOTE, to, 9, b""), value), reason)


def test_only_the_other_bridge_brings_assets(rollup, finalize, account, mintable):
    mallory = account("mallory")
    tokens = call_data(FINALIZE_ERC20, mintable.address, REMOTE, mallory, mallory, 10**18, b"")
    ether = call_data(FINALIZE_ETH, mallory, mallory, 0, b"")
    for data in (tokens, ether):
        for forger in (mallory, L1_BRIDGE, alias(L1_BRIDGE), BRIDGE, alias(PARAMETERS["l1CrossDomainMessenger"])):
            refused(execute(BRIDGE, data, forger), ONLY_OTHER)
        for sender in (mallory, BRIDGE, alias(L1_BRIDGE), ZERO):
            refused(as_messenger(sender, data), ONLY_OTHER)
    # Through the messenger as L1 sends it, from anyone else's hand.
    for sender in (mallory, BRIDGE, mintable.address):
        assert not finalize(FINALIZE_ERC20, mintable.address, REMOTE, mallory, mallory, 10**18, b"", sender=sender)
    assert mintable.totalSupply() == 0


def test_mintable_tokens_in_and_out(rollup, finalize, account, mintable):
    alice, bob = account("alice"), account("bob")
    step = st.tuples(st.booleans(), st.booleans(), st.integers(0, 10**30), st.binary(max_size=100))

    @settings(max_examples=15)
    @given(st.lists(step, min_size=2, max_size=8))
    def check(steps):
        with boa.env.anchor():
            held = {alice: 0, bob: 0}
            for each in steps:
                play(held, *each)
            assert {who: mintable.balanceOf(who) for who in held} == held
            assert mintable.totalSupply() == sum(held.values())

    def play(held, inwards, of_alice, amount, extra):
        who, other = (alice, bob) if of_alice else (bob, alice)
        if inwards:
            assert finalize(FINALIZE_ERC20, mintable.address, REMOTE, other, who, amount, extra)
            held[who] += amount
            return
        data = call_data(
            "bridgeERC20To(address,address,address,uint256,uint32,bytes)",
            mintable.address,
            REMOTE,
            other,
            amount,
            5,
            extra,
        )
        result = execute(BRIDGE, data, who)
        if amount > held[who]:
            refused(result, "ERC20: burn amount exceeds balance")
        else:
            assert not result.is_error
            held[who] -= amount
            expected = call_data(FINALIZE_ERC20, REMOTE, mintable.address, who, other, amount, extra)
            assert sent_message(result) == (L1_BRIDGE, expected, 5)

    check()
    assert rollup.L2StandardBridge.deposits(mintable.address, REMOTE) == 0


def test_tokens_out_by_the_older_functions(rollup, finalize, account, mintable):
    alice, bob = account("alice"), account("bob")
    assert finalize(FINALIZE_ERC20, mintable.address, REMOTE, alice, alice, 100, b"")
    for data, to in (
        (call_data("withdraw(address,uint256,uint32,bytes)", mintable.address, 7, 5, b""), alice),
        (call_data("withdrawTo(address,address,uint256,uint32,bytes)", mintable.address, bob, 7, 5, b""), bob),
        (call_data("bridgeERC20(address,address,uint256,uint32,bytes)", mintable.address, REMOTE, 7, 5, b""), alice),
    ):
        result = execute(BRIDGE, data, alice)
        assert sent_message(result)[1] == call_data(FINALIZE_ERC20, REMOTE, mintable.address, alice, to, 7, b"")
    assert mintable.totalSupply() == 79


def test_nobody_burns_what_is_anothers(rollup, finalize, account, mintable):
    alice, mallory = account("alice"), account("mallory")
    finalize(FINALIZE_ERC20, mintable.address, REMOTE, alice, alice, 100, b"")
    data = call_data(
        "bridgeERC20To(address,address,address,uint256,uint32,bytes)", mintable.address, REMOTE, mallory, 1, 5, b""
    )
    refused(execute(BRIDGE, data, mallory), "ERC20: burn amount exceeds balance")
    assert mintable.balanceOf(alice) == 100


def test_a_mintable_token_has_one_partner(rollup, finalize, account, mintable):
    alice, other = account("alice"), address_of(0x72 << 152)
    assert not finalize(FINALIZE_ERC20, mintable.address, other, alice, alice, 100, b"")
    data = call_data("bridgeERC20(address,address,uint256,uint32,bytes)", mintable.address, other, 0, 5, b"")
    refused(execute(BRIDGE, data, alice), "StandardBridge: wrong remote token for the mintable token")


def test_a_message_mints_once(rollup, deposit, account, mintable):
    alice = account("alice")
    data = call_data(FINALIZE_ERC20, mintable.address, REMOTE, alice, alice, 100, b"")
    nonce = (1 << 240) | 5
    assert not deposit(L1_BRIDGE, BRIDGE, data, nonce=nonce, min_gas=400_000).is_error
    assert deposit(L1_BRIDGE, BRIDGE, data, nonce=nonce, min_gas=400_000).is_error
    assert mintable.totalSupply() == 100


def test_native_tokens_are_held(rollup, finalize, account, inline):
    alice, bob = account("alice"), account("bob")
    token = inline(NATIVE).deploy(alice)
    second = address_of(0x73 << 152)
    out = lambda remote, amount: execute(
        BRIDGE,
        call_data("bridgeERC20(address,address,uint256,uint32,bytes)", token.address, remote, amount, 5, b""),
        alice,
    )
    assert not out(REMOTE, 100).is_error and not out(second, 10).is_error
    deposits = lambda: [rollup.L2StandardBridge.deposits(token.address, remote) for remote in (REMOTE, second)]
    assert deposits() == [100, 10] and token.balanceOf(BRIDGE) == 110
    # What was sent under one partner does not come back under another.
    assert not finalize(FINALIZE_ERC20, token.address, second, alice, bob, 11, b"")
    assert finalize(FINALIZE_ERC20, token.address, second, alice, bob, 10, b"")
    assert not finalize(FINALIZE_ERC20, token.address, second, alice, bob, 1, b"")
    assert finalize(FINALIZE_ERC20, token.address, REMOTE, alice, bob, 60, b"")
    assert deposits() == [40, 0] and token.balanceOf(BRIDGE) == 40 and token.balanceOf(bob) == 70


def test_tokens_that_lie_or_keep_a_fee_are_refused(rollup, account, inline):
    alice = account("alice")
    token = inline(NATIVE).deploy(alice)
    data = call_data("bridgeERC20(address,address,uint256,uint32,bytes)", token.address, REMOTE, 100, 5, b"")
    token.set(1, False, ZERO, b"")
    refused(execute(BRIDGE, data, alice), "StandardBridge: the token did not transfer the whole amount")
    token.set(0, True, ZERO, b"")
    refused(execute(BRIDGE, data, alice), "StandardBridge: the transfer failed")
    assert execute(
        BRIDGE, call_data("bridgeERC20(address,address,uint256,uint32,bytes)", REMOTE, REMOTE, 1, 5, b""), alice
    ).is_error


def test_a_token_cannot_enter_the_bridge_again(rollup, finalize, account, inline):
    """Else it could have one transfer counted as two: the inner one raises the balance that the outer one looks at."""
    alice = account("alice")
    token = inline(NATIVE).deploy(alice)
    inner = call_data(
        "bridgeERC20To(address,address,address,uint256,uint32,bytes)", token.address, REMOTE, alice, 0, 5, b""
    )
    token.set(0, False, BRIDGE, inner)
    data = call_data("bridgeERC20(address,address,uint256,uint32,bytes)", token.address, REMOTE, 100, 5, b"")
    assert not execute(BRIDGE, data, alice).is_error
    assert not token.callback_worked()
    assert finalize(FINALIZE_ERC20, token.address, REMOTE, alice, alice, 40, b"") and not token.callback_worked()
    assert rollup.L2StandardBridge.deposits(token.address, REMOTE) == 60


def test_what_counts_as_mintable(rollup, finalize, account, inline):
    """The newer interface is enough; one who answers yes to everything, or to nothing, is not mintable."""
    alice = account("alice")
    introspection, invalid, mintable = (bytes.fromhex(x) for x in ("01ffc9a7", "ffffffff", "ec4fc8e3"))
    for interfaces, answers_all, expected in (
        ([introspection, mintable], False, True),
        ([mintable], False, False),
        ([introspection], False, False),
        ([introspection, mintable, invalid], False, False),
        ([], True, False),
    ):
        token = inline(PRETENDER).deploy(interfaces, answers_all, REMOTE)
        assert finalize(FINALIZE_ERC20, token.address, REMOTE, alice, alice, 5, b"") == expected
        assert token.minted() == (5 if expected else 0)


def test_gas_does_not_decide_what_is_mintable(rollup, finalize, account, mintable):
    """With whatever gas, a mintable token that leaves is burnt: it is never held as if it were native."""
    alice = account("alice")
    with boa.env.prank(alice):
        mintable.approve(BRIDGE, 2**256 - 1)
    assert finalize(FINALIZE_ERC20, mintable.address, REMOTE, alice, alice, 100, b"")
    data = call_data("bridgeERC20(address,address,uint256,uint32,bytes)", mintable.address, REMOTE, 10, 5, b"")
    done = 0
    for gas in range(10_000, 260_000, 2_000):
        with boa.env.anchor():
            done += not execute(BRIDGE, data, alice, gas=gas).is_error
            assert rollup.L2StandardBridge.deposits(mintable.address, REMOTE) == 0
            assert mintable.balanceOf(BRIDGE) == 0
    assert done > 10


def test_events_of_tokens(rollup, deposit, account, mintable):
    alice, bob = account("alice"), account("bob")
    finish = call_data(FINALIZE_ERC20, mintable.address, REMOTE, alice, bob, 9, b"x")
    body = encode(["address", "uint256", "bytes"], [bob, 9, b"x"])
    inwards = logs(deposit(L1_BRIDGE, BRIDGE, finish, min_gas=400_000))
    outwards = logs(
        execute(
            BRIDGE,
            call_data(
                "bridgeERC20To(address,address,address,uint256,uint32,bytes)",
                mintable.address,
                REMOTE,
                alice,
                9,
                5,
                b"x",
            ),
            bob,
        )
    )
    kind = "(address,address,address,address,uint256,bytes)"
    pair = [word(REMOTE), word(mintable.address)]
    assert (BRIDGE, [topic("DepositFinalized" + kind), *pair, word(alice)], body) in inwards
    assert (BRIDGE, [topic("ERC20BridgeFinalized" + kind), *pair[::-1], word(alice)], body) in inwards
    body = encode(["address", "uint256", "bytes"], [alice, 9, b"x"])
    assert (BRIDGE, [topic("WithdrawalInitiated" + kind), *pair, word(bob)], body) in outwards
    assert (BRIDGE, [topic("ERC20BridgeInitiated" + kind), *pair[::-1], word(bob)], body) in outwards


def test_takes_the_longest_extra_data(rollup, finalize, account):
    alice = account("alice")
    for length, fits in ((2048, True), (2049, False)):
        result = execute(BRIDGE, call_data("bridgeETH(uint32,bytes)", 5, bytes(length)), alice, 1)
        assert result.is_error != fits
        assert finalize(FINALIZE_ETH, alice, address_of(0xB0B), 1, bytes(length), value=1) == fits


def test_knows_its_partners(rollup):
    bridge = rollup.L2StandardBridge
    assert bridge.otherBridge() == bridge.OTHER_BRIDGE() == bridge.l1TokenBridge() == L1_BRIDGE
    assert bridge.messenger() == bridge.MESSENGER() == MESSENGER
    assert bridge.paused() is False


def test_gas(transact, account, gas):
    alice = account("alice")
    ether = lambda: transact(BRIDGE, call_data("bridgeETH(uint32,bytes)", 5, b""), alice, 1).get_gas_used()
    ether()
    gas("l2", "L2StandardBridge.bridgeETH", ether())
    factory = call_data("createOptimismMintableERC20(address,string,string)", REMOTE, "Token", "TKN")
    result = transact(predeploy(0x12), factory, alice)
    gas("l2", "OptimismMintableERC20Factory.createOptimismMintableERC20", result.get_gas_used())
    token = address_of(int.from_bytes(result.output, "big"))
    sender = alias(PARAMETERS["l1CrossDomainMessenger"])
    finish = call_data(FINALIZE_ERC20, token, REMOTE, alice, alice, 100, b"")
    for nonce in range(2):
        relay = call_data(
            "relayMessage(uint256,address,address,uint256,uint256,bytes)",
            1 << 240 | nonce,
            L1_BRIDGE,
            BRIDGE,
            0,
            200_000,
            finish,
        )
        used = transact(MESSENGER, relay, sender, gas=5_000_000).get_gas_used()
    gas("l2", "L2StandardBridge.finalizeBridgeERC20, relayed", used)
    out = call_data("bridgeERC20(address,address,uint256,uint32,bytes)", token, REMOTE, 10, 5, b"")
    gas("l2", "L2StandardBridge.bridgeERC20", transact(BRIDGE, out, alice).get_gas_used())
    move = call_data("transfer(address,uint256)", REMOTE, 5)
    transact(token, move, alice)
    gas("l2", "OptimismMintableERC20.transfer", transact(token, move, alice).get_gas_used())

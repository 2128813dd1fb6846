"""The proxy: calls reach the implementation, and only the administrator changes it."""

import boa
import pytest
from eth.exceptions import Revert
from eth_abi import encode
from eth_utils import keccak, to_bytes

from compiling import spelled
from settlement import GAME_TYPE, Output

SOURCE = """
count: public(uint256)

@external
@payable
def add(amount: uint256) -> uint256:
    assert amount != 0, "nothing to add"
    self.count += amount
    return self.count
"""
IMPLEMENTATION_SLOT = int.from_bytes(keccak(text="eip1967.proxy.implementation"), "big") - 1
ADMIN_SLOT = int.from_bytes(keccak(text="eip1967.proxy.admin"), "big") - 1

OPCODES = {
    "GT": 0x11,
    "BYTE": 0x1A,
    "SHL": 0x1B,
    "SAR": 0x1D,
    "CALLER": 0x33,
    "CALLVALUE": 0x34,
    "CALLDATALOAD": 0x35,
    "CALLDATASIZE": 0x36,
    "CALLDATACOPY": 0x37,
    "CODECOPY": 0x39,
    "RETURNDATASIZE": 0x3D,
    "RETURNDATACOPY": 0x3E,
    "POP": 0x50,
    "SLOAD": 0x54,
    "JUMPI": 0x57,
    "GAS": 0x5A,
    "JUMPDEST": 0x5B,
    "PUSH0": 0x5F,
    "DUP1": 0x80,
    "DUP2": 0x81,
    "LOG2": 0xA2,
    "RETURN": 0xF3,
    "DELEGATECALL": 0xF4,
    "REVERT": 0xFD,
}


def assembled(text: str) -> bytes:
    """Code from its mnemonics: `0x..` pushes a constant, `@name` a place, and `name:` is that place, a JUMPDEST."""
    code, places, gaps = bytearray(), {}, {}
    for word in text.split():
        if word.startswith("0x"):
            constant = bytes.fromhex(word[2:])
            code += bytes([0x5F + len(constant)]) + constant
        elif word.startswith("@"):
            gaps[len(code) + 1] = word[1:]
            code += b"\x60\0"
        elif word.endswith(":"):
            places[word[:-1]] = len(code)
            code.append(OPCODES["JUMPDEST"])
        else:
            code.append(OPCODES[word])
    for gap, name in gaps.items():
        code[gap] = places[name]
    return bytes(code)


def creation(code: bytes) -> bytes:
    return assembled(f"0x{len(code):02x} DUP1 0x09 PUSH0 CODECOPY PUSH0 RETURN") + code


def functions(contract) -> dict[str, bytes]:
    """The selectors of a contract, by signature."""
    entries = [entry for entry in contract.abi if entry["type"] == "function"]
    signatures = [f"{entry['name']}({','.join(map(spelled, entry['inputs']))})" for entry in entries]
    return {signature: keccak(text=signature)[:4] for signature in signatures}


def proxy_bytes(l1) -> set[int]:
    """The second bytes of the selectors that a clone leaves to Proxy."""
    return {selector[1] for selector in functions(l1.Proxy).values()}


def clone_code(l1, proxy: str) -> bytes:
    """A clone as RollupFactory makes it."""
    bitmap = sum(1 << (255 - byte) for byte in proxy_bytes(l1))
    return assembled(
        f"""
        CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY
        PUSH0 PUSH0 CALLDATASIZE PUSH0
        0x{IMPLEMENTATION_SLOT:064x} SLOAD
        0x{bitmap:058x} PUSH0 CALLDATALOAD 0x01 BYTE SHL 0xff SAR
        DUP2 GT @call JUMPI
        POP {proxy.lower()}
        call: GAS DELEGATECALL
        RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY
        @return JUMPI
        RETURNDATASIZE PUSH0 REVERT
        return: RETURNDATASIZE PUSH0 RETURN
        """
    )


def clone_of(l1) -> str:
    """A new clone, without an implementation."""
    return boa.env.deploy_code(bytecode=creation(clone_code(l1, l1.Proxy.deploy().address)))[0]


# Gives back what it is called with, as an answer or a refusal, and notes from whom it came with which value.
ECHO = "CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY CALLVALUE CALLER PUSH0 PUSH0 LOG2 CALLDATASIZE PUSH0"


@pytest.fixture
def echo(l1, admin):
    """A proxy of the first."""
    implementation = boa.env.deploy_code(bytecode=creation(assembled(f"{ECHO} RETURN")))[0]
    proxy = l1.Proxy.at(clone_of(l1))
    proxy.initializeProxy(implementation, admin, b"")
    return proxy


@pytest.fixture
def refusal(echo, admin):
    with boa.env.prank(admin):
        echo.upgradeTo(boa.env.deploy_code(bytecode=creation(assembled(f"{ECHO} REVERT")))[0])
    return echo


@pytest.fixture
def admin(account):
    return account("admin")


@pytest.fixture
def proxy(l1, inline, admin):
    implementation = inline(SOURCE).deploy()
    proxy = l1.Proxy.at(clone_of(l1))
    proxy.initializeProxy(implementation.address, admin, keccak(text="add(uint256)")[:4] + (3).to_bytes(32, "big"))
    return proxy


@pytest.fixture
def counter(inline, proxy):
    return inline(SOURCE).at(proxy.address)


def test_calls_run_in_the_proxys_storage(counter, reverts):
    assert counter.count() == 3
    assert counter.add(4) == 7
    assert counter.count() == 7
    with reverts("nothing to add"):
        counter.add(0)


SIZES = (0, 1, 2, 3, 4, 31, 32, 33, 4672, 4673, 20_000)


def filled(size: int, selector: bytes = b"\0\0\0\0") -> bytes:
    """Data that begins so."""
    return (selector + bytes(index % 251 for index in range(size)))[:size]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("value", [0, 7])
def test_data_value_and_answer_go_through_as_they_are(echo, account, size, value):
    before = boa.env.get_balance(echo.address)
    sender = account("sender")
    call = boa.env.raw_call(echo.address, data=filled(size), value=value, sender=sender)
    assert call.output == filled(size)
    ((_, address, topics, _),) = call.get_raw_log_entries()
    assert "0x" + address.hex() == echo.address.lower() and topics == (int(sender, 16), value)
    assert boa.env.get_balance(echo.address) == before + value


@pytest.mark.parametrize("size", SIZES)
def test_the_reason_of_a_refusal_goes_through_as_it_is(refusal, size):
    with pytest.raises(Revert) as refused:
        boa.env.raw_call(refusal.address, data=filled(size), value=7)
    assert bytes(refused.value.args[0]) == filled(size)


def test_selectors_that_have_a_byte_in_common_with_those_of_the_proxy(l1, echo, account, reverts):
    """They go through Proxy to the implementation, as they are; there its room is what they have."""
    sender, known = account("sender"), set(functions(l1.Proxy).values())
    for byte in proxy_bytes(l1):
        selector = bytes([1, byte, 2, 3])
        assert selector not in known
        for size in (2, 3, 4, 36, 4672):
            call = boa.env.raw_call(echo.address, data=filled(size, selector), value=7, sender=sender)
            assert call.output == filled(size, selector)
            assert [entry[2] for entry in call.get_raw_log_entries()] == [(int(sender, 16), 7)]
        for size in (4673, 20_000):
            with reverts("Proxy: the implementation returned too much"):
                boa.env.raw_call(echo.address, data=filled(size, selector))
    for selector in known:
        # Less than a selector of the proxy is none.
        for size in (1, 2, 3):
            assert boa.env.raw_call(echo.address, data=selector[:size]).output == selector[:size]


def test_a_refusal_goes_through_the_proxy_too(l1, refusal):
    for byte in proxy_bytes(l1):
        data = filled(100, bytes([1, byte, 2, 3]))
        with pytest.raises(Revert) as refused:
            boa.env.raw_call(refusal.address, data=data)
        assert bytes(refused.value.args[0]) == data


def test_without_an_implementation_every_call_is_refused(l1, reverts):
    """A delegate call to address zero would be a success."""
    proxy = l1.Proxy.at(clone_of(l1))
    long = (filled(size, bytes([0, second])) for second in range(256) for size in (4, 36))
    for data in (b"", b"\1", b"\1\2", b"\1\2\3", *long):
        for value in (0, 1):
            with reverts("Proxy: not initialized"):
                boa.env.raw_call(proxy.address, data=data, value=value)
    assert int(proxy.admin(), 16) == int(proxy.implementation(), 16) == 0
    for name, *data in (("upgradeTo",), ("upgradeToAndCall", b""), ("changeAdmin",)):
        with reverts("Proxy: caller is not the administrator"):
            getattr(proxy, name)(proxy.address, *data)


def test_clones_of_a_launch_have_this_code(l1, shared, rollup):
    """Byte for byte, with the bitmap that follows from the functions of Proxy."""
    for name in SLOW:
        assert boa.env.get_code(rollup.contracts[name]) == clone_code(l1, shared.proxy.address)


# Of all functions of a rollup's contracts these alone go through Proxy; none of them is called often.
SLOW = {
    "SystemConfig": set(),
    "OptimismPortal": set(),
    "L1CrossDomainMessenger": {"MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR()"},
    "L1StandardBridge": {"deposits(address,address)"},
    "L1ERC721Bridge": set(),
    "AnchorStateRegistry": set(),
    "DisputeGameFactory": set(),
    "Lifecycle": set(),
}
FREQUENT = {
    "SystemConfig": ["paused", "resourceConfig"],
    "OptimismPortal": ["depositTransaction", "proveWithdrawalTransaction", "finalizeWithdrawalTransaction", "payClaim"],
    "L1CrossDomainMessenger": ["sendMessage", "relayMessage"],
    "L1StandardBridge": ["bridgeETH", "bridgeETHTo", "bridgeERC20", "bridgeERC20To", "payClaim"],
    "L1ERC721Bridge": ["bridgeERC721", "bridgeERC721To"],
    "DisputeGameFactory": ["create"],
}


@pytest.mark.parametrize("name", SLOW)
def test_frequent_calls_do_not_go_through_the_proxy(l1, name):
    found = functions(getattr(l1, name))
    slow = {signature for signature, selector in found.items() if selector[1] in proxy_bytes(l1)}
    assert slow == SLOW[name]
    for frequent in FREQUENT.get(name, ()):
        signatures = {signature for signature in found if signature.startswith(frequent + "(")}
        assert signatures and not signatures & slow


def test_the_longest_answer_of_the_game_factory(rollup):
    """Sixteen games with 64 bytes of extra data."""
    outputs = [Output([], salt=str(number)) for number in range(16)]
    for number, output in enumerate(outputs):
        rollup.propose(output, number=number + 1, extra=b"\7" * 32)
    selector = functions(rollup.l1.DisputeGameFactory)["findLatestGames(uint32,uint256,uint256)"]
    data = selector + encode(["uint32", "uint256", "uint256"], [GAME_TYPE, 15, 16])
    assert len(boa.env.raw_call(rollup.factory.address, data=data).output) == 4672
    found = rollup.factory.findLatestGames(GAME_TYPE, 15, 16)
    assert [result[3] for result in found] == [output.root for output in reversed(outputs)]
    assert found[0][4] == (16).to_bytes(32, "big") + b"\7" * 32


def test_slots_are_those_of_erc_1967(proxy, admin):
    storage = lambda slot: boa.env.get_storage(proxy.address, slot)
    assert storage(ADMIN_SLOT) == int(admin, 16)
    assert storage(IMPLEMENTATION_SLOT) == int(proxy.implementation(), 16)


def test_is_initialized_once(l1, proxy, account, reverts):
    with reverts("Proxy: already initialized"), boa.env.prank(account("mallory")):
        proxy.initializeProxy(proxy.implementation(), account("mallory"), b"")


def test_the_copy_that_clones_point_to_belongs_to_nobody(l1, account, reverts):
    master = l1.Proxy.deploy()
    with reverts("Proxy: already initialized"):
        master.initializeProxy(master.address, account("mallory"), b"")
    with reverts("Proxy: caller is not the administrator"):
        master.upgradeTo(master.address)
    with reverts("Proxy: not initialized"):
        boa.env.raw_call(master.address, data=b"\1\2\3\4")


def test_only_the_administrator_upgrades(inline, proxy, counter, admin, account, reverts):
    second = inline(SOURCE).deploy().address
    for sender in (account("mallory"), proxy.address):
        with boa.env.prank(sender):
            with reverts("Proxy: caller is not the administrator"):
                proxy.upgradeTo(second)
            with reverts("Proxy: caller is not the administrator"):
                proxy.upgradeToAndCall(second, b"")
            with reverts("Proxy: caller is not the administrator"):
                proxy.changeAdmin(sender)
    with boa.env.prank(admin):
        with reverts("Proxy: the implementation has no code"):
            proxy.upgradeTo(account("nobody"))
        proxy.upgradeToAndCall(second, keccak(text="add(uint256)")[:4] + to_bytes(5).rjust(32, b"\0"))
        assert proxy.implementation() == second
        proxy.changeAdmin(account("heir"))
        with reverts("Proxy: caller is not the administrator"):
            proxy.upgradeTo(second)
    assert counter.count() == 8

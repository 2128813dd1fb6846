"""The proxy: calls reach the implementation, and only the administrator changes it."""

import boa
import pytest
from eth_utils import keccak, to_bytes

SOURCE = """
count: public(uint256)

@external
@payable
def add(amount: uint256) -> uint256:
    assert amount != 0, "nothing to add"
    self.count += amount
    return self.count

@external
@raw_return
def answer(size: uint256) -> Bytes[9000]:
    filling: Bytes[9000] = slice(abi_encode(empty(uint256[282])), 0, 9000)
    return slice(filling, 0, size)
"""
IMPLEMENTATION_SLOT = int.from_bytes(keccak(text="eip1967.proxy.implementation"), "big") - 1
ADMIN_SLOT = int.from_bytes(keccak(text="eip1967.proxy.admin"), "big") - 1


def clone_of(address) -> str:
    """An EIP-1167 clone of a contract."""
    code = "3d602d80600a3d3981f3363d3d373d3d3d363d73" + address[2:] + "5af43d82803e903d91602b57fd5bf3"
    return boa.env.deploy_code(bytecode=bytes.fromhex(code))[0]


@pytest.fixture
def admin(account):
    return account("admin")


@pytest.fixture
def proxy(l1, inline, admin):
    implementation = inline(SOURCE).deploy()
    proxy = l1.Proxy.at(clone_of(l1.Proxy.deploy().address))
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


def test_more_than_it_can_carry_is_refused_and_not_cut_off(counter, reverts):
    for size in (0, 1, 4671, 4672):
        data = keccak(text="answer(uint256)")[:4] + size.to_bytes(32, "big")
        assert boa.env.raw_call(counter.address, data=data).output == bytes(size)
    for size in (4673, 4674, 8192, 9000):
        data = keccak(text="answer(uint256)")[:4] + size.to_bytes(32, "big")
        with reverts("Proxy: the implementation returned too much"):
            boa.env.raw_call(counter.address, data=data)


PAYING = """
@external
@raw_return
def payClaim(recipient: address, amount: uint256) -> Bytes[128]:
    assert amount != 7, "nothing to pay"
    return slice(abi_encode(empty(uint256[4])), 0, amount)

@external
@raw_return
def payClaim(token: address, other: address, recipient: address, amount: uint256) -> Bytes[128]:
    return slice(abi_encode(empty(uint256[4])), 0, amount)
"""


@pytest.mark.parametrize("parameters", ["address,uint256", "address,address,address,uint256"])
def test_an_answer_to_a_payment_is_a_word_at_most(l1, inline, account, reverts, parameters):
    source = PAYING.split("\n\n@")
    source = source[0] if parameters == "address,uint256" else "@" + source[1]
    call = keccak(text=f"payClaim({parameters})")[:4] + bytes(32 * parameters.count(","))
    proxy = l1.Proxy.at(clone_of(l1.Proxy.deploy().address))
    proxy.initializeProxy(inline(source).deploy().address, account("admin"), call + bytes(32))

    def pay(size: int):
        return boa.env.raw_call(proxy.address, data=call + size.to_bytes(32, "big")).output

    for size in (0, 1, 31, 32):
        assert pay(size) == bytes(size)
    for size in (33, 64, 128):
        with reverts("Proxy: the implementation returned too much"):
            pay(size)
    if parameters == "address,uint256":
        with reverts("nothing to pay"):
            pay(7)


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

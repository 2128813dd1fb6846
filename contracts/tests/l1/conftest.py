import boa
import pytest

from settlement import ETHER, Rollup, Withdrawal


@pytest.fixture
def owner(account):
    return account("owner")


@pytest.fixture
def timelock(account):
    return account("timelock")


@pytest.fixture
def alice(account):
    return account("alice")


@pytest.fixture
def mallory(account):
    return account("mallory")


@pytest.fixture(autouse=True)
def funds():
    boa.env.set_balance(boa.env.eoa, 1000 * ETHER)


@pytest.fixture
def rollup(l1, owner, timelock):
    return Rollup(l1, owner, timelock)


@pytest.fixture
def withdrawal(alice):
    return Withdrawal(nonce=1 << 240, sender=alice, target=alice, value=ETHER, gas=50_000, data=b"")

import boa
import pytest

from settlement import ETHER, Rollup, Shared, Withdrawal


PEOPLE = ("owner", "timelock", "alice", "mallory")


@pytest.fixture(scope="session")
def people():
    return {name: boa.env.generate_address(name) for name in PEOPLE}


@pytest.fixture(autouse=True)
def funds(people):
    for address in (boa.env.eoa, *people.values()):
        boa.env.set_balance(address, 1000 * ETHER)


@pytest.fixture
def owner(people):
    return people["owner"]


@pytest.fixture
def timelock(people):
    return people["timelock"]


@pytest.fixture
def alice(people):
    return people["alice"]


@pytest.fixture
def mallory(people):
    return people["mallory"]


@pytest.fixture(scope="session")
def shared(l1, people):
    return Shared(l1, people["timelock"])


@pytest.fixture(scope="session")
def launched(shared, people):
    return Rollup(shared, people["owner"])


@pytest.fixture
def rollup(launched):
    """A rollup as it is right after its launch: what another test did to it is undone."""
    launched.name_addresses()
    return launched


@pytest.fixture
def withdrawal(alice):
    return Withdrawal(nonce=1 << 240, sender=alice, target=alice, value=ETHER, gas=50_000, data=b"")

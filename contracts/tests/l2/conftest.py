"""What tests of the predeploys share: a rollup as its genesis makes it."""

from functools import cache

import boa
import pytest
from rollup import PARAMETERS, RELAY, VERSION_1, alias, call_data, contracts_of, execute, place, predeploy


@pytest.fixture(scope="session")
def description(artifact):
    return artifact("l2", "predeploys")


@pytest.fixture
def rollup(description, l2):
    """The predeploys by name, in a fresh genesis."""
    place(description, PARAMETERS)
    return contracts_of(description, l2)


@pytest.fixture
def account(account):
    """The funded account of a name, the same one each time within a test."""
    return cache(account)


@pytest.fixture
def deposit(rollup):
    """Runs a message as the messenger on L1 sends it: a deposit from its alias."""
    nonces = iter(range(10**6))

    def run(sender, target, message=b"", value=0, min_gas=200_000, gas=10_000_000, nonce=None, origin=None):
        nonce = VERSION_1 | next(nonces) if nonce is None else nonce
        messenger = alias(PARAMETERS["l1CrossDomainMessenger"])
        if value:
            boa.env.set_balance(messenger, value)
        data = call_data(RELAY, nonce, sender, target, value, min_gas, message)
        return execute(predeploy(0x07), data, sender=origin or messenger, value=value, gas=gas)

    return run


class Chain:
    """A rollup on which calls are transactions of their own: nothing is warm, storage is as the last one left it."""

    def __init__(self, description):
        self.env = boa.Env()
        with boa.swap_env(self.env):
            place(description, PARAMETERS)

    def __call__(self, to, data=b"", sender=None, value=0, gas=30_000_000):
        """Runs a transaction that succeeds; its gas is counted without what a transaction costs by itself."""
        with boa.swap_env(self.env):
            if value:
                boa.env.set_balance(sender, value)
            boa.env.evm.vm.state.lock_changes()
            result = execute(to, data, sender, value, gas)
            assert not result.is_error, result.output
            return result

    def code(self, address, code: bytes) -> str:
        with boa.swap_env(self.env):
            boa.env.set_code(address, code)
        return address


@pytest.fixture
def transact(description):
    return Chain(description)

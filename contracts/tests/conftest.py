"""What every contract test shares: deployers, expected reverts, the gas table, and a node that runs our own EVM."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import boa
import hypothesis
import pytest
from boa.contracts.abi.abi_contract import ABIContract, ABIContractFactory
from eth.exceptions import Revert
from eth_abi import decode, encode
from eth_utils import keccak
from vyper.compiler import CompilerData
from vyper.compiler.output import build_abi_output
from vyper.compiler.settings import anchor_settings

CONTRACTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CONTRACTS), str(CONTRACTS / "tests")]

from compiling import SEARCH_PATHS, SIDES, compiled, compiled_text, contracts, read_json, spelled  # noqa: E402
from machines import Beside  # noqa: E402

REPOSITORY = CONTRACTS.parent
WRITE_GAS = os.environ.get("MAYFLY_WRITE_GAS") == "1"

boa.interpret.set_search_paths([str(path) for path in SEARCH_PATHS])
boa.interpret.disable_cache()

# The same examples on every run and no deadline: the machine may be busy.
hypothesis.settings.register_profile(
    "mayfly",
    deadline=None,
    derandomize=True,
    max_examples=40,
    database=None,
    # Tests that change the chain undo it after each example with `boa.env.anchor()`.
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("mayfly")


class Deployer(ABIContractFactory):
    """Makes contracts of one source file: at a new address, at a chosen one, or where one already is (`at`)."""

    def __init__(self, data: CompilerData, name: str):
        with anchor_settings(data.settings):
            super().__init__(name, build_abi_output(data))
        self.bytecode, self.runtime = data.bytecode, data.bytecode_runtime

    def creation(self, *arguments) -> bytes:
        """The creation code with the constructor's arguments."""
        constructors = [entry for entry in self.abi if entry["type"] == "constructor"]
        types = [spelled(entry) for entry in constructors[0]["inputs"]] if constructors else []
        return self.bytecode + encode(types, arguments)

    def deploy(self, *arguments, value: int = 0) -> ABIContract:
        address, _ = boa.env.deploy_code(bytecode=self.creation(*arguments), value=value)
        return self.at(address)

    def place(self, address: str) -> ABIContract:
        """Puts the runtime code at an address, without running a constructor: as a genesis does with predeploys."""
        boa.env.set_code(address, self.runtime)
        return self.at(address)


class Deployers(SimpleNamespace):
    """The contracts of one side by name, compiled when first asked for: `l1.Proxy.deploy()`, `l1.Proxy.at(address)`."""

    def __init__(self, side: str):
        super().__init__(paths={path.stem: path for path in contracts(side)})

    def __getattr__(self, name: str) -> Deployer:
        path = self.paths.get(name) if name != "paths" else None
        if path is None:
            raise AttributeError(name)
        setattr(self, name, Deployer(compiled(path), name))
        return getattr(self, name)


@pytest.fixture(scope="session")
def l1() -> Deployers:
    return Deployers("l1")


@pytest.fixture(scope="session")
def l2() -> Deployers:
    return Deployers("l2")


@pytest.fixture(scope="session")
def inline():
    """A deployer of a contract that a test brings along as text: `inline(SOURCE).deploy()`."""
    return cache(lambda source: Deployer(compiled_text(source), "Inline"))


@pytest.fixture(autouse=True)
def isolated():
    """Undoes what a test did to the chain."""
    with boa.env.anchor():
        yield


@contextmanager
def expect_revert(reason: str):
    """The calls inside must revert: with a custom error, `Name(types)`, with this reason, or with one that begins so (`*`)."""
    try:
        yield
    except (boa.BoaError, Revert) as error:
        found = bytes(error.args[0] if isinstance(error, Revert) else error.call_trace.output)
        if reason.endswith(")") and " " not in reason:
            expected = keccak(text=reason)[:4]
            assert found[:4] == expected, f"expected {reason} (0x{expected.hex()}), got 0x{found.hex()}\n{error}"
        else:
            assert found[:4] == keccak(text="Error(string)")[:4], f"got 0x{found.hex()}\n{error}"
            (text,) = decode(["string"], found[4:])
            wanted = reason.removesuffix("*")
            assert text.startswith(wanted) if reason.endswith("*") else text == wanted, f"expected {reason}, got {text}"
    else:
        raise AssertionError(f"did not revert, expected {reason}")


@pytest.fixture
def reverts():
    return expect_revert


@pytest.fixture
def account():
    """Makes funded accounts: `account("alice")`."""

    def make(name: str):
        address = boa.env.generate_address(name)
        boa.env.set_balance(address, 1000 * 10**18)
        return address

    return make


@pytest.fixture(scope="session")
def gas(request):
    """Compares a gas figure with the committed table: `gas("l1", "Proxy.call", 12345)`.

    `scripts/contracts gas` writes the tables anew from what the tests measured.
    """
    tables = {side: CONTRACTS / "snapshots" / side / "gas.txt" for side in SIDES}
    committed = {
        side: dict(line.rsplit(maxsplit=1) for line in path.read_text().splitlines()) if path.exists() else {}
        for side, path in tables.items()
    }
    measured = {side: {} for side in SIDES}

    def record(side: str, action: str, used: int) -> None:
        assert measured[side].setdefault(action, used) == used, f"{action} is measured twice, with different results"
        if not WRITE_GAS:
            expected = committed[side].get(action)
            assert expected == str(used), f"{action} takes {used} gas, the table says {expected}: scripts/contracts gas"

    yield record
    if WRITE_GAS:
        for side, table in measured.items():
            if table:
                width = max(map(len, table)) + 2
                tables[side].parent.mkdir(parents=True, exist_ok=True)
                tables[side].write_text("".join(f"{name:<{width}}{table[name]:>9}\n" for name in sorted(table)))


@pytest.fixture(scope="session")
def mayfly_l1():
    """web3 on a fresh `mayfly l1`, so that contracts also run on Mayfly's own EVM; skipped where it is not built."""
    from web3 import HTTPProvider, Web3

    binary = REPOSITORY / ".build/release/mayfly"
    if not binary.exists():
        pytest.skip("no .build/release/mayfly: tests on Mayfly's own EVM are left out")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [binary, "l1", "--http", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        web3 = Web3(HTTPProvider(f"http://127.0.0.1:{port}", request_kwargs={"timeout": 30}))
        until = time.monotonic() + 30
        while not web3.is_connected():
            assert process.poll() is None, "mayfly l1 stopped"
            assert time.monotonic() < until, "mayfly l1 did not answer within 30 s"
            time.sleep(0.05)
        web3.eth.default_account = web3.eth.accounts[0]
        yield web3
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def beside(mayfly_l1):
    return Beside(mayfly_l1)


@pytest.fixture
def both_machines(beside):
    """The calls of this test are made on Mayfly's EVM too and must give the same: `usefixtures("both_machines")`."""
    # Far from the blocks that the node has: it knows their hashes.
    boa.env.evm.patch.block_number += 1000
    with beside.watching():
        yield


@pytest.fixture(scope="session")
def artifact():
    """The committed artifact of a contract: `artifact("l1", "Proxy")`."""
    return lambda side, name: read_json(CONTRACTS / "artifacts" / side / f"{name}.json")

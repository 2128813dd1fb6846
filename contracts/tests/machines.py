"""Runs every call of a test on Mayfly's EVM too, from the same state, and compares what came of it.

A test acts on titanoboa's EVM (py-evm). `Beside` notes which accounts and slots each of its calls looks at and what they held
before, hands these to `debug_traceCall` of a `mayfly l1` as the state, with the same block, and wants the same answer,
reason of failure and logs. So whatever a test does before, to the clock or to the state, both machines see the same.
"""

from contextlib import contextmanager

from boa.vm.py_evm import PyEVM
from eth.db.account import AccountDB
from eth.db.backends.memory import MemoryDB
from eth.db.journal import JournalDB
from eth.vm.state import BaseState
from eth_utils import to_checksum_address

READS = ("get_balance", "get_nonce", "get_code", "get_code_hash", "account_exists", "account_is_empty")
WRITES = ("set_balance", "set_nonce", "increment_nonce", "set_code", "touch_account", "delete_account")
STORAGE = ("get_storage", "set_storage")
# Accounts that are part of the machine.
PRECOMPILES = {number.to_bytes(20, "big") for number in (*range(1, 18), 256)}


class Prestate:
    """What the accounts of a database held when they were first looked at."""

    def __init__(self):
        self.accounts, self.is_noting = {}, False

    def see(self, database, address: bytes, slot: int | None = None) -> None:
        """Notes an account, and a slot of it, if this is the first look at it."""
        if self.is_noting:
            return
        self.is_noting = True
        if address not in self.accounts:
            self.accounts[address] = {
                "balance": database.get_balance(address),
                "nonce": database.get_nonce(address),
                "code": database.get_code(address),
                "storage": {},
            }
        storage = self.accounts[address]["storage"]
        if slot is not None and slot not in storage:
            storage[slot] = database.get_storage(address, slot)
        self.is_noting = False

    def overrides(self) -> dict:
        return {
            "0x" + address.hex(): {
                "balance": hex(account["balance"]),
                "nonce": hex(account["nonce"]),
                "code": "0x" + account["code"].hex(),
                "state": {f"0x{slot:064x}": f"0x{value:064x}" for slot, value in account["storage"].items()},
            }
            for address, account in self.accounts.items()
            if address not in PRECOMPILES
        }


class Beside:
    """A node that runs what titanoboa runs."""

    def __init__(self, web3):
        self.web3, self.calls = web3, 0

    @contextmanager
    def watching(self):
        """Within it, each call of a test is made on both machines."""
        originals = {name: getattr(AccountDB, name) for name in READS + WRITES + STORAGE}
        execute, seen, ancestor = PyEVM.execute_code, [], BaseState.get_ancestor_hash

        def watched(name):
            original = originals[name]

            def method(database, address, *arguments, **options):
                if seen:
                    seen[-1].see(database, address, arguments[0] if name in STORAGE else None)
                return original(database, address, *arguments, **options)

            return method

        def execute_code(machine, sender, to, gas, gas_price, value, bytecode, data, *rest, **options):
            prestate = Prestate()
            seen.append(prestate)
            try:
                for address in (sender, to):
                    prestate.see(machine.vm.state._account_db, address.canonical_address)
                with cold(machine.vm.state, sender, to):
                    result = execute(machine, sender, to, gas, gas_price, value, bytecode, data, *rest, **options)
            finally:
                seen.pop()
            self.compare(machine.vm.state, result, prestate, sender, to, gas, value, data)
            return result

        try:
            for name in originals:
                setattr(AccountDB, name, watched(name))
            PyEVM.execute_code = execute_code
            # On the node, blocks before the one that a call names are not there.
            BaseState.get_ancestor_hash = lambda state, number: bytes(32)
            yield self
        finally:
            for name, original in originals.items():
                setattr(AccountDB, name, original)
            PyEVM.execute_code, BaseState.get_ancestor_hash = execute, ancestor

    def compare(self, state, result, prestate, sender, to, gas, value, data) -> None:
        self.calls += 1
        transaction = {"from": str(sender), "to": str(to), "gas": hex(gas + intrinsic(data))}
        transaction |= {"value": hex(value), "input": "0x" + data.hex()}
        options = {
            "tracer": "callTracer",
            "tracerConfig": {"withLog": True},
            "timeout": "60s",
            "stateOverrides": prestate.overrides(),
            "blockOverrides": {
                "number": hex(state.block_number),
                "time": hex(state.timestamp),
                "gasLimit": hex(state.gas_limit),
                "feeRecipient": to_checksum_address(state.coinbase),
            },
        }
        answer = self.web3.provider.make_request("debug_traceCall", [transaction, "latest", options])
        assert "result" in answer, answer.get("error")
        trace = answer["result"]
        ours = ("error" in trace, bytes.fromhex(trace.get("output", "0x")[2:]), logs_of(trace))
        theirs = (
            result.is_error,
            bytes(result.output),
            [] if result.is_error else [
                ("0x" + address.hex(), [f"0x{topic:064x}" for topic in topics], "0x" + data.hex())
                for _, address, topics, data in sorted(result.get_raw_log_entries())
            ],
        )
        assert ours == theirs, f"Mayfly's EVM gives {ours}, py-evm {theirs}, for {transaction['to']} {data[:4].hex()}"


@contextmanager
def cold(state, sender, to):
    """What a call finds warm is what a transaction does, and not what calls before have looked at."""
    database = state._account_db
    before, database._journal_accessed_state = database._journal_accessed_state, JournalDB(MemoryDB())
    try:
        for address in (sender.canonical_address, to.canonical_address, state.coinbase, *PRECOMPILES):
            database.mark_address_warm(address)
        yield
    finally:
        database._journal_accessed_state = before


def intrinsic(data: bytes) -> int:
    """What a transaction with this data takes before it runs."""
    return 21_000 + sum(16 if byte else 4 for byte in data)


def logs_of(call: dict) -> list:
    """All logs of a call and of the calls within it, in their order."""
    if "error" in call:
        return []
    logs, inner = sorted(call.get("logs", []), key=lambda log: int(log["position"], 16)), call.get("calls", [])
    found, place = [], 0
    for log in logs:
        while place < int(log["position"], 16):
            found += logs_of(inner[place])
            place += 1
        found.append((log["address"].lower(), list(log["topics"]), log.get("data", "0x")))
    for call in inner[place:]:
        found += logs_of(call)
    return found

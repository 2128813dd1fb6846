"""Measures idle and wake: the first answer of a rollup that sleeps, and what 500 sleeping rollups cost.

  python wake_bench.py [wakes] [rollups]
"""
import json
import pathlib
import sys
import tempfile
import time

from eth_account import Account

from gateway import Gateway, children, describe, processor_seconds, proportional_memory
from rollup import Rollup, block

SECONDS = 10


def wakes(rollup, count):
    with tempfile.TemporaryDirectory(prefix="mayfly-wake-") as folder:
        served = Gateway(rollup.path, rollup.l1.url, folder + "/log", "--idle-after", "100ms")
        try:
            served.wakes("trial", 3)
            print(f"The first answer of a sleeping rollup (eth_getBlockByNumber): {describe(served.wakes('trial', count))}")
            inner = sorted(
                int(line.split(" ms")[0].rsplit(" ", 1)[1]) for line in served.output().splitlines() if " ms" in line)
            print(f"Of it until the process serves: p50 {inner[len(inner) // 2]} ms")
        finally:
            served.process.stop()


def catching_up(rollup, seconds):
    """How fast the blocks of a sleep are made."""
    with tempfile.TemporaryDirectory(prefix="mayfly-wake-") as folder:
        served = Gateway(rollup.path, rollup.l1.url, folder + "/log", "--idle-after", "100ms")
        try:
            served.wakes("trial", 1)
            served.falls_asleep("trial")
            before = time.time()
            time.sleep(seconds)
            start = time.monotonic()
            first = block(served.url("trial"))
            while (last := block(served.url("trial")))["time"] < time.time() - 2:
                time.sleep(0.005)
            taken = time.monotonic() - start
            count = last["number"] - first["number"]
            print(f"After {time.time() - before:.0f} s of sleep: {count} blocks made anew, {taken * 1000:.0f} ms after the request "
                  f"that woke it")
        finally:
            served.process.stop()


def sleepers(rollup, count):
    """Rollups that differ in their name and their portal; a tenth as many have been awake."""
    file = json.loads((rollup.directory / "rollup.json").read_text())
    with tempfile.TemporaryDirectory(prefix="mayfly-wake-") as folder:
        for number in range(count):
            directory = pathlib.Path(folder) / f"r{number}"
            directory.mkdir()
            if number:
                file["deposit_contract_address"] = Account.create().address
            (directory / "rollup.json").write_text(json.dumps(file))
            (directory / "genesis.json").symlink_to(rollup.directory / "genesis.json")
            (directory / "gateway.json").write_text('{"node": ["--verify"]}')
        served = Gateway(folder, rollup.l1.url, folder + "/log", "--idle-after", "100ms")
        try:
            empty = proportional_memory(served.pid)
            for number in range(0, count, 10):
                assert "result" in served.ask(f"r{number}", {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []})[2]
                served.falls_asleep(f"r{number}")
            time.sleep(2)
            used = processor_seconds(served.pid)
            time.sleep(SECONDS)
            used = processor_seconds(served.pid) - used
            memory = proportional_memory(served.pid)
            assert not children(served.pid)
            print(f"{count} sleeping rollups, {(count + 9) // 10} of which were awake before: {memory / 2**20:.1f} MiB in one process "
                  f"and no other ({empty / 2**20:.1f} MiB before any was awake), {memory / count / 1024:.0f} KiB each; "
                  f"{used * 1000:.0f} ms of the processor in {SECONDS} s, {used / SECONDS / count * 100:.5f} % of a core each")
        finally:
            served.process.stop()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rollups = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    with Rollup() as rollup:
        wakes(rollup, count)
        catching_up(rollup, 60)
        sleepers(rollup, rollups)


main()

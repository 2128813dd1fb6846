"""Kills a platform, its gateway and its L1 at random times while it launches and dissolves rollups, and checks what became of each.

usage: platform_kills.py [ROLLUPS [SEED]]    (default: 100 1)
"""
import pathlib
import random
import sys
import time

from eth_account import Account

from platform_up import Up
from rollup import ACCOUNTS, call, eventually

ETHER = 10**18
# Wei that one launch and one dissolution may cost, gas and data.
COST = ETHER // 20


def processes(path):
    """The processes that work in a directory."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if str((entry / "cwd").resolve()).startswith(str(path)):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            pass  # It has just ended.
    return found


def main(count, seed):
    generator = random.Random(seed)
    names = [f"r{index}" for index in range(count)]
    began = time.monotonic()
    up = Up("--idle-after", "20s")
    with up:
        before = int(call(up.l1, "eth_getBalance", ACCOUNTS[0].address, "latest"), 16)
        kills, ordered, ended, dissolving, states = 0, set(), set(), set(), {}
        next_kill = time.monotonic() + generator.uniform(1, 4)
        while len(ended) < count:
            # A few at a time, as people come.
            alive = [name for name in ordered if name not in ended]
            for name in names:
                if name not in ordered and len(alive) < 12:
                    status, answer = up.ask("POST", "/rollups", {"name": name, "template": "mint"}, Idempotency_Key=name)
                    if status in (200, 202):
                        ordered.add(name)
                        alive.append(name)
            for name in alive:
                found = up.rollup(name)
                state = states[name] = (found or {}).get("state")
                if state == "failed":
                    raise SystemExit(f"{name} has failed: {found.get('failure')}")
                if state == "active" and name not in dissolving and generator.random() < 0.3:
                    if up.ask("POST", f"/rollups/{name}/dissolve")[0] == 202:
                        dissolving.add(name)
                if state == "dissolved":
                    ended.add(name)
            if time.monotonic() > next_kill:
                up.kill()
                kills += 1
                time.sleep(generator.uniform(0, 0.5))
                up.start()
                next_kill = time.monotonic() + generator.uniform(1, 12)
            time.sleep(0.2)
        rollups = []
        while True:
            page = up.ask("GET", f"/rollups?after={rollups[-1]['name'] if rollups else ''}")[1]
            rollups += page["rollups"]
            if "next" not in page:
                break
        assert {rollup["state"] for rollup in rollups} == {"dissolved"}, states
        assert len({rollup["registryId"] for rollup in rollups}) == count, "one rollup was registered twice"
        registered = max(int(rollup["registryId"]) for rollup in rollups) + 1
        assert registered == count, f"{registered} registered for {count} orders"
        left = 0
        for name in names:
            for role in ["batcher", "proposer"]:
                key = (up.data / f"platform/retired/{name}/keys/{role}").read_text().strip()
                left += int(call(up.l1, "eth_getBalance", Account.from_key(key).address, "latest"), 16)
        spent = before - int(call(up.l1, "eth_getBalance", ACCOUNTS[0].address, "latest"), 16)
        eventually(lambda: not processes(up.data / "platform"), 30, f"the end of {processes(up.data / 'platform')}")
        print(
            f"{count} launched and dissolved under {kills} kills in {time.monotonic() - began:.0f} s: each registered once, no process "
            f"left, {spent / ETHER / count:.6f} ETH spent each, {left / ETHER / count:.6f} ETH each left behind")
        assert spent < COST * count, "something was paid twice, or did not come back"


if __name__ == "__main__":
    main(*[int(text) for text in (sys.argv[1:] + ["100", "1"][len(sys.argv) - 1:])])

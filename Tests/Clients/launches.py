"""Launches many rollups on a platform, one after another and at once, and tells how long each took to its first answer, without the
waiting for L1's blocks.

usage: launches.py [IN_A_ROW [AT_ONCE]]   (default: 100 20)
"""
import concurrent.futures
import statistics
import sys
import time

from platform_up import Up
from rollup import call


def launch(up, name):
    """Milliseconds to the first answer, and those of them that L1's blocks were waited for."""
    status, answer = up.ask("POST", "/rollups", {"name": name, "template": "mint"}, Idempotency_Key=name)
    assert status == 202, answer
    while (rollup := up.rollup(name))["state"] != "active":
        assert rollup["state"] == "launching", rollup
        time.sleep(0.02)
    assert int(call(rollup["rpcUrl"], "eth_chainId"), 16) == rollup["chainId"]
    return rollup["launch"]["milliseconds"], rollup["launch"]["waitedForL1Milliseconds"]


def tell(what, times):
    own = sorted(total - waited for total, waited in times)
    print(f"{what}: {len(own)} launches, without L1's blocks p50 {statistics.median(own):.0f} ms, "
          f"p90 {own[len(own) * 9 // 10]} ms, most {own[-1]} ms; "
          f"with them p50 {statistics.median(total for total, _ in times):.0f} ms", flush=True)


def main():
    in_a_row, at_once = [int(text) for text in sys.argv[1:3]] + [100, 20][len(sys.argv) - 1:]
    with Up("--idle-after", "10s") as up:
        tell("one after another", [launch(up, f"row{index}") for index in range(in_a_row)])
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            tell("at once", list(pool.map(lambda index: launch(up, f"once{index}"), range(at_once))))
        print(f"all {at_once} answered after {time.monotonic() - began:.1f} s")
        states = [rollup["state"] for rollup in up.ask("GET", "/rollups?limit=500")[1]["rollups"]]
        assert states == ["active"] * (in_a_row + at_once), states


if __name__ == "__main__":
    main()

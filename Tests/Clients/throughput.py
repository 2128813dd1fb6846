"""Drives load at `mayfly l1` in each mode and prints a table; see scripts/bench-node."""
import json
import subprocess
import sys

from node import Node

KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
MODES = [("instant, 16 x 1", [], 16, 1), ("instant, 8 x 100", [], 8, 100), ("1 s blocks, 8 x 100", ["--block-time", "1"], 8, 100)]


def run(driver, kind, arguments, connections, batch, count):
    with Node(*arguments) as node:
        command = [sys.executable, driver, node.url, kind, str(count), str(connections), str(batch), "--key", KEY]
        output = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if output.returncode:
            raise RuntimeError(output.stderr)
        return json.loads(output.stdout.splitlines()[-1])


def main():
    print("| transfers | mode | included/s | us of CPU each | MB | errors |\n|---|---|---|---|---|---|")
    for kind in ("eth", "erc20"):
        for name, arguments, connections, batch in MODES:
            rounds = [run(sys.argv[1], kind, arguments, connections, batch, 60_000) for _ in range(3)]
            rounds.sort(key=lambda result: result["included_tps"])
            middle = rounds[1]
            assert all(result["verified_transfers"] == 60_000 for result in rounds), "transfers are missing"
            print(
                f"| {kind} | {name} | {middle['included_tps']} | {middle['server_cpu_us_per_tx']} | "
                f"{max(result['server_rss_mb'] for result in rounds)} | {sum(result['errors'] for result in rounds)} |",
                flush=True)


if __name__ == "__main__":
    main()

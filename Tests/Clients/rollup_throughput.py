"""Drives load at a rollup whose L1, sequencer, batcher and verifier all run on this machine; prints a table."""
import json
import subprocess
import sys
import threading
import time

from rollup import USER, Rollup, block

# Room for 8,000 transfers a second and more: by gas, and by what a block's data count for.
ROOM = "gas-limit: 400000000\nfees:\n  data-footprint-gas-scalar: 10"
TRANSFERS = 100_000


class Lag:
    """How far a verifier that knows only L1 is behind the sequencer, in seconds: both have a block a second."""

    def __init__(self, rollup):
        self.rollup, self.seconds = rollup, []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stopping.wait(0.25):
            safe = block(self.rollup.url("verifier"), "safe")
            self.seconds.append(block(self.rollup.url("sequencer"))["number"] - (safe["number"] if safe else 0))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


def run(driver, kind, da):
    with Rollup(more=ROOM) as rollup:
        rollup.data_server()
        rollup.sequencer()
        rollup.batcher(da)
        rollup.verifier()
        rollup.deposit("9000")
        url = rollup.url("sequencer")
        command = [
            sys.executable, driver, url, kind, str(TRANSFERS), "8", "100", "--key", USER.key.hex().removeprefix("0x"),
            "--fund-eth", "50"]
        with Lag(rollup) as lag:
            output = subprocess.run(command, capture_output=True, text=True, timeout=300)
            if output.returncode:
                raise RuntimeError(output.stderr)
            head = block(url)
            began = time.monotonic()
            reached = rollup.reaches("verifier", head["number"], 120)
            caught_up = time.monotonic() - began
        assert reached["hash"] == head["hash"], "the verifier has another chain"
        result = json.loads(output.stdout.splitlines()[-1])
        assert result["verified_transfers"] == TRANSFERS, "transfers are missing"
        return result, max(lag.seconds), caught_up


def main():
    print("| transfers | data | included/s | us of the sequencer's CPU | verifier behind, s | errors |\n|---|---|---|---|---|---|")
    for kind, da in (("eth", "calldata"), ("erc20", "calldata"), ("eth", "alt-da"), ("eth", "blobs")):
        result, behind, caught_up = run(sys.argv[1], kind, da)
        print(
            f"| {kind} | {da} | {result['included_tps']} | {result['server_cpu_us_per_tx']} | {max(behind, round(caught_up))} | "
            f"{result['errors']} |", flush=True)


if __name__ == "__main__":
    main()

"""How long it takes from the command to a rollup that includes transactions, with the waiting for L1's blocks apart."""
import statistics
import time
import unittest

from rollup import Rollup, RollupCase, block, call, eventually
from node import Node

LAUNCHES = 5


class LaunchTest(RollupCase):
    def test_rollup_is_there_within_a_second_beside_the_blocks_of_l1(self):
        totals = []
        with Node("--block-time", "2") as l1:
            for number in range(LAUNCHES):
                began = time.monotonic()
                with Rollup(name=f"trial-{number}", l1=l1) as rollup:
                    self.tell(rollup, lambda: totals.append(self.launch(rollup, began)))
        median = statistics.median(totals)
        print(f"from the command to the first transaction, without the waiting: {median:.0f} ms at the median of {LAUNCHES}")
        self.assertLess(median, 1_000)

    def launch(self, rollup, began):
        """Milliseconds until the first transaction is included, without the waiting for L1."""
        launched = rollup.launched
        self.assertTrue(launched["isNew"])
        steps = {step["step"]: step["milliseconds"] for step in launched["steps"]}
        self.assertEqual(len(steps), 6)
        waited = launched["waitingForL1"]
        self.assertLessEqual(waited, launched["milliseconds"])
        # A user's first transaction, on L1 already when the sequencer is started.
        deposited = time.monotonic()
        sent = rollup.bridge("deposit", "--amount", "1", node=None)
        waited += (time.monotonic() - deposited) * 1_000
        rollup.sequencer("--sub-block-time", 10)
        url = rollup.url("sequencer")
        receipt = eventually(
            lambda: call(url, "eth_getTransactionReceipt", sent["l2Transaction"]), 20, "the first transaction")
        total = (time.monotonic() - began) * 1_000 - waited
        self.assertEqual(receipt["status"], "0x1")
        print(
            f"{total:.0f} ms, and {waited:.0f} ms of waiting for L1; launch: "
            + ", ".join(f"{name} {milliseconds}" for name, milliseconds in steps.items()))
        return total


if __name__ == "__main__":
    unittest.main()

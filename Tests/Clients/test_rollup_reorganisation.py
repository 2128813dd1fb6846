"""L1 takes back its newest blocks, one to ten of them: the rollup goes along."""
import unittest

from rollup import USER, RollupCase, block, call, eventually
from traffic import Traffic


class ReorganisationTest(RollupCase):
    def test_blocks_that_l1_takes_back_are_followed(self):
        def body(rollup):
            launched = block(rollup.l1.url)["number"]
            rollup.sequencer()
            rollup.batcher("calldata")
            rollup.verifier()
            rollup.deposit("10")
            url = rollup.url("sequencer")
            with Traffic(url, USER, rollup.launched["chainId"], 0.1) as traffic:
                for depth in range(1, 11):
                    # The launch itself is not taken back, nor the deposit that the traffic lives from.
                    eventually(
                        lambda: block(rollup.l1.url)["number"] > launched + 3 + depth, 60, f"L1 with {depth} more blocks")
                    self.take_back(rollup, depth)
            self.assertEqual(traffic.refused, [])
            self.check_every_block_is_there(url, 1, block(url)["number"])

        self.run_rollup(body)

    def take_back(self, rollup, depth):
        l1 = rollup.l1.url
        before = block(l1)
        call(l1, "anvil_rollback", depth)
        # L1 is as long again, of other blocks.
        again = eventually(
            lambda: (found := block(l1, before["number"])) and found["hash"] != before["hash"], 30, "other blocks of L1")
        self.assertTrue(again)
        url = rollup.url("verifier")
        last = self.check_agreement(rollup, 1)["number"]

        def follow():
            """Whether blocks follow from those of L1 that there are now."""
            for number in range(max(1, last - depth - 5), last + 1):
                try:
                    origin = call(url, "optimism_outputAtBlock", hex(number))["blockRef"]["l1origin"]
                except RuntimeError:
                    return False
                if (block(l1, origin["number"]) or {}).get("hash") != origin["hash"]:
                    return False
            return True
        # Both nodes may have agreed before either was told of the change.
        eventually(follow, 20, f"blocks up to {last} having origins that L1 has")
        self.check_agreement(rollup)


if __name__ == "__main__":
    unittest.main()

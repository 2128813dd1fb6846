"""An alt-DA server that is gone for a minute: the rollup goes on with L1, and comes back to it."""
import time
import unittest

from rollup import USER, RollupCase, block, call, eventually
from traffic import Traffic


class OutageTest(RollupCase):
    def test_rollup_goes_on_while_the_provider_is_down_for_a_minute(self):
        def body(rollup):
            rollup.data_server()
            rollup.sequencer()
            rollup.batcher("alt-da")
            rollup.verifier()
            rollup.deposit("10")
            url = rollup.url("sequencer")
            with Traffic(url, USER, rollup.launched["chainId"], 0.1) as traffic:
                rollup.reaches("verifier", block(url)["number"])
                self.be_without_provider(rollup)
                self.lose_provider_in_the_act(rollup)
            self.assertEqual(traffic.refused, [])
            self.check_every_block_is_there(url, 1, block(url)["number"])

        self.run_rollup(body)

    def be_without_provider(self, rollup):
        """What is with the provider already cannot be had meanwhile: so the batcher is held back until all was read."""
        url, verifier = rollup.url("sequencer"), rollup.url("verifier")
        rollup.stop("batcher")
        published = block(rollup.l1.url)["number"] + 1
        eventually(
            lambda: call(verifier, "optimism_syncStatus")["current_l1"]["number"] >= published, 20, "all data being read")
        before = block(url)["number"]
        rollup.kill("da")
        rollup.batcher("alt-da")
        # What was on its way when the batcher was stopped is in the blocks that were read.
        down, end = block(rollup.l1.url)["number"] + 1, time.monotonic() + 60
        safe = block(verifier, "safe")["number"]
        while time.monotonic() < end:
            # Blocks become safe all the time, of data on L1.
            eventually(lambda: block(verifier, "safe")["number"] > safe, 20, "a safe block without the provider")
            safe = block(verifier, "safe")["number"]
        made = block(url)["number"] - before
        self.assertGreaterEqual(made, 58)
        kinds = {kind for _, kind in rollup.published(down)}
        self.assertTrue(kinds and "alt-da" not in kinds, kinds)
        rollup.data_server()
        up, began = block(rollup.l1.url)["number"], time.monotonic()
        eventually(
            lambda: "alt-da" in [kind for _, kind in rollup.published(up)], 120, "the provider being used again")
        print(
            f"{made} blocks in the minute without the provider, published in {', '.join(sorted(kinds))}; it was used again "
            f"{time.monotonic() - began:.0f} s after its return")

    def lose_provider_in_the_act(self, rollup):
        """Where it goes away with data that L1 names already, safe blocks wait for it and new ones do not."""
        url = rollup.url("sequencer")
        rollup.kill("da")
        newest = block(url)["number"]
        eventually(lambda: block(url)["number"] > newest + 4, 20, "blocks without the provider")
        rollup.data_server()
        self.check_agreement(rollup)

if __name__ == "__main__":
    unittest.main()

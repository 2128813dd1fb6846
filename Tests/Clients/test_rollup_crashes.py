"""A batcher that is killed at any moment loses nothing, and neither does a sequencer."""
import os
import random
import time
import unittest

from rollup import USER, RollupCase, block, call, eventually, hashes
from traffic import Traffic, is_in_block

KILLS = 50
SEQUENCER_KILLS = 10


class CrashTest(RollupCase):
    def test_batcher_and_sequencer_that_are_killed_lose_nothing(self):
        seed = int(os.environ.get("MAYFLY_SEED") or random.SystemRandom().randrange(10**6))
        print(f"kills follow from the seed {seed}: repeat them with MAYFLY_SEED={seed}")
        chance = random.Random(seed)

        def body(rollup):
            rollup.sequencer()
            rollup.batcher("calldata")
            rollup.verifier()
            rollup.deposit("10")
            url = rollup.url("sequencer")
            with Traffic(url, USER, rollup.launched["chainId"], 0.05) as traffic:
                self.kill_batcher(rollup, chance)
                self.check_all_is_published(rollup)
                self.kill_sequencer(rollup, chance)
            # What was taken is in a block in the end, also what came in the moment of a kill.
            self.assertTrue(traffic.hashes)
            missing = set(traffic.hashes)

            def all_are_in_blocks():
                missing.difference_update([hash for hash in missing if is_in_block(url, hash)])
                return not missing

            try:
                eventually(all_are_in_blocks, 20, "every transaction that was taken in a block")
            except AssertionError:
                print(f"of {len(traffic.hashes)} transactions {len(missing)} are lost:")
                for at, hash in enumerate(traffic.hashes):
                    if hash in missing:
                        print(at, call(url, "eth_getTransactionByHash", hash))
                raise
            print(f"all {len(traffic.hashes)} transactions that were taken are in blocks; {len(traffic.refused)} were not taken")

        self.run_rollup(body)

    def kill_batcher(self, rollup, chance):
        """Half of them live too short to do more than one thing, half long enough to send something or to see it included."""
        in_flight = 0
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.1, 0.6) if chance.random() < 0.5 else chance.uniform(0.6, 2))
            rollup.kill("batcher")
            used, known = (
                int(call(rollup.l1.url, "eth_getTransactionCount", rollup.accounts["batcher"].address, tag), 16)
                for tag in ("latest", "pending"))
            in_flight += known > used
            # Another kind of transaction than those that are under way is refused until they are through.
            rollup.batcher(chance.choice(["calldata", "calldata", "blobs"]))
        print(f"the batcher was killed {KILLS} times, {in_flight} times with transactions under way")

    def check_all_is_published(self, rollup):
        """Every block that the sequencer made becomes safe as it made it."""
        url = rollup.url("sequencer")
        newest = block(url)["number"]
        made = hashes(url, newest)
        rollup.reaches("verifier", newest)
        self.assertEqual(hashes(rollup.url("verifier"), newest), made)
        self.check_every_block_is_there(url, 1, newest)
        nonces = [nonce for nonce, _ in rollup.published()]
        self.assertEqual(nonces, list(range(len(nonces))))

    def kill_sequencer(self, rollup, chance):
        url = rollup.url("sequencer")
        for _ in range(SEQUENCER_KILLS):
            time.sleep(chance.uniform(0, 1))
            known = block(url)
            rollup.kill("sequencer")
            rollup.sequencer()
        reached = self.check_agreement(rollup, 5)
        self.assertEqual(block(url, known["number"]), known)
        self.check_every_block_is_there(url, 1, reached["number"])


if __name__ == "__main__":
    unittest.main()

"""Where a rollup's data lie makes no difference: the same chain comes of call data, blobs and an alt-DA server, while the
rollup goes from one to another under load, and for who begins with nothing."""
import time
import unittest

from rollup import LOADER, USER, RollupCase, block, eventually, hashes
from traffic import Lag, Traffic, included, is_in_block, load, load_driver

# What load.py sends for each choice, beside web3.py.
TRANSFERS = 3_000


class DataTest(RollupCase):
    def test_data_go_elsewhere_while_the_rollup_runs_and_everything_is_rebuilt_from_them(self):
        if load_driver() is None:
            print("no load.py beside this checkout: the transfers of web3.py have to do")

        def body(rollup):
            rollup.data_server()
            rollup.sequencer()
            rollup.batcher("calldata")
            rollup.verifier()
            rollup.deposit("100")
            rollup.deposit("1000", to=LOADER)
            self.publish_everywhere(rollup)
            self.rebuild(rollup)

        self.run_rollup(body)

    def publish_everywhere(self, rollup):
        url, chain_id = rollup.url("sequencer"), rollup.launched["chainId"]
        first = block(url)["number"]
        sent = 0
        with Traffic(url, USER, chain_id, 0.005) as traffic, Lag(url) as lag:
            for choice in ("calldata", "blobs", "alt-da", "blobs"):
                l1 = block(rollup.l1.url)["number"]
                rollup.run("layer", rollup.directory, "set", f"da={choice}")
                sent += load(url, LOADER, TRANSFERS)
                self.check_agreement(rollup)
                eventually(lambda: choice in [kind for _, kind in rollup.published(l1)], 30, f"data in {choice}")
        self.assertEqual(traffic.refused, [])
        last = block(url)["number"]
        self.check_every_block_is_there(url, first, last)
        self.assertLess(lag.worst, 10, "blocks came late")
        eventually(lambda: is_in_block(url, traffic.hashes[-1]), 20, "the last transaction in a block")
        found, failed = included(url, first, block(url)["number"])
        self.assertEqual(failed, 0)
        self.assertEqual([hash for hash in traffic.hashes if hash not in found], [])
        self.assertEqual(len(found), len(traffic.hashes) + sent)
        print(
            f"{len(traffic.hashes)} transactions by web3.py and {sent} by load.py, none refused, in {last - first} blocks; "
            f"the newest block was at most {lag.worst:.1f} s old")

    def rebuild(self, rollup):
        """Whoever loses all that he knows finds the same chain again: the verifier, the sequencer, both at once."""
        for wiped in (["verifier"], ["sequencer"], ["sequencer", "verifier"]):
            url = rollup.url("verifier")
            safe = rollup.reaches("verifier", block(url)["number"])
            known = hashes(url, safe["number"])
            began = time.monotonic()
            rollup.wipe(*wiped)
            for name in wiped:
                getattr(rollup, name)()
            for name in wiped:
                rollup.reaches(name, safe["number"])
                self.assertEqual(hashes(rollup.url(name), safe["number"]), known)
            print(f"wiped {' and '.join(wiped)}: {len(known)} blocks rebuilt in {time.monotonic() - began:.1f} s")
            # And it goes on.
            self.check_agreement(rollup, 3)


if __name__ == "__main__":
    unittest.main()

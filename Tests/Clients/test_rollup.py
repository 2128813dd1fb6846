"""A rollup from launch to withdrawal on real processes: what one of them knows, any other can find out from L1 and the data."""
import json
import random
import shutil
import threading
import time
import unittest

from eth_account import Account
from eth_utils import to_checksum_address

from rollup import ACCOUNTS, USER, Rollup, block, call, eventually

GWEI = 10**9
ETHER = 10**18


class Traffic:
    """Transfers of one account, one after another, until it is told to stop."""

    def __init__(self, url, account, chain_id, pause=0.05):
        self.url, self.account, self.chain_id, self.pause = url, account, chain_id, pause
        self.hashes, self.refused = [], []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        nonce = int(call(self.url, "eth_getTransactionCount", self.account.address, "latest"), 16)
        while not self.stopping.is_set():
            signed = self.account.sign_transaction({
                "chainId": self.chain_id, "nonce": nonce, "to": to_checksum_address(random.randbytes(20)), "value": 1,
                "gas": 21_000, "maxFeePerGas": 100 * GWEI, "maxPriorityFeePerGas": GWEI})
            try:
                raw = "0x" + signed.raw_transaction.hex().removeprefix("0x")
                self.hashes.append(call(self.url, "eth_sendRawTransaction", raw))
                nonce += 1
            except (OSError, RuntimeError) as error:
                self.refused.append(str(error))
            self.stopping.wait(self.pause)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


class RollupCase(unittest.TestCase):
    """Fails with what the processes said."""

    def run_rollup(self, body, **settings):
        with Rollup(**settings) as rollup:
            try:
                body(rollup)
            except BaseException:
                for name in sorted(path.stem for path in rollup.path.glob("*.log")):
                    print(f"--- {name}\n{rollup.output(name)[-3000:]}")
                raise

    def check_every_block_is_there(self, url, first, last):
        """No slot was missed: each block is as long after its parent as the rollup says."""
        blocks = [block(url, number) for number in range(first, last + 1)]
        for parent, child in zip(blocks, blocks[1:]):
            self.assertEqual(child["parent"], parent["hash"])
            self.assertEqual(child["time"], parent["time"] + 1)


class DataTest(RollupCase):
    def test_data_provider_changes_while_the_rollup_runs(self):
        def body(rollup):
            rollup.data_server()
            rollup.sequencer()
            rollup.batcher("calldata")
            rollup.verifier()
            rollup.deposit("100")
            url = rollup.url("sequencer")
            chain_id = rollup.launched["chainId"]
            first = block(url)["number"]
            with Traffic(url, USER, chain_id) as traffic:
                for choice in ("calldata", "blobs", "alt-da", "blobs"):
                    rollup.run("layer", rollup.path / "trial", "set", f"da={choice}")
                    reached = block(url)["number"]
                    self.assertEqual(rollup.reaches("verifier", reached + 8)["hash"], block(url, reached + 8)["hash"])
            self.assertEqual(traffic.refused, [])
            last = block(url)["number"]
            self.check_every_block_is_there(url, first, last)
            for hash in traffic.hashes:
                receipt = eventually(lambda: call(url, "eth_getTransactionReceipt", hash), 10, "a receipt")
                self.assertEqual(receipt["status"], "0x1")
            # A verifier that knows nothing finds the same.
            rollup.stop("verifier")
            shutil.rmtree(rollup.path / "verifier")
            rollup.verifier()
            self.assertEqual(rollup.reaches("verifier", last), block(url, last))
            # And so does the sequencer itself.
            rollup.stop("batcher")
            rollup.stop("sequencer")
            known = block(rollup.url("verifier"), "safe")
            shutil.rmtree(rollup.path / "sequencer")
            rollup.sequencer()
            eventually(lambda: block(url)["number"] > known["number"], 60, "a block after the wipe")
            self.assertEqual(block(url, known["number"]), known)
            derived = rollup.run(
                "derive", *rollup.files, "--l1", rollup.l1.url, "--alt-da", rollup.url("da"), "--to", known["number"],
                "--json")
            self.assertEqual(json.loads(derived.splitlines()[-1])["hash"], known["hash"])

        self.run_rollup(body)

    def test_provider_that_fails_is_done_without(self):
        def body(rollup):
            rollup.data_server()
            rollup.sequencer()
            rollup.batcher("alt-da")
            rollup.verifier()
            url = rollup.url("sequencer")
            rollup.reaches("verifier", 5)
            rollup.kill("da")
            # What lies there already cannot be had meanwhile.
            time.sleep(10)
            self.assertGreater(block(url)["number"], 12)
            rollup.data_server()
            reached = block(url)["number"] + 5
            self.assertEqual(rollup.reaches("verifier", reached)["hash"], block(url, reached)["hash"])

        self.run_rollup(body)


class CrashTest(RollupCase):
    def test_batcher_and_sequencer_that_are_killed_lose_nothing(self):
        def body(rollup):
            rollup.sequencer()
            rollup.batcher("calldata")
            rollup.verifier()
            rollup.deposit("10")
            url = rollup.url("sequencer")
            for kill in range(12):
                time.sleep(random.uniform(0.1, 2.5))
                rollup.kill("batcher")
                rollup.batcher(random.choice(["calldata", "blobs"]))
            known = block(url, "safe")
            rollup.kill("sequencer")
            rollup.sequencer()
            reached = block(url)["number"] + 5
            self.assertEqual(rollup.reaches("verifier", reached)["hash"], block(url, reached)["hash"])
            self.assertEqual(block(url, known["number"])["hash"], known["hash"])
            self.check_every_block_is_there(url, 1, reached)

        self.run_rollup(body)


class ReorganisationTest(RollupCase):
    def test_blocks_that_l1_takes_back_are_followed(self):
        def body(rollup):
            rollup.sequencer()
            rollup.batcher("calldata")
            rollup.verifier()
            rollup.deposit("10")
            url = rollup.url("sequencer")
            eventually(lambda: block(rollup.l1.url)["number"] > 24, 60, "L1 block 25")
            with Traffic(url, USER, rollup.launched["chainId"], 0.2) as traffic:
                for depth in (1, 4, 10):
                    call(rollup.l1.url, "anvil_rollback", depth)
                    time.sleep(depth + 1)
                    reached = block(url)["number"] + 6
                    self.assertEqual(rollup.reaches("verifier", reached)["hash"], block(url, reached)["hash"])
            self.assertEqual(traffic.refused, [])

        self.run_rollup(body)


class BridgeTest(RollupCase):
    def test_ether_goes_there_and_back(self):
        def body(rollup):
            rollup.sequencer()
            rollup.batcher("calldata")
            rollup.proposer()
            rollup.deposit("5")
            url = rollup.url("sequencer")
            self.assertEqual(int(call(url, "eth_getBalance", USER.address, "latest"), 16), 5 * ETHER)
            key = ["--key-file", rollup.path / "user.key"]
            common = [*rollup.files, "--l1", rollup.l1.url, "--node", url, *key, "--json"]
            sent = json.loads(rollup.run("bridge", "withdraw", *common, "--amount", "2"))
            common += ["--transaction", sent["transaction"]]
            before = int(call(rollup.l1.url, "eth_getBalance", USER.address, "latest"), 16)
            rollup.run("bridge", "prove", *common, "--wait", 120)
            rollup.run("bridge", "finalize", *common, "--wait", 120)
            gained = int(call(rollup.l1.url, "eth_getBalance", USER.address, "latest"), 16) - before
            self.assertTrue(1.9 * ETHER < gained <= 2 * ETHER, gained)
            with self.assertRaises(RuntimeError):
                rollup.run("bridge", "finalize", *common)

        self.run_rollup(body)


class CensorshipTest(RollupCase):
    def test_deposit_is_executed_without_batches(self):
        def body(rollup):
            rollup.verifier()
            rollup.run(
                "bridge", "deposit", *rollup.files, "--l1", rollup.l1.url, "--key-file", rollup.path / "user.key",
                "--amount", "3")
            verifier = rollup.url("verifier")
            eventually(
                lambda: int(call(verifier, "eth_getBalance", USER.address, "latest"), 16) == 3 * ETHER, 60,
                "the deposit on the rollup")

        self.run_rollup(body, sequencing_window=10)


if __name__ == "__main__":
    unittest.main()

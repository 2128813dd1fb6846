"""A rollup's end: closed by a stranger when everything of it is dead, dissolved from L1 and its data alone; and live."""
import json
import pathlib
import shutil
import subprocess
import time
import unittest

from contracts import Chain
from node import MAYFLY, WITH_PARENT
from rollup import ACCOUNTS, OWNER, USER, Rollup, RollupCase, block, call, eventually

STRANGER = ACCOUNTS[7]
ENDING = "lifetime: {{duration: {life}, drain-blocks: {drain}}}"


def advance(l1, seconds):
    """Lets time pass on L1."""
    call(l1.url, "evm_increaseTime", seconds)
    call(l1.url, "evm_mine")


class Ending(Rollup):
    """A rollup with an end, and what a stranger does with it."""

    def __init__(self, life="1h", drain=6, **settings):
        super().__init__(more=ENDING.format(life=life, drain=drain), **settings)

    def stranger(self, what, *arguments, directory=None, by="stranger", seconds=180):
        """A command of somebody who has the files of the launch and nothing else; its exit code and what it said."""
        key = self.path / f"{by}.key"
        if not key.exists():
            key.touch(mode=0o600)
            key.write_text(STRANGER.key.hex().removeprefix("0x"))
        done = subprocess.run(
            [*WITH_PARENT, MAYFLY, what, str(directory or self.directory), "--l1", self.l1.url, "--key-file", str(key),
             *map(str, arguments)], capture_output=True, text=True, timeout=seconds)
        return done.returncode, done.stdout, done.stderr

    def lifecycle(self, name="sequencer"):
        return call(self.url(name), "mayfly_lifecycle")

    def on_l1(self, name, contract, account=STRANGER):
        return Chain(self.l1.url, account).at(f"l1/{name}", self.launched["addresses"][contract])

    def state(self):
        return self.on_l1("Lifecycle", "lifecycle").functions.state().call()

    def send(self, value=1):
        """Sends a transaction of the user's on the rollup; its hash."""
        url = self.url("sequencer")
        nonce = int(call(url, "eth_getTransactionCount", USER.address, "pending"), 16)
        signed = USER.sign_transaction({
            "chainId": self.launched["chainId"], "nonce": nonce, "gas": 21_000, "maxFeePerGas": 10**10,
            "maxPriorityFeePerGas": 10**6, "to": STRANGER.address, "value": value, "type": 2})
        return call(url, "eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex())

    def copy(self):
        """The files of the launch in a directory of their own."""
        there = self.path / "elsewhere"
        there.mkdir()
        for name in ("rollup.json", "genesis.json"):
            shutil.copy(self.directory / name, there)
        return there


class EndTest(RollupCase):
    def run_ending(self, body, **settings):
        with Ending(**settings) as rollup:
            self.tell(rollup, lambda: body(rollup))

    def test_is_dissolved_by_a_stranger_when_everything_of_it_is_dead(self):
        self.run_ending(self.die_and_be_dissolved, life="1h", drain=6)

    def die_and_be_dissolved(self, rollup):
        rollup.sequencer("--sub-block-time", 50)
        rollup.batcher("calldata")
        rollup.deposit("5")
        for _ in range(20):
            rollup.send()
        there = rollup.lifecycle()
        self.assertEqual((there["state"], there["isDue"], there["isPermanent"]), ("active", False, False))
        self.assertEqual(int(there["expiresAt"], 16), rollup.launched["life"]["expiresAt"])
        # Nobody but the owner may before the time.
        code, _, said = rollup.stranger("dissolve")
        self.assertEqual(code, 1)
        self.assertIn("too early", said)
        contract = rollup.on_l1("Lifecycle", "lifecycle").functions
        self.assert_reverts("Lifecycle_NotDue()", lambda: contract.close().call({"from": STRANGER.address}))
        rollup.reaches("sequencer", block(rollup.url("sequencer"))["number"])
        for name in ("sequencer", "batcher"):
            rollup.kill(name)
        # The last of the user's deposits is made when the rollup has no process.
        rollup.bridge("deposit", "--amount", "3", node=None)
        advance(rollup.l1, 3_600)
        files = rollup.copy()
        code, said, failure = rollup.stranger("dissolve", "--dry-run", "--json", directory=files)
        self.assertEqual(code, 0, failure)
        plan = json.loads(said)
        self.assertEqual((plan["state"], plan["next"], plan["isDue"]), ("active", "close", True))
        self.assertEqual([asset["kind"] for asset in plan["exits"]["assets"]][0], "ether")
        began = time.monotonic()
        # It is killed wherever it is, again and again, and goes on.
        interruptions = self.interrupt(rollup, files, ["--data", rollup.path / "kept"])
        code, said, failure = rollup.stranger("dissolve", "--json", directory=files)
        self.assertEqual(code, 0, failure)
        end = json.loads(said)
        print(f"dissolved by a stranger after {interruptions} kills in {time.monotonic() - began:.1f} s")
        self.assertEqual((end["state"], end["reason"]), ("dissolved", "expired"))
        self.assertEqual(rollup.state(), 3)
        # Deposits are refused, with what is said by the contract and by the command.
        portal = rollup.on_l1("OptimismPortal", "portal").functions
        self.assert_reverts(
            "OptimismPortal_DepositsClosed()",
            lambda: portal.depositTransaction(STRANGER.address, 0, 100_000, False, b"").call({"from": STRANGER.address}))
        with self.assertRaisesRegex(RuntimeError, "DepositsClosed"):
            rollup.bridge("deposit", "--amount", "1", node=None)
        # A verifier comes to the same last block, and serves it; the deposit made before the close is in it.
        rollup.verifier("verifier")
        last = eventually(lambda: rollup.lifecycle("verifier")["lastBlock"], 120, "the verifier's last block")
        self.assertEqual((int(last["number"], 16), last["hash"]), (end["lastBlock"]["number"], end["lastBlock"]["hash"]))
        self.assertEqual(block(rollup.url("verifier"))["root"], end["lastBlock"]["stateRoot"])
        self.assertGreater(int(call(rollup.url("verifier"), "eth_getBalance", USER.address, "latest"), 16), 7 * 10**18)
        claims = rollup.on_l1("Claims", "claims").functions
        self.assertEqual("0x" + claims.finalStateRoot().call().hex(), end["lastBlock"]["stateRoot"])
        # Once more changes nothing, and nothing can be put off any more.
        code, said, _ = rollup.stranger("dissolve", "--json", directory=files)
        self.assertEqual((code, json.loads(said)["steps"]), (0, []))
        code, _, said = rollup.stranger("extend", "--by", "1h", by="owner")
        self.assertEqual(code, 1)
        self.assertIn("for good", said)

    def interrupt(self, rollup, files, arguments):
        """Kills a dissolution after longer and longer times; how often."""
        count = 0
        for seconds in (0.3, 1.5, 4, 8):
            process = subprocess.Popen(
                [*WITH_PARENT, MAYFLY, "dissolve", str(files), "--l1", rollup.l1.url, "--key-file",
                 str(rollup.path / "stranger.key"), *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                count += 1
            process.communicate()
        return count

    def test_ends_while_all_of_it_runs(self):
        self.run_ending(self.close_live, life="1h", drain=1)

    def close_live(self, rollup):
        rollup.sequencer("--sub-block-time", 50)
        rollup.batcher("calldata")
        rollup.proposer()
        rollup.verifier("verifier")
        rollup.deposit("5")
        for _ in range(10):
            rollup.send()
        # Its owner puts the end off, and ends it all the same.
        expiry = rollup.launched["life"]["expiresAt"]
        code, _, said = rollup.stranger("extend", "--by", "1h")
        self.assertEqual(code, 1)
        self.assertIn("owner", said)
        code, said, failure = rollup.stranger("extend", "--by", "1h", "--json", by="owner")
        self.assertEqual((code, json.loads(said or "{}")), (0, {"expiresAt": expiry + 3_600}), failure)
        owner = Chain(rollup.l1.url, OWNER)
        lifecycle = owner.at("l1/Lifecycle", rollup.launched["addresses"]["lifecycle"])
        began = time.monotonic()
        closed = owner.perform(lifecycle.functions.close())
        since = {"closed": time.monotonic() - began}
        self.assert_reverts(
            "Lifecycle_NotActive()", lambda: lifecycle.functions.extend(expiry + 9_000).call({"from": OWNER.address}))
        # The sequencer refuses transactions, saying in which state the rollup is, and why.
        eventually(lambda: self.refusal(rollup), 10, "the refusal")
        self.assertRegex(self.refusal(rollup), "closing.*its owner has ended it")
        since["refused"] = time.monotonic() - began
        batcher = rollup.processes["batcher"].process
        self.assertEqual(batcher.wait(timeout=60), 0)
        self.assertIn("the rollup has ended", rollup.output("batcher"))
        since["batcher ended"] = time.monotonic() - began
        # The proposer brings it to its end alone.
        eventually(lambda: rollup.state() == 3, 60, "the rollup being dissolved")
        since["dissolved"] = time.monotonic() - began
        print("after close(): " + ", ".join(f"{what} {seconds:.1f} s" for what, seconds in since.items()))
        self.assertLess(since["dissolved"], 60)
        self.assertEqual(rollup.processes["proposer"].process.wait(timeout=60), 0)
        self.assertIn("is dissolved", rollup.output("proposer"))
        # Who runs on serves what there is, and all are at the same end.
        ends = [eventually(lambda: self.at_end(rollup, name), 30, f"the end at the {name}") for name in ("sequencer", "verifier")]
        self.assertEqual(ends[0], ends[1])
        self.assertEqual((ends[0]["state"], ends[0]["reason"]), ("dissolved", "owner"))
        self.assertEqual(int(ends[0]["closingBlock"], 16), closed["blockNumber"])
        self.assertEqual(int(ends[0]["drainEnd"], 16), closed["blockNumber"] + 1)
        last = block(rollup.url("verifier"))
        self.assertEqual(last["number"], int(ends[0]["lastBlock"]["number"], 16))
        self.assertEqual(block(rollup.url("sequencer")), last)
        # Nobody gets past it: a batch that comes now is none.
        time.sleep(3)
        self.assertEqual(block(rollup.url("verifier")), last)

    def at_end(self, rollup, name):
        found = rollup.lifecycle(name)
        found.pop("l1Block"), found.pop("l1Time")
        return found if found["lastBlock"] and found["state"] == "dissolved" else None

    def refusal(self, rollup):
        """What the sequencer says to a transaction; empty where it takes it."""
        try:
            rollup.send()
        except RuntimeError as error:
            return str(error) if "closing" in str(error) else ""
        return ""

    def test_what_comes_too_late_is_nothing(self):
        self.run_ending(self.be_late, life="1h", drain=2)

    def be_late(self, rollup):
        """Batches after the drain count for nothing; a deposit in the closing block does, and one after it reverts."""
        rollup.sequencer("--sub-block-time", 50)
        rollup.deposit("5")
        for _ in range(5):
            rollup.send()
        url = rollup.url("sequencer")
        # The deposit counts too.
        eventually(lambda: int(call(url, "eth_getTransactionCount", USER.address, "latest"), 16) == 6, 10, "the five")
        made = block(url)
        # Everything is in one block of L1, in this order: a deposit, the close, another deposit.
        call(rollup.l1.url, "evm_setIntervalMining", 0)
        lifecycle = rollup.on_l1("Lifecycle", "lifecycle")
        portal = rollup.on_l1("OptimismPortal", "portal")
        l1 = Chain(rollup.l1.url, USER)
        sent = []
        for account, request, price in (
            (USER, portal.functions.depositTransaction(STRANGER.address, 10**18, 100_000, False, b""), 5),
            (OWNER, lifecycle.functions.close(), 3),
            (STRANGER, portal.functions.depositTransaction(STRANGER.address, 10**18, 100_000, False, b""), 1),
        ):
            fields = {
                "from": account.address, "nonce": l1.w3.eth.get_transaction_count(account.address, "pending"),
                "gas": 2_000_000, "maxFeePerGas": 10**12, "maxPriorityFeePerGas": price * 10**9}
            if account is not OWNER:
                fields["value"] = 10**18
            signed = account.sign_transaction(request.build_transaction(fields))
            sent.append(l1.w3.eth.send_raw_transaction(signed.raw_transaction))
        call(rollup.l1.url, "evm_mine")
        receipts = [l1.w3.eth.get_transaction_receipt(one) for one in sent]
        self.assertEqual([receipt["status"] for receipt in receipts], [1, 1, 0])
        self.assertEqual(len({receipt["blockNumber"] for receipt in receipts}), 1)
        closing = receipts[1]["blockNumber"]
        # Only now is anything published: after the drain.
        for _ in range(3):
            call(rollup.l1.url, "evm_mine")
        self.assertEqual(rollup.on_l1("Lifecycle", "lifecycle").functions.state().call(), 2)
        rollup.batcher("calldata")
        batcher = rollup.processes["batcher"].process
        call(rollup.l1.url, "evm_setIntervalMining", 1)
        self.assertEqual(batcher.wait(timeout=60), 0)
        rollup.verifier("verifier")
        last = eventually(lambda: rollup.lifecycle("verifier")["lastBlock"], 60, "the last block")
        seen = rollup.url("verifier")
        number = int(last["number"], 16)
        self.assertEqual(number, block(seen)["number"])
        # What was not published in time did not happen, and the deposit before the close did.
        self.assertNotEqual(block(seen, made["number"]), made)
        # The user's two deposits are all that counts.
        self.assertEqual(int(call(seen, "eth_getTransactionCount", USER.address, "latest"), 16), 2)
        self.assertEqual(int(call(seen, "eth_getBalance", STRANGER.address, "latest"), 16), 10**18)
        self.assertEqual(int(rollup.lifecycle("verifier")["closingBlock"], 16), closing)
        # The sequencer, which had other blocks, comes to the same.
        eventually(lambda: block(rollup.url("sequencer")) == block(seen), 30, "the sequencer being at the same end")

    def test_closes_a_rollup_whose_batcher_is_silent_or_whose_budget_is_spent(self):
        rules = {
            "silent": ("lifetime: {duration: 1h, drain-blocks: 2, idle-blocks: 5}", 0),
            "unfunded": (
                'lifetime: {duration: 1h, drain-blocks: 2, budget: {wei: "1000", wei-per-second: 1}}', 200),
        }
        for reason, (more, seconds) in rules.items():
            rollup = Ending()
            rollup.settings["more"] = more
            with rollup, self.subTest(reason):
                self.tell(rollup, lambda: self.end_by(rollup, reason, seconds))

    def end_by(self, rollup, reason, seconds):
        code, _, said = rollup.stranger("dissolve")
        self.assertEqual(code, 1, said)
        self.assertIn("too early", said)
        for _ in range(6):
            advance(rollup.l1, seconds or 1)
        code, said, failure = rollup.stranger("dissolve", "--json")
        self.assertEqual(code, 0, failure)
        self.assertEqual(json.loads(said)["reason"], reason)
        self.assertEqual(rollup.state(), 3)

    def test_two_strangers_do_nothing_twice(self):
        self.run_ending(self.race, life="1h", drain=2)

    def race(self, rollup):
        advance(rollup.l1, 3_600)
        commands = []
        for index in (5, 6):
            key = rollup.path / f"stranger-{index}.key"
            key.touch(mode=0o600)
            key.write_text(ACCOUNTS[index].key.hex().removeprefix("0x"))
            commands.append(subprocess.Popen(
                [*WITH_PARENT, MAYFLY, "dissolve", str(rollup.directory), "--l1", rollup.l1.url, "--key-file", str(key),
                 "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        ends = []
        for command in commands:
            said, failure = command.communicate(timeout=120)
            self.assertEqual(command.returncode, 0, failure)
            ends.append(json.loads(said))
        self.assertEqual(ends[0]["lastBlock"], ends[1]["lastBlock"])
        self.assertEqual(sorted(end["closedHere"] for end in ends), [False, True])
        settled = [step for end in ends for step in end["steps"] if step["step"] == "settle"]
        self.assertEqual(len(settled), 1)

    def assert_reverts(self, error, body):
        from web3 import Web3
        try:
            body()
        except Exception as failure:
            said = f"{getattr(failure, 'data', '')} {failure}"
            self.assertIn(Web3.to_hex(Web3.keccak(text=error)[:4]), said)
        else:
            self.fail(f"{error} did not come")


if __name__ == "__main__":
    unittest.main()

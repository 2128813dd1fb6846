"""A platform on this machine: rollups launched and ended by REST and commands, by everybody who may and nobody else, also where
it is killed meanwhile."""
import json
import pathlib
import random
import time
import unittest
import urllib.request

from eth_account import Account

from platform_up import Up
from rollup import ACCOUNTS, block, blocks, call, eventually, kind_of_data

USER = ACCOUNTS[9]
ETHER = 10**18
# What a batcher and a proposer are given at the start.
PURSES = 2 * ETHER


def balance(url, address):
    return int(call(url, "eth_getBalance", address, "latest"), 16)


class Life(unittest.TestCase):
    """From the order to the claim."""

    def test_a_rollup_is_launched_used_dissolved_and_claimed(self):
        with Up() as up:
            before = balance(up.l1, ACCOUNTS[0].address)
            status, order = up.ask("POST", "/rollups", {"name": "fair", "template": "mint"}, Idempotency_Key="one")
            self.assertEqual((status, order["state"]), (202, "launching"))
            rollup = up.becomes("fair", "active")
            self.assertEqual(int(call(rollup["rpcUrl"], "eth_chainId"), 16), rollup["chainId"])
            self.assertEqual(up.ask("POST", "/rollups", {"name": "fair", "template": "mint"}, Idempotency_Key="one")[0], 200)

            files = up.data / "platform/rollups/fair/rollup.json"
            key = pathlib.Path(up.directory.name, "key")
            key.touch(0o600)
            key.write_text(USER.key.hex())
            up.mayfly(
                "bridge", "deposit", "--rollup", files, "--l1", up.l1, "--node", rollup["rpcUrl"], "--amount", "3",
                "--key-file", key)
            self.assertEqual(balance(rollup["rpcUrl"], USER.address), 3 * ETHER)
            other = Account.create().address
            signed = USER.sign_transaction({
                "type": 2, "chainId": rollup["chainId"],
                "nonce": int(call(rollup["rpcUrl"], "eth_getTransactionCount", USER.address, "latest"), 16), "to": other, "value": ETHER, "gas": 21_000,
                "maxFeePerGas": 10**9, "maxPriorityFeePerGas": 1})
            call(rollup["rpcUrl"], "eth_sendRawTransaction", "0x" + signed.raw_transaction.hex().removeprefix("0x"))
            eventually(lambda: balance(rollup["rpcUrl"], other) == ETHER, 30, "the transfer")
            report = up.ask("GET", "/rollups/fair/exits")[1]
            self.assertIn("assets", report)

            self.assertEqual(up.ask("POST", "/rollups/fair/dissolve")[0], 202)
            self.assertEqual(up.ask("POST", "/rollups/fair/dissolve")[0], 202)
            dissolved = up.becomes("fair", "dissolved", 300)
            self.assertTrue(dissolved["archiveHash"].startswith("0x"))
            retired = up.data / "platform/retired/fair"
            self.assertTrue((retired / "state.archive").exists())
            self.assertFalse((retired / "data").exists())
            self.assertEqual(urllib.request.urlopen(up.gateway + "/health").status, 200)
            with self.assertRaises(urllib.error.HTTPError) as gone:
                urllib.request.urlopen(up.gateway + "/fair/health")
            self.assertEqual(gone.exception.code, 404)
            # What the processes' accounts did not spend came back.
            self.assertGreater(balance(up.l1, ACCOUNTS[0].address), before - PURSES // 20)

            up.mayfly("claim", "--rollup", retired / "rollup.json", "--archive", retired / "state.archive", "--l1", up.l1,
                      "--all", "--key-file", key)
            self.assertEqual(balance(up.l1, other), ETHER)
            kinds = [event["kind"] for event in up.ask("GET", "/rollups/fair/events")[1]["events"]]
            for kind in ["launch.ordered", "launch.answers", "launch.done", "dissolve.ordered", "dissolve.settling", "dissolve.done"]:
                self.assertEqual(kinds.count(kind), 1, kind)
            self.assertEqual(up.ask("DELETE", "/rollups/fair")[0], 204)
            self.assertEqual(up.ask("GET", "/rollups/fair")[0], 404)

            # The same name and order again is another rollup, and the files of the first one stay.
            self.assertEqual(up.ask("POST", "/rollups", {"name": "fair", "template": "mint"}, Idempotency_Key="one")[0], 202)
            again = up.becomes("fair", "active")
            self.assertNotEqual(again["registryId"], rollup["registryId"])
            self.assertTrue((retired / "state.archive").exists())
            kinds = [event["kind"] for event in up.ask("GET", "/rollups/fair/events")[1]["events"]]
            self.assertEqual(kinds[0], "launch.ordered")
            self.assertNotIn("dissolve.done", kinds)

    def test_a_launch_that_fails_gives_back_what_it_took(self):
        with Up() as up:
            # Blocks slower than L1's break a rule that only the launch finds.
            self.assertEqual(up.ask("POST", "/rollups", {"name": "slow", "blockTime": 12, "permanent": True})[0], 202)
            failed = up.becomes("slow", "failed")
            self.assertIn("block time", failed["failure"])
            self.assertEqual(up.ask("POST", "/rollups/slow/retry")[0], 202)
            up.becomes("slow", "failed")
            before = balance(up.l1, ACCOUNTS[0].address)
            key = (up.data / "platform/rollups/slow/keys/batcher").read_text().strip()
            account = Account.from_key(key).address
            call(up.l1, "anvil_setBalance", account, hex(ETHER))
            self.assertEqual(up.ask("DELETE", "/rollups/slow")[0], 204)
            self.assertGreater(balance(up.l1, ACCOUNTS[0].address), before + ETHER * 9 // 10)
            self.assertEqual(up.ask("GET", "/rollups/slow")[0], 404)

    def test_a_rollup_that_runs_is_changed_and_put_to_sleep(self):
        with Up() as up:
            up.ask("POST", "/rollups", {"name": "fair", "template": "mint", "dataAvailability": "calldata"})
            url = up.becomes("fair", "active")["rpcUrl"]

            def kinds():
                return [event["kind"] for event in up.ask("GET", "/rollups/fair/events")[1]["events"]]
            eventually(lambda: "launch.done" in kinds(), 30, "the launch")
            key = (up.data / "platform/rollups/fair/keys/batcher").read_text().strip()
            batcher = Account.from_key(key).address.lower()

            def published(first):
                """The kinds of the batcher's transactions from this L1 block on."""
                return {
                    kind_of_data(transaction) for number in range(first, block(up.l1)["number"] + 1)
                    for transaction in call(up.l1, "eth_getBlockByNumber", hex(number), True)["transactions"]
                    if transaction["from"] == batcher}
            self.assertEqual(up.ask("PATCH", "/rollups/fair", {"dataAvailability": "blobs"})[0], 202)
            self.assertIn(up.ask("PATCH", "/rollups/fair", {"dataAvailability": "blobs"})[0], [202, 409])
            eventually(lambda: "change.done" in kinds(), 30, "the change")
            self.assertEqual(up.rollup("fair")["layers"]["dataAvailability"], "blobs")
            changed = block(up.l1)["number"]
            eventually(lambda: "blobs" in published(changed), 60, "data in blobs")
            # And back by the command.
            said = up.mayfly("layer", "fair", "set", "da=calldata").stdout
            self.assertIn("da          calldata", said)
            changed = block(up.l1)["number"]
            eventually(lambda: "calldata" in published(changed), 60, "data in calldata")
            # No slot was missed meanwhile.
            found = blocks(url, 1, block(url)["number"])
            for parent, child in zip(found, found[1:]):
                self.assertEqual(int(child["timestamp"], 16), int(parent["timestamp"], 16) + 1)
            for choice, status in [("operators", 422), ("alt-da", 422), ("paper", 422)]:
                self.assertEqual(up.ask("PATCH", "/rollups/fair", {"dataAvailability": choice})[0], status, choice)
            self.assertEqual(up.ask("PATCH", "/rollups/nobody", {"dataAvailability": "blobs"})[0], 404)

            # Asleep at once, though it would run for minutes more; and there again.
            def place():
                with urllib.request.urlopen(f"{up.gateway}/fair/health", timeout=10) as answer:
                    return json.load(answer)["place"]
            eventually(lambda: up.ask("POST", "/rollups/fair/idle")[0] == 200, 90, "sleep")
            self.assertEqual(place(), "idle")
            self.assertEqual(up.ask("POST", "/rollups/fair/idle")[0], 200)
            up.mayfly("wake", "fair")
            self.assertEqual(place(), "awake")
            self.assertGreater(block(url)["number"], len(found))
            self.assertEqual(up.ask("POST", "/rollups/fair/dissolve")[0], 202)
            status, problem = up.ask("PATCH", "/rollups/fair", {"dataAvailability": "blobs"})
            self.assertEqual(status, 409, problem)

    def test_commands_launch_and_tell(self):
        with Up() as up:
            said = up.mayfly("launch", "arcade", "--template", "game").stdout
            self.assertIn("arcade is launched", said)
            self.assertIn("arcade", up.mayfly("list").stdout)
            self.assertIn("active", up.mayfly("status", "arcade").stdout)
            self.assertEqual(json.loads(up.mayfly("status", "arcade", "--json").stdout)["name"], "arcade")
            eventually(lambda: up.mayfly("logs", "arcade").stdout, 10, "what the node says")
            again = up.mayfly("launch", "arcade", check=False)
            self.assertEqual(again.returncode, 1)
            self.assertIn("choose another name", again.stderr)
            self.assertEqual(up.mayfly("launch", "other", "--out", "x", check=False).returncode, 2)
            self.assertIn("ETH", up.mayfly("dissolve", "arcade", "--dry-run").stdout)
            self.assertIn("can be claimed on L1", up.mayfly("dissolve", "arcade").stdout)
            self.assertIn("dissolved", up.mayfly("status", "arcade").stdout)


class Access(unittest.TestCase):
    """Who may do what."""

    @classmethod
    def setUpClass(cls):
        cls.up = Up().start()

    @classmethod
    def tearDownClass(cls):
        cls.up.__exit__()

    def test_keys_do_what_their_role_may(self):
        make = lambda role: self.up.ask("POST", "/keys", {"name": role, "role": role})[1]
        viewer, operator = make("viewer"), make("operator")
        bearer = lambda key: {"Authorization": f"Bearer {key['secret']}"}
        self.assertEqual(self.up.ask("GET", "/rollups", **bearer(viewer))[0], 200)
        order = {"name": "seen", "template": "mint"}
        status, problem = self.up.ask("POST", "/rollups", order, **bearer(viewer))
        self.assertEqual((status, problem["code"]), (403, "role-too-small"))
        for method, path, body in [("PATCH", "", {"dataAvailability": "blobs"}), ("POST", "/idle", None), ("POST", "/wake", None)]:
            status, problem = self.up.ask(method, "/rollups/seen" + path, body, **bearer(viewer))
            self.assertEqual((status, problem["code"]), (403, "role-too-small"), path)
        self.assertEqual(self.up.ask("GET", "/keys", **bearer(operator))[0], 403)
        self.assertNotIn("secret", self.up.ask("GET", "/keys")[1]["keys"][0])
        self.assertEqual(self.up.ask("DELETE", f"/keys/{viewer['id']}")[0], 204)
        self.assertEqual(self.up.ask("GET", "/rollups", **bearer(viewer))[0], 401)
        self.assertEqual(self.up.ask("GET", "/rollups", Authorization="Bearer mayfly_00")[0], 401)

    def test_pages_of_others_may_not_ask(self):
        order = {"name": "stolen"}
        self.assertEqual(self.up.ask("POST", "/rollups", order, Origin="https://evil.example")[0], 403)
        self.assertEqual(self.up.ask("POST", "/rollups", order, Content_Type="text/plain")[0], 415)
        self.assertEqual(self.up.ask("GET", "/rollups", Host="evil.example")[0], 403)
        self.assertEqual(self.up.ask("GET", "/rollups/stolen")[0], 404)

    def test_what_is_wrong_is_named(self):
        for order, field in [({"name": "No"}, "name"), ({}, "name"), ({"name": "a", "blockTime": "x"}, "blockTime"),
                             ({"name": "a", "security": "hope"}, "security")]:
            status, problem = self.up.ask("POST", "/rollups", order)
            self.assertEqual((status, problem["field"]), (422, field))
        status, problem = self.up.ask("POST", "/rollups", {"name": "a", "security": "restaked"})
        self.assertEqual((status, problem["code"]), (422, "not-offered"))
        self.assertEqual(self.up.ask("GET", "/rollups?limit=0")[0], 400)

    def test_events_come_as_they_happen(self):
        self.up.ask("POST", "/rollups", {"name": "streamed", "template": "mint"})
        request = urllib.request.Request(
            self.up.url + "/v1/rollups/streamed/events?after=0", headers={"Accept": "text/event-stream"})
        kinds = []
        with urllib.request.urlopen(request, timeout=60) as stream:
            for line in stream:
                if line.startswith(b"event: "):
                    kinds.append(line[7:].decode().strip())
                if kinds and kinds[-1] == "launch.done":
                    break
        self.assertEqual(kinds[0], "launch.ordered")
        self.assertEqual(kinds.count("launch.step"), 6)


class Crashes(unittest.TestCase):
    """Killed at any time: each order ends in one rollup, and nothing is paid twice."""

    def test_killed_while_it_launches(self):
        generator = random.Random(6)
        names = [f"r{index}" for index in range(12)]
        up = Up()
        with up:
            for name in names:
                self.assertEqual(up.ask("POST", "/rollups", {"name": name, "template": "mint"}, Idempotency_Key=name)[0], 202)
            for _ in range(4):
                time.sleep(generator.uniform(0.05, 1.2))
                up.kill()
                up.start()
            for name in names:
                # Who does not know whether an order was taken repeats it.
                self.assertEqual(up.ask("POST", "/rollups", {"name": name, "template": "mint"}, Idempotency_Key=name)[0], 200)
                up.becomes(name, "active", 120)
            rollups = up.ask("GET", "/rollups")[1]["rollups"]
            self.assertEqual(sorted(rollup["name"] for rollup in rollups), sorted(names))
            self.assertEqual({rollup["registryId"] for rollup in rollups}, {str(index) for index in range(len(names))})
            for rollup in rollups:
                self.assertEqual(int(call(rollup["rpcUrl"], "eth_chainId"), 16), rollup["chainId"])
                for role in ["batcher", "proposer"]:
                    key = (up.data / f"platform/rollups/{rollup['name']}/keys/{role}").read_text().strip()
                    self.assertLessEqual(balance(up.l1, Account.from_key(key).address), PURSES // 2)


if __name__ == "__main__":
    unittest.main()

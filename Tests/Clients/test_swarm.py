"""Rollups in a Docker Swarm of two nodes: launched by REST, used without a pause while their node is drained, found again by a new
platform, killed, and with MAYFLY_LONG_TESTS=1 dissolved."""
import json
import os
import subprocess
import threading
import time
import unittest
import urllib.request

from eth_account import Account

import swarm
from node import MAYFLY
from platform_up import Up
from rollup import ACCOUNTS, Process, blocks, call, eventually

NAMES = ["east", "west"]
ETHER = 10**18


class SwarmPlatform(Up):
    """`mayfly l1`, `mayfly platform --fleet swarm` and `mayfly gateway`, each a process of its own."""

    def __init__(self, machines):
        super().__init__()
        self.directory.cleanup()
        self.directory = None
        self.machines, self.data = machines, machines.path / "platform"
        self.processes = {}

    @property
    def l1(self):
        return f"http://{self.machines.manager_address}:{self.ports[2]}"

    def run(self, name, *arguments):
        self.processes[name] = Process(self.machines.path / f"{name}.log", name, *arguments)

    def log_of(self, name):
        return (self.machines.path / f"{name}.log").read_text()

    def start(self):
        try:
            return self.begin()
        except BaseException:
            self.stop()
            raise

    def begin(self):
        rollups = self.data / "rollups"
        rollups.mkdir(parents=True, exist_ok=True)
        self.run("l1", "--http", self.l1.removeprefix("http://"), "--data", self.machines.path / "l1", "--block-time", 1)
        eventually(lambda: answers(self.l1), 30, "the L1")
        self.run("gateway", "--rollups", rollups, "--http", f"127.0.0.1:{self.ports[1]}", "--l1", self.l1)
        self.start_platform()
        return self

    def start_platform(self):
        self.run(
            "platform", "--data", self.data, "--http", f"127.0.0.1:{self.ports[0]}", "--gateway", self.gateway, "--l1", self.l1,
            "--l1-poll", 200, "--fleet", "swarm", "--docker", self.machines.manager.url, "--orphan-grace", "2s",
            "--task-memory", 512)

        def is_up():
            if self.processes["platform"].process.poll() is not None:
                raise RuntimeError(self.log_of("platform"))
            return self.ask("GET", "/templates")[0] == 200
        eventually(is_up, 30, "the platform")

    def output(self):
        return self.log_of("platform")

    def __exit__(self, *_):
        self.stop()

    def mayfly(self, *arguments):
        return subprocess.run([MAYFLY, *map(str, arguments)], check=True, capture_output=True, timeout=120)

    def stop(self):
        for process in reversed(self.processes.values()):
            process.stop()


def answers(url):
    try:
        return call(url, "eth_chainId", timeout=2)
    except (OSError, RuntimeError):
        return None


class Sender(threading.Thread):
    """Sends one transfer after another to a rollup, each again until it is taken, and looks at the newest block after each."""

    def __init__(self, url, account, chain):
        super().__init__(daemon=True)
        self.url, self.account, self.chain = url, account, chain
        self.taken, self.seen, self.failures, self.times = [], {}, [], []
        self.is_over = threading.Event()

    def run(self):
        nonce = 0
        while not self.is_over.is_set():
            signed = self.account.sign_transaction({
                "type": 2, "chainId": self.chain, "nonce": nonce, "to": "0x" + "42" * 20, "value": 1, "gas": 21_000,
                "maxFeePerGas": 10**9, "maxPriorityFeePerGas": 1})
            self.send("0x" + signed.raw_transaction.hex().removeprefix("0x"))
            self.taken.append("0x" + signed.hash.hex().removeprefix("0x"))
            self.times.append(time.monotonic())
            nonce += 1
            try:
                newest = call(self.url, "eth_getBlockByNumber", "latest", False)
                self.seen[int(newest["number"], 16)] = newest["hash"]
            except (OSError, RuntimeError, ValueError) as error:
                self.failures.append(str(error))
            time.sleep(0.05)

    def send(self, raw):
        end = time.monotonic() + 60
        while True:
            try:
                return call(self.url, "eth_sendRawTransaction", raw, timeout=40)
            except RuntimeError as error:
                # An answer that was lost: it was taken before.
                if "already known" in str(error) or "nonce too low" in str(error):
                    return None
                self.failures.append(str(error))
            except (OSError, ValueError) as error:
                self.failures.append(str(error))
            if time.monotonic() > end:
                raise AssertionError(f"{self.url} takes nothing any more: {self.failures[-3:]}")
            time.sleep(0.1)

    def finish(self):
        self.is_over.set()
        self.join(90)

    def longest_pause(self):
        return max(after - before for before, after in zip(self.times, self.times[1:]))


class Swarm(unittest.TestCase):
    def setUp(self):
        reason = swarm.obstacle()
        if reason:
            (self.fail if os.environ.get("CI") == "true" else self.skipTest)(f"no Docker Swarm can run here: {reason}")

    def test_rollups_are_placed_adopted_and_moved_without_loss(self):
        with swarm.Swarm() as machines:
            platform = SwarmPlatform(machines)
            with self.assertRaisesRegex(RuntimeError, "there is no image mayfly:.* scripts/image"):
                with platform:
                    pass
            image = subprocess.run(
                [swarm.ROOT / "scripts/image", "--binary", MAYFLY,
                 *[part for engine in machines.engines for part in ("--load", engine.url)]],
                capture_output=True, text=True)
            self.assertEqual(image.returncode, 0, image.stderr)
            print(image.stdout.strip(), flush=True)
            with SwarmPlatform(machines) as platform:
                try:
                    self.look(machines, platform)
                except BaseException:
                    print(platform.log_of("platform")[-3000:], platform.log_of("gateway")[-3000:], flush=True)
                    raise

    def look(self, machines, platform):
        manager, worker = machines.manager_address, machines.worker_address
        # All begin on the manager, so that all have to move.
        machines.availability(worker, "drain")
        for name in NAMES:
            self.assertEqual(platform.ask("POST", "/rollups", {"name": name, "template": "mint"})[0], 202)
        rollups = {name: platform.becomes(name, "active") for name in NAMES}
        self.assertEqual(machines.running(), dict.fromkeys(NAMES, manager))
        machines.availability(worker, "active")
        accounts = self.fund(platform, rollups)
        self.check_services(machines, platform)

        senders = [Sender(rollup["rpcUrl"], accounts[name], rollup["chainId"]) for name, rollup in rollups.items()]
        for sender in senders:
            sender.start()
        eventually(lambda: all(len(sender.taken) > 20 for sender in senders), 30, "traffic")

        # A platform that is there again finds what runs, and nothing of it was touched.
        before = {name: service["ID"] for name, service in machines.services().items()}
        platform.processes["platform"].kill()
        platform.processes["platform"].log.close()
        platform.start_platform()
        orphan = self.add_orphan(machines)
        eventually(lambda: "2 rollups are kept running: east, west" in platform.output(), 30, "adoption")

        machines.availability(manager, "drain")
        eventually(lambda: machines.running() == dict.fromkeys(NAMES, worker), 90, "the move")
        self.go_on(senders)
        moved = [sender.longest_pause() for sender in senders]
        # One that dies is there again, with what it had.
        machines.kill(machines.worker, "west")
        self.go_on(senders)
        for sender in senders:
            sender.finish()
        print("longest pause by the move: " + ", ".join(f"{pause:.1f} s" for pause in moved), flush=True)
        for name, sender in zip(NAMES, senders):
            self.check_chain(rollups[name]["rpcUrl"], sender)
            print(f"{name}: {len(sender.taken)} transactions were taken, longest pause {sender.longest_pause():.1f} s, "
                  f"{len(sender.failures)} refusals meanwhile", flush=True)

        eventually(lambda: orphan not in machines.services(), 30, "the removal of what has no record")
        self.assertEqual({name: service["ID"] for name, service in machines.services().items()}, before)
        self.assertIn("awake after", self.log(platform, "east"))
        if os.environ.get("MAYFLY_LONG_TESTS") == "1":
            self.end(machines, platform)

    def go_on(self, senders):
        counts = [len(sender.taken) for sender in senders]
        eventually(
            lambda: all(len(sender.taken) > count + 40 for sender, count in zip(senders, counts)), 60, "traffic afterwards")

    def end(self, machines, platform):
        """A minute and a half: until the last state is final."""
        self.assertEqual(platform.ask("POST", "/rollups/west/dissolve")[0], 202)
        platform.becomes("west", "dissolved", 150)
        self.assertEqual(set(machines.services()), {"east"})
        self.assertTrue((platform.data / "retired/west/state.archive").exists())

    def fund(self, platform, rollups):
        """An account for each rollup, with ether there."""
        key = platform.machines.path / "key"
        key.touch(0o600)
        key.write_text(ACCOUNTS[9].key.hex())
        accounts = {}
        for name, rollup in rollups.items():
            accounts[name] = Account.create()
            platform.mayfly(
                "bridge", "deposit", "--rollup", platform.data / "rollups" / name / "rollup.json", "--l1", platform.l1,
                "--node", rollup["rpcUrl"], "--amount", "3", "--to", accounts[name].address, "--key-file", key)
        return accounts

    def check_services(self, machines, platform):
        """What a task may and may not, and that no key is told to the swarm."""
        for name, service in machines.services().items():
            text = json.dumps(service)
            for role in ["batcher", "proposer"]:
                key = (platform.data / "rollups" / name / "keys" / role).read_text().strip()
                self.assertNotIn(key, text)
        containers = machines.manager.must("GET", "/containers/json")
        self.assertEqual(len(containers), len(NAMES))
        for container in containers:
            found = machines.manager.must("GET", f"/containers/{container['Id']}/json")
            host = found["HostConfig"]
            self.assertEqual(found["Config"]["User"], "65532:65532")
            self.assertTrue(host["ReadonlyRootfs"])
            self.assertEqual(host["CapDrop"], ["ALL"])
            self.assertEqual((host["Memory"], host["PidsLimit"]), (512 << 20, 512))

    def add_orphan(self, machines):
        """A service of this platform that it has no record of."""
        service = machines.services()["east"]["Spec"]
        service["Name"] += "-lost"
        service["Labels"]["io.mayfly.rollup"] = "lost"
        service["Mode"]["Replicated"]["Replicas"] = 0
        machines.manager.must("POST", "/services/create", service)
        return "lost"

    def log(self, platform, name):
        """What the tasks of a rollup have said, as the swarm has kept it."""
        request = urllib.request.Request(f"{platform.url}/v1/rollups/{name}/logs?program=place")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def check_chain(self, url, sender):
        """Every transaction that was taken is there, and every block that was seen is what it was."""
        # There are receipts of a block before it is sealed.
        receipt = eventually(lambda: call(url, "eth_getTransactionReceipt", sender.taken[-1]), 30, "the last transaction")
        last = max(int(receipt["blockNumber"], 16), *sender.seen)
        eventually(lambda: int(call(url, "eth_blockNumber"), 16) >= last, 30, "its block")
        found = blocks(url, 0, last)
        for before, after in zip(found, found[1:]):
            self.assertEqual(after["parentHash"], before["hash"])
            self.assertEqual(int(after["number"], 16), int(before["number"], 16) + 1)
        there = {hash for block in found for hash in block["transactions"]}
        self.assertEqual([hash for hash in sender.taken if hash not in there], [])
        for number, hash in sender.seen.items():
            self.assertEqual(found[number]["hash"], hash, f"block {number}")
        self.assertGreater(len(sender.seen), 5)


if __name__ == "__main__":
    unittest.main()

"""Two platforms that share a PostgreSQL database and a directory: what one leaves, the other takes up."""
import os
import pathlib
import signal
import tempfile
import time
import unittest

from eth_account import Account

import postgresql
from gateway import Gateway
from node import free_port
from platform_up import asking
from rollup import Process, call, eventually

ETHER = 10**18
# Seconds after which the other platform has to be at work.
CARRIES_ON = 10


class Platform:
    """`mayfly platform` on a free port."""

    def __init__(self, name, place, *arguments):
        self.port = free_port()
        self.log = pathlib.Path(place, f"{name}.log")
        self.process = Process(
            self.log, "platform", "--data", pathlib.Path(place, "data"), "--http", f"127.0.0.1:{self.port}", *arguments)

    def ask(self, method, path, body=None, **headers):
        return asking(f"http://127.0.0.1:{self.port}/v1{path}", method, body, **headers)

    def is_up(self):
        if self.process.process.poll() is not None:
            raise RuntimeError(f"it ended:\n{self.log.read_text()}")
        return self.ask("GET", "/templates")[0] == 200

    def kill(self):
        self.process.process.send_signal(signal.SIGKILL)
        self.process.process.wait()


@unittest.skipIf(
    postgresql.programs() is None and os.environ.get("CI") != "true", "no PostgreSQL server here: install the package postgresql")
class Shared(unittest.TestCase):
    def setUp(self):
        self.place = self.enterContext(tempfile.TemporaryDirectory(prefix="mayfly-shared-"))
        self.server = self.enterContext(postgresql.PostgreSQL())
        port = free_port()
        self.l1 = f"http://127.0.0.1:{port}"
        l1 = Process(pathlib.Path(self.place, "l1.log"), "l1", "--http", f"127.0.0.1:{port}", "--block-time", 1)
        self.addCleanup(l1.stop)
        rollups = pathlib.Path(self.place, "data/rollups")
        rollups.mkdir(parents=True)
        eventually(lambda: asking(self.l1, "POST", {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"})[0] == 200, 30, "L1")
        self.gateway = Gateway(rollups, self.l1, pathlib.Path(self.place, "gateway.log"))
        self.addCleanup(self.gateway.process.stop)

    def platform(self, name):
        platform = Platform(
            name, self.place, "--database", self.server.url, "--gateway", self.gateway.url("").rstrip("/"), "--l1", self.l1,
            "--l1-poll", 100)
        self.addCleanup(platform.process.stop)
        eventually(platform.is_up, 30, "the platform")
        return platform

    def all_launched(self, asked, names):
        """Waits until another platform says that all these are launched; tells how far they came where they are not."""
        def kinds():
            return {name: [event["kind"] for event in asked.ask("GET", f"/rollups/{name}/events")[1]["events"]] for name in names}
        try:
            eventually(lambda: all("launch.done" in found for found in kinds().values()), 120, "all launches")
        except AssertionError as error:
            logs = [f"--- {log.name}\n{log.read_text()}" for log in pathlib.Path(self.place).glob("*.log")]
            raise AssertionError("\n".join([str(error), *map(str, kinds().items()), *logs])) from None

    def balance(self, address):
        return int(call(self.l1, "eth_getBalance", address, "latest"), 16)

    def test_one_is_killed_and_the_other_carries_on(self):
        first = self.platform("first")
        names = [f"r{index}" for index in range(6)]
        for name in names:
            order = {"name": name, "template": "mint"}
            self.assertEqual(first.ask("POST", "/rollups", order, Idempotency_Key=name)[0], 202)
        second = self.platform("second")

        def newest(name):
            return second.ask("GET", f"/rollups/{name}/events")[1]["events"][-1]
        open_ones = [name for name in names if newest(name)["kind"] != "launch.done"]
        self.assertTrue(open_ones, "all were launched before the first platform could be killed")
        first.kill()
        known = {name: newest(name)["sequence"] for name in open_ones}
        killed = time.monotonic()
        after = {}

        def go_on():
            for name in open_ones:
                if name not in after and newest(name)["sequence"] > known[name]:
                    after[name] = time.monotonic() - killed
            return len(after) == len(open_ones)
        eventually(go_on, 60, "the second platform at work")
        print(f"{len(open_ones)} launches taken up {min(after.values()):.1f} to {max(after.values()):.1f} s after the kill")
        self.assertLessEqual(max(after.values()), CARRIES_ON)
        self.all_launched(second, names)
        rollups = second.ask("GET", "/rollups")[1]["rollups"]
        self.assertEqual({rollup["registryId"] for rollup in rollups}, {str(index) for index in range(len(names))})
        for rollup in rollups:
            self.assertEqual(int(call(rollup["rpcUrl"], "eth_chainId"), 16), rollup["chainId"])
            for role in ["batcher", "proposer"]:
                key = pathlib.Path(self.place, f"data/rollups/{rollup['name']}/keys/{role}").read_text().strip()
                self.assertLessEqual(self.balance(Account.from_key(key).address), ETHER)

    def test_both_send_from_one_account_and_see_the_same(self):
        both = [self.platform("first"), self.platform("second")]
        names = [f"r{index}" for index in range(8)]
        for index, name in enumerate(names):
            self.assertEqual(both[index % 2].ask("POST", "/rollups", {"name": name, "template": "mint"})[0], 202)
        self.assertEqual(both[1].ask("POST", "/rollups", {"name": names[0]})[1]["code"], "name-taken")
        self.all_launched(both[1], names)
        # The database goes away for a moment: what is asked then is refused, and all goes on when it is back.
        self.server.stop()
        status, problem = both[0].ask("GET", "/rollups")
        self.assertEqual((status, problem["code"]), (503, "database-unavailable"))
        self.server.start()
        eventually(lambda: all(platform.ask("GET", "/rollups")[0] == 200 for platform in both), 20, "both platforms")
        self.assertEqual(both[0].ask("POST", f"/rollups/{names[0]}/dissolve")[0], 202)
        eventually(lambda: both[1].ask("GET", f"/rollups/{names[0]}")[1]["state"] == "dissolved", 180, "the end")

    def test_what_cannot_be_is_told(self):
        stopped = Platform("stopped", self.place, "--database", "postgres://a:secret@localhost/x", "--l1", self.l1)
        self.assertEqual(stopped.process.process.wait(30), 2)
        self.assertIn("others can read a command line", stopped.log.read_text())
        self.assertNotIn("secret", stopped.log.read_text())
        self.addCleanup(stopped.process.stop)
        gone = Platform("gone", self.place, "--database", "postgres://nobody@127.0.0.1:1/x", "--l1", self.l1)
        self.addCleanup(gone.process.stop)
        self.assertEqual(gone.process.process.wait(30), 1)
        self.assertIn("--database: the database does not answer", gone.log.read_text())


if __name__ == "__main__":
    unittest.main()

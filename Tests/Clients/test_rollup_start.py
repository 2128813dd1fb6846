"""The parts of a rollup start in any order, also while L1 is down, and go on as soon as it is there."""
import json
import time
import unittest
import urllib.error
import urllib.request

import metrics_list
from node import Node, free_port
from rollup import RollupCase, block, call, eventually


def ready(url):
    """The status of /ready, and what it says; nothing where nobody listens."""
    try:
        with urllib.request.urlopen(url + "/ready", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer)
    except urllib.error.URLError:
        return None


class StartTest(RollupCase):
    def test_rollup_starts_before_its_l1(self):
        def body(rollup):
            rollup.sequencer()
            rollup.deposit("5")
            known = block(rollup.url("sequencer"))
            rollup.stop("sequencer")
            rollup.l1.kill()
            for name in ("sequencer", "verifier"):
                getattr(rollup, name)(path="/health")
            for name in ("batcher", "proposer"):
                rollup.ports[name] = free_port()
            listening = {name: ["--http", f"127.0.0.1:{rollup.ports[name]}"] for name in ("batcher", "proposer")}
            rollup.batcher("calldata", *listening["batcher"])
            rollup.proposer("sequencer", *listening["proposer"])
            # They serve what they have, and say what they wait for.
            self.assertEqual(block(rollup.url("sequencer"), known["number"]), known)
            self.assertEqual(block(rollup.url("verifier"))["number"], 0)
            for name in ("sequencer", "verifier", "batcher", "proposer"):
                status, said = eventually(lambda: ready(rollup.url(name)), 10, f"{name} answering")
                self.assertEqual((status, said["ready"]), (503, False))
                self.assertIn("L1", said["reason"])
            names = ("sequencer", "verifier", "batcher", "proposer")
            for name in names:
                eventually(lambda: "L1 cannot be reached" in rollup.output(name), 20, f"{name} saying that L1 is not there")
            for name in names:
                self.assertIsNone(rollup.processes[name].process.poll(), f"{name}: {rollup.output(name)}")
            rollup.l1.start()
            began = time.monotonic()
            for name in names:
                eventually(lambda: (ready(rollup.url(name)) or [0])[0] == 200, 20, f"{name} being ready")
            metrics_list.check(self, "l1", rollup.l1.url)
            for name, process in zip(names, ("node", "node", "batcher", "proposer")):
                metrics_list.check(self, process, rollup.url(name))
            reached = self.check_agreement(rollup, 3)
            self.assertEqual(block(rollup.url("sequencer"), known["number"]), known)
            eventually(lambda: "propose" in rollup.output("proposer"), 60, "a proposal")
            print(f"all parts went on with L1, block {reached['number']} safe after {time.monotonic() - began:.1f} s")
            for name in names:
                # Once, not at every try.
                said = [line for line in rollup.output(name).splitlines() if "L1 cannot be reached" in line]
                self.assertEqual(len(said), 1, f"{name}: {rollup.output(name)}")

        self.run_rollup(body)

    def test_another_l1_is_refused_once_it_answers(self):
        def body(rollup):
            rollup.l1.kill()
            rollup.verifier(path="/health")
            rollup.start(
                "batcher", "batcher", *rollup.files, "--l1", rollup.l1.url, "--node", rollup.url("verifier"),
                "--key-file", rollup.path / "batcher.key", "--da", "calldata", "--l1-poll", 100)
            rollup.proposer("verifier")
            stranger = Node("--chain-id", "4242")
            stranger.port = rollup.l1.port
            with stranger:
                for name in ("verifier", "batcher", "proposer"):
                    code = eventually(lambda: rollup.processes[name].process.poll(), 30, f"{name} ending")
                    self.assertEqual(code, 1)
                    said = rollup.output(name)
                    self.assertIn("4242", said)
                    self.assertIn("1337", said)

        self.run_rollup(body)


if __name__ == "__main__":
    unittest.main()

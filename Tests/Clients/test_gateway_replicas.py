"""Read replicas: they answer only what the node would, come and go with the load, and nobody notices when one dies."""
import json
import os
import shutil
import signal
import threading
import time

from consistency import fund, look_for_the_past
from gateway import Gateway, children
from rollup import RollupCase, eventually

REPLICA_READS = "mayfly_gateway_replica_reads_total"


class ReplicaTest(RollupCase):
    def run_replicas(self, body, *arguments, replicas, **settings):
        def with_gateway(rollup):
            options = {
                "node": ["--sequence", "--sub-block-time", "50"], "replicas": replicas,
                "batcher": ["--da", "calldata", "--key-file", "../batcher.key", "--channel-blocks", "1"]}
            (rollup.directory / "gateway.json").write_text(json.dumps(options))
            served = Gateway(
                rollup.path, rollup.l1.url, rollup.path / "gateway.log", "--idle-after", "4s", "--replicas", 2, *arguments)
            rollup.processes["gateway"] = served.process
            try:
                body(rollup, served)
            except BaseException:
                print(served.output())
                for path in sorted((rollup.directory / "logs").glob("*.log")):
                    print(f"--- {path.stem}\n{path.read_text()[-3000:]}")
                raise
        self.run_rollup(with_gateway, **settings)

    def replicas(self, served):
        """Identities of the processes that follow the node."""
        found = []
        for pid, command in children(served.pid).items():
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if command == "node" and b"--sequencer" in file.read():
                    found.append(pid)
        return found

    def answering(self, served):
        return served.metrics()["mayfly_gateway_replicas"]

    def test_nobody_sees_the_past(self):
        """Reads that replicas answer are never older than what others were told; one that is killed and one that hangs cost
        no answer."""
        def body(rollup, served):
            fund(rollup, served)
            eventually(lambda: self.answering(served) == 2, 30, "two replicas")
            killed, held = self.replicas(served)

            def disturb():
                time.sleep(3)
                os.kill(killed, signal.SIGKILL)
                time.sleep(3)
                os.kill(held, signal.SIGSTOP)

            rounds, transactions = look_for_the_past(self, rollup, served, 14, disturb)
            metrics = served.metrics()
            reads, misses = metrics[REPLICA_READS], metrics['mayfly_gateway_cache_misses_total{rollup="trial"}']
            print(f"{transactions} transactions, {rounds} rounds of reading; of {misses:.0f} reads that were not known replicas "
                  f"answered {reads:.0f}, and {metrics['mayfly_gateway_replica_retries_total']:.0f} went to the node after them")
            self.assertGreater(transactions, 10)
            self.assertGreater(reads, misses / 10)
            def has_others():
                # It stays awake meanwhile.
                self.assertEqual(served.ask("trial", {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []})[0], 200)
                return self.answering(served) == 2 and not {killed, held} & set(self.replicas(served))
            # One that hangs is ended when it has not answered for 10 s, or was not where the node is for 30 s.
            eventually(has_others, 60, "others")
            self.assertRegex(served.output(), "does not (answer|keep up with the node), and is ended")
            # Asleep, there is nothing of them.
            served.falls_asleep("trial", 60)
            self.assertEqual(children(served.pid), {})
            eventually(lambda: not list((rollup.directory / "replicas").iterdir()), 5, "the replicas' databases to be gone")
        self.run_replicas(body, replicas={"least": 2})

    def test_they_come_and_go_with_the_load(self):
        """Load brings a replica, which takes a part of it; quiet takes it away; and a wrong file is told of."""
        def body(rollup, served):
            fund(rollup, served)
            self.assertEqual(self.answering(served), 0)
            done = threading.Event()

            def load(lane):
                number = lane << 32
                while not done.is_set():
                    number += 1
                    status, _, answer = served.ask("trial", {
                        "jsonrpc": "2.0", "id": 1, "method": "eth_getBalance", "params": [f"0x{number:040x}", "latest"]})
                    assert status == 200 and answer["result"] == "0x0", answer

            lanes = [threading.Thread(target=load, args=[lane]) for lane in range(12)]
            for lane in lanes:
                lane.start()
            try:
                eventually(lambda: self.answering(served) == 1, 40, "a replica")
                before = served.metrics()[REPLICA_READS]
                eventually(lambda: served.metrics()[REPLICA_READS] > before + 500, 20, "reads of it")
            finally:
                done.set()
                for lane in lanes:
                    lane.join()
            # No more than the file says.
            self.assertNotIn("replica 2", served.output())
            def quiet():
                served.ask("trial", {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []})
                return self.replicas(served) == []
            eventually(quiet, 20, "no replica")
            self.assertIn("replica 1 is not needed any more", served.output())
            self.assertEqual(served.place("trial"), "awake")
            (rollup.directory / "gateway.json.new").write_text(json.dumps({"replicas": {"least": 3, "most": 2}}))
            shutil.move(rollup.directory / "gateway.json.new", rollup.directory / "gateway.json")
            eventually(lambda: "replicas: least, most" in served.output(), 5, "the file to be refused")
        self.run_replicas(body, "--replica-load", 1, "--replica-rest", "2s", replicas={"most": 1})

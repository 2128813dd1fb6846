"""Rollups that others run: a gateway in front that finds them by place.json, and tasks that wait for each other."""
import base64
import concurrent.futures
import json
import socket
import time
import urllib.request

from gateway import Gateway
from node import free_port
from rollup import Process, RollupCase, block, eventually

BLOCK_NUMBER = {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}


class PlaceTest(RollupCase):
    """One rollup that two tasks run, one after the other, behind a gateway."""

    def place(self, rollup, port):
        partial = rollup.directory / "place.new"
        partial.write_text(json.dumps({} if port is None else {"host": "127.0.0.1", "port": port}))
        partial.rename(rollup.directory / "place.json")

    def task(self, rollup, name):
        port = free_port()
        rollup.processes[name] = Process(
            rollup.path / f"{name}.log", "gateway", "--task", "--rollups", rollup.path, "--http", f"127.0.0.1:{port}",
            "--l1", rollup.l1.url, "--l1-poll", 100)
        return port

    def is_up(self, port):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def test_requests_follow_a_rollup_that_moves(self):
        def body(rollup):
            self.place(rollup, None)
            first = self.task(rollup, "first")
            eventually(lambda: self.is_up(first), 20, "the first task")
            front = Gateway(rollup.path, rollup.l1.url, rollup.path / "front.log")
            rollup.processes["front"] = front.process
            self.assertEqual(front.place("trial"), "outside")
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                # It is nowhere yet: who asks waits.
                waiting = [pool.submit(front.ask, "trial", BLOCK_NUMBER) for _ in range(4)]
                time.sleep(1)
                self.assertEqual([ask.done() for ask in waiting], [False] * 4)
                self.place(rollup, first)
                self.assertEqual([ask.result()[0] for ask in waiting], [200] * 4)
            self.assertEqual(self.handshake(front.port), b"HTTP/1.1 101")
            eventually(lambda: block(front.url("trial"))["number"] > 2, 20, "blocks")
            seen = block(front.url("trial"))

            # A second task has to wait for the directory, and serves nobody meanwhile.
            second = self.task(rollup, "second")
            log = rollup.path / "second.log"
            eventually(lambda: "is used by another task" in log.read_text(), 20, "the second task's word")
            self.assertFalse(self.is_up(second))
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                rollup.stop("first")
                # The place is still the old one, where nobody listens.
                waiting = pool.submit(front.ask, "trial", BLOCK_NUMBER)
                eventually(lambda: self.is_up(second), 20, "the second task")
                self.assertFalse(waiting.done())
                self.place(rollup, second)
                self.assertEqual(waiting.result()[0], 200)
            self.assertEqual(block(front.url("trial"), seen["number"])["hash"], seen["hash"])

            # What cannot be read is told, and changes nothing.
            (rollup.directory / "place.json").write_text('{"host": 7}')
            eventually(lambda: "place.json: it is" in front.output(), 20, "a complaint")
            self.assertEqual(front.ask("trial", BLOCK_NUMBER)[0], 200)
            # One that is asked to end while it waits ends.
            third = self.task(rollup, "third")
            eventually(lambda: "another task" in (rollup.path / "third.log").read_text(), 20, "the third task's word")
            process = rollup.processes["third"].process
            process.terminate()
            self.assertEqual(process.wait(10), 0)
            self.assertFalse(self.is_up(third))
        self.run_rollup(body)

    def handshake(self, port):
        key = base64.b64encode(bytes(16)).decode()
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(
                f"GET /trial HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
            return connection.recv(12)


if __name__ == "__main__":
    import unittest
    unittest.main()

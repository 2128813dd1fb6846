"""`mayfly l1` on a disk that becomes full and has room again: on a small tmpfs, which takes root to mount."""
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from node import Node

SENDER = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"


class FullDiskTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="mayfly-test-")
        self.addCleanup(os.rmdir, self.folder)
        mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", self.folder]
        if os.getuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
            self.skipTest("no tmpfs can be mounted here, so no disk can be full")
        self.addCleanup(subprocess.run, ["umount", self.folder], check=True)
        self.node = Node(data=self.folder + "/l1").start()
        self.addCleanup(self.node.stop)

    def call(self, method, *parameters):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
        request = urllib.request.Request(self.node.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def ready(self):
        try:
            with urllib.request.urlopen(self.node.url + "/ready", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def send(self, data="0x"):
        return self.call("eth_sendTransaction", {"from": SENDER, "to": SENDER, "input": data, "gas": "0x7a1200"})

    def head(self):
        return int(self.call("eth_blockNumber")["result"], 16)

    def until(self, condition, what):
        end = time.monotonic() + 15
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.02)

    def test_a_full_disk(self):
        self.assertIn("result", self.send())
        self.until(lambda: self.head() == 1, "no block before the disk is full")
        # Somebody else fills the disk, all but a little; then blocks do what is left.
        ballast = pathlib.Path(self.folder) / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        for _ in range(200):
            answer = self.send("0x" + "ab" * 60_000)
            if "error" in answer:
                break
            time.sleep(0.02)
        self.assertIn("the transaction was not taken, as no block can be made", answer["error"]["message"])
        self.assertIn("No space left on device", answer["error"]["message"])
        raw = self.call("eth_sendRawTransaction", "0x00")
        self.assertIn("no block can be made", raw["error"]["message"])
        status, body = self.ready()
        self.assertEqual(status, 503)
        self.assertFalse(body["ready"])
        self.assertIn("No space left on device", body["reason"])
        before = self.head()
        self.assertIn("result", self.call("eth_getBalance", SENDER, "latest"))
        # Seconds of trouble are one line.
        time.sleep(3.5)
        self.assertEqual(self.node.output().count("warning: no block can be made"), 1)
        # With room again it goes on by itself.
        ballast.unlink()
        self.until(lambda: self.ready()[0] == 200, "not ready after there is room again")
        self.until(lambda: self.head() > before, "what was pending is in no block")
        answer = self.send()
        self.assertIn("result", answer)
        self.until(
            lambda: self.call("eth_getTransactionReceipt", answer["result"])["result"], "no block after the trouble")
        output = self.node.output()
        self.assertIn("blocks are made again", output)
        self.assertEqual(output.count("warning: no block can be made"), 1)
        # And what was written is sound.
        head = self.head()
        self.assertEqual(self.node.stop(), 0)
        self.node.start()
        self.assertEqual(self.head(), head)


if __name__ == "__main__":
    unittest.main()

"""`mayfly da` as a process: kills during puts, a full disk, and what it says."""
import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

import metrics_list
from node import MAYFLY, free_port
from rollup import eventually


class Provider:
    def __init__(self, data, *arguments, prefix=()):
        self.port = free_port()
        command = [*prefix, MAYFLY, "da", "--json", "--http", f":{self.port}", "--data", str(data), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.said = json.loads(self.process.stdout.readline())
        self.url = self.said["url"]

    def put(self, data):
        with urllib.request.urlopen(urllib.request.Request(self.url + "/put", data, method="POST"), timeout=30) as answer:
            return answer.read()

    def get(self, commitment):
        with urllib.request.urlopen(f"{self.url}/get/0x{commitment.hex()}", timeout=30) as answer:
            return answer.read()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        return code


class DataAvailabilityTests(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="mayfly-test-")
        self.addCleanup(self.directory.cleanup)
        self.data = pathlib.Path(self.directory.name) / "da"

    def test_kills(self):
        """What was acknowledged is there after each of many kills, and nothing is there in halves."""
        kept = {}
        for _ in range(15):
            provider = Provider(self.data)
            self.assertGreaterEqual(provider.said["objects"], len(kept))
            stop = threading.Event()

            def put():
                while not stop.is_set():
                    data = os.urandom(random.choice([1, 1_000, 200_000, 3_000_000]))
                    try:
                        kept[provider.put(data)] = data
                    except (OSError, ValueError):
                        return
                    except Exception as error:  # http.client has its own for answers that end early.
                        if "RemoteDisconnected" in repr(error) or "IncompleteRead" in repr(error):
                            return
                        raise

            threads = [threading.Thread(target=put) for _ in range(4)]
            for thread in threads:
                thread.start()
            time.sleep(random.uniform(0.02, 0.3))
            provider.end(signal.SIGKILL)
            stop.set()
            for thread in threads:
                thread.join()
        self.assertGreater(len(kept), 15)
        provider = Provider(self.data)
        for commitment, data in kept.items():
            self.assertEqual(provider.get(commitment), data)
        self.assertEqual(list((self.data / "incoming").iterdir()), [])
        self.assertEqual(provider.end(), 0)

    def test_full_disk(self):
        """A limit on the size of files stands for a full disk: the system refuses in the same place."""
        provider = Provider(self.data, prefix=["prlimit", "--fsize=1000000"])
        kept = provider.put(b"a" * 900_000)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            provider.put(b"b" * 1_100_000)
        self.assertEqual(refused.exception.code, 507)
        self.assertIn(b"Make room on the disk", refused.exception.read())
        # The answer may come before the file is gone.
        eventually(lambda: not list((self.data / "incoming").iterdir()), 5, "nothing being left of it")
        self.assertEqual(provider.get(kept), b"a" * 900_000)
        self.assertEqual(provider.end(), 0)

    def test_what_it_says(self):
        provider = Provider(self.data)
        second = subprocess.run([MAYFLY, "da", "--http", ":0", "--data", self.data], capture_output=True, text=True, timeout=20)
        self.assertEqual(second.returncode, 1)
        self.assertIn("another process uses", second.stderr)
        elsewhere = str(self.data) + "-2"
        third = subprocess.run(
            [MAYFLY, "da", "--http", f":{provider.port}", "--data", elsewhere], capture_output=True, text=True, timeout=20)
        self.assertEqual(third.returncode, 1)
        self.assertIn("another process listens there", third.stderr)
        metrics_list.check(self, "da", provider.url)
        wrong = subprocess.run([MAYFLY, "da", "--data", "x", "--max-put", "0"], capture_output=True, text=True, timeout=20)
        self.assertEqual(wrong.returncode, 2)
        self.assertEqual(provider.end(), 0)


if __name__ == "__main__":
    unittest.main()

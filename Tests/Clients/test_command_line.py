"""What `mayfly` says to the person at the terminal when something is wrong: what, where, and how to mend it."""
import gzip
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

from node import MAYFLY, Node, free_port

# Nothing of the language that it is written in belongs into a message.
UNWANTED = ["Error Domain", "NSCocoa", "error 1.", "NIOCore", "Optional(", "UserInfo"]


class CommandLineTests(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="mayfly-test-")
        self.addCleanup(self.directory.cleanup)
        self.folder = pathlib.Path(self.directory.name)

    def run_it(self, *arguments, code=1):
        """What goes to the error stream of a command that has to fail."""
        result = subprocess.run([MAYFLY, *map(str, arguments)], capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        for text in UNWANTED:
            self.assertNotIn(text, result.stderr)
        return result.stderr if code else result.stdout

    def begin(self, *arguments):
        data = str(self.folder / "l1")
        Node(*arguments, data=data).start().stop()
        return data

    def genesis(self, **config):
        rules = {"chainId": 7, "terminalTotalDifficulty": 0, "londonBlock": 0, "shanghaiTime": 0, **config}
        for fork in ["homestead", "eip150", "eip158", "byzantium", "constantinople", "petersburg", "istanbul", "berlin"]:
            rules.setdefault(fork + "Block", 0)
        path = self.folder / "genesis.json"
        path.write_text(json.dumps({
            "config": rules, "alloc": {}, "gasLimit": "0x1c9c380", "difficulty": "0x0", "timestamp": "0x0",
            "extraData": "0x", "nonce": "0x0", "baseFeePerGas": "0x7"}))
        return path

    def test_other_settings(self):
        data = self.begin("--chain-id", "5", "--accounts", "3")
        said = self.run_it("l1", "--http", ":0", "--data", data, "--gas-limit", "30000000")
        for part in ["--chain-id 5 (not 1337)", "--gas-limit 1000000000 (not 30000000)", "--accounts 3 (not 10)",
                     "Start with these settings again, or choose another directory."]:
            self.assertIn(part, said)
        words = "abandon " * 11 + "about"
        said = self.run_it(
            "l1", "--http", ":0", "--data", data, "--chain-id", "5", "--accounts", "3", "--mnemonic", words)
        self.assertIn("the chain was begun with the usual --mnemonic", said)

    def test_mnemonic(self):
        node = Node("--mnemonic", "test " * 11 + "test")
        with node:
            self.assertIn("the checksum does not fit", node.output())
        with Node() as node:
            self.assertNotIn("warning", node.output())

    def test_ranges(self):
        for arguments in [["--data", ""], ["--accounts", "0"], ["--accounts", "1001"], ["--block-time", "86401"],
                          ["--gas-limit", "4999999"], ["--chain-id", "0"], ["--rpc-memory", "15"]]:
            self.assertIn(arguments[0], self.run_it("l1", *arguments, code=2))
        self.assertIn("--data", self.run_it("node", "--genesis", "x", "--data", "", code=2))
        self.assertIn("--data", self.run_it("import", "--genesis", "x", "--data", "", "x", code=2))
        text = subprocess.run([MAYFLY, "l1", "--help"], capture_output=True, text=True).stdout
        for part in ["up to 86400", "1 to 1000", "from 5000000 on", "16 to 65536"]:
            self.assertIn(part, " ".join(text.split()))

    def test_listening(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            place = "127.0.0.1:%d" % taken.getsockname()[1]
            self.assertIn(f"cannot listen on --http {place}: another process listens there.",
                          self.run_it("l1", "--http", place))
            genesis = self.genesis()
            for option in ["--ws", "--engine"]:
                said = self.run_it(
                    "node", "--genesis", genesis, "--data", self.folder / "node", "--http", ":0", option, place)
                self.assertIn(f"cannot listen on {option} {place}: another process listens there.", said)
        self.assertIn("this machine has no such address", self.run_it("l1", "--http", "203.0.113.1:0"))
        self.assertIn("there is no address of that name", self.run_it("l1", "--http", "nowhere.invalid:0"))
        self.assertIn("there is no such directory", self.run_it("l1", "--http", ":0", "--ipc", self.folder / "no/ipc"))
        self.assertIn("the path is too long", self.run_it("l1", "--http", ":0", "--ipc", "/tmp/" + "x" * 200))
        plain = self.folder / "plain"
        plain.write_text("")
        self.assertIn("or it is no socket", self.run_it("l1", "--http", ":0", "--ipc", plain))

    def test_files(self):
        data = self.folder / "node"
        for path, reason in [(self.folder / "none", "No such file or directory"), (self.folder, "Is a directory")]:
            self.assertIn(f"cannot read the genesis {path}: {reason}",
                          self.run_it("node", "--genesis", path, "--data", data))
            self.assertIn(f"cannot read {path}: {reason}",
                          self.run_it("import", "--genesis", self.genesis(), "--data", data, path))
        junk = self.folder / "junk"
        junk.write_bytes(b"\xc3\x01\x02\x03")
        self.assertIn("what stands there is no block: there are bytes where a list should be",
                      self.run_it("import", "--genesis", self.genesis(), "--data", data, junk))

    def test_forks_out_of_order(self):
        said = self.run_it("node", "--data", self.folder / "node", "--genesis",
                           self.genesis(shanghaiTime=10, cancunTime=5))
        self.assertIn("cancun begins at time 5, before shanghai at time 10", said)
        said = self.run_it("node", "--data", self.folder / "node", "--genesis", self.genesis(berlinBlock=9))
        self.assertIn("london begins at block 0, before berlin at block 9", said)
        self.assertFalse((self.folder / "node").exists())

    def test_known_blocks(self):
        # A genesis of which the first block's bytes are known: that of the chain itself.
        genesis, data = self.genesis(), self.folder / "node"
        port = free_port()
        command = [MAYFLY, "node", "--genesis", genesis, "--data", data, "--http", f"127.0.0.1:{port}"]
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        try:
            for line in process.stdout:
                if line.startswith("http: "):
                    break
            first = bytes.fromhex(self.call(f"http://127.0.0.1:{port}", "debug_getRawBlock", "0x0")[2:])
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()
        blocks = self.folder / "blocks.rlp"
        blocks.write_bytes(first)
        said = self.run_it("import", "--genesis", genesis, "--data", data, blocks, code=0)
        self.assertIn("nothing to import: all 1 blocks are in the chain already", said)
        # Compressed, in two pieces, and through a pipe.
        packed = self.folder / "blocks.rlp.gz"
        packed.write_bytes(gzip.compress(first) + gzip.compress(first))
        said = self.run_it("import", "--genesis", genesis, "--data", data, packed, code=0)
        self.assertIn("nothing to import: all 2 blocks are in the chain already", said)
        for bytes_ in [first, gzip.compress(first)]:
            result = subprocess.run([MAYFLY, "import", "--genesis", genesis, "--data", data, "-"], input=bytes_,
                                    capture_output=True, timeout=60)
            self.assertIn(b"nothing to import: all 1 blocks", result.stdout, result.stderr)
        # Where it fails it says what stays.
        for name, bytes_, reason in [
            ("cut.gz", gzip.compress(first * 50)[:-9], "the compressed file ends too early"),
            ("bad.gz", gzip.compress(first)[:20] + bytes(60), "the compressed bytes are damaged"),
            ("cut.rlp", first[:-1], "the file ends in the middle of a block"),
        ]:
            (self.folder / name).write_bytes(bytes_)
            said = self.run_it("import", "--genesis", genesis, "--data", data, self.folder / name)
            self.assertIn(f"{reason}. Nothing was imported.", said)

    def call(self, url, method, *parameters):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["result"]

    def test_testing_methods(self):
        for options, code in [([], -32601), (["--testing-methods"], -32602)]:
            port = free_port()
            process = subprocess.Popen(
                [MAYFLY, "node", "--genesis", self.genesis(), "--data", self.folder / "node", *options,
                 "--http", f"127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True)
            try:
                for line in process.stdout:
                    if line.startswith("http: "):
                        break
                body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "testing_buildBlockV1", "params": []}).encode()
                request = urllib.request.Request(
                    f"http://127.0.0.1:{port}", body, {"Content-Type": "application/json"})
                with urllib.request.urlopen(request, timeout=10) as answer:
                    self.assertEqual(json.load(answer)["error"]["code"], code)
            finally:
                process.terminate()
                process.wait()
                process.stdout.close()

    def temporary(self, *arguments):
        """A chain without a directory of its own, when it is ready."""
        port = free_port()
        process = subprocess.Popen(
            [MAYFLY, "l1", "--http", f"127.0.0.1:{port}", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env={**os.environ, "TMPDIR": str(self.folder)})
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Try:"):
                break
        self.addCleanup(process.stdout.close)
        return process, "".join(lines), port

    def left(self):
        return sorted(path.name for path in self.folder.iterdir() if path.name.startswith("mayfly-l1-"))

    def test_temporary_chains(self):
        killed, _, _ = self.temporary()
        abandoned = self.left()
        self.assertEqual(len(abandoned), 1)
        alive, _, _ = self.temporary()
        self.assertEqual(len(self.left()), 2)
        killed.kill()
        killed.wait()
        # The next one removes what the killed one left, and nothing of who lives.
        third, _, _ = self.temporary()
        self.assertEqual(len(self.left()), 2)
        self.assertNotIn(abandoned[0], self.left())
        for process in [alive, third]:
            process.terminate()
            self.assertEqual(process.wait(timeout=20), 0)
        self.assertEqual(self.left(), [])

    def test_keys_are_named_for_what_they_are(self):
        process, said, _ = self.temporary()
        process.kill()
        process.wait()
        self.assertIn("Everybody knows these keys.", said)
        self.assertNotIn("warning", said)
        process, said, port = self.temporary("--mnemonic", "abandon " * 11 + "about")
        process.kill()
        process.wait()
        self.assertIn("Their keys are those of your --mnemonic.", said)
        self.assertNotIn("Everybody", said)
        process, said, _ = self.temporary("--http", "0.0.0.0:0")
        process.kill()
        process.wait()
        self.assertIn("warning: whoever reaches this machine can send from the development accounts", said)

    def test_second_signal(self):
        process, _, port = self.temporary()
        # Half a request is waited for; who asks again does not want to wait.
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=1), 128 + signal.SIGINT)

    def test_snapshots(self):
        copy = self.folder / "copy"
        said = self.run_it("snapshot", "export", "--data", self.folder / "none", copy)
        self.assertIn(f"{self.folder}/none was not copied to {copy}: ", said)
        self.assertFalse(copy.exists())
        data = self.begin()
        said = json.loads(self.run_it("snapshot", "export", "--json", "--data", data, copy, code=0))
        self.assertEqual((said["directory"], said["chainId"], said["head"]["number"]), (str(copy), 1337, 0))
        # A copy that is cut off does not become half a database.
        file = max(copy.iterdir(), key=lambda path: path.stat().st_size)
        os.truncate(file, file.stat().st_size // 2)
        target = self.folder / "target"
        said = self.run_it("snapshot", "import", "--data", target, copy)
        self.assertIn(f"{copy} was not copied to {target}: ", said)
        self.assertFalse(target.exists())
        # What was in a directory before stays there.
        target.mkdir()
        (target / "mine").write_text("x")
        self.run_it("snapshot", "import", "--data", target, copy)
        self.assertEqual([path.name for path in target.iterdir()], ["mine"])
        if os.getuid() == 0:
            self.full_disk(data)

    def full_disk(self, data):
        disk = self.folder / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
        if subprocess.run(mount, capture_output=True).returncode != 0:
            return
        try:
            said = self.run_it("snapshot", "export", "--data", data, disk / "copy")
            self.assertIn("No space left on device", said)
            self.assertFalse((disk / "copy").exists())
        finally:
            subprocess.run(["umount", str(disk)], check=True)


if __name__ == "__main__":
    unittest.main()

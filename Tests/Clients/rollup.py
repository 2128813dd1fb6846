"""Runs a rollup in processes of its own, as people do: an L1, a launch, a sequencer, a batcher, verifiers."""
import json
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.request

from eth_account import Account

from node import MAYFLY, Node, free_port

Account.enable_unaudited_hdwallet_features()
MNEMONIC = "test test test test test test test test test test test junk"
ACCOUNTS = [Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}") for index in range(10)]
OWNER, BATCHER, PROPOSER, USER = ACCOUNTS[:4]


def call(url, method, *parameters, timeout=30):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        result = json.load(answer)
    if "error" in result:
        raise RuntimeError(f"{method}: {result['error']}")
    return result["result"]


def block(url, tag="latest"):
    if isinstance(tag, int):
        tag = hex(tag)
    try:
        found = call(url, "eth_getBlockByNumber", tag, False)
    except RuntimeError:
        return None  # There is no safe or final one yet.
    return found and {"number": int(found["number"], 16), "hash": found["hash"], "root": found["stateRoot"],
                      "parent": found["parentHash"], "time": int(found["timestamp"], 16)}


def eventually(condition, seconds=60, what="it"):
    """What `condition` gives as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come to pass within {seconds} s")


class Process:
    """A `mayfly` command that runs until it is ended."""

    def __init__(self, log, *arguments):
        self.log = open(log, "a+")
        self.process = subprocess.Popen(
            [MAYFLY, *map(str, arguments)], stdout=self.log, stderr=subprocess.STDOUT)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log.close()


class Rollup:
    """A rollup on an L1 of its own; its processes are started and ended by name."""

    def __init__(self, *, l1_block_time=1, block_time=1, sequencing_window=200, da="calldata", l1_arguments=(), more=""):
        self.folder = tempfile.TemporaryDirectory(prefix="mayfly-rollup-")
        self.path = pathlib.Path(self.folder.name)
        self.l1 = Node("--block-time", str(l1_block_time), *l1_arguments)
        self.settings = {"blockTime": block_time, "window": sequencing_window, "da": da, "more": more}
        self.processes = {}
        self.ports = {}

    def __enter__(self):
        try:
            self.l1.start()
            for name, account in (("owner", OWNER), ("batcher", BATCHER), ("proposer", PROPOSER), ("user", USER)):
                key = self.path / f"{name}.key"
                key.touch(mode=0o600)
                key.write_text(account.key.hex().removeprefix("0x"))
            self.launched = self.launch()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in list(self.processes):
            self.stop(name)
        self.l1.stop()
        self.folder.cleanup()

    def run(self, *arguments):
        """The output of a command that ends."""
        done = subprocess.run([MAYFLY, *map(str, arguments)], capture_output=True, text=True, timeout=180)
        if done.returncode:
            raise RuntimeError(f"mayfly {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        return done.stdout

    def launch(self):
        document = self.path / "rollup.yaml"
        document.write_text(
            f"""name: trial
layers:
  data-availability: {self.settings['da']}
block-time: {self.settings['blockTime']}
sequencing-window: {self.settings['window']}
accounts:
  owner: "{OWNER.address}"
  batcher: "{BATCHER.address}"
  sequencer: "{OWNER.address}"
  proposer: "{PROPOSER.address}"
{self.settings['more']}
""")
        return json.loads(self.run(
            "launch", "trial", "--config", document, "--l1", self.l1.url, "--key-file", self.path / "owner.key",
            "--challenge-window", 4, "--out", self.path / "trial", "--json"))

    # What runs

    def start(self, name, *arguments):
        self.processes[name] = Process(self.path / f"{name}.log", *arguments)
        return self.processes[name]

    def stop(self, name):
        self.processes.pop(name).stop()

    def kill(self, name):
        """Ends a process as a crash would."""
        process = self.processes.pop(name)
        process.kill()
        process.log.close()

    def output(self, name):
        return (self.path / f"{name}.log").read_text()

    def url(self, name):
        return f"http://127.0.0.1:{self.ports[name]}"

    def serve(self, name, *arguments, path="/ready"):
        """Starts a process that serves HTTP, and waits until it does."""
        self.ports.setdefault(name, free_port())
        process = self.start(name, *arguments, "--http", f"127.0.0.1:{self.ports[name]}")

        def is_ready():
            if process.process.poll() is not None:
                raise RuntimeError(f"{name} ended with {process.process.returncode}:\n{self.output(name)}")
            try:
                with urllib.request.urlopen(self.url(name) + path, timeout=1) as answer:
                    return answer.status == 200
            except OSError:
                return False

        eventually(is_ready, 30, f"{name} being ready")

    @property
    def files(self):
        return ["--rollup", self.path / "trial/rollup.json"]

    def node(self, name, *arguments):
        alt_da = ["--alt-da", self.url("da")] if "da" in self.ports else []
        self.serve(
            name, "node", *self.files, "--genesis", self.path / "trial/genesis.json", "--data", self.path / name,
            "--l1", self.l1.url, "--l1-beacon", self.l1.url, "--l1-poll", 100, *alt_da, *arguments)

    def sequencer(self, *arguments):
        self.node("sequencer", "--sequence", *arguments)

    def verifier(self, name="verifier", *arguments):
        self.node(name, "--verify", *arguments)

    def data_server(self):
        self.serve("da", "da", "--data", self.path / "da", path="/health")

    def batcher(self, da, *arguments):
        alt_da = ["--alt-da", self.url("da")] if "da" in self.ports else []
        self.start(
            "batcher", "batcher", *self.files, "--l1", self.l1.url, "--node", self.url("sequencer"), "--key-file",
            self.path / "batcher.key", "--da", da, "--l1-poll", 100, "--channel-blocks", 1, "--raise-after", 10, *alt_da,
            *arguments)

    def proposer(self):
        self.start(
            "proposer", "proposer", *self.files, "--l1", self.l1.url, "--node", self.url("sequencer"), "--key-file",
            self.path / "proposer.key", "--interval", 5, "--depth", "safe")

    # What is asked

    def deposit(self, amount, *arguments):
        """Moves ether of the user's to the rollup, and waits until it is there."""
        self.run(
            "bridge", "deposit", *self.files, "--l1", self.l1.url, "--key-file", self.path / "user.key", "--amount",
            amount, "--node", self.url("sequencer"), *arguments)
        # It is told as soon as a sub-block has it.
        eventually(lambda: int(call(self.url("sequencer"), "eth_getBalance", USER.address, "latest"), 16), 10, "the deposit")

    def reaches(self, name, number, seconds=60):
        """Waits until a node's safe block is at least this one; the block with this number there."""
        eventually(
            lambda: (block(self.url(name), "safe") or {"number": 0})["number"] >= number, seconds,
            f"block {number} being safe at the {name}")
        return block(self.url(name), number)

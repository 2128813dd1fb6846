"""Runs a rollup in processes of its own, as people do: an L1, a launch, a sequencer, a batcher, verifiers."""
import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.request

from eth_account import Account

from node import MAYFLY, WITH_PARENT, Node, free_port

Account.enable_unaudited_hdwallet_features()
MNEMONIC = "test test test test test test test test test test test junk"
ACCOUNTS = [Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}") for index in range(10)]
# Owner, batcher, proposer and user of a rollup; those of another one on the same L1; and who sends load.
ROLES, OTHER_ROLES, LOADER = ACCOUNTS[:4], ACCOUNTS[4:8], ACCOUNTS[8]
OWNER, BATCHER, PROPOSER, USER = ROLES


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


def blocks(url, first, last):
    """The blocks with these numbers, read with few requests."""
    found = []
    for start in range(first, last + 1, 200):
        requests = [
            {"jsonrpc": "2.0", "id": number, "method": "eth_getBlockByNumber", "params": [hex(number), False]}
            for number in range(start, min(start + 200, last + 1))]
        request = urllib.request.Request(url, json.dumps(requests).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            results = sorted(json.load(answer), key=lambda result: result["id"])
        found += [result["result"] for result in results]
    return found


def hashes(url, last):
    """The hashes of all blocks up to this number."""
    return [block and block["hash"] for block in blocks(url, 0, last)]


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
            [*WITH_PARENT, MAYFLY, *map(str, arguments)], stdout=self.log, stderr=subprocess.STDOUT)

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
    """A rollup on an L1 of its own, or on another's; its processes are started and ended by name."""

    def __init__(
        self, *, name="trial", l1=None, accounts=ROLES, l1_block_time=1, block_time=1, sequencing_window=200,
        da="calldata", l1_arguments=(), more=""
    ):
        self.folder = tempfile.TemporaryDirectory(prefix="mayfly-rollup-")
        self.path = pathlib.Path(self.folder.name)
        self.name, self.accounts = name, dict(zip(("owner", "batcher", "proposer", "user"), accounts))
        self.has_own_l1 = l1 is None
        self.l1 = l1 or Node("--block-time", str(l1_block_time), *l1_arguments)
        self.settings = {"blockTime": block_time, "window": sequencing_window, "da": da, "more": more}
        self.processes = {}
        self.ports = {}

    def __enter__(self):
        try:
            if self.has_own_l1:
                self.l1.start()
            for name, account in self.accounts.items():
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
        if self.has_own_l1:
            self.l1.stop()
        self.folder.cleanup()

    def run(self, *arguments):
        """The output of a command that ends."""
        done = subprocess.run(
            [*WITH_PARENT, MAYFLY, *map(str, arguments)], capture_output=True, text=True, timeout=180)
        if done.returncode:
            raise RuntimeError(f"mayfly {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        return done.stdout

    def launch(self):
        document = self.path / "rollup.yaml"
        document.write_text(
            f"""name: {self.name}
layers:
  data-availability: {self.settings['da']}
block-time: {self.settings['blockTime']}
sequencing-window: {self.settings['window']}
accounts:
  owner: "{self.accounts['owner'].address}"
  batcher: "{self.accounts['batcher'].address}"
  sequencer: "{self.accounts['owner'].address}"
  proposer: "{self.accounts['proposer'].address}"
{self.settings['more']}
""")
        return json.loads(self.run(
            "launch", self.name, "--config", document, "--l1", self.l1.url, "--key-file", self.path / "owner.key",
            "--challenge-window", 4, "--out", self.directory, "--json"))

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
        """Starts a process that serves HTTP, and waits until it says that it is well."""
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
    def directory(self):
        """Where the files of the launch are."""
        return self.path / self.name

    @property
    def files(self):
        return ["--rollup", self.directory / "rollup.json"]

    def node(self, name, *arguments, path="/ready"):
        alt_da = ["--alt-da", self.url("da")] if "da" in self.ports else []
        self.serve(
            name, "node", *self.files, "--genesis", self.directory / "genesis.json", "--data", self.path / name,
            "--l1", self.l1.url, "--l1-beacon", self.l1.url, "--l1-poll", 100, *alt_da, *arguments,
            path=path)

    def sequencer(self, *arguments, path="/ready"):
        self.node("sequencer", "--sequence", *arguments, path=path)

    def verifier(self, name="verifier", *arguments, path="/ready"):
        self.node(name, "--verify", *arguments, path=path)

    def wipe(self, *names):
        """Ends nodes and removes all that they know."""
        for name in names:
            self.stop(name)
            shutil.rmtree(self.path / name)

    def data_server(self):
        self.serve("da", "da", "--data", self.path / "da", path="/health")

    def batcher(self, da, *arguments):
        alt_da = ["--alt-da", self.url("da")] if "da" in self.ports else []
        self.start(
            "batcher", "batcher", *self.files, "--l1", self.l1.url, "--node", self.url("sequencer"), "--key-file",
            self.path / "batcher.key", "--da", da, "--l1-poll", 100, "--channel-blocks", 1, "--raise-after", 10, *alt_da,
            *arguments)

    def proposer(self, node="sequencer", *arguments, interval=5):
        self.start(
            "proposer", "proposer", *self.files, "--l1", self.l1.url, "--node", self.url(node), "--key-file",
            self.path / "proposer.key", "--interval", interval, "--depth", "safe", *arguments)

    # What is asked

    def bridge(self, what, *arguments, node="sequencer", by="user"):
        """What `mayfly bridge` answers."""
        asked = ["--node", self.url(node)] if node else []
        return json.loads(self.run(
            "bridge", what, *self.files, "--l1", self.l1.url, *asked, "--key-file", self.path / f"{by}.key", "--json",
            *arguments))

    def deposit(self, amount, *arguments, to=None):
        """Moves ether of the user's to the rollup, and waits until it is there."""
        to = to or self.accounts["user"]
        self.bridge("deposit", "--amount", amount, "--to", to.address, *arguments)
        # It is told as soon as a sub-block has it.
        eventually(lambda: int(call(self.url("sequencer"), "eth_getBalance", to.address, "latest"), 16), 10, "the deposit")

    def reaches(self, name, number, seconds=60):
        """Waits until a node's safe block is at least this one; the block with this number there."""
        eventually(
            lambda: (block(self.url(name), "safe") or {"number": 0})["number"] >= number, seconds,
            f"block {number} being safe at the {name}")
        return block(self.url(name), number)

    def published(self, first=0):
        """What the batcher sent to L1 from this L1 block on: the nonce and the kind of each transaction."""
        batcher, found = self.accounts["batcher"].address.lower(), []
        for number in range(first, block(self.l1.url)["number"] + 1):
            for transaction in call(self.l1.url, "eth_getBlockByNumber", hex(number), True)["transactions"]:
                if transaction["from"] == batcher:
                    found.append((int(transaction["nonce"], 16), kind_of_data(transaction)))
        return found


def kind_of_data(transaction):
    """Where a batcher's transaction says that the data are."""
    if transaction["to"] == transaction["from"]:
        return "none"
    if transaction["type"] == "0x3":
        return "blobs"
    return {"0x00": "calldata", "0x01": "alt-da"}[transaction["input"][:4]]


class RollupCase(unittest.TestCase):
    """Fails with what the processes said."""

    def run_rollup(self, body, **settings):
        with Rollup(**settings) as rollup:
            self.tell(rollup, lambda: body(rollup))

    def tell(self, rollup, body):
        try:
            body()
        except BaseException:
            for path in sorted(rollup.path.glob("*.log")):
                print(f"--- {path.stem}\n{path.read_text()[-3000:]}")
            raise

    def check_agreement(self, rollup, more=0, name="verifier"):
        """A node comes to the block that is so many after the sequencer's newest, and has the same; the block."""
        url = rollup.url("sequencer")
        reached = rollup.reaches(name, block(url)["number"] + more)
        number = reached["number"]
        # Where L1 was taken back either of them may be the first to follow: both are read again.
        return eventually(
            lambda: (found := block(rollup.url(name), number)) and found == block(url, number) and found, 20,
            f"the sequencer and the {name} having the same block {number}, of which the {name} had {reached}")

    def check_every_block_is_there(self, url, first, last):
        """No slot was missed: each block is as long after its parent as the rollup says."""
        found = blocks(url, first, last)
        for parent, child in zip(found, found[1:]):
            self.assertEqual(child["parentHash"], parent["hash"])
            self.assertEqual(int(child["timestamp"], 16), int(parent["timestamp"], 16) + 1)

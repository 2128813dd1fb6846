"""Runs a gateway with rollups, as a person would, and asks them."""
import json
import pathlib
import re
import socket
import statistics
import subprocess
import time
import urllib.error
import urllib.request

from node import free_port
from rollup import Process, Rollup, eventually

# The processes that a gateway has started, by what their command lines say.


def children(pid):
    """The processes of a process: identity and command of each."""
    found = {}
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            try:
                found[int(child)] = pathlib.Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[1].decode()
            except (OSError, IndexError):
                pass  # It has just ended.
    return found


class Gateway:
    """`mayfly gateway` on a free port, for the rollups of some directory."""

    def __init__(self, directory, l1, log, *arguments):
        self.port = free_port()
        self.log = pathlib.Path(log)
        self.process = Process(
            log, "gateway", "--rollups", directory, "--http", f"127.0.0.1:{self.port}", "--l1", l1, "--l1-poll", 100,
            *arguments)
        eventually(self.is_up, 30, "the gateway")

    def is_up(self):
        if self.process.process.poll() is not None:
            raise RuntimeError(f"the gateway ended:\n{self.output()}")
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    @property
    def pid(self):
        """Of the gateway itself: what starts it becomes it."""
        return self.process.process.pid

    def output(self):
        return self.log.read_text()

    def url(self, name):
        return f"http://127.0.0.1:{self.port}/{name}"

    def place(self, name):
        with urllib.request.urlopen(self.url(name) + "/health", timeout=10) as answer:
            return json.load(answer)["place"]

    def metrics(self):
        """The gateway's figures by name and labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            lines = [line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[0] != "#"]
        return {name: float(value) for name, value in lines}

    def falls_asleep(self, name, seconds=30):
        eventually(lambda: self.place(name) == "idle", seconds, f"{name} being asleep")

    def ask(self, name, body, timeout=60):
        """Status, headers and JSON of an answer."""
        request = urllib.request.Request(self.url(name), json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.loads(error.read() or b"null")

    def wakes(self, name, count):
        """The seconds of the first answer of a rollup that sleeps, again and again."""
        times = []
        for _ in range(count):
            self.falls_asleep(name)
            start = time.monotonic()
            status, _, answer = self.ask(
                name, {"jsonrpc": "2.0", "id": 1, "method": "eth_getBlockByNumber", "params": ["latest", False]})
            times.append(time.monotonic() - start)
            if status != 200 or "result" not in answer:
                raise AssertionError(f"{status}: {answer}")
        return sorted(times)


def percentile(times, share):
    """Of times in order."""
    return times[min(len(times) - 1, int(len(times) * share))]


def describe(times):
    return (f"{len(times)} wakes: p50 {percentile(times, 0.5) * 1000:.0f} ms, p90 {percentile(times, 0.9) * 1000:.0f} ms, "
            f"p99 {percentile(times, 0.99) * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms, "
            f"mean {statistics.mean(times) * 1000:.0f} ms")


def proportional_memory(pid):
    """Bytes of a process's memory, with its share of what it has together with others."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.M)[1]) * 1024


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100

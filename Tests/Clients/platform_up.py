"""Runs `mayfly up` as a person would, and asks its REST interface."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

from node import MAYFLY, WITH_PARENT, free_port
from rollup import eventually


def asking(url, method, body=None, **headers):
    """Status and JSON of an answer; 0 where there is none."""
    data = None if body is None else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    if data is not None:
        names.setdefault("Content-Type", "application/json")
    request = urllib.request.Request(url, data, names, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")
    except OSError:
        return 0, None


class Up:
    """A platform with an L1 and a gateway on free ports, in a directory of its own."""

    def __init__(self, *arguments, block_time=1):
        self.directory = tempfile.TemporaryDirectory(prefix="mayfly-up-")
        self.data = pathlib.Path(self.directory.name, "data")
        self.ports = [free_port() for _ in range(3)]
        self.arguments = ["--block-time", block_time, "--l1-poll", 100, *arguments]
        self.log = pathlib.Path(self.directory.name, "log")
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def gateway(self):
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def l1(self):
        return f"http://127.0.0.1:{self.ports[2]}"

    def start(self):
        options = zip(["--http", "--gateway-http", "--l1-http"], [f"127.0.0.1:{port}" for port in self.ports])
        command = [*WITH_PARENT, MAYFLY, "up", "--data", self.data, *[part for pair in options for part in pair]]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*command, *map(str, self.arguments)], stdout=log, stderr=subprocess.STDOUT, cwd=self.directory.name)
        eventually(self.is_up, 60, "the platform")
        return self

    def is_up(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"it ended with {self.process.returncode}:\n{self.output()}")
        return "Mayfly is up" in self.output() and self.ask("GET", "/templates")[0] == 200

    def output(self):
        return self.log.read_text()[self.start_of_life:]

    start_of_life = 0

    def kill(self):
        """Ends it at once, as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.start_of_life = len(self.log.read_text())

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return self.process.returncode

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            self.directory.cleanup()

    # What it is asked

    def ask(self, method, path, body=None, **headers):
        return asking(f"{self.url}/v1{path}", method, body, **headers)

    def rollup(self, name):
        return self.ask("GET", f"/rollups/{name}")[1]

    def state(self, name):
        return (self.rollup(name) or {}).get("state")

    def becomes(self, name, state, seconds=60):
        def is_there():
            found = self.rollup(name) or {}
            if found.get("state") == "failed" and state != "failed":
                raise RuntimeError(f"{name} has failed: {found.get('failure')}\n{self.output()[-4000:]}")
            return found.get("state") == state
        eventually(is_there, seconds, f"{name} being {state}")
        return self.rollup(name)

    def mayfly(self, *arguments, check=True):
        """What a command of this checkout prints, with this platform and L1."""
        environment = os.environ | {"MAYFLY_PLATFORM": self.url}
        done = subprocess.run(
            [MAYFLY, *map(str, arguments)], capture_output=True, text=True, env=environment, cwd=self.directory.name,
            timeout=300)
        if check and done.returncode != 0:
            raise RuntimeError(f"mayfly {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        return done

"""Starts nodes for the tests of this folder."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

# What the tests run: MAYFLY_BINARY, or what this checkout has built.
MAYFLY = pathlib.Path(
    os.environ.get("MAYFLY_BINARY") or pathlib.Path(__file__).resolve().parents[2] / ".build/release/mayfly")

# What ends a process with the one that started it, however that ended.
WITH_PARENT = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Node:
    """A `mayfly l1` on a free port of this machine, with its data in a directory of its own."""

    def __init__(self, *arguments, data=None):
        self.arguments = arguments
        self.directory = None if data else tempfile.TemporaryDirectory(prefix="mayfly-test-")
        self.data = data or self.directory.name + "/l1"
        self.port = free_port()
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def websocket_url(self):
        return f"ws://127.0.0.1:{self.port}"

    def start(self):
        command = [*WITH_PARENT, MAYFLY, "l1", "--http", f"127.0.0.1:{self.port}", "--data", self.data, *self.arguments]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"the node ended with {self.process.returncode}:\n{self.output()}")
            try:
                with urllib.request.urlopen(self.url + "/ready", timeout=1) as answer:
                    if answer.status == 200:
                        return self
            except OSError:
                time.sleep(0.01)
        self.kill()
        raise RuntimeError("the node was not ready within 30 seconds:\n" + self.output())

    def output(self):
        self.log.seek(0)
        return self.log.read()

    def kill(self):
        """Ends the process at once, as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ends the process as a person would; returns its exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        if self.process:
            self.log.close()
        if self.directory:
            self.directory.cleanup()
        return self.process.returncode if self.process else None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

"""Runs the tests of this folder: first one after another those that measure, then the others side by side, as they wait for
blocks most of the time.

What fails is run again alone. It has failed where it fails again; where it passes it is called unsteady, as it is the test or the
product that depends on how busy the machine is, and is to be mended: what it said is above.

usage: side_by_side.py [MODULE...]   (default: all of this folder)
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from node import WITH_PARENT

FOLDER = pathlib.Path(__file__).resolve().parent
# Measured against the clock.
ALONE = ["test_gateway", "test_memory", "test_preconfirmations", "test_rollup_launch", "test_swarm"]
# The longest first.
TOGETHER = 3
LONGEST = [
    "test_rollup_end_to_end", "test_platform", "test_dashboard_explorer", "test_rollup_end", "test_rollup_outage", "test_dashboard_browser",
    "test_platform_shared", "test_rollup_reorganisation", "test_rollup_claims", "test_examples"]


class Run:
    """The tests of one file, in a process of their own."""

    def __init__(self, module):
        self.module, self.began = module, time.monotonic()
        self.output = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [*WITH_PARENT, sys.executable, "-m", "unittest", module], cwd=FOLDER, stdout=self.output,
            stderr=subprocess.STDOUT)

    def tell(self):
        """Prints what the tests said; whether they passed."""
        code = self.process.wait()
        self.output.seek(0)
        print(f"--- {self.module}, {time.monotonic() - self.began:.0f} s\n{self.output.read()}", flush=True)
        return code == 0


def main(modules):
    modules = modules or sorted(path.stem for path in FOLDER.glob("test_*.py"))
    waiting = [module for module in modules if module not in ALONE]
    waiting.sort(key=lambda module: LONGEST.index(module) if module in LONGEST else len(LONGEST))
    failed = [module for module in modules if module not in waiting and not Run(module).tell()]
    running = []
    while waiting or running:
        while waiting and len(running) < TOGETHER:
            running.append(Run(waiting.pop(0)))
        for run in [run for run in running if run.process.poll() is not None]:
            running.remove(run)
            if not run.tell():
                failed.append(run.module)
        time.sleep(0.1)
    unsteady = [module for module in failed if Run(module).tell()]
    if unsteady:
        print(f"unsteady: {', '.join(unsteady)} failed once and passed alone", flush=True)
    failed = [module for module in failed if module not in unsteady]
    if failed:
        sys.exit(f"failed: {', '.join(failed)} (each alone: {sys.executable} {os.path.relpath(__file__)} MODULE)")


if __name__ == "__main__":
    # What is started ends with this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    main(sys.argv[1:])

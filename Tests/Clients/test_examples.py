"""The examples of Examples/, against a platform, one after another as their README has them."""
import os
import pathlib
import subprocess
import sys
import unittest

from node import MAYFLY
from platform_up import Up
from rollup import ACCOUNTS, call

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "Examples"
HOLDER = "0x00000000000000000000000000000000000B0b01"


class ExamplesTest(unittest.TestCase):
    def test_each_does_what_it_says(self):
        with Up() as up:
            environment = os.environ | {
                "PATH": f"{pathlib.Path(MAYFLY).parent}:{os.environ['PATH']}", "MAYFLY_PLATFORM": up.url, "MAYFLY_L1": up.l1,
                "MAYFLY_DATA": str(up.data)}

            def run(*command):
                done = subprocess.run(
                    list(map(str, command)), capture_output=True, text=True, timeout=180, env=environment)
                self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}\n{up.output()[-2000:]}")
                return done.stdout

            said = run(EXAMPLES / "launch.sh", "example")
            self.assertIn(f"{HOLDER} has 2.0 ETH on the rollup", said)
            up.mayfly(
                "bridge", "deposit", "--rollup", up.data / "platform/rollups/example/rollup.json", "--l1", up.l1, "--amount", 5,
                "--node", up.gateway + "/example", "--to", ACCOUNTS[9].address)
            said = run(sys.executable, EXAMPLES / "transfer.py", up.gateway + "/example")
            self.assertIn("has 0.5 ETH since block", said)
            said = run(EXAMPLES / "end.sh", "example")
            self.assertIn("payments in", said)
            self.assertEqual(int(call(up.l1, "eth_getBalance", HOLDER, "latest"), 16), 2 * 10**18)
            self.assertEqual(up.state("example"), "dissolved")


if __name__ == "__main__":
    unittest.main()

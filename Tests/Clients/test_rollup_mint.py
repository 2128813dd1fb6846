"""The example of a mint event, with few wallets."""
import pathlib
import subprocess
import sys
import unittest

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "Examples/mint/mint.py"


class MintTest(unittest.TestCase):
    def test_every_wallet_has_its_item_on_l1_after_the_end(self):
        done = subprocess.run([sys.executable, EXAMPLE, "200"], capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("200 items at 0x", done.stdout.splitlines()[-1])


if __name__ == "__main__":
    unittest.main()

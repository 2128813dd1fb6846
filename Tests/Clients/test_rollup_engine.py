"""A verifier whose blocks another execution client executes, through the Engine API: here an ordinary node of our own."""
import shutil
import unittest

from node import free_port
from rollup import Rollup, block, call, eventually


def start_engine(rollup):
    rollup.ports.setdefault("engine", free_port())
    rollup.serve(
        "client", "node", "--genesis", rollup.path / "trial/genesis.json", "--data", rollup.path / "client",
        "--engine", f"127.0.0.1:{rollup.ports['engine']}", "--jwt", rollup.path / "jwt.hex")


def start_driver(rollup):
    rollup.ports.setdefault("driver", free_port())
    rollup.start(
        "driver", "node", *rollup.files, "--genesis", rollup.path / "trial/genesis.json", "--data",
        rollup.path / "driver", "--l1", rollup.l1.url, "--l1-poll", 100, "--sequencer", rollup.url("sequencer"),
        "--execution", rollup.url("engine"), "--jwt", rollup.path / "jwt.hex", "--http",
        f"127.0.0.1:{rollup.ports['driver']}")


def reaches(rollup, number):
    """The client has the sequencer's block, as a safe one."""
    assert rollup.reaches("client", number) == block(rollup.url("sequencer"), number)


class EngineTests(unittest.TestCase):
    def test_another_client_executes_what_is_derived(self):
        with Rollup() as rollup:
            rollup.sequencer()
            rollup.batcher("blobs")
            start_engine(rollup)
            start_driver(rollup)
            rollup.deposit("2")
            reaches(rollup, block(rollup.url("sequencer"))["number"])

            # The newest blocks of the sequencer come before they are safe.
            eventually(
                lambda: block(rollup.url("client"))["number"] > block(rollup.url("client"), "safe")["number"], 20,
                "an unsafe block")
            status = call(rollup.url("driver"), "optimism_syncStatus")
            number = status["safe_l2"]["number"]
            assert status["safe_l2"]["hash"] == block(rollup.url("client"), number)["hash"]
            outputs = [call(rollup.url(name), "optimism_outputAtBlock", hex(number)) for name in ("driver", "sequencer")]
            assert outputs[0]["outputRoot"] == outputs[1]["outputRoot"]
            assert outputs[0]["blockRef"] == outputs[1]["blockRef"]

            # What takes a state says whom to ask instead.
            with self.assertRaisesRegex(RuntimeError, "-32004.*another client executes its blocks"):
                call(rollup.url("driver"), "mayfly_exits")

            # Either of them is killed, and goes on where it was.
            for name, start in (("driver", start_driver), ("client", start_engine)):
                rollup.kill(name)
                before = block(rollup.url("sequencer"))["number"]
                start(rollup)
                reaches(rollup, before + 3)

            # It loses everything while it is driven: all is derived again.
            rollup.kill("client")
            shutil.rmtree(rollup.path / "client")
            before = block(rollup.url("sequencer"))["number"]
            start_engine(rollup)
            reaches(rollup, before + 3)

    def test_a_wrong_secret_is_told_of(self):
        with Rollup() as rollup:
            start_engine(rollup)
            (rollup.path / "other.hex").write_text("11" * 32)
            driver = rollup.start(
                "driver", "node", *rollup.files, "--genesis", rollup.path / "trial/genesis.json", "--data",
                rollup.path / "driver", "--l1", rollup.l1.url, "--execution", rollup.url("engine"), "--jwt",
                rollup.path / "other.hex", "--http", "127.0.0.1:0")
            eventually(lambda: "401" in rollup.output("driver"), 40, "word of the wrong secret")
            assert driver.process.poll() is None

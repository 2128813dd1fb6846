"""A verifier that follows its sequencer's stream: what is preconfirmed there is preconfirmed here within milliseconds."""
import json
import random
import statistics
import time
import unittest

from eth_utils import to_checksum_address

from latency import Connection, request
from node import free_port
from rollup import USER, Rollup, RollupCase, block, call, eventually

GWEI = 10**9


class Sender:
    """Transfers of the user's, each to an account that nobody has used."""

    def __init__(self, url, chain_id):
        self.url, self.chain_id = url, chain_id
        self.nonce = int(call(url, "eth_getTransactionCount", USER.address, "pending"), 16)

    def next(self, value=1):
        recipient = to_checksum_address(random.randbytes(20))
        signed = USER.sign_transaction({
            "chainId": self.chain_id, "nonce": self.nonce, "to": recipient, "value": value, "gas": 21_000,
            "maxFeePerGas": 100 * GWEI, "maxPriorityFeePerGas": GWEI})
        self.nonce += 1
        return recipient, "0x" + signed.raw_transaction.hex().removeprefix("0x"), "0x" + signed.hash.hex().removeprefix("0x")


def follow(rollup, *arguments):
    """Starts a sequencer with a stream, and a verifier that follows it."""
    rollup.ports.setdefault("stream", free_port())
    stream = f"127.0.0.1:{rollup.ports['stream']}"
    rollup.sequencer("--flashblocks", stream)
    rollup.batcher("calldata")
    rollup.verifier("verifier", "--sequencer", rollup.url("sequencer"), "--flashblocks", f"ws://{stream}", *arguments)
    return stream


def delays(rollup, count):
    """Seconds from the receipt that the sequencer gives to the verifier's, of transfers at random moments."""
    sender = Sender(rollup.url("sequencer"), rollup.launched["chainId"])
    sequencer, verifier = (Connection(rollup.ports[name]) for name in ("sequencer", "verifier"))
    seconds = []
    for _ in range(count):
        time.sleep(random.uniform(0, 0.04))
        _, raw, transaction = sender.next()
        answer = json.loads(sequencer.call(request("eth_sendRawTransactionSync", raw)))
        began = time.perf_counter()
        assert answer["result"]["status"] == "0x1", answer
        question = request("eth_getTransactionReceipt", transaction)
        while json.loads(verifier.call(question)).get("result") is None:
            assert time.perf_counter() - began < 10, "the verifier has no receipt"
        seconds.append(time.perf_counter() - began)
    for connection in (sequencer, verifier):
        connection.socket.close()
    return sorted(seconds)


class PreconfirmationTest(RollupCase):
    def test_a_verifier_has_what_the_sequencer_has_preconfirmed(self):
        def body(rollup):
            follow(rollup)
            rollup.deposit("100")
            sequencer, verifier = rollup.url("sequencer"), rollup.url("verifier")
            number = block(sequencer)["number"]
            eventually(lambda: block(verifier)["number"] >= number, 10, "the verifier following")
            seconds = delays(rollup, 100)
            # Without the stream it takes as long as a block is open, half a second at the median.
            self.assertLess(statistics.median(seconds), 0.1)

            # What is sent to the verifier is preconfirmed by the sequencer, and known here moments later.
            sender = Sender(sequencer, rollup.launched["chainId"])
            recipient, raw, transaction = sender.next(7)
            receipt = call(verifier, "eth_sendRawTransactionSync", raw)
            self.assertEqual((receipt["transactionHash"], receipt["status"]), (transaction, "0x1"))
            eventually(lambda: call(verifier, "eth_getTransactionReceipt", transaction), 2, "the receipt")
            self.assertEqual(int(call(verifier, "eth_getBalance", recipient, "pending"), 16), 7)
            self.assertEqual(int(call(verifier, "eth_getTransactionCount", USER.address, "pending"), 16), sender.nonce)

            # The newest block is there when the sequencer has it, or all but.
            behind = []
            for _ in range(20):
                newest = eventually(lambda: block(sequencer), 5)
                began = time.perf_counter()
                eventually(lambda: block(verifier)["number"] >= newest["number"], 5, "the newest block")
                behind.append(time.perf_counter() - began)
                time.sleep(0.11)
            self.assertLess(statistics.median(behind), 0.2)

            # A sequencer that dies and comes back is followed again, and so is a stream that is there late.
            rollup.kill("sequencer")
            rollup.node("sequencer", "--sequence")
            _, raw, transaction = Sender(sequencer, rollup.launched["chainId"]).next()
            call(sequencer, "eth_sendRawTransaction", raw)
            eventually(lambda: call(verifier, "eth_getTransactionReceipt", transaction), 20, "a receipt without the stream")
            rollup.stop("sequencer")
            rollup.sequencer("--flashblocks", f"127.0.0.1:{rollup.ports['stream']}")
            eventually(lambda: "the sequencer's stream: all is well again" in rollup.output("verifier"), 30, "the stream")
            self.assertLess(statistics.median(delays(rollup, 20)), 0.1)

            # It is all what L1 has, too.
            head = block(sequencer)
            self.assertEqual(rollup.reaches("verifier", head["number"])["hash"], head["hash"])
            self.assertEqual(rollup.output("verifier").count("the sequencer's stream: ws://"), 1)

        self.run_rollup(body)


def main():
    """Measures; not part of the tests."""
    with Rollup() as rollup:
        follow(rollup)
        rollup.deposit("100")
        delays(rollup, 20)
        seconds = delays(rollup, 500)
        print(f"receipt at the sequencer to receipt at the verifier: p50 {statistics.median(seconds) * 1e3:.1f} ms, "
              f"p99 {seconds[int(len(seconds) * 0.99) - 1] * 1e3:.1f} ms, most {seconds[-1] * 1e3:.1f} ms")


if __name__ == "__main__":
    main()

"""A batch of one block, made here: what a sequencer could publish at the last moment, or too late."""
import json
import os
import zlib

import rlp

from ending.wire import GWEI, Wallet, raw


def batch(parent, origin, time, transactions):
    """The data of a batcher's transaction with one block: a singular batch in a channel of one frame."""
    fields = [raw(parent), int(origin["number"]), raw(origin["hash"]), time, transactions]
    channel = zlib.compress(rlp.encode(b"\x00" + rlp.encode(fields)))
    return b"\x00" + os.urandom(16) + bytes(2) + len(channel).to_bytes(4, "big") + channel + b"\x01"


class LastWord:
    """A block after a rollup's newest safe one, with one transfer, published without any of the rollup's processes."""

    def __init__(self, closing, amount):
        world = closing.world
        self.world, self.node, self.amount = world, closing.node, amount
        self.person, self.to = world.people[1], world.address("late")
        configuration = json.loads((world.rollup.directory / "rollup.json").read_text())
        self.inbox, self.step = configuration["batch_inbox_address"], configuration["block_time"]

    def publish(self, newest):
        """Sends it; the block's number, where the batch counts."""
        found = self.node.ask("optimism_outputAtBlock", hex(newest))["blockRef"]
        origin = found.get("l1origin") or found["l1Origin"]
        nonce = int(self.node.ask("eth_getTransactionCount", self.person.address, hex(newest)), 16)
        self.signed = self.person.transaction(self.node.chain_id, nonce, self.to, value=self.amount, gas=30_000)
        batcher = Wallet(self.world.rollup.accounts["batcher"].key)
        data = batch(found["hash"], origin, int(found["timestamp"]) + self.step, [self.signed])
        self.world.l1.put(batcher, self.inbox, data, gas=500_000, tip=50 * GWEI, most=500 * GWEI)
        [receipt] = self.world.l1.flush()
        return newest + 1, int(receipt["blockNumber"], 16)

"""Withdrawals of a rollup, from the message passer to L1, by calls of the contracts alone."""
from dataclasses import dataclass

from eth_abi import decode
from eth_utils import keccak, to_checksum_address

from ending.wire import raw
from ending.world import PASSER
from rollup import eventually

TUPLE = "(uint256,address,address,uint256,uint256,bytes)"
PROVE = f"proveWithdrawalTransaction({TUPLE},uint256,(bytes32,bytes32,bytes32,bytes32),bytes[])"
FINALIZE = f"finalizeWithdrawalTransaction({TUPLE})"
PASSED = "0x" + keccak(text="MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)").hex()


@dataclass
class Withdrawal:
    """What leaves the rollup, and what that comes to on L1."""

    asset: str
    to: str
    amount: int
    # paid; kept by L1's messenger, as the message fails there; or lost, as there is no message that could be sent again.
    outcome: str
    fields: tuple
    hash: bytes
    block: int
    stage: str = "started"


def passed(receipts):
    """What the message passer took, in the order of the receipts."""
    for receipt in receipts:
        for log in receipt["logs"]:
            if log["topics"][0] == PASSED:
                value, gas, data, digest = decode(["uint256", "uint256", "bytes", "bytes32"], raw(log["data"]))
                nonce = int(log["topics"][1], 16)
                sender, target = (to_checksum_address("0x" + topic[-40:]) for topic in log["topics"][2:4])
                yield (nonce, sender, target, value, gas, data), digest, int(receipt["blockNumber"], 16)


class Games:
    """The outputs that were proposed."""

    def __init__(self, world):
        self.l1, self.factory = world.l1, world.at["disputeGameFactory"]
        self.registry = world.at["anchorStateRegistry"]

    def count(self):
        return self.l1.read(self.factory, "gameCount()")

    def address(self, index):
        [answer] = self.l1.reads([(self.factory, "gameAtIndex(uint256)", index)], "(uint32,uint64,address)")
        return to_checksum_address(answer[2]) if answer else None

    def block(self, game):
        return self.l1.read(game, "l2SequenceNumber()")

    def newest(self):
        """Index, address and block of the newest."""
        count = self.count()
        if not count:
            return None
        game = self.address(count - 1)
        return count - 1, game, self.block(game)

    def with_block(self, number):
        """The newest as soon as it has this block."""
        def found():
            newest = self.newest()
            return newest if newest and newest[2] >= number else None

        return eventually(found, 60, f"a proposal with block {number}")

    def is_final(self, game):
        return self.l1.read(self.registry, "isGameClaimValid(address)", game, gives="bool")

    def resolve(self, wallet, game):
        """When its window is over, whoever of several does it."""
        eventually(
            lambda: self.l1.read(game, "status()", gives="uint8") or not self.l1.revert(wallet.address, game, keccak(text="resolve()")[:4]),
            60, "a proposal's window being over")
        if self.l1.read(game, "status()", gives="uint8") == 0:
            self.l1.call(wallet, game, "resolve()", fails=None)
            self.l1.flush()


def output(node, number):
    """The four words of the output of a block."""
    found = node.ask("optimism_outputAtBlock", hex(number))
    return bytes(32), *(raw(part) for part in (
        found["stateRoot"], found["withdrawalStorageRoot"], found["blockRef"]["hash"]))


def prove(world, wallet, withdrawals, node, index, number, fails=False):
    """Proves withdrawals by a proposal, with the proofs of a node that has its block."""
    words = output(node, number)
    slots = ["0x" + keccak(each.hash + bytes(32)).hex() for each in withdrawals]
    proofs = node.ask("eth_getProof", PASSER, slots, hex(number))["storageProof"]
    for each, proof in zip(withdrawals, proofs, strict=True):
        nodes = [raw(part) for part in proof["proof"]]
        world.l1.call(wallet, world.at["portal"], PROVE, each.fields, index, words, nodes, gas=2_000_000, fails=fails)
        each.stage = "proven"
    world.l1.flush()


def finalize(world, wallet, withdrawals):
    """Pays withdrawals that are proven and old enough."""
    if not withdrawals:
        return
    portal = world.at["portal"]
    eventually(
        lambda: not any(
            isinstance(answer, Exception) for answer in world.l1.ask_all([
                ("eth_call", (
                    {"to": portal, "data": "0x" + (keccak(text="checkWithdrawal(bytes32,address)")[:4] + each.hash
                                                   + raw(wallet.address).rjust(32, b"\0")).hex()}, "latest"))
                for each in withdrawals])),
        60, "withdrawals being ripe")
    for each in withdrawals:
        world.l1.call(wallet, portal, FINALIZE, each.fields, gas=3_000_000)
        each.stage = "finalized"
    world.l1.flush()

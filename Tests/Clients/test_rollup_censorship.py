"""A sequencer that refuses somebody cannot keep him out of the rollup: what he deposits on L1 is executed in time."""
import unittest

from web3 import Web3

from contracts import Chain
from rollup import USER, RollupCase, block, call, eventually

ETHER = 10**18
WINDOW = 10
MESSAGE_PASSER = "0x4200000000000000000000000000000000000016"


class CensorshipTest(RollupCase):
    def test_deposit_is_executed_without_a_sequencer(self):
        def body(rollup):
            rollup.verifier()
            self.force(rollup)

        self.run_rollup(body, sequencing_window=WINDOW)

    def test_deposit_is_executed_though_the_sequencer_takes_none(self):
        def body(rollup):
            # Its blocks name the L1 block that the rollup began with, and so never a deposit.
            rollup.sequencer("--l1-confirmations", 100_000)
            rollup.batcher("calldata")
            rollup.verifier()
            self.force(rollup)
            # It has to build on what L1 says, like everybody.
            self.check_agreement(rollup)

        self.run_rollup(body, sequencing_window=WINDOW)

    def force(self, rollup):
        """The user comes in, and leaves again, by L1 alone."""
        url = rollup.url("verifier")
        deposits = [rollup.bridge("deposit", "--amount", "3", node=None)]
        passer = Chain(url, USER).at("l2/L2ToL1MessagePasser", MESSAGE_PASSER)
        leave = passer.encode_abi("initiateWithdrawal", [USER.address, 100_000, b""])
        deposits.append(rollup.bridge("deposit", "--to", MESSAGE_PASSER, "--data", leave, node=None))
        for deposit in deposits:
            receipt = eventually(
                lambda: call(url, "eth_getTransactionReceipt", deposit["l2Transaction"]), 60, "the deposit on the rollup")
            self.assertEqual(receipt["status"], "0x1")
            self.assertEqual(receipt["from"], USER.address.lower())
            number = int(receipt["blockNumber"], 16)
            eventually(lambda: (block(url, "safe") or {"number": 0})["number"] >= number, 20, "its block being safe")
            self.assertLessEqual(self.known_with(url, number), deposit["l1Block"] + WINDOW)
        self.assertEqual(int(call(url, "eth_getBalance", USER.address, "latest"), 16), 3 * ETHER)
        self.assertEqual(len(receipt["logs"]), 1)
        self.assertEqual(Web3.to_checksum_address(receipt["logs"][0]["address"]), Web3.to_checksum_address(MESSAGE_PASSER))

    def known_with(self, url, number):
        """The L1 block that gave a block of the rollup."""
        l1 = call(url, "optimism_syncStatus")["current_l1"]["number"]
        while True:
            try:
                if call(url, "optimism_safeHeadAtL1Block", hex(l1 - 1))["safeHead"]["number"] < number:
                    return l1
            except RuntimeError:
                return l1  # No block before it gave any.
            l1 -= 1


if __name__ == "__main__":
    unittest.main()

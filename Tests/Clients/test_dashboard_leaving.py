"""A withdrawal that was begun before a rollup's end, finished by the transactions of the page of claims."""
import html
import re
import time
import unittest
import urllib.request

from web3 import HTTPProvider, Web3

from platform_up import Up
from rollup import ACCOUNTS, call, eventually

ETHER = 10**18
USER, FRIEND = ACCOUNTS[3], ACCOUNTS[5]


class LeavingPageTest(unittest.TestCase):
    def page(self, path):
        with urllib.request.urlopen(self.up.url + path, timeout=60) as answer:
            return answer.read().decode()

    def claims(self, holder):
        return self.page(f"/rollups/fair/claims?holder={holder.address}")

    def passes(self, seconds):
        call(self.up.l1, "evm_increaseTime", seconds)
        call(self.up.l1, "evm_mine")

    def ends(self):
        if self.up.state("fair") == "settling":
            self.passes(15)
            time.sleep(1)
        return self.up.state("fair") == "dissolved"

    def send(self, title):
        """Sends the transaction that the page has under a title, by the friend's own means."""
        page = self.claims(FRIEND)
        section = re.search(r'id="withdrawal-title">' + title + r".*?</section>", page, re.S)
        self.assertIsNotNone(section, page)
        to = re.search(r"<dt>To</dt><dd><code[^>]*>([^<]*)", section[0])[1]
        data = html.unescape(re.search(r"<dt>Data</dt><dd><code[^>]*>([^<]*)", section[0])[1])
        nonce = self.w3.eth.get_transaction_count(FRIEND.address, "pending")
        signed = FRIEND.sign_transaction({
            "chainId": self.w3.eth.chain_id, "nonce": nonce, "gas": 2_000_000, "gasPrice": 10**10, "to": to, "value": 0,
            "data": data})
        sent = self.w3.eth.send_raw_transaction(signed.raw_transaction)
        receipt = self.w3.eth.wait_for_transaction_receipt(sent, timeout=30)
        self.assertEqual(receipt["status"], 1)
        return receipt["gasUsed"] * 10**10

    def test_a_withdrawal_is_proven_and_finalized_by_the_page_of_claims(self):
        with Up() as self.up:
            self.w3 = Web3(HTTPProvider(self.up.l1))
            status, answer = self.up.ask("POST", "/rollups", {"name": "fair", "template": "mint"})
            self.assertEqual(status, 202, answer)
            node = self.up.becomes("fair", "active")["rpcUrl"]
            files = ["--rollup", self.up.data / "platform/rollups/fair/rollup.json", "--l1", self.up.l1]
            key = self.up.data / "user.key"
            key.touch(mode=0o600)
            key.write_text(USER.key.hex().removeprefix("0x"))
            self.up.mayfly("bridge", "deposit", *files, "--node", node, "--amount", "5", "--key-file", key)
            eventually(lambda: int(call(node, "eth_getBalance", USER.address, "latest"), 16), 20, "the deposit")
            self.up.mayfly("bridge", "withdraw", *files, "--node", node, "--amount", "2", "--to", FRIEND.address,
                           "--key-file", key)
            self.assertNotIn("Withdrawals begun", self.claims(FRIEND))
            self.assertEqual(self.up.ask("POST", "/rollups/fair/dissolve")[0], 202)
            eventually(self.ends, 150, "the end")
            page = self.claims(FRIEND)
            self.assertIn("2 ETH", page)
            self.assertIn("to be proven", page)
            # Others see nothing of it, and whoever began it does.
            self.assertNotIn("Withdrawals begun", self.claims(ACCOUNTS[6]))
            self.assertIn("Withdrawals begun", self.claims(USER))
            before = self.w3.eth.get_balance(FRIEND.address)
            fees = self.send("Prove 2 ETH")
            self.assertNotIn("Prove 2 ETH", self.claims(FRIEND))
            self.passes(15)
            fees += self.send("Finalize 2 ETH")
            self.assertEqual(self.w3.eth.get_balance(FRIEND.address), before + 2 * ETHER - fees)
            page = self.claims(FRIEND)
            self.assertIn("finalized", page)
            self.assertNotIn('id="withdrawal-title"', page)


if __name__ == "__main__":
    unittest.main()

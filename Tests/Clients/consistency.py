"""Looks for answers that are older than what somebody was told before they were asked for."""
import asyncio
import concurrent.futures
import json
import time

import websockets
from eth_account import Account

from rollup import eventually


class Chain:
    """What clients of a rollup behind a gateway were told, and their questions."""

    def __init__(self, test, rollup, served, seconds):
        self.test, self.rollup, self.served = test, rollup, served
        self.user = rollup.accounts["user"]
        self.head, self.receipts = 0, set()
        self.first = self.nonce = int(self.ask("eth_getTransactionCount", self.user.address, "latest"), 16)
        self.end = time.monotonic() + seconds

    def ask(self, method, *params):
        status, _, answer = self.served.ask("trial", {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        self.test.assertEqual((status, "result" in answer), (200, True), answer)
        return answer["result"]

    def read(self):
        """Asks until the end.

        Returns how often."""
        count = 0
        while time.monotonic() < self.end:
            known, least = sorted(self.receipts)[-3:], self.nonce
            for head in (lambda: self.ask("eth_blockNumber"), lambda: self.ask("eth_getBlockByNumber", "latest", False)["number"]):
                before = self.head
                found = int(head(), 16)
                self.test.assertGreaterEqual(found, before)
                self.head = max(self.head, found)
            for _, hash in known:
                self.test.assertIsNotNone(self.ask("eth_getTransactionReceipt", hash))
            found = int(self.ask("eth_getTransactionCount", self.user.address, "latest"), 16)
            self.test.assertGreaterEqual(found, least)
            self.nonce = max(self.nonce, found)
            count += 1
        return count

    def write(self):
        """Sends one transaction after another until the end.

        Returns how many."""
        number = self.first
        while time.monotonic() < self.end:
            transaction = Account.sign_transaction(
                {"to": self.user.address, "value": 1, "gas": 21000, "maxFeePerGas": 10**10, "maxPriorityFeePerGas": 1,
                 "nonce": number, "chainId": self.rollup.launched["chainId"]}, self.user.key)
            hash = self.ask("eth_sendRawTransaction", "0x" + transaction.raw_transaction.hex().removeprefix("0x"))
            # Who sends is told at once that it is in the block that is open.
            eventually(lambda: self.ask("eth_getTransactionReceipt", hash), 10, "the receipt")
            self.receipts.add((number, hash))
            number += 1
        return number - self.first

    async def listen(self):
        """Hears of new blocks until the end."""
        async with websockets.connect(f"ws://127.0.0.1:{self.served.port}/trial") as socket:
            await socket.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]}))
            await socket.recv()
            while time.monotonic() < self.end:
                head = json.loads(await asyncio.wait_for(socket.recv(), 10))["params"]["result"]
                self.head = max(self.head, int(head["number"], 16))


def fund(rollup, served):
    """Has the user own something on the rollup."""
    user = rollup.accounts["user"].address
    rollup.bridge("deposit", "--amount", "1", node=None)
    balance = {"jsonrpc": "2.0", "id": 1, "method": "eth_getBalance", "params": [user, "latest"]}
    eventually(lambda: int(served.ask("trial", balance)[2]["result"], 16), 30, "the deposit")


def look_for_the_past(test, rollup, served, seconds, meanwhile=lambda: None):
    """Five clients read, the user writes and one listens: no answer is older than what any of them knew when it was asked for.

    Returns rounds of reading, and transactions."""
    chain = Chain(test, rollup, served, seconds)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(chain.read) for _ in range(5)]
        writer, listener = pool.submit(chain.write), pool.submit(lambda: asyncio.run(chain.listen()))
        meanwhile()
        listener.result()
        return sum(reader.result() for reader in readers), writer.result()

"""Transactions for the rollups of the tests: one after another by web3.py, and many at once by load.py."""
import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import time

from eth_utils import to_checksum_address
from web3 import HTTPProvider, Web3
from web3.exceptions import Web3Exception

from node import WITH_PARENT
from rollup import block, call

GWEI = 10**9
ETHER = 10**18
LOAD_DRIVER = pathlib.Path(
    os.environ.get("MAYFLY_LOAD_DRIVER") or pathlib.Path(__file__).resolve().parents[3] / "shared/tools/load.py")


class Traffic:
    """Transfers of one account by web3.py, one after another, until it is told to stop."""

    def __init__(self, url, account, chain_id, pause=0.05):
        self.w3 = Web3(HTTPProvider(url))
        self.account, self.chain_id, self.pause = account, chain_id, pause
        self.hashes, self.refused = [], []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        nonce = self.w3.eth.get_transaction_count(self.account.address)
        while not self.stopping.wait(self.pause):
            signed = self.account.sign_transaction({
                "chainId": self.chain_id, "nonce": nonce, "to": to_checksum_address(random.randbytes(20)), "value": 1,
                "gas": 21_000, "maxFeePerGas": 100 * GWEI, "maxPriorityFeePerGas": GWEI})
            try:
                self.hashes.append(Web3.to_hex(self.w3.eth.send_raw_transaction(signed.raw_transaction)))
                nonce += 1
            except (OSError, Web3Exception) as error:
                self.refused.append(str(error))
                nonce = self.next_nonce(nonce)

    def next_nonce(self, known):
        """Who took the last one may have been gone before it said so."""
        try:
            return self.w3.eth.get_transaction_count(self.account.address, "pending")
        except (OSError, Web3Exception):
            return known

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


class Lag:
    """How many seconds the newest block was behind the clock at worst: a slot that is missed is seen here."""

    def __init__(self, url):
        self.url, self.worst = url, 0.0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stopping.wait(0.1):
            self.worst = max(self.worst, time.time() - block(self.url)["time"])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


def load_driver():
    """Where load.py is; nil for who has it not, but in CI it has to be there."""
    if LOAD_DRIVER.exists():
        return LOAD_DRIVER
    if os.environ.get("CI") == "true":
        raise RuntimeError(f"{LOAD_DRIVER} is missing")
    return None


def load(url, account, count, senders=16):
    """Has load.py send transfers, many at once.

    Returns how many transactions that were, with those that give its accounts something to send; 0 where there is no driver.
    """
    driver = load_driver()
    if driver is None:
        return 0
    done = subprocess.run(
        [*WITH_PARENT, sys.executable, driver, url, "eth", str(count), "4", "50", "--key",
         account.key.hex().removeprefix("0x"), "--senders", str(senders), "--fund-eth", "5", "--no-verify"],
        capture_output=True, text=True, timeout=240)
    if done.returncode:
        raise RuntimeError(f"load.py: {done.stdout}{done.stderr}")
    result = json.loads(done.stdout.splitlines()[-1])
    if result["errors"] or result["accepted"] != count:
        raise AssertionError(f"load.py: of {count} transactions were refused: {result}")
    return count + senders


def is_in_block(url, hash):
    """A sequencer tells of a transaction as soon as its open block has it: that one is not there yet."""
    receipt = call(url, "eth_getTransactionReceipt", hash)
    return receipt is not None and int(receipt["blockNumber"], 16) <= block(url)["number"]


def included(url, first, last):
    """The hashes of the transactions in these blocks that are no deposits, and how many of them failed."""
    found, failed = set(), 0
    for number in range(first, last + 1):
        for receipt in call(url, "eth_getBlockReceipts", hex(number)):
            if receipt["type"] != "0x7e":
                found.add(receipt["transactionHash"])
                failed += receipt["status"] != "0x1"
    return found, failed

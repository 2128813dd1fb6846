"""Kills `mayfly l1` at random moments under load; see scripts/check-crashes."""
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from eth_account import Account
from eth_utils import to_checksum_address

from node import MAYFLY, Node

ACCOUNTS = 4
GWEI = 10**9


def call(url, method, *parameters):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        result = json.load(answer)
    if "error" in result:
        raise RuntimeError(f"{method}: {result['error']}")
    return result["result"]


class Seen:
    """What the node has shown, so that it must still be there after a crash."""

    def __init__(self):
        self.lock = threading.Lock()
        self.head = 0
        self.final = {}
        self.receipts = {}


def load(node, account, seen, stop):
    """Sends transfers of one account until the node is gone."""
    sent = []
    try:
        nonce = int(call(node.url, "eth_getTransactionCount", account.address, "pending"), 16)
        while not stop.is_set():
            signed = account.sign_transaction({
                "chainId": 1337, "nonce": nonce, "to": to_checksum_address(random.randbytes(20)), "value": 1, "gas": 21_000,
                "maxFeePerGas": 100 * GWEI, "maxPriorityFeePerGas": GWEI})
            sent.append(call(node.url, "eth_sendRawTransaction", "0x" + signed.raw_transaction.hex().removeprefix("0x")))
            nonce += 1
            if len(sent) % 4 == 0:
                receipt = call(node.url, "eth_getTransactionReceipt", sent[-2])
                if receipt:
                    with seen.lock:
                        seen.receipts[sent[-2]] = receipt["blockHash"]
    except (OSError, ValueError):
        pass


def watch(node, seen, stop):
    """Notes heads and final blocks until the node is gone."""
    try:
        while not stop.is_set():
            head = call(node.url, "eth_getBlockByNumber", "latest", False)
            try:
                final = call(node.url, "eth_getBlockByNumber", "finalized", False)
            except RuntimeError:
                final = None  # There is none yet.
            with seen.lock:
                seen.head = max(seen.head, int(head["number"], 16))
                if final:
                    seen.final[int(final["number"], 16)] = final["hash"]
            time.sleep(0.005)
    except (OSError, ValueError):
        pass


def check(node, seen, randomness):
    """Fails where anything is missing that the node has shown before."""
    head = call(node.url, "eth_getBlockByNumber", "latest", True)
    number = int(head["number"], 16)
    assert number >= seen.head, f"the head is {number}, but {seen.head} was seen"
    receipts = call(node.url, "eth_getBlockReceipts", head["number"])
    assert len(receipts) == len(head["transactions"]), "the head block is not whole"
    parent = call(node.url, "eth_getBlockByHash", head["parentHash"], False)
    assert number == 0 or parent, "the head's parent is missing"
    finals = randomness.sample(sorted(seen.final.items()), min(5, len(seen.final)))
    for height, digest in finals + sorted(seen.final.items())[-1:]:
        block = call(node.url, "eth_getBlockByNumber", hex(height), False)
        assert block and block["hash"] == digest, f"the final block {height} is gone"
    for digest, block in randomness.sample(sorted(seen.receipts.items()), min(5, len(seen.receipts))):
        receipt = call(node.url, "eth_getTransactionReceipt", digest)
        assert receipt and receipt["blockHash"] == block, f"the receipt of {digest} is gone"
    return number


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    randomness = random.Random(seed)
    print(f"{rounds} kills, seed {seed}")
    Account.enable_unaudited_hdwallet_features()
    mnemonic = "test test test test test test test test test test test junk"
    accounts = [Account.from_mnemonic(mnemonic, account_path=f"m/44'/60'/0'/0/{i}") for i in range(ACCOUNTS)]
    seen, began = Seen(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mayfly-crashes-") as directory:
        for number in range(1, rounds + 1):
            node, stop = Node(data=directory + "/l1").start(), threading.Event()
            head = check(node, seen, randomness)
            threads = [threading.Thread(target=load, args=(node, account, seen, stop)) for account in accounts]
            threads.append(threading.Thread(target=watch, args=(node, seen, stop)))
            for thread in threads:
                thread.start()
            time.sleep(randomness.uniform(0.02, 0.6))
            node.kill()
            stop.set()
            for thread in threads:
                thread.join()
            verified = subprocess.run(
                [MAYFLY, "node", "--check", "--data", directory + "/l1"], capture_output=True, text=True)
            assert verified.returncode == 0, f"kill {number} (seed {seed}): {verified.stdout}{verified.stderr}"
            if number % 10 == 0:
                print(f"{number} kills, head {head}, {len(seen.receipts)} receipts and {len(seen.final)} final blocks seen")
        node = Node(data=directory + "/l1").start()
        head = check(node, seen, randomness)
        assert node.stop() == 0
    assert head > rounds, "there was no load to speak of"
    print(f"{rounds} kills in {time.monotonic() - began:.0f} s: every database verified, nothing seen was lost; head {head}")


if __name__ == "__main__":
    main()

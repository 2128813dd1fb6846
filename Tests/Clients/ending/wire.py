"""One chain as fast as a test can use it: JSON-RPC in batches, and transactions that are signed here."""
import http.client
import json
import time

import rlp
from coincurve import PrivateKey
from eth_abi import decode, encode
from eth_utils import keccak, to_checksum_address

GWEI, ETHER = 10**9, 10**18
ZERO = "0x" + "00" * 20


def raw(text):
    return bytes.fromhex(text.removeprefix("0x"))


def types_of(signature):
    """The types of the arguments in `name(type,(type,type)[])`."""
    inner, found, depth = signature[signature.index("(") + 1:-1], [""], 0
    for letter in inner:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [each for each in found if each]


def calling(signature, *arguments):
    """The data of a call."""
    return keccak(text=signature)[:4] + encode(types_of(signature), arguments)


class Wallet:
    """A key, and the next nonce of it on each chain."""

    def __init__(self, key):
        self.key = PrivateKey(key)
        self.address = to_checksum_address(keccak(self.key.public_key.format(compressed=False)[1:])[12:])
        self.nonces = {}

    def signature(self, digest):
        signed = self.key.sign_recoverable(digest, hasher=None)
        return [signed[64], int.from_bytes(signed[:32], "big"), int.from_bytes(signed[32:64], "big")]

    def authorization(self, chain_id, nonce, delegate):
        """What gives the account the code of another (EIP-7702)."""
        fields = [chain_id, raw(delegate), nonce]
        return [*fields, *self.signature(keccak(b"\x05" + rlp.encode(fields)))]

    def transaction(self, chain_id, nonce, to, data=b"", value=0, gas=200_000, tip=GWEI // 100, most=20 * GWEI, codes=None):
        """Signed, as the chain takes it; with authorizations of codes its type is 4."""
        fields = [chain_id, nonce, tip, most, gas, raw(to) if to else b"", value, data, []] + ([codes] if codes else [])
        kind = b"\x04" if codes else b"\x02"
        return kind + rlp.encode(fields + self.signature(keccak(kind + rlp.encode(fields))))


class Refused(Exception):
    """What a node answered instead of a result."""


class Wire:
    """A chain's endpoint; one thread's."""

    def __init__(self, url):
        self.host = url.removeprefix("http://")
        self.connection = None
        self.chain_id = int(self.ask("eth_chainId"), 16)
        self.queue = []

    def ask(self, method, *parameters):
        [answer] = self.ask_all([(method, parameters)])
        if isinstance(answer, Refused):
            raise answer
        return answer

    def ask_all(self, questions):
        """The answers in the order of the questions; a refusal is an answer."""
        answers = []
        for start in range(0, len(questions), 250):
            part = questions[start:start + 250]
            found = self.post([
                {"jsonrpc": "2.0", "id": place, "method": method, "params": parameters}
                for place, (method, parameters) in enumerate(part)])
            found.sort(key=lambda each: each["id"])
            answers += [
                each["result"] if "result" in each else Refused(f"{question[0]}: {each['error']}")
                for each, question in zip(found, part, strict=True)]
        return answers

    def post(self, requests):
        body = json.dumps(requests).encode()
        for attempt in range(2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, timeout=60)
            try:
                self.connection.request("POST", "/", body, {"Content-Type": "application/json"})
                return json.loads(self.connection.getresponse().read())
            except (OSError, http.client.HTTPException):
                # The other side may close a connection that was quiet; a question may be asked twice.
                self.connection.close()
                self.connection = None
                if attempt:
                    raise

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    # What is there

    def number(self):
        return int(self.ask("eth_blockNumber"), 16)

    def block(self, number="latest"):
        return self.ask("eth_getBlockByNumber", number if isinstance(number, str) else hex(number), False)

    def balances(self, addresses, at="latest"):
        answers = self.ask_all([("eth_getBalance", (address, at)) for address in addresses])
        return {address: int(checked(answer), 16) for address, answer in zip(addresses, answers)}

    def reads(self, calls, types, at="latest"):
        """What these calls `(contract, signature, arguments...)` return, each one value of the type."""
        answers = self.ask_all([
            ("eth_call", ({"to": contract, "data": "0x" + calling(signature, *arguments).hex()}, at))
            for contract, signature, *arguments in calls])
        return [None if isinstance(answer, Refused) else decode([types], raw(answer))[0] for answer in answers]

    def read(self, contract, signature, *arguments, gives="uint256", at="latest"):
        [found] = self.reads([(contract, signature, *arguments)], gives, at)
        if found is None:
            raise AssertionError(f"{signature} of {contract} reverts")
        return found

    def logs(self, contract, event, first):
        return self.ask("eth_getLogs", {
            "address": contract, "fromBlock": hex(first), "toBlock": "latest",
            "topics": ["0x" + keccak(text=event).hex()]})

    def revert(self, sender, to, data, value=0):
        """Why a call would revert, as the node tells it; empty where it would not."""
        try:
            self.ask("eth_call", {"from": sender, "to": to, "data": "0x" + data.hex(), "value": hex(value)}, "latest")
        except Refused as refusal:
            return str(refusal)
        return ""

    # What is sent

    def nonce(self, wallet):
        known = wallet.nonces.get(self.chain_id)
        if known is None:
            known = int(self.ask("eth_getTransactionCount", wallet.address, "pending"), 16)
        wallet.nonces[self.chain_id] = known + 1
        return known

    def put(self, wallet, to, data=b"", value=0, fails=False, **more):
        """Signs a transaction for the next `flush`."""
        signed = wallet.transaction(self.chain_id, self.nonce(wallet), to, data, value, **more)
        self.queue.append((signed, fails))

    def call(self, wallet, to, signature, *arguments, **more):
        self.put(wallet, to, calling(signature, *arguments), **more)

    def flush(self, seconds=60):
        """Sends what was put, and gives the receipts; `fails` None means that both outcomes are fine."""
        queue, self.queue = self.queue, []
        end = time.monotonic() + seconds
        hashes = ["0x" + keccak(signed).hex() for signed, _ in queue]
        unsent = [signed for signed, _ in queue]
        while unsent:
            answers = self.ask_all([("eth_sendRawTransaction", ("0x" + signed.hex(),)) for signed in unsent])
            # An account with code has one transaction on its way at a time (EIP-7702).
            unsent = [signed for signed, answer in zip(unsent, answers) if is_delegated(answer)]
            for answer in answers:
                if not is_delegated(answer):
                    checked(answer)
            if unsent and time.monotonic() > end:
                raise AssertionError(f"{len(unsent)} transactions of accounts with code are not taken")
        receipts = {}
        while len(receipts) < len(queue):
            waiting = [each for each in hashes if each not in receipts]
            answers = self.ask_all([("eth_getTransactionReceipt", (each,)) for each in waiting])
            receipts |= {each: answer for each, answer in zip(waiting, answers) if checked(answer)}
            if time.monotonic() > end:
                raise AssertionError(f"{len(queue) - len(receipts)} of {len(queue)} transactions are in no block")
            if len(receipts) < len(queue):
                time.sleep(0.03)
        for (signed, fails), each in zip(queue, hashes):
            if fails is not None and (receipts[each]["status"] != "0x1") != fails:
                raise AssertionError(f"a transaction {'succeeds' if fails else 'fails'}: {receipts[each]}\n0x{signed.hex()}")
        return [receipts[each] for each in hashes]


def is_delegated(answer):
    """Whether a transaction has to wait for the one before it."""
    return "delegated accounts" in str(answer)


def checked(answer):
    if isinstance(answer, Refused):
        raise answer
    return answer

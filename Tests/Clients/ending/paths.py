"""The lists of trie nodes that L1's Claims reads, from the answers to eth_getProof: made here once more, without Mayfly."""
import rlp
from eth_utils import keccak

from ending.wire import ZERO, calling, checked, raw

LEVELS, WINDOW = 8, 596
DISSOLVER = "0x42000000000000000000000000000000000007D0"
CLAIM_BALANCES = "claimBalances(address,(uint256,address,address)[],bool,bytes)"
EMPTY_CODE = "0x" + keccak(b"").hex()
# What an account without code and storage ends with.
PLAIN = rlp.encode(keccak(rlp.encode(b""))) + rlp.encode(keccak(b""))


def mapped(slot, key):
    """Where Vyper keeps a map's entry; the slot may be that of a map in a map."""
    key = int(key, 16) if isinstance(key, str) else key
    slot = slot if isinstance(slot, bytes) else slot.to_bytes(32, "big")
    return keccak(slot + key.to_bytes(32, "big"))


def without_path(node, key):
    """The key's own leaf as it is listed where its path need not be; none where it has to be listed whole."""
    items = rlp.decode(node)
    if len(items) != 2:
        return None
    flag, *path = items[0].hex()
    path = "".join(path if flag in "13" else path[1:])
    if flag not in "23" or not 2 <= len(path) <= 63 or not key.hex().endswith(path):
        return None
    value = rlp.encode(items[1])
    if value.endswith(PLAIN):
        value = value.removesuffix(PLAIN)
        return bytes([128 + len(value), *value])
    return bytes([len(value), *value]) if len(node) <= 56 else None


class Walks:
    """Walks through tries in the order in which a call makes them; each trie remembers the path before."""

    def __init__(self):
        self.before, self.nodes = {}, b""

    def walk(self, trie, key, path):
        key = keccak(key)
        own = [raw(node) for node in path]
        # A node shorter than 32 bytes stands in its parent, but for a root.
        own = own[:1] + [node for node in own[1:] if len(node) >= 32]
        before = self.before.get(trie, [])
        for level, node in enumerate(own):
            if level >= LEVELS or level >= len(before) or before[level] != node:
                leaf = without_path(node, key)
                self.nodes += leaf or node
                if leaf:
                    # Nobody remembers it.
                    own = own[:level]
        self.before[trie] = own[:LEVELS] + before[len(own):LEVELS]

    def listed(self):
        return self.nodes.ljust(WINDOW, b"\0")


class LastState:
    """The proofs of a block, from a node that has it."""

    def __init__(self, wire, number, delegates=None):
        self.wire, self.number = wire, hex(number)
        self.delegates = delegates or {}
        self.known = {}

    def ask(self, wanted):
        """Fetches proofs of accounts with slots, `{address: {slots}}`, those that are not known yet."""
        missing = [(address, sorted(slots - self.slots_of(address))) for address, slots in wanted.items()]
        missing = [(address, slots) for address, slots in missing if slots or address not in self.known]
        answers = self.wire.ask_all([
            ("eth_getProof", (address, ["0x" + slot.hex() for slot in slots], self.number))
            for address, slots in missing])
        for (address, slots), answer in zip(missing, answers):
            found = self.known.setdefault(address, {"slots": {}})
            found |= {key: value for key, value in checked(answer).items() if key != "storageProof"}
            for slot, proof in zip(slots, answer["storageProof"], strict=True):
                found["slots"][slot] = proof

    def slots_of(self, address):
        return set(self.known.get(address, {"slots": {}})["slots"])

    def account(self, walks, address):
        walks.walk("state", raw(address), self.known[address]["accountProof"])

    def slot(self, walks, address, slot):
        walks.walk(address, slot, self.known[address]["slots"][slot]["proof"])

    def holder(self, walks, address):
        """To an account, and to its resolver where it is a contract."""
        self.account(walks, address)
        if self.known[address]["codeHash"] != EMPTY_CODE and address not in self.delegates:
            if int(self.known[address]["codeHash"], 16):
                self.slot(walks, DISSOLVER, mapped(1, address))

    def pairs(self, addresses):
        return [(address, self.delegates.get(address, ZERO)) for address in addresses]

    # What the functions of Claims take.

    def settling(self):
        finished = (0).to_bytes(32, "big")
        self.ask({DISSOLVER: {finished}})
        walks = Walks()
        self.account(walks, DISSOLVER)
        self.slot(walks, DISSOLVER, finished)
        return walks.listed()

    def opening(self, token, slots):
        slots = [slot.to_bytes(32, "big") for slot in slots]
        self.ask({token: set(slots)})
        walks = Walks()
        self.account(walks, token)
        for slot in slots:
            self.slot(walks, token, slot)
        return walks.listed()

    def prepare(self, addresses):
        self.ask({DISSOLVER: {mapped(1, address) for address in addresses}} | {address: set() for address in addresses})

    def ether(self, addresses):
        """The data of a claim of the ether of these."""
        self.prepare(addresses)
        ordered = sorted(addresses, key=lambda address: keccak(raw(address)))
        walks = Walks()
        for address in ordered:
            self.holder(walks, address)
        return calling("claimETH((address,address)[],bytes)", self.pairs(ordered), walks.listed())

    def tokens(self, token, addresses, are_known=False):
        """The data of a claim of what these have of a token."""
        self.prepare(addresses)
        self.ask({token: {mapped(0, address) for address in addresses}})
        ordered = sorted(addresses, key=lambda address: keccak(mapped(0, address) if are_known else raw(address)))
        walks = Walks()
        for address in ordered:
            if not are_known:
                self.holder(walks, address)
            self.slot(walks, token, mapped(0, address))
        return calling(
            "claimTokens(address,(address,address)[],bool,bytes)", token, self.pairs(ordered), are_known, walks.listed())

    def balances(self, token, pairs, are_known=False):
        """The data of a claim of items of which there are many, pairs of a number and an account."""
        self.prepare([account for _, account in pairs])
        places = {pair: mapped(mapped(0, pair[0]), pair[1]) for pair in pairs}
        self.ask({token: set(places.values())})
        ordered = sorted(pairs, key=lambda pair: (b"" if are_known else keccak(raw(pair[1])), keccak(places[pair])))
        walks = Walks()
        for pair in ordered:
            if not are_known:
                self.holder(walks, pair[1])
            self.slot(walks, token, places[pair])
        balances = [(number, account, self.delegates.get(account, ZERO)) for number, account in ordered]
        return calling(CLAIM_BALANCES, token, balances, are_known, walks.listed())

    def items(self, token, owners):
        """The data of a claim of items, `{number: owner}`, of a collection."""
        self.prepare(list(owners.values()))
        self.ask({token: {mapped(0, number) for number in owners}})
        ordered = sorted(owners, key=lambda number: keccak(mapped(0, number)))
        walks = Walks()
        for number in ordered:
            self.slot(walks, token, mapped(0, number))
            self.holder(walks, owners[number])
        items = [(number, self.delegates.get(owners[number], ZERO)) for number in ordered]
        return calling("claimItems(address,(uint256,address)[],bool,bytes)", token, items, False, walks.listed())

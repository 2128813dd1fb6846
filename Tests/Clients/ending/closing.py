"""A rollup's end on L1 by calls of the contracts alone: closed, proposed, settled, claimed, with proofs of a node that has nothing
but L1 and the data."""
import shutil

from eth_abi import decode
from eth_utils import keccak, to_checksum_address

from ending.book import ETH
from ending.paths import LastState
from ending.wire import Wire, calling, raw
from ending.withdrawals import Games, output
from ending.world import DISSOLVER, WETH
from rollup import eventually

ACTIVE, CLOSING, SETTLING, DISSOLVED = range(4)
SETTLE = "settle(address,(bytes32,bytes32,bytes32,bytes32),bytes)"
GAME_TYPE = 2026
CLAIMED = "Claimed(address,address,address,uint256)"
BALANCE_CLAIMED = "BalanceClaimed(address,address,address,uint256,uint256)"
ITEM_CLAIMED = "ItemClaimed(address,address,address,uint256)"


class Closing:
    """The end of a world's rollup, by somebody who has no part in it."""

    def __init__(self, world, stranger):
        self.world, self.l1, self.stranger = world, world.l1, stranger
        self.lifecycle, self.claims = world.at["lifecycle"], world.at["claims"]
        self.games = Games(world)

    def state(self):
        return self.l1.read(self.lifecycle, "state()", gives="uint8")

    # The machine that has only L1 and the data

    def start_witness(self):
        """A node with an empty directory, and of the rollup's files the two that its configuration is."""
        rollup = self.world.rollup
        fresh = rollup.path / "fresh"
        fresh.mkdir()
        for name in ("rollup.json", "genesis.json"):
            shutil.copy(rollup.directory / name, fresh / name)
        rollup.node("witness", "--verify", "--history", "all")
        self.node = Wire(rollup.url("witness"))

    def safe(self):
        """The newest block that L1 gives."""
        return int(self.node.block("safe")["number"], 16)

    def wait_for_witness(self):
        """Until it has read L1 up to the close."""
        eventually(
            lambda: int(self.node.ask("optimism_syncStatus")["current_l1"]["number"]) >= self.closing_block, 60,
            "the witness reading the close")

    # Closed

    def due_reason(self):
        answer = self.l1.ask("eth_call", {"to": self.lifecycle, "data": "0x" + keccak(text="due()")[:4].hex()}, "latest")
        return decode(["bool", "uint8"], raw(answer))

    def wait_until_due(self):
        eventually(lambda: self.due_reason()[0], 120, "the rollup's end being due")
        return self.due_reason()[1]

    def put_close(self, **more):
        self.l1.call(self.stranger, self.lifecycle, "close()", gas=500_000, **more)

    def read_window(self):
        self.closing_block = self.l1.read(self.lifecycle, "closingBlock()")
        self.drain_end = self.l1.read(self.lifecycle, "drainEnd()")

    def wait_for_last_block(self):
        """The number of the rollup's last block, as the witness derives it."""
        eventually(lambda: self.l1.number() > self.drain_end, 120, "the drain window's end")

        def finished():
            number = int(self.node.block("latest")["number"], 16)
            finished = self.node.reads([(DISSOLVER, "finished()")], "bool", hex(number))[0]
            return number if finished and self.safe() == number else None

        self.last = eventually(finished, 120, "the last block")
        return self.last

    # Proposed and settled

    def propose(self, wallet, root, number, extra=b""):
        """Proposes an output; its game."""
        factory = self.games.factory
        bond = self.l1.read(factory, "initBonds(uint32)", GAME_TYPE)
        self.l1.call(
            wallet, factory, "create(uint32,bytes32,bytes)", GAME_TYPE, root, number.to_bytes(32, "big") + extra, value=bond,
            gas=2_000_000)
        [receipt] = self.l1.flush()
        event = "0x" + keccak(text="DisputeGameCreated(address,uint32,bytes32)").hex()
        [log] = [log for log in receipt["logs"] if log["topics"][0] == event]
        return to_checksum_address("0x" + log["topics"][1][-40:])

    def settling(self, game, number):
        """The data that settle with an output of this block."""
        state = LastState(self.node, number)
        return calling(SETTLE, game, output(self.node, number), state.settling())

    def propose_last(self):
        """Proposes the output of the last block; the index of the proposal."""
        words = output(self.node, self.last)
        self.game = self.propose(self.stranger, keccak(b"".join(words)), self.last)
        return self.games.count() - 1

    def find_last(self):
        """The index of the proposal of the last block that somebody else made."""
        root = keccak(b"".join(output(self.node, self.last)))

        def found():
            for index in reversed(range(self.games.count())):
                game = self.games.address(index)
                if self.l1.read(game, "rootClaim()", gives="bytes32") == root:
                    return index + 1

        return eventually(found, 60, "a proposal of the last block") - 1

    def settle(self):
        game = self.game
        self.games.resolve(self.stranger, game)
        eventually(lambda: self.games.is_final(game), 60, "the last output being final")
        self.l1.put(self.stranger, self.claims, self.settling(game, self.last), gas=2_000_000)
        self.l1.flush()
        assert self.state() == DISSOLVED

    # Claimed

    def know_last_state(self):
        self.last_state = LastState(self.node, self.last, self.world.delegates)

    def open_all(self):
        """Opens every token and collection, once."""
        world, state = self.world, self.last_state
        for token, slots in [(WETH, ()), *((token, (4, 5)) for token in world.tokens),
                             *((token, (9, 11)) for token in world.collections)]:
            if not self.is_open(token):
                self.l1.call(self.stranger, self.claims, "openToken(address,bytes)", token, state.opening(token, slots), gas=2_000_000)
        for token in (*world.native, *world.multi):
            if not self.is_open(token):
                self.l1.put(self.stranger, self.claims, self.opening(token), gas=2_000_000)
        self.l1.flush()

    def opening(self, token, texts=None):
        """The data that open a collection that was minted on the rollup, with its own texts or others."""
        world = self.world
        own, slot = (world.native[token], 1) if token in world.native else (world.multi[token], 2)
        return calling(
            "openCollection(address,string,string,string,bytes)", token, *(texts or own), self.last_state.opening(token, (slot,)))

    def is_open(self, token):
        answer = self.l1.ask("eth_call", {"to": self.claims, "data": "0x" + (
            keccak(text="tokenOf(address)")[:4] + raw(token).rjust(32, b"\0")).hex()}, "latest")
        return decode(["uint8", "address"], raw(answer))[0] != 0

    def claim_all(self, book):
        """Claims for everybody whom L1 pays, a hundred at a time."""
        state, world, most = self.last_state, self.world, 100
        holders = {asset: book.holders(asset) for asset in (ETH, WETH, *world.tokens)}
        for asset, each in holders.items():
            # In the order of the trie, so that those of one transaction are close together.
            each = sorted(each, key=lambda address: keccak(raw(address)))
            for start in range(0, len(each), most):
                part = each[start:start + most]
                data = state.ether(part) if asset == ETH else state.tokens(asset, part)
                self.l1.put(self.stranger, self.claims, data, gas=16_000_000)
        for collection in (*world.collections, *world.native):
            owners = book.owners(collection)
            for start in range(0, len(owners), most):
                part = dict(list(owners.items())[start:start + most])
                self.l1.put(self.stranger, self.claims, state.items(collection, part), gas=16_000_000)
        for collection in world.multi:
            pairs = sorted(book.pieces_of(collection), key=lambda pair: keccak(raw(pair[1])))
            for start in range(0, len(pairs), most):
                self.l1.put(
                    self.stranger, self.claims, state.balances(collection, pairs[start:start + most]), gas=16_000_000)
        return self.l1.flush()

    def paid_pieces(self, first):
        """The same of items of which there are many: `{(collection, number): how many}`."""
        found = {}
        for log in self.l1.logs(self.claims, BALANCE_CLAIMED, first):
            _, number, amount = decode(["address", "uint256", "uint256"], raw(log["data"]))
            key = to_checksum_address("0x" + log["topics"][1][-40:]), number
            found[key] = found.get(key, 0) + amount
        return found

    def paid(self, first):
        """What the events of Claims say was paid: `{token: wei or the numbers of items}`."""
        found = {}
        for log in self.l1.logs(self.claims, CLAIMED, first):
            token = to_checksum_address("0x" + log["topics"][1][-40:])
            found[token] = found.get(token, 0) + decode(["address", "uint256"], raw(log["data"]))[1]
        return found

"""A mint event: many wallets mint at once on a rollup that lives half a minute; then it is dissolved, and the items are on L1.

usage: mint.py [WALLETS]   (default: 5000)
"""
import json
import pathlib
import shutil
import sys
import time

import vyper
from eth_utils import keccak, to_checksum_address

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests/Clients"))

from ending.wire import ETHER, Wallet, Wire, raw  # noqa: E402
from ending.world import MULTICALL  # noqa: E402
from node import Node  # noqa: E402
from rollup import ACCOUNTS, Rollup, block, eventually  # noqa: E402

ALLOWANCE = ETHER // 100
LIFE = """lifetime:
  duration: 30s
  drain-blocks: 2
gas-limit: 200000000
"""


class Mint:
    """The event, step by step, each with the time since the beginning."""

    def __init__(self, count):
        self.count, self.began, self.before = count, time.monotonic(), 0.0
        self.organizer = Wallet(ACCOUNTS[3].key)
        self.stranger = ACCOUNTS[7]

    def tell(self, what):
        now = time.monotonic() - self.began
        print(f"{now:6.1f} s  (+{now - self.before:4.1f})  {what}", flush=True)
        self.before = now

    def run(self):
        wallets = [Wallet(keccak(text=f"wallet {index}")) for index in range(self.count)]
        code = vyper.compile_code((HERE / "mint.vy").read_text(), output_formats=["bytecode"])["bytecode"]
        self.tell(f"{self.count:,} wallets have keys")
        with Node("--block-time", "1") as l1:
            self.tell("an L1 runs")
            with Rollup(name="mint", l1=l1, more=LIFE) as rollup:
                self.tell("the rollup is launched; in 30 s anybody may close it")
                rollup.sequencer()
                rollup.batcher("blobs" if self.count > 1000 else "calldata")
                self.open(rollup, raw(code))
                self.fund(wallets)
                self.mint(rollup, wallets)
                self.end(rollup)
                self.look(rollup, wallets)

    def open(self, rollup, code):
        """The organizer moves ether to the rollup and opens the mint there."""
        self.l1, self.l2 = Wire(rollup.l1.url), Wire(rollup.url("sequencer"))
        amount = self.count * ALLOWANCE + 10 * ETHER
        self.l1.call(
            self.organizer, rollup.launched["addresses"]["portal"], "depositTransaction(address,uint256,uint64,bool,bytes)",
            self.organizer.address, amount, 100_000, False, b"", value=amount, gas=500_000)
        self.l1.flush()
        eventually(lambda: self.l2.balances([self.organizer.address])[self.organizer.address], 30, "the deposit")
        self.l2.put(self.organizer, None, code, gas=5_000_000)
        [receipt] = self.l2.flush()
        self.contract = to_checksum_address(receipt["contractAddress"])
        self.collection = to_checksum_address(self.l2.read(self.contract, "collection()", gives="address", at="pending"))
        self.tell(f"{amount / ETHER:,.0f} ETH are on the rollup, and the mint is open")

    def fund(self, wallets):
        """A little ether for each wallet, a hundred in a transaction."""
        for start in range(0, len(wallets), 100):
            part = [(wallet.address, False, ALLOWANCE, b"") for wallet in wallets[start:start + 100]]
            self.l2.call(
                self.organizer, MULTICALL, "aggregate3Value((address,bool,uint256,bytes)[])", part,
                value=ALLOWANCE * len(part), gas=60_000 * len(part))
        self.l2.flush()
        self.tell(f"every wallet has {ALLOWANCE / ETHER} ETH for gas")

    def mint(self, rollup, wallets):
        for wallet in wallets:
            wallet.nonces[self.l2.chain_id] = 0
            self.l2.call(wallet, self.contract, "mint()", gas=200_000)
        self.tell(f"{self.count:,} mints are signed")
        first = self.l2.number() + 1
        receipts = self.l2.flush(120)
        last = max(int(receipt["blockNumber"], 16) for receipt in receipts)
        self.tell(f"all of them minted, in {last - first + 1} blocks")
        rollup.reaches("sequencer", last, 120)
        self.tell("everything is published on L1")

    def end(self, rollup):
        """The organizer leaves: every process of the rollup is killed. A stranger does the rest, with L1 alone."""
        for name in list(rollup.processes):
            rollup.kill(name)
        self.tell("the rollup's processes are killed, its data wiped")
        shutil.rmtree(rollup.path / "sequencer")
        key = rollup.path / "stranger.key"
        key.touch(mode=0o600)
        key.write_text(self.stranger.key.hex().removeprefix("0x"))
        lifecycle = rollup.launched["addresses"]["lifecycle"]
        eventually(lambda: block(rollup.l1.url)["time"] >= self.l1.read(lifecycle, "expiresAt()"), 60, "the end of its life")
        self.tell("its life is over")
        asked = [rollup.directory, "--l1", rollup.l1.url, "--l1-beacon", rollup.l1.url, "--key-file", key, "--json"]
        rollup.run("dissolve", *asked)
        self.tell("a stranger closed it, and its last state is proven on L1: dissolved")
        claimed = json.loads(rollup.run("claim", *asked, "--all"))
        self.tell(
            f"claimed for everybody: {len(claimed['paid']):,} payments in {len(claimed['transactions'])} transactions, "
            f"{int(claimed['gasUsed']) // max(1, len(claimed['paid'])):,} gas each")

    def look(self, rollup, wallets):
        """Who owns the items on L1."""
        claims = rollup.launched["addresses"]["claims"]
        place = to_checksum_address(self.l1.read(claims, "collectionOf(address)", self.collection, gives="address"))
        supply = self.l1.read(place, "totalSupply()")
        numbers = range(1, self.count + 1)
        owners = self.l1.reads([(place, "ownerOf(uint256)", number) for number in numbers], "address")
        expected = sorted(wallet.address.lower() for wallet in wallets)
        assert supply == self.count and sorted(owners) == expected, f"{supply} items on L1, of {len(set(owners))} owners"
        for number in sorted({1, self.count // 2, self.count}):
            print(f"{'':20}  ownerOf({number}) on L1 = {owners[number - 1]}")
        left = sum(self.l1.balances([wallet.address for wallet in wallets]).values())
        self.tell(f"{supply:,} items at {place} on L1, one with each wallet, and the {left / ETHER:.2f} ETH that they had left")


if __name__ == "__main__":
    Mint(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000).run()

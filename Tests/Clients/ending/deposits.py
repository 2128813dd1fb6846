"""Deposits that are under way when a rollup ends: nobody of the rollup is there to take them, and all of them count."""
from dataclasses import dataclass

from ending.book import ETH
from ending.wire import ETHER, GWEI
from ending.world import MESSENGER


@dataclass
class Deposit:
    asset: str
    # Who has it on the rollup at the end; none where no account has.
    holder: str | None
    amount: int


class Deposits:
    """Sent by the bank on L1."""

    def __init__(self, world):
        self.world, self.l1, self.dice = world, world.l1, world.dice
        self.made = []

    def in_flight(self):
        """Ether and tokens, to people and to who never had any; a message that fails, and a token that nobody made."""
        world, dice = self.world, self.dice
        for _ in range(2):
            self.ether(dice.choice([*world.people, *world.people, world.wallet("latecomer")]).address)
        for token in world.tokens:
            amount = world.amount(10**20)
            holder = dice.choice([*(person.address for person in world.people), *world.ghosts])
            world.bridge_token(token, holder, amount)
            self.made.append(Deposit(token, holder, amount))
        if dice.random() < 0.7:
            self.failing_message()
        if dice.random() < 0.7:
            self.token_that_nobody_made()
        self.l1.flush()

    def ether(self, to, by=None, **more):
        amount = self.world.amount(ETHER)
        self.l1.call(
            by or self.world.bank, self.world.at["portal"], "depositTransaction(address,uint256,uint64,bool,bytes)", to, amount,
            100_000, False, b"", value=amount, gas=500_000, **more)
        self.made.append(Deposit(ETH, to, amount))

    def failing_message(self):
        """To a contract of the rollup that takes no ether: its messenger keeps it."""
        amount, to = self.world.amount(ETHER), next(iter(self.world.tokens))
        self.l1.call(
            self.world.bank, self.world.at["bridge"], "bridgeETHTo(address,uint32,bytes)", to, 200_000, b"", value=amount,
            gas=1_500_000)
        self.made.append(Deposit(ETH, MESSENGER, amount))

    def token_that_nobody_made(self):
        world = self.world
        original = next(iter(world.tokens.values()))
        amount = world.amount(10**20)
        self.l1.call(
            world.bank, world.at["bridge"], "bridgeERC20To(address,address,address,uint256,uint32,bytes)", original,
            world.address("nobody's token"), world.people[0].address, amount, 200_000, b"", gas=1_500_000)
        self.made.append(Deposit(next(iter(world.tokens)), None, amount))

    def race(self, closing, other):
        """One before the close, the close, and one behind it, in one block where L1 takes them so."""
        world = self.world
        self.ether(world.people[2].address, tip=30 * GWEI, most=300 * GWEI, fails=None)
        closing.put_close(tip=20 * GWEI, most=200 * GWEI)
        self.ether(world.people[3].address, by=other, tip=10 * GWEI, most=100 * GWEI, fails=None)
        before, close, after = self.l1.flush()
        place = position(close)
        for receipt, deposit in ((before, self.made[-2]), (after, self.made[-1])):
            counts = position(receipt) < place
            assert (receipt["status"] == "0x1") == counts, f"a deposit at {position(receipt)}, the close at {place}: {receipt}"
            if not counts:
                self.made.remove(deposit)

    def enter(self, book):
        """Puts what was made into the book; what no account has, by asset."""
        lost = {}
        for deposit in self.made:
            if deposit.holder is None:
                lost[deposit.asset] = lost.get(deposit.asset, 0) + deposit.amount
            else:
                (book.ether if deposit.asset == ETH else book.tokens[deposit.asset])[deposit.holder] += deposit.amount
        return lost


def position(receipt):
    return int(receipt["blockNumber"], 16), int(receipt["transactionIndex"], 16)

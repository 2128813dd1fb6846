"""What people do on a rollup, chosen by its seed."""
from ending.book import ETH
from ending.wire import ETHER
from ending.withdrawals import Withdrawal, passed
from ending.world import BRIDGE, ITEM_BRIDGE, KINDS, PASSER, WETH


class Deeds:
    """Transactions that all succeed: what each spends is a part of what it was given."""

    def __init__(self, world):
        self.world, self.l2, self.dice = world, world.l2, world.dice

    # Ether

    def with_ether(self):
        world = self.world
        for person in world.people:
            for _ in range(self.dice.choice([0, 1, 1, 2])):
                self.dice.choice([self.give, self.give, self.wrap, self.play, self.play])(person)
        for ghost in world.ghosts[:6]:
            self.wrap(person := self.dice.choice(world.people))
            self.l2.call(person, WETH, "transfer(address,uint256)", ghost, ETHER // 5000)
        # What nobody comes to: in the code that others run, in a token, and with a contract that names nobody.
        for stuck in (world.applications["purse"], next(iter(world.tokens)), world.applications["game with neither"]):
            self.wrap(person := self.dice.choice(world.people))
            self.l2.call(person, WETH, "transfer(address,uint256)", stuck, self.dice.randrange(1, ETHER // 5000))
        self.wrap(person := self.dice.choice(world.people))
        self.l2.call(person, WETH, "transfer(address,uint256)", world.applications["pool with resolver"], ETHER // 7777)
        self.l2.flush()
        for kind in KINDS:
            game = world.applications[f"game with {kind}"]
            players = self.players.get(kind, [])
            if len(players) > 1:
                for _ in range(4):
                    winner, loser = self.dice.sample(players, 2)
                    self.l2.call(winner, game, "beat(address)", loser.address)
        self.l2.flush()

    players = None

    def give(self, person):
        to = self.dice.choice(self.world.people).address
        self.l2.put(person, to, value=self.world.amount(ETHER // 50), gas=80_000)

    def wrap(self, person):
        self.l2.call(person, WETH, "deposit()", value=self.dice.randrange(ETHER // 1000, ETHER // 50))

    def play(self, person):
        self.players = self.players or {}
        kind = self.dice.choice(KINDS)
        known = self.players.setdefault(kind, [])
        if person not in known:
            if len(known) == 30:
                return
            known.append(person)
        game = self.world.applications[f"game with {kind}"]
        self.l2.call(person, game, "play()", value=self.world.amount(ETHER // 20), gas=300_000)

    # Tokens

    def with_tokens(self):
        world = self.world
        holders = {token: self.dice.sample(world.people, 60) for token in world.tokens}
        for token, people in holders.items():
            for person in people:
                self.l2.call(world.bank, token, "transfer(address,uint256)", person.address, 10**21 + world.amount(10**18))
            for ghost in world.ghosts[4:10]:
                self.l2.call(world.bank, token, "transfer(address,uint256)", ghost, world.amount(10**20))
            # Sent to the wrong place: the token's own contract, the rollup's bridge, an application of each kind.
            for wrong in (token, BRIDGE, *(world.applications[f"game with {kind}"] for kind in KINDS)):
                self.l2.call(world.bank, token, "transfer(address,uint256)", wrong, world.amount(10**18))
        self.l2.flush()
        for token, people in holders.items():
            for person in people:
                for _ in range(self.dice.choice([0, 0, 1, 2])):
                    to = self.dice.choice(world.people).address
                    self.l2.call(person, token, "transfer(address,uint256)", to, world.amount(10**20))
        self.in_pools(holders)
        self.l2.flush()

    def in_pools(self, holders):
        world = self.world
        first, second = list(world.tokens)[:2]
        both = [person for person in holders[first] if person in holders[second]]
        for kind in KINDS:
            pool = world.applications[f"pool with {kind}"]
            for token in (first, second):
                self.l2.call(world.bank, token, "approve(address,uint256)", pool, 10**24)
            self.l2.call(
                world.bank, pool, "provide(uint256,uint256)", 10**20 + world.amount(), 10**20 + world.amount(),
                gas=500_000)
        self.l2.flush()
        for kind in KINDS:
            pool = world.applications[f"pool with {kind}"]
            for person in self.dice.sample(both, min(10, len(both))):
                for token in (first, second):
                    self.l2.call(person, token, "approve(address,uint256)", pool, 10**20)
                if self.dice.random() < 0.6:
                    amounts = [world.amount(10**19), world.amount(10**19)]
                    self.l2.call(person, pool, "provide(uint256,uint256)", *amounts, gas=500_000)
                else:
                    self.l2.call(
                        person, pool, "swap(uint256,uint256)", self.dice.choice([0, 1]), world.amount(10**19), gas=500_000)

    # Items

    def mint(self):
        """Items come into being on the rollup, for everybody, and some move."""
        world, self.minted = self.world, {}
        for collection in world.native:
            owners = self.minted[collection] = {}
            for number in range(1, self.dice.randrange(20, 40)):
                owners[number] = self.dice.choice(world.people)
                self.l2.call(world.bank, collection, "mint(address)", owners[number].address)
            for place in (world.ghosts[0], *(world.applications[f"game with {kind}"] for kind in KINDS)):
                self.l2.call(world.bank, collection, "mint(address)", place)
        self.l2.flush()
        for collection, owners in self.minted.items():
            for number in self.dice.sample(list(owners), 5):
                to = self.dice.choice([*world.ghosts, *(person.address for person in world.people)])
                self.l2.call(
                    owners[number], collection, "transferFrom(address,address,uint256)", owners[number].address, to, number)
        self.l2.flush()

    def with_items(self):
        """Bridged ones move, to an application of each kind too."""
        world = self.world
        [collection] = world.collections
        places = [*(world.applications[f"game with {kind}"] for kind in KINDS), world.ghosts[1]]
        numbers = self.dice.sample(list(world.items), 4)
        for number, place in zip(numbers, places):
            person = world.items.pop(number)
            self.l2.call(person, collection, "transferFrom(address,address,uint256)", person.address, place, number)
        self.l2.flush()

    # Withdrawals

    def withdraw_ether(self, person, amount, to=None):
        """Through the bridge and the messengers; a contract that takes no ether fails the message."""
        self.l2.call(
            person, BRIDGE, "bridgeETHTo(address,uint32,bytes)", to or person.address, 200_000, b"", value=amount, gas=600_000)
        return ETH, to or person.address, amount, "kept" if to else "paid"

    def withdraw_bare(self, person, amount, to=None):
        """By the message passer alone."""
        self.l2.call(
            person, PASSER, "initiateWithdrawal(address,uint256,bytes)", to or person.address, 100_000, b"", value=amount,
            gas=300_000)
        return ETH, to or person.address, amount, "lost" if to else "paid"

    def withdraw_token(self, token, amount):
        world = self.world
        to = self.dice.choice(world.people).address
        self.l2.call(world.bank, token, "approve(address,uint256)", BRIDGE, amount)
        self.l2.call(
            world.bank, BRIDGE, "bridgeERC20To(address,address,address,uint256,uint32,bytes)", token, world.tokens[token], to,
            amount, 200_000, b"", gas=800_000)
        return token, to, amount, "paid"

    def withdraw_item(self):
        world = self.world
        [(collection, original)] = world.collections.items()
        number = self.dice.choice(list(world.items))
        person = world.items.pop(number)
        self.l2.call(
            person, ITEM_BRIDGE, "bridgeERC721To(address,address,address,uint256,uint32,bytes)", collection, original,
            person.address, number, 400_000, b"", gas=800_000)
        return collection, person.address, number, "paid"

    def withdraw(self, with_tokens):
        """A few of each kind; one whose message fails on L1, and one that fails there without a message."""
        world = self.world
        made = [
            self.withdraw_ether(person, world.amount(ETHER // 20)) for person in self.dice.sample(world.people, 3)]
        made.append(self.withdraw_bare(self.dice.choice(world.people), world.amount(ETHER // 20)))
        made.append(self.withdraw_ether(self.dice.choice(world.people), world.amount(ETHER // 20), to=world.originals[0]))
        if with_tokens:
            made += [self.withdraw_token(token, world.amount(10**20)) for token in world.tokens]
            made.append(self.withdraw_item())
            made.append(self.withdraw_bare(self.dice.choice(world.people), world.amount(ETHER // 30), to=world.originals[0]))
        receipts = passed(self.l2.flush())
        world.withdrawals += [Withdrawal(*what, *fields) for what, fields in zip(made, receipts, strict=True)]

"""Items of which there are many (ERC-1155), minted on a rollup: how they come to people, who has how many, what L1 owes."""
from ending.wire import ZERO
from ending.world import KINDS

SAFE_TRANSFER = "safeTransferFrom(address,address,uint256,uint256,bytes)"
SAFE_BATCH_TRANSFER = "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)"
# The item of which there is as much as there can be.
ABUNDANT, MOST = 2**255, 2**128 - 1
# The one of which nothing was minted.
NOTHING = 99
# What a call of balanceOfBatch takes.
BATCH = 64


def held(wire, collection, pairs, at="latest"):
    """What accounts have of items, for pairs of an item's number and an account."""
    parts = [pairs[start:start + BATCH] for start in range(0, len(pairs), BATCH)]
    answers = wire.reads([
        (collection, "balanceOfBatch(address[],uint256[])", [account for _, account in part], [number for number, _ in part])
        for part in parts], "uint256[]", at)
    return dict(zip(pairs, [amount for answer in answers for amount in answer], strict=True))


class Pieces:
    """What is done with them on the rollup."""

    def __init__(self, world):
        self.world, self.l2, self.dice = world, world.l2, world.dice

    def mint(self):
        """One by one and in batches, for people with and without code, for applications, for who has nothing else."""
        world, dice, given = self.world, self.dice, {}
        self.own = {}
        self.stuck = world.applications["game with neither"]
        places = [world.ghosts[2], *(world.applications[f"game with {kind}"] for kind in KINDS)]
        for collection in world.multi:
            numbers = [*range(dice.randrange(3, 7)), dice.randrange(2**128, 2**254), 2**256 - 1]
            world.numbers[collection] = [*numbers, ABUNDANT, NOTHING]
            given[collection] = list(dict.fromkeys(dice.sample(world.people, 40) + dice.sample(world.with_code, 3)))
            for person in given[collection]:
                some = dice.sample(numbers, dice.randrange(1, len(numbers)))
                self.own[collection, person] = self.mint_batch(collection, person.address, some)
            for place in places:
                self.mint_one(collection, place, dice.choice(numbers), self.amount())
                self.mint_batch(collection, place, numbers)
            self.mint_one(collection, world.people[0].address, ABUNDANT, MOST)
            self.mint_one(collection, world.people[1].address, NOTHING, 0)
        self.l2.flush()
        for collection, people in given.items():
            self.move(collection, people, places)
        self.close(next(iter(world.multi)))
        self.l2.flush()

    def move(self, collection, people, places):
        """All of one item, or parts of everything; of the abundant one to who names nobody."""
        world, dice = self.world, self.dice
        places = [*places, *world.ghosts, *(person.address for person in world.people)]
        for person in dice.sample(people, 15):
            own, to = self.own[collection, person], dice.choice(places)
            if dice.random() < 0.5:
                number = dice.choice(list(own))
                self.l2.call(person, collection, SAFE_TRANSFER, person.address, to, number, own[number], b"")
            else:
                parts = [dice.randrange(amount + 1) for amount in own.values()]
                self.l2.call(
                    person, collection, SAFE_BATCH_TRANSFER, person.address, to, list(own), parts, b"",
                    gas=150_000 + 60_000 * len(own))
        self.l2.call(
            world.people[0], collection, SAFE_TRANSFER, world.people[0].address, self.stuck, ABUNDANT, world.amount(2**100), b"")

    def close(self, collection):
        """Nobody mints in it any more."""
        self.closed = collection
        self.l2.call(self.world.bank, collection, "setMinter(address)", ZERO)

    def amount(self):
        return self.world.amount(10**6)

    def mint_one(self, collection, to, number, amount):
        self.l2.call(self.world.bank, collection, "mint(address,uint256,uint256)", to, number, amount)

    def mint_batch(self, collection, to, numbers):
        """How many of each were minted."""
        amounts = {number: self.amount() for number in numbers}
        self.l2.call(
            self.world.bank, collection, "mintBatch(address,uint256[],uint256[])", to, list(amounts), list(amounts.values()),
            gas=100_000 + 60_000 * len(numbers))
        return amounts


def read_pieces(world, everybody, at):
    """Who has how many: `{collection: {number: {holder: amount}}}`; nobody is forgotten."""
    found = {}
    for collection in world.multi:
        numbers = world.numbers[collection]
        amounts = held(world.l2, collection, [(number, each) for number in numbers for each in everybody], at)
        supplies = world.l2.reads([(collection, "totalSupply(uint256)", number) for number in numbers], "uint256", at)
        for number, supply in zip(numbers, supplies):
            holders = {each: amounts[number, each] for each in everybody if amounts[number, each]}
            assert sum(holders.values()) == supply, f"{collection} {number}: {supply}, and the book has {sum(holders.values())}"
            found.setdefault(collection, {})[number] = holders
        assert found[collection][NOTHING] == {} and sum(found[collection][ABUNDANT].values()) == MOST
    return found


def check_pieces(report, book):
    """A report says of each item what the book says: who is paid what, what is stuck, and nothing is under way."""
    world = book.world
    for collection, items in book.pieces.items():
        asset = report.assets[collection]
        assert asset["kind"] == "erc1155" and asset["locked"] is None and asset["unknown"] == asset["difference"] == "0"
        assert not any(int(amount) for amount in asset["inFlight"].values())
        twin = world.l1.read(world.at["claims"], "collectionOfERC1155(address)", collection, gives="address")
        assert asset["l1"] == twin.lower(), (asset["l1"], twin)
        said = {}
        for holding in asset["holdings"]:
            holders = said.setdefault(int(holding["tokenId"]), {})
            assert holding["holder"] not in holders
            holders[holding["holder"]] = int(holding["amount"]), holding["recipient"]
        expected = {
            number: {
                holder.lower(): (amount, (recipient := book.recipient(holder)) and recipient.lower())
                for holder, amount in holders.items()}
            for number, holders in items.items() if holders}
        assert said == expected, (collection, said, expected)
        totals = {}
        for number, holders in items.items():
            if holders:
                payments, stuck = book.due(holders)
                totals[number] = sum(holders.values()), sum(payments.values()), stuck
        for item in asset["items"]:
            supply, owed, stuck = totals.pop(int(item["tokenId"]))
            assert (int(item["supply"]), int(item["claimable"]) + int(item["paid"]), int(item["stuck"])) == (supply, owed, stuck)
            assert item["unknown"] == "0"
        assert not totals, totals


def balance_pieces(closing, book, first):
    """What there was on the rollup of each item is what its people have on L1 and what is stuck; to the unit."""
    world, paid = book.world, closing.paid_pieces(first)
    counts = [0, 0, 0]
    for collection, items in book.pieces.items():
        twin = world.l1.read(closing.claims, "collectionOfERC1155(address)", collection, gives="address")
        for number, holders in items.items():
            payments, stuck = book.due(holders)
            found = held(world.l1, twin, [(number, each) for each in {*payments, *holders}])
            found = {account: amount for (_, account), amount in found.items() if amount}
            assert found == payments, (collection, number, found, payments)
            brought = paid.pop((collection, number), 0)
            assert brought == sum(payments.values()) and sum(holders.values()) == brought + stuck
            marks = world.l1.reads([(twin, "isMinted(address,uint256)", each, number) for each in holders], "bool")
            assert marks == [book.recipient(each) is not None for each in holders]
            counts = [count + more for count, more in zip(counts, (1, sum(payments.values()), stuck))]
    assert not paid, paid
    return "{} items of {} collections: {} brought to L1, {} stuck".format(counts[0], len(book.pieces), *counts[1:])

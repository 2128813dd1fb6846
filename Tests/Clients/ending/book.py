"""Who has what on a rollup, and what L1 owes for it at the end: read plainly, and reckoned here without Mayfly's reports."""
from collections import defaultdict

from eth_abi import decode
from eth_utils import to_checksum_address as checksum

from ending.pieces import read_pieces
from ending.wire import raw
from ending.world import DISSOLVER, HOOK_GAS, PASSER, VAULTS, WETH

ETH = "ether"


class Book:
    """What everybody has on the rollup: ether, tokens (WETH among them) and items, by holder."""

    def __init__(self, world, number):
        self.world, at = world, hex(number)
        everybody = list(dict.fromkeys(world.everybody()))
        self.ether = defaultdict(int, world.l2.balances(everybody, at))
        self.tokens = {}
        for token in (WETH, *world.tokens):
            amounts = world.l2.reads([(token, "balanceOf(address)", each) for each in everybody], "uint256", at)
            self.tokens[token] = defaultdict(int, zip(everybody, amounts))
            # Nobody was forgotten.
            supply = world.l2.read(token, "totalSupply()", at=at)
            assert sum(amounts) == supply, f"of {token} there are {supply}, and the book has {sum(amounts)}"
        self.items = {}
        for collection in (*world.collections, *world.native):
            numbers = range(1, 60)
            owners = world.l2.reads([(collection, "ownerOf(uint256)", each) for each in numbers], "address", at)
            self.items[collection] = {number: checksum(owner) for number, owner in zip(numbers, owners) if owner}
        self.pieces = read_pieces(world, everybody, at)
        self.vaults = world.l2.reads([(vault, "recipient()") for vault in VAULTS], "address", at)
        self.read_applications(at)

    def read_applications(self, at):
        world, self.shares, self.stakes = self.world, [], []
        pool, game = world.applications["pool with hook"], world.applications["game with hook"]
        for place in range(24):
            [provider] = world.l2.reads([(pool, "providers(uint256)", place)], "address", at)
            if provider is None:
                break
            self.shares.append((checksum(provider), world.l2.read(pool, "shares(address)", provider, at=at)))
        for person in world.people:
            self.stakes.append((person.address, world.l2.read(game, "stakes(address)", person.address, at=at)))

    def check_supply(self, first):
        """The rollup has as much ether as was deposited: nobody was forgotten here either."""
        logs = self.world.l1.logs(self.world.at["portal"], "TransactionDeposited(address,address,uint256,bytes)", first)
        minted = sum(int.from_bytes(decode(["bytes"], raw(log["data"]))[0][:32], "big") for log in logs)
        found = sum(self.ether.values())
        assert found == minted, f"{minted} wei were deposited, and the book has {found}"

    # What happens after it was read

    def end(self):
        """The last calls of the applications, as their codes say."""
        world, given_back = self.world, HOOK_GAS * 100 * 10**9
        for name in world.hooks:
            application = world.applications[name]
            if name == "spoiler" and world.harm == 5:
                continue
            self.ether[DISSOLVER] -= given_back
            self.ether[application] += given_back
            if name == "pool with hook":
                self.end_pool(application)
            elif name == "game with hook":
                for player, stake in self.stakes:
                    self.ether[application] -= stake
                    self.ether[player] += stake
            if name != "spoiler":
                self.ether[world.bank.address] += self.ether.pop(application)

    def end_pool(self, pool):
        supply = sum(shares for _, shares in self.shares)
        for token in list(self.world.tokens)[:2]:
            balances = self.tokens[token]
            reserve = left = balances[pool]
            for place, (provider, shares) in enumerate(self.shares):
                amount = left if place == len(self.shares) - 1 else reserve * shares // supply
                left -= amount
                balances[provider] += amount
            balances[pool] = 0

    # What L1 owes

    def recipient(self, holder):
        """Whom L1 pays for what this one has; nobody where it is a contract that names none."""
        if holder in VAULTS:
            return checksum(self.vaults[VAULTS.index(holder)])
        if holder in self.world.resolvers:
            return self.world.resolvers[holder]
        return None if holder in self.world.contracts else holder

    def dues(self):
        """By asset what each recipient gets, and what is stuck: `{asset: ({recipient: amount}, stuck)}`."""
        found = {ETH: self.due(self.ether, leave=(PASSER, WETH))}
        # What WETH has belongs to its holders; they are paid in ether.
        payments, stuck = self.due(self.tokens[WETH])
        stuck += self.ether[WETH] - sum(self.tokens[WETH].values())
        for recipient, amount in found[ETH][0].items():
            payments[recipient] = payments.get(recipient, 0) + amount
        found[ETH] = payments, stuck + found[ETH][1]
        return found | {token: self.due(self.tokens[token]) for token in self.world.tokens}

    def due(self, balances, leave=()):
        payments, stuck = {}, 0
        for holder, amount in balances.items():
            if holder in leave or not amount:
                continue
            recipient = self.recipient(holder)
            if recipient is None:
                stuck += amount
            else:
                payments[recipient] = payments.get(recipient, 0) + amount
        return payments, stuck

    def holders(self, asset):
        """Who has something that L1 pays for."""
        balances = self.ether if asset == ETH else self.tokens[asset]
        return [
            holder for holder, amount in balances.items()
            if amount and holder not in (PASSER, WETH) and self.recipient(holder) is not None]

    def pieces_of(self, collection):
        """What L1 brings over of items of which there are many: `[(number, holder on the rollup)]`."""
        return [
            (number, holder) for number, holders in self.pieces[collection].items() for holder in holders
            if self.recipient(holder) is not None]

    def owners(self, collection):
        """The items that L1 hands out: `{number: owner on the rollup}`."""
        return {
            number: owner for number, owner in self.items[collection].items() if self.recipient(owner) is not None}


class Purses:
    """What recipients have on L1, to be compared with what they have later."""

    def __init__(self, world, addresses):
        self.world, self.addresses = world, sorted(set(addresses))
        self.before = self.read()

    def read(self):
        l1, found = self.world.l1, {ETH: self.world.l1.balances(self.addresses)}
        for token, original in self.world.tokens.items():
            amounts = l1.reads([(original, "balanceOf(address)", each) for each in self.addresses], "uint256")
            found[token] = dict(zip(self.addresses, amounts))
        return found

    def gained(self):
        """By asset what each has more than before."""
        now = self.read()
        return {
            asset: {each: amount - self.before[asset][each] for each, amount in held.items() if amount != self.before[asset][each]}
            for asset, held in now.items()}

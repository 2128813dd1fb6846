"""What there is on a rollup of a seed: people, tokens, applications, items; and how all of it comes to be there."""
import random

from eth_utils import keccak, to_checksum_address

from ending.compiled import creating
from ending.wire import ETHER, Wallet, Wire, raw
from rollup import eventually

WETH = "0x4200000000000000000000000000000000000006"
MESSENGER = "0x4200000000000000000000000000000000000007"
BRIDGE = "0x4200000000000000000000000000000000000010"
TOKEN_FACTORY = "0x4200000000000000000000000000000000000012"
ITEM_BRIDGE = "0x4200000000000000000000000000000000000014"
PASSER = "0x4200000000000000000000000000000000000016"
ITEM_FACTORY = "0x4200000000000000000000000000000000000017"
COLLECTION_FACTORY = "0x42000000000000000000000000000000000007C0"
DISSOLVER = "0x42000000000000000000000000000000000007D0"
MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11"
VAULTS = [f"0x42000000000000000000000000000000000000{end}" for end in ("11", "19", "1A", "1B")]
HOOK_GAS = 3_000_000
KINDS = ("hook", "resolver", "neither")


class World:
    """A rollup, who lives on it, and what they have; all of it follows from the seed, but for fees."""

    def __init__(self, seed, rollup):
        self.seed, self.rollup = seed, rollup
        self.dice = random.Random(f"mayfly {seed}")
        self.l1 = Wire(rollup.l1.url)
        self.l2 = Wire(rollup.url("sequencer"))
        self.bank = Wallet(rollup.accounts["user"].key)
        self.people = [self.wallet(f"person {index}") for index in range(self.dice.randrange(200, 320))]
        # Addresses that never sent anything, nor had ether.
        self.ghosts = [self.wallet(f"ghost {index}").address for index in range(12)]
        # Whom L1 pays for what applications hold.
        self.resolvers = {}
        self.at = {name: to_checksum_address(address) for name, address in rollup.launched["addresses"].items()}
        self.delegates = {}
        self.applications = {}
        # Stand-ins on the rollup, and their originals on L1.
        self.tokens, self.collections = {}, {}
        # Collections minted on the rollup: the texts.
        self.native = {}
        # The same of those whose items there are many of (ERC-1155), and the numbers of their items.
        self.multi, self.numbers = {}, {}
        self.withdrawals = []

    def wallet(self, name):
        return Wallet(keccak(text=f"mayfly {self.seed} {name}"))

    def address(self, name):
        return self.wallet(name).address

    def amount(self, most=ETHER):
        """Some odd number that leaves a remainder whatever it is divided by."""
        return self.dice.randrange(most // 1000, most)

    # L1

    def deposit(self, to, amount):
        self.l1.call(
            self.bank, self.at["portal"], "depositTransaction(address,uint256,uint64,bool,bytes)", to, amount, 100_000, False,
            b"", value=amount, gas=500_000)

    def begin(self):
        """The first deposits, and the tokens' originals."""
        self.deposit(self.bank.address, 3_000 * ETHER)
        for person in self.dice.sample(self.people, 12):
            self.deposit(person.address, self.amount())
        count = self.dice.choice([2, 3])
        made = len(self.l1.queue)
        for _ in range(count):
            self.l1.put(self.bank, None, creating("token", ["uint256"], 10**27), gas=3_000_000)
        self.l1.put(self.bank, None, creating("collectible"), gas=3_000_000)
        receipts = self.l1.flush()[made:]
        self.originals = [to_checksum_address(receipt["contractAddress"]) for receipt in receipts]
        # The rollup's contracts that are not in the launch's list are found by those that are.
        self.at["bridge"] = self.at["l1StandardBridge"]
        self.at["itemBridge"] = self.at["l1ERC721Bridge"]
        eventually(lambda: self.l2.balances([self.bank.address])[self.bank.address], 30, "the first deposit")

    def bridge_tokens(self):
        """Tokens and items go to the rollup: the bank's first, some to people at once."""
        for token, original in self.tokens.items():
            self.l1.call(self.bank, original, "approve(address,uint256)", self.at["bridge"], 10**26)
            self.bridge_token(token, self.bank.address, 10**24)
            for person in self.dice.sample(self.people, 3):
                self.bridge_token(token, person.address, self.amount(10**21))
        [(collection, original)] = self.collections.items()
        self.items = {number: self.dice.choice(self.people) for number in range(1, self.dice.randrange(8, 14))}
        for number, person in self.items.items():
            self.l1.call(self.bank, original, "mint(uint256)", number)
            self.l1.call(self.bank, original, "approve(address,uint256)", self.at["itemBridge"], number)
            self.l1.call(
                self.bank, self.at["itemBridge"], "bridgeERC721To(address,address,address,uint256,uint32,bytes)", original,
                collection, person.address, number, 400_000, b"", gas=1_500_000)
        self.l1.flush()

    def bridge_token(self, token, to, amount, gas=200_000):
        self.l1.call(
            self.bank, self.at["bridge"], "bridgeERC20To(address,address,address,uint256,uint32,bytes)",
            self.tokens[token], token, to, amount, gas, b"", gas=1_500_000)

    def wait_for_tokens(self):
        def are_there():
            balances = self.l2.reads([(token, "balanceOf(address)", self.bank.address) for token in self.tokens], "uint256")
            [collection] = self.collections
            owners = self.l2.reads([(collection, "ownerOf(uint256)", number) for number in self.items], "address")
            return all(balances) and all(owners)

        eventually(are_there, 40, "the tokens on the rollup")

    # The rollup

    def make_tokens(self):
        *tokens, collection = self.originals
        for index, original in enumerate(tokens):
            self.l2.call(
                self.bank, TOKEN_FACTORY, "createOptimismMintableERC20(address,string,string)", original,
                f"Token {index}", f"T{index}", gas=3_000_000)
        self.l2.call(
            self.bank, ITEM_FACTORY, "createOptimismMintableERC721(address,string,string)", collection, "Items", "ITEM",
            gas=4_000_000)
        self.native_texts = [(f"Minted {index}", f"M{index}", f"ipfs://{self.seed}/{index}/") for index in range(2)]
        for texts in self.native_texts:
            self.l2.call(self.bank, COLLECTION_FACTORY, "createERC721(string,string,string)", *texts, gas=4_000_000)
        multi_texts = [(f"Pieces {index}", f"P{index}", f"ipfs://{self.seed}/{index}/{{id}}") for index in range(2)]
        for texts in multi_texts:
            self.l2.call(self.bank, COLLECTION_FACTORY, "createERC1155(string,string,string)", *texts, gas=4_000_000)
        made = [created(receipt) for receipt in self.l2.flush()]
        self.tokens = dict(zip(made, tokens))
        self.collections = {made[len(tokens)]: collection}
        self.native = dict(zip(made[len(tokens) + 1:-2], self.native_texts))
        self.multi = dict(zip(made[-2:], multi_texts))

    def make_applications(self):
        """A pool and a game of each kind, one that does harm, and what accounts with code run."""
        first, second = list(self.tokens)[:2]
        names = []
        for kind in KINDS:
            self.l2.put(self.bank, None, creating("pool", ["address", "address"], first, second), gas=4_000_000)
            self.l2.put(self.bank, None, creating("game"), gas=3_000_000)
            names += [f"pool with {kind}", f"game with {kind}"]
        self.harm = self.dice.randrange(6)
        self.l2.put(self.bank, None, creating("spoiler", ["uint256"], self.harm), value=self.amount(), gas=3_000_000)
        self.l2.put(self.bank, None, creating("purse"), gas=3_000_000)
        for name, receipt in zip([*names, "spoiler", "purse"], self.l2.flush()):
            self.applications[name] = to_checksum_address(receipt["contractAddress"])
        order = ["pool with hook", "game with hook", "spoiler"]
        self.dice.shuffle(order)
        self.hooks = order
        for name in order:
            self.l2.call(
                self.bank, self.applications[name], "end_with_hook(uint64)", HOOK_GAS, value=HOOK_GAS * 100 * 10**9,
                gas=500_000)
        # One of the resolvers may be a contract of L1 that takes no ether.
        self.refuser = self.originals[0] if self.dice.random() < 0.5 else None
        for name in ("pool with resolver", "game with resolver"):
            resolver = self.refuser if name.startswith("game") and self.refuser else self.address(f"resolver of {name}")
            self.resolvers[self.applications[name]] = resolver
            self.l2.call(self.bank, self.applications[name], "end_with_resolver(address)", resolver)
        self.l2.flush()

    def give_ether(self):
        """Everybody gets some ether, and some get code."""
        for start in range(0, len(self.people), 80):
            calls = [
                (person.address, True, self.dice.randrange(ETHER // 2, 3 * ETHER), b"")
                for person in self.people[start:start + 80]]
            self.l2.call(
                self.bank, MULTICALL, "aggregate3Value((address,bool,uint256,bytes)[])", calls,
                value=sum(call[2] for call in calls), gas=80 * 60_000)
        self.with_code = self.dice.sample(self.people, 14)
        codes = []
        for person in self.with_code:
            codes.append(person.authorization(self.l2.chain_id, 0, self.applications["purse"]))
            person.nonces[self.l2.chain_id] = 1
            self.delegates[person.address] = self.applications["purse"]
        self.l2.put(self.bank, self.bank.address, gas=100_000 + 40_000 * len(codes), codes=codes)
        self.l2.flush()

    # Who is there

    def everybody(self):
        """All accounts that can have ether."""
        return [
            self.bank.address, *(person.address for person in self.people), *self.ghosts, *self.applications.values(),
            *(account.address for name, account in self.rollup.accounts.items() if name != "user"), WETH, MESSENGER, BRIDGE,
            ITEM_BRIDGE, PASSER, DISSOLVER, MULTICALL, *VAULTS, *self.tokens, alias(self.at["l1CrossDomainMessenger"])]

    @property
    def contracts(self):
        """Those of everybody whose code is no delegation."""
        return {
            *self.applications.values(), WETH, MESSENGER, BRIDGE, ITEM_BRIDGE, PASSER, DISSOLVER, MULTICALL, *VAULTS,
            *self.tokens, *self.collections, *self.native, *self.multi}


def created(receipt):
    """What a factory made: the first argument of its event."""
    return to_checksum_address("0x" + receipt["logs"][-1]["topics"][1][-40:])


def alias(address):
    """As whom a contract of L1 acts on the rollup."""
    number = (int(address, 16) + 0x1111000000000000000000000000000000001111) % 2**160
    return to_checksum_address(number.to_bytes(20, "big"))


def word(text):
    return raw(text).rjust(32, b"\0")

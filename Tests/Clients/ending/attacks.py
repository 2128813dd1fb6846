"""What must not work: whoever tries it is refused with the contract's reason, and nothing changes."""
from eth_abi import decode
from eth_utils import keccak

from ending.paths import CLAIM_BALANCES, LastState
from ending.pieces import NOTHING
from ending.wire import calling
from ending.withdrawals import FINALIZE
from ending.world import WETH


class Attacks:
    """Tried by calls that are not sent, but where they have to take their place among others."""

    def __init__(self, closing, thief):
        self.closing, self.world, self.l1 = closing, closing.world, closing.l1
        self.thief, self.dice = thief, closing.world.dice
        self.tried = []

    def refused(self, what, reasons, to, data, value=0, sender=None, wire=None):
        """A call that reverts for one of these reasons: names of errors, or words; on L1 where nothing else is said."""
        said = (wire or self.l1).revert(sender or self.thief.address, to, data, value)
        codes = [keccak(text=reason)[:4].hex() if reason.endswith(")") else reason for reason in reasons]
        # The words of a reason stand in the answer in hexadecimal too.
        found = said and any(code in said or code.encode().hex() in said for code in codes)
        assert found, f"{what}: expected {reasons}, and it was {said or 'not refused'}"
        self.tried.append(what)

    # While it lives, and while it closes

    def close_early(self):
        self.refused("to close early", ["Lifecycle_NotDue()"], self.closing.lifecycle, calling("close()"))

    def claim_early(self):
        data = calling("claimETH((address,address)[],bytes)", [(self.thief.address, self.thief.address)], bytes(600))
        self.refused("to claim early", ["Claims_NotSettled()"], self.closing.claims, data)

    def mint_in_closed(self, collection):
        """By who minted in it, and by the thief."""
        for sender in (self.world.bank.address, self.thief.address):
            self.refused(
                "to mint in a closed collection", ["MayflyERC1155: only for the minter"], collection,
                calling("mint(address,uint256,uint256)", self.thief.address, 1, 1), sender=sender, wire=self.world.l2)

    def after_close(self):
        closing, world = self.closing, self.world
        self.refused(
            "to deposit after the close", ["OptimismPortal_DepositsClosed()"], world.at["portal"],
            calling("depositTransaction(address,uint256,uint64,bool,bytes)", self.thief.address, 1, 100_000, False, b""), 1)
        self.refused("to close again", ["Lifecycle_NotActive()"], closing.lifecycle, calling("close()"))
        self.refused(
            "to extend what is closed", ["Lifecycle_NotActive()"], closing.lifecycle,
            calling("extend(uint64)", 2**40), sender=world.rollup.accounts["owner"].address)

    # A sequencer that lies about the end

    def lie(self):
        """Proposes an end in which the thief has everything; somebody challenges it. Its game."""
        words = (bytes(32), keccak(text=f"a better end {self.world.seed}"), bytes(32), bytes(32))
        number = self.closing.last + self.dice.choice([-1, 0, 1, 5])
        self.lying_words = words
        game = self.closing.propose(self.thief, keccak(b"".join(words)), number, b"\1" * 32)
        bond = self.l1.read(game, "bond()")
        # Who dissolves may have challenged it already.
        self.l1.call(self.closing.stranger, game, "challenge()", value=bond, fails=None)
        self.l1.flush()
        assert int(self.l1.read(game, "challenger()", gives="address"), 16), "nobody challenges the lie"
        return game

    def settle_wrongly(self, lying_game, old):
        """With the lie, and with an output that is true and final and not the last."""
        closing = self.closing
        data = calling(
            "settle(address,(bytes32,bytes32,bytes32,bytes32),bytes)", lying_game, self.lying_words, bytes(600))
        self.refused("to settle with a lie", ["Claims_NotFinal()"], closing.claims, data)
        if old and closing.games.is_final(old[0]):
            self.refused(
                "to settle with an old block", ["Claims_NotLastBlock()"], closing.claims, closing.settling(*old))

    # After the end

    def crafted(self, book):
        """Proofs of another block, of another account, cut short, longer, or changed in one byte."""
        closing, state = self.closing, self.closing.last_state
        holders = [holder for holder in book.holders("ether") if holder not in self.world.resolvers]
        one = self.dice.choice(holders)
        signature, claims = "claimETH((address,address)[],bytes)", closing.claims
        pairs, nodes = decode(["(address,address)[]", "bytes"], state.ether([one])[4:])
        old = LastState(closing.node, closing.last - 5, self.world.delegates).ether([one])
        self.refused("to claim with an old root", ["Trie"], claims, old)
        place = self.dice.randrange(len(nodes.rstrip(b"\0")))
        changed = bytearray(nodes)
        changed[place] ^= 1 << self.dice.randrange(8)
        self.refused("to claim with a changed trie", ["Trie", "revert"], claims, calling(signature, pairs, bytes(changed)))
        # One that ends within the last word of the call is refused without words.
        cut = calling(signature, pairs, nodes[:place].ljust(600, b"\0"))
        self.refused("to claim with a trie cut short", ["Trie", "revert"], claims, cut)
        with_code = self.dice.choice(self.world.with_code).address
        _, nodes = decode(["(address,address)[]", "bytes"], state.ether([with_code])[4:])
        self.refused(
            "to claim for code with another delegate", ["Claims_NoResolver(address)", "revert"], claims,
            calling(signature, [(with_code, self.thief.address)], nodes))
        stuck = self.world.applications["game with neither"]
        self.refused("to claim for who names nobody", ["Claims_NoResolver(address)"], claims, state.ether([stuck]))

    def pieces(self, book):
        """Items of which there are many: another's, another item, more of them, of another kind, and minted on L1."""
        closing, state, claims = self.closing, self.closing.last_state, self.closing.claims
        thief = self.thief.address
        for collection in self.world.multi:
            # The holder's account has no code that would be shown too.
            number, holder = self.dice.choice([
                pair for pair in book.pieces_of(collection)
                if pair[1] not in self.world.resolvers and pair[1] not in self.world.delegates])
            data = state.balances(collection, [(number, holder)])
            types = ["address", "(uint256,address,address)[]", "bool", "bytes"]
            token, [balance], are_known, nodes = decode(types, data[4:])

            def one(number, account, nodes):
                return calling(CLAIM_BALANCES, token, [(number, account, balance[2])], are_known, nodes)

            other = ["Trie", "Claims_NothingToPay()", "revert"]
            self.refused("to claim another's items", other, claims, one(number, thief, nodes))
            self.refused(
                "to claim items without any", ["Claims_NothingToPay()"], claims, state.balances(collection, [(number, thief)]))
            self.refused("to claim another item", other, claims, one(number ^ 1, holder, nodes))
            self.refused(
                "to claim an item that nobody has", ["Claims_NothingToPay()"], claims, state.balances(collection, [(NOTHING, holder)]))
            # The amount stands at the end of the last node.
            more = bytearray(nodes.rstrip(b"\0"))
            more[-1] ^= 1 << self.dice.randrange(8)
            self.refused("to claim more of an item", ["Trie", "revert"], claims, one(number, holder, bytes(more).ljust(600, b"\0")))
            stuck = self.world.applications["game with neither"]
            self.refused(
                "to claim items for who names nobody", ["Claims_NoResolver(address)"], claims,
                state.balances(collection, [(number, stuck)]))
            self.refused(
                "to claim items for who was never shown", ["Claims_UnknownHolder(address)"], claims,
                state.balances(collection, [(number, stuck)], are_known=True))
            old = LastState(closing.node, closing.last - 5, self.world.delegates).balances(collection, [(number, holder)])
            self.refused("to claim items with an old root", ["Trie"], claims, old)
            self.refused(
                "to claim items as a token", ["Claims_NotOpened()"], claims, state.tokens(collection, [holder]))
            native = next(iter(self.world.native))
            self.refused(
                "to claim items of another kind", ["Claims_NotOpened()"], claims,
                calling(CLAIM_BALANCES, native, [balance], are_known, nodes))
            self.refused("to open a collection again", ["Claims_AlreadyOpen()"], claims, closing.opening(collection))
            twin = self.l1.read(claims, "collectionOfERC1155(address)", collection, gives="address")
            for sender in (thief, self.world.bank.address):
                self.refused(
                    "to mint on L1", ["SettledERC1155: only for Claims"], twin,
                    calling("mint(address,address,uint256,uint256)", thief, thief, number, 1), sender=sender)
            self.refused(
                "to set a collection up again", ["SettledERC1155: already initialized"], twin,
                calling("initialize(address,string,string,string)", thief, "", "", ""))

    def open_wrongly(self):
        """With other texts than the collection has; before it is open."""
        closing = self.closing
        for collection, texts in self.world.multi.items():
            if not closing.is_open(collection):
                self.refused(
                    "to open a collection with other texts", ["Claims_OtherTexts()"], closing.claims,
                    closing.opening(collection, ("Others", *texts[1:])))

    def elsewhere(self, claims, book):
        """The same claim at another rollup's contract."""
        one = self.dice.choice(book.holders("ether"))
        self.refused(
            "to claim at another rollup", ["Trie", "Claims_NotSettled()"], claims, self.closing.last_state.ether([one]))

    def twice(self, book):
        """Everything that was paid, once more."""
        state, claims, world = self.closing.last_state, self.closing.claims, self.world
        people = {person.address for person in world.people}
        for asset in ("ether", WETH, *world.tokens):
            some = self.dice.sample([holder for holder in book.holders(asset) if holder in people], 3)
            data = state.ether(some) if asset == "ether" else state.tokens(asset, some)
            self.refused(f"to claim {asset} twice", ["Claims_NothingToPay()"], claims, data)
            if asset != "ether":
                data = state.tokens(asset, some, are_known=True)
                self.refused(f"to claim {asset} twice, known", ["Claims_NothingToPay()"], claims, data)
        for collection in (*world.collections, *world.native):
            owners = book.owners(collection)
            some = dict(self.dice.sample(list(owners.items()), min(3, len(owners))))
            self.refused("to claim items twice", ["Claims_NothingToPay()"], claims, state.items(collection, some))

        for collection in world.multi:
            some = self.dice.sample(book.pieces_of(collection), 5)
            self.refused("to claim balances twice", ["Claims_NothingToPay()"], claims, state.balances(collection, some))

    def withdraw_again(self, withdrawals):
        for each in withdrawals:
            self.refused(
                "to withdraw twice", ["OptimismPortal_AlreadyFinalized()"], self.world.at["portal"],
                calling(FINALIZE, each.fields))

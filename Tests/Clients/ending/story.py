"""A rollup of a seed from its launch to the last claim."""
import json
import random
import time
from collections import Counter

from eth_utils import keccak

from ending.attacks import Attacks
from ending.batches import LastWord
from ending.book import ETH, Book, Purses
from ending.closing import BALANCE_CLAIMED, CLAIMED, DISSOLVED, Closing
from ending.deeds import Deeds
from ending.deposits import Deposits
from ending.pieces import Pieces, balance_pieces
from ending.reports import Report
from ending.wire import ETHER, Wallet
from ending.withdrawals import Games, finalize, prove
from ending.world import VAULTS, WETH, World
from rollup import MNEMONIC, Account, Rollup, eventually

REASONS = {"expired": 1, "unfunded": 2, "silent": 3}
ROLES = 9


def accounts(place):
    """The development accounts of one of several rollups on an L1."""
    return [
        Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
        for index in range(ROLES * place, ROLES * (place + 1))]


class Story:
    """One seed. `elsewhere` tells, when it is known, the Claims of another rollup on the same L1."""

    def __init__(self, seed, l1, place=0, elsewhere=None, say=print):
        self.seed, self.elsewhere, self.said = seed, elsewhere, say
        dice = random.Random(f"story {seed}")
        self.reason = dice.choice(list(REASONS))
        self.da = dice.choice(["calldata"] * 3 + ["blobs", "alt-da"])
        self.last_word = dice.choice(["none", "in time", "too late"])
        # Who settles, and who claims: the test by calls of its own, or the commands.
        self.settles, self.claims = dice.choice(["test", "command"]), dice.choice(["test", "command"])
        self.kills = dice.random() < 0.5
        *roles, self.stranger, self.thief, self.payer, self.other, self.commander = accounts(place)
        self.rollup = Rollup(name=f"seed-{seed}", l1=l1, accounts=roles, da=self.da, more=self.life())
        self.began = time.monotonic()
        self.times = {}

    def life(self):
        """What the configuration says of the end; a window of three L1 blocks for the last batches."""
        terms = {
            "expired": "duration: 30s", "silent": "duration: 1h\n  idle-blocks: 8",
            "unfunded": "duration: 1h\n  budget: {wei: 20000, wei-per-second: 1000, payee: \"0x" + "77" * 20 + "\"}"}
        return f"lifetime:\n  {terms[self.reason]}\n  drain-blocks: 3"

    def say(self, what):
        self.times[what] = time.monotonic() - self.began
        self.said(f"seed {self.seed}: {self.times[what]:5.1f} s {what}")

    def run(self):
        with self.rollup as rollup:
            try:
                self.live()
                self.die()
                self.settle()
                self.pay()
                self.balance()
            except BaseException:
                for path in sorted(rollup.path.glob("*.log")):
                    print(f"--- seed {self.seed}, {path.stem}\n{path.read_text()[-2000:]}")
                print(f"seed {self.seed} failed; again: Tests/Clients/end_to_end.py --seed {self.seed}")
                raise
            for wire in (self.world.l1, self.world.l2, self.closing.node):
                wire.close()
        return self

    # Its life

    def live(self):
        rollup = self.rollup
        self.say(f"launched, data in {self.da}, to be {self.reason}, settled and claimed by {self.settles} and {self.claims}")
        if self.da == "alt-da":
            rollup.data_server()
        rollup.sequencer()
        rollup.batcher(self.da)
        rollup.proposer(interval=2)
        self.world = world = World(self.seed, rollup)
        self.claimer, self.thief = Wallet(self.payer.key), Wallet(self.thief.key)
        self.closing = Closing(world, Wallet(self.stranger.key))
        self.attacks = Attacks(self.closing, self.thief)
        if not self.closing.due_reason()[0]:
            self.attacks.close_early()
        self.attacks.claim_early()
        deeds = Deeds(world)
        world.begin()
        world.make_tokens()
        world.make_applications()
        world.give_ether()
        world.bridge_tokens()
        deeds.with_ether()
        deeds.mint()
        (pieces := Pieces(world)).mint()
        deeds.withdraw(False)
        early = list(world.withdrawals)
        world.wait_for_tokens()
        deeds.with_tokens()
        deeds.with_items()
        self.say("people have done what they do")
        index, game, number = Games(world).with_block(max(each.block for each in early))
        self.old = game, number
        self.say(f"block {number} is proposed")
        # The last one is only started, and the one before only proven.
        prove(world, self.claimer, early[:-1], world.l2, index, number)
        finalize(world, self.claimer, early[:-2])
        self.say("the first withdrawals are paid")
        deeds.withdraw(True)
        newest = world.l2.number() + 1
        self.number = rollup.reaches("sequencer", newest)["number"]
        self.book = Book(world, self.number)
        self.book.check_supply(1)
        self.attacks.mint_in_closed(pieces.closed)
        self.forecast()
        self.say(f"{len(world.withdrawals)} withdrawals, the book is made")

    def forecast(self):
        """What `mayfly exits` says before the end, of the rollup as it is."""
        rollup = self.rollup
        # The head has gone on, but nobody does anything any more.
        report = Report(self.world, json.loads(rollup.run(
            "exits", rollup.directory, "--l1", rollup.l1.url, "--node", rollup.url("sequencer"), "--json")))
        report.check(self.book, self.in_flight())
        self.say("the forecast is what the book says")

    def in_flight(self):
        found = {}
        for each in self.world.withdrawals:
            if each.stage != "finalized":
                found[each.asset] = found.get(each.asset, 0) + (each.amount if each.asset not in self.world.collections else 1)
        return found

    # Its end

    def die(self):
        """Every process of the rollup is killed; the server of its data is not one of them."""
        rollup, world = self.rollup, self.world
        for name in list(rollup.processes):
            if name != "da":
                rollup.kill(name)
        self.deposits = Deposits(world)
        self.deposits.in_flight()
        self.closing.start_witness()
        reason = self.closing.wait_until_due()
        assert reason == REASONS[self.reason], (reason, self.reason)
        self.deposits.race(self.closing, Wallet(self.other.key))
        self.closed = time.monotonic()
        self.closing.read_window()
        self.attacks.after_close()
        self.say(f"closed in L1 block {self.closing.closing_block}")

    @property
    def stranger_asks(self):
        """What a stranger gives to a command: the files of the launch, L1, the server of the data, and his own key."""
        rollup = self.rollup
        alt_da = ["--alt-da", rollup.url("da")] if "da" in rollup.ports else []
        return ["--rollup", rollup.path / "fresh/rollup.json", "--l1", rollup.l1.url, "--l1-beacon", rollup.l1.url, *alt_da]

    def start_dissolving(self):
        key = self.rollup.path / "stranger.key"
        key.touch(mode=0o600)
        key.write_text(self.commander.key.hex().removeprefix("0x"))
        self.rollup.start("dissolve", "dissolve", *self.stranger_asks, "--key-file", key)

    def settle(self):
        closing, rollup = self.closing, self.rollup
        word = LastWord(closing, self.world.amount(ETHER // 100))
        if self.last_word == "in time":
            closing.wait_for_witness()
            number, published = word.publish(closing.safe())
            if published <= closing.drain_end:
                eventually(lambda: closing.safe() >= number, 20, "the last word")
            else:
                # The machine was busy; then it must not count.
                self.last_word = "too late"
        elif self.last_word == "too late":
            eventually(lambda: closing.l1.number() >= closing.drain_end, 30, "the drain window's end")
            closing.wait_for_witness()
            word.publish(self.number)
        if self.settles == "command":
            self.start_dissolving()
        closing.wait_for_last_block()
        self.hear(word)
        self.lying_game = self.attacks.lie()
        self.ending = [each for each in self.world.withdrawals if each.stage != "finalized"]
        index = closing.propose_last() if self.settles == "test" else closing.find_last()
        prove(
            self.world, self.claimer, [each for each in self.ending if each.stage == "started"], closing.node, index,
            closing.last)
        self.attacks.settle_wrongly(self.lying_game, self.old)
        if self.settles == "test":
            closing.settle()
        else:
            eventually(lambda: rollup.processes["dissolve"].process.poll() is not None, 90, "mayfly dissolve being done")
            assert rollup.processes["dissolve"].process.returncode == 0, rollup.output("dissolve")
            assert closing.state() == DISSOLVED
        self.dissolved = time.monotonic()
        self.say(f"dissolved with block {closing.last}, {self.dissolved - self.closed:.1f} s after the close")

    def hear(self, word):
        """Enters the last word into the book where it counts."""
        if self.last_word == "none":
            return
        receipt = self.closing.node.ask("eth_getTransactionReceipt", "0x" + keccak(word.signed).hex())
        if self.last_word == "too late":
            assert receipt is None, "a batch counts that came after the drain window"
            return
        assert receipt and receipt["status"] == "0x1", "a batch within the drain window does not count"
        fee = int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16) + int(receipt["l1Fee"], 16)
        self.book.ether[word.person.address] -= word.amount + fee
        self.book.ether[word.to] += word.amount
        # All of the vaults are paid to the same account.
        assert len(set(self.book.vaults)) == 1
        self.book.ether[VAULTS[0]] += fee

    # What is paid

    def pay(self):
        world, closing, book = self.world, self.closing, self.book
        self.lost = self.deposits.enter(book)
        book.end()
        self.dues = book.dues()
        recipients = [recipient for payments, _ in self.dues.values() for recipient in payments]
        self.purses = Purses(world, recipients + [each.to for each in world.withdrawals])
        self.locked = self.read_locked()
        self.paid_from = world.l1.number()
        closing.know_last_state()
        self.attacks.open_wrongly()
        closing.open_all()
        self.attacks.crafted(book)
        self.attacks.pieces(book)
        if self.elsewhere and (claims := self.elsewhere()):
            self.attacks.elsewhere(claims, book)
        # Some withdrawals before the claims, some after them.
        finalize(world, self.claimer, self.ending[::2])
        if self.claims == "test":
            receipts = closing.claim_all(book)
            count, self.gas = len(receipts), sum(int(receipt["gasUsed"], 16) for receipt in receipts)
        else:
            count, self.gas = self.claim_by_command()
        finalize(world, self.claimer, self.ending[1::2])
        self.say(f"{count} transactions of claims, {self.gas:,} gas")
        self.attacks.twice(book)
        self.attacks.withdraw_again(self.ending)

    def claim_by_command(self):
        """The archive from L1 and the data, what it says of the end, and claims for everybody by it."""
        rollup, archive = self.rollup, self.rollup.path / "archive"
        made = json.loads(rollup.run("derive", *self.stranger_asks, "--archive", archive, "--json"))
        assert made["isLast"] and made["block"]["number"] == self.closing.last, made
        asked = [*self.stranger_asks, "--archive", archive, "--json"]
        lost = {ETH: sum(
            each.amount for each in self.world.withdrawals if each.stage == "finalized" and each.outcome == "lost")}
        report = Report(self.world, json.loads(rollup.run("exits", *asked)))
        report.check(self.book, self.in_flight(), lost)
        key = rollup.path / "claimer.key"
        key.touch(mode=0o600)
        key.write_text(self.commander.key.hex().removeprefix("0x"))
        self.claim_for_one([*asked, "--key-file", key])
        if self.kills:
            self.claim_and_die([*asked, "--all", "--key-file", key])
        claimed = json.loads(rollup.run("claim", *asked, "--all", "--key-file", key))
        report = Report(self.world, json.loads(rollup.run("exits", *asked)))
        report.check_all_paid(self.world.refuser)
        again = json.loads(rollup.run("claim", *asked, "--all", "--key-file", key))
        assert not again["paid"], again
        return len(claimed["transactions"]), int(claimed["gasUsed"])

    def claim_for_one(self, asked):
        """Somebody who has items of several kinds claims for himself alone, and gets all of them."""
        world, book = self.world, self.book
        collection = next(iter(world.multi))
        counted = Counter(holder for _, holder in book.pieces_of(collection) if holder not in world.resolvers)
        [(holder, count)] = counted.most_common(1)
        claimed = json.loads(self.rollup.run("claim", *asked, "--holder", holder))
        own = [payment for payment in claimed["paid"] if payment["token"] == collection.lower()]
        assert {payment["holder"] for payment in claimed["paid"]} == {holder.lower()}, claimed["paid"]
        assert {int(payment["tokenId"]): int(payment["amount"]) for payment in own} == {
            number: holders[holder] for number, holders in book.pieces[collection].items() if holder in holders}
        assert len(own) == count and not claimed["failed"]

    def claim_and_die(self, asked):
        """The command is killed when some is paid and some is not; whoever claims next goes on."""
        closing, rollup = self.closing, self.rollup

        def count():
            return sum(len(self.world.l1.logs(closing.claims, event, self.paid_from)) for event in (CLAIMED, BALANCE_CLAIMED))

        before = count()
        rollup.start("claim", "claim", *asked)
        eventually(lambda: count() > before, 60, "the first claims")
        rollup.kill("claim")

    def read_locked(self):
        world = self.world
        found = {ETH: world.l1.balances([world.at["portal"]])[world.at["portal"]]}
        for token, original in world.tokens.items():
            found[token] = world.l1.read(original, "balanceOf(address)", world.at["bridge"])
        return found

    def balance(self):
        """For each asset: what was locked is what was paid, what can still be claimed, and what is stuck; to the wei."""
        world, gained, left = self.world, self.purses.gained(), self.read_locked()
        paid = self.closing.paid(self.paid_from)
        paid[ETH] = paid.pop("0x" + "00" * 20, 0) + paid.pop(WETH, 0)
        for asset, (payments, stuck) in self.dues.items():
            refused = payments.pop(world.refuser, 0) if asset == ETH else 0
            expected, withdrawn, lost = dict(payments), 0, self.lost.get(asset, 0)
            for each in world.withdrawals:
                if each.asset == asset and each.outcome == "lost":
                    lost += each.amount
            for each in self.ending:
                if each.asset == asset and each.outcome != "lost":
                    withdrawn += each.amount
                    if each.outcome == "paid":
                        expected[each.to] = expected.get(each.to, 0) + each.amount
            assert gained[asset] == expected, f"{asset}: {differences(gained[asset], expected)}"
            assert paid.get(asset, 0) == sum(payments.values())
            claimable, stuck = refused, stuck + lost
            assert left[asset] == claimable + stuck, (asset, left[asset], claimable, stuck)
            assert self.locked[asset] == withdrawn + paid[asset] + claimable + stuck
            self.say(
                f"{asset}: locked {self.locked[asset]} = withdrawn {withdrawn} + paid {paid[asset]} + claimable {claimable} + "
                f"stuck {stuck}")
        self.balance_items()
        self.say(balance_pieces(self.closing, self.book, self.paid_from))
        self.say(f"refused {len(self.attacks.tried)} attacks")

    def balance_items(self):
        world, book = self.world, self.book
        for collection, items in book.items.items():
            native = collection in world.native
            place = world.l1.read(self.closing.claims, "collectionOf(address)", collection, gives="address") if native \
                else world.collections[collection]
            owners = dict(zip(items, world.l1.reads([(place, "ownerOf(uint256)", each) for each in items], "address")))
            for number, holder in items.items():
                recipient = book.recipient(holder)
                expected = recipient or (None if native else world.at["itemBridge"])
                found = owners[number] and owners[number].lower()
                assert found == (expected and expected.lower()), (collection, number, holder, recipient, found)
        for each in world.withdrawals:
            if each.asset in world.collections:
                [owner] = world.l1.reads([(world.collections[each.asset], "ownerOf(uint256)", each.amount)], "address")
                assert owner.lower() == each.to.lower()


def differences(found, expected):
    """Where two books are not the same."""
    return {
        each: (found.get(each, 0), expected.get(each, 0)) for each in {*found, *expected}
        if found.get(each, 0) != expected.get(each, 0)}

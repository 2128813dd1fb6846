"""What Mayfly says of a rollup's end, compared with the test's own book."""
from eth_utils import to_checksum_address

from ending.book import ETH
from ending.pieces import check_pieces
from ending.world import WETH


def checksum(address):
    return address and to_checksum_address(address)


class Report:
    """An answer of `mayfly exits --json`."""

    def __init__(self, world, answer):
        self.world, self.answer = world, answer
        self.assets = {}
        for asset in answer["assets"]:
            self.assets[ETH if asset["kind"] == "ether" else checksum(asset["l2"])] = asset

    def payments(self, asset):
        """Who is to be paid what, and what is stuck."""
        payments, stuck = {}, 0
        for holding in self.assets[asset]["holdings"]:
            recipient, amount = checksum(holding["recipient"]), int(holding["amount"])
            if recipient:
                payments[recipient] = payments.get(recipient, 0) + amount
            else:
                stuck += amount
        return payments, stuck

    def owners(self, collection):
        return {int(holding["tokenId"]): checksum(holding["recipient"]) for holding in self.assets[collection]["holdings"]}

    def check(self, book, in_flight, lost=None):
        """The report says of each asset what the book says: who is paid what, and what is stuck.

        Withdrawals that failed for good are `lost`. What was deposited for a token that nobody made is in no report.
        """
        for asset, (payments, stuck) in book.dues().items():
            found, said_stuck = self.payments(asset)
            missing = {each: (found.get(each), payments.get(each)) for each in {*found, *payments}
                       if found.get(each, 0) != payments.get(each, 0)}
            assert not missing, f"{asset}: the report and the book differ: {missing}"
            stuck += (lost or {}).get(asset, 0)
            assert said_stuck == stuck == int(self.assets[asset]["stuck"]), (asset, said_stuck, stuck, self.assets[asset]["stuck"])
            said = int(self.assets[asset]["inFlight"]["withdrawals"])
            assert said == in_flight.get(asset, 0), f"{asset}: withdrawals in flight {said}, and not {in_flight.get(asset, 0)}"
            assert int(self.assets[asset]["difference"]) == 0, {**self.assets[asset], "holdings": []}
        for collection, items in book.items.items():
            expected = {number: book.recipient(holder) for number, holder in items.items()}
            assert self.owners(collection) == expected, (collection, self.owners(collection), expected)
        check_pieces(self, book)
        assert self.answer["balances"]

    def check_all_paid(self, refuser):
        """After the claims nothing is left to pay, but what a recipient takes not."""
        for asset, each in self.assets.items():
            left = sum(
                int(holding["amount"]) if asset not in self.world.native else 1 for holding in each["holdings"]
                if holding["recipient"] and not holding["isPaid"] and checksum(holding["recipient"]) != refuser)
            assert left == 0, f"{asset}: {left} is not paid"
            assert all(item["claimable"] == "0" for item in each.get("items", [])), each["items"]

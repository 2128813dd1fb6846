"""What people get back: the books of a rollup that lives, its archive, and claims after its end."""
import json
import time

from web3.logs import DISCARD

from contracts import Chain, made_on_the_rollup
from rollup import ACCOUNTS, OWNER, USER, RollupCase, call, eventually

ETHER = 10**18
WETH = "0x4200000000000000000000000000000000000006"
MINTS = "0x42000000000000000000000000000000000007C0"
# Who has something on the rollup and does nothing himself, and who is a stranger to it.
FRIEND, STRANGER = ACCOUNTS[5], ACCOUNTS[6]
NOBODY = "0x0000000000000000000000000000000000001155"
LIFE = "lifetime: {duration: 2h, drain-blocks: 4}"


class ClaimTest(RollupCase):
    # What is on the rollup

    def fill(self, rollup):
        """Ether, a token and a collection of L1, a collection of the rollup, and ether in WETH and in a contract."""
        self.l1, self.l2 = Chain(rollup.l1.url, USER), Chain(rollup.url("sequencer"), USER)
        rollup.deposit("50")
        rollup.deposit("3", to=FRIEND)
        self.token, self.collection = self.l1.deploy("token", 1_000 * ETHER), self.l1.deploy("collectible")
        for identifier in (7, 8):
            self.l1.perform(self.collection.functions.mint(identifier))
        self.l2_token, self.l2_collection = made_on_the_rollup(self.l2, self.token, self.collection)
        token = ["--erc20", self.token.address, "--l2-token", self.l2_token.address]
        collection = ["--erc721", self.collection.address, "--l2-token", self.l2_collection.address]
        rollup.bridge("deposit", *token, "--amount", "20")
        for identifier in (7, 8):
            rollup.bridge("deposit", *collection, "--token-id", identifier)
        eventually(lambda: self.l2_token.functions.balanceOf(USER.address).call() == 20 * ETHER, 20, "the tokens")
        eventually(lambda: self.l2_collection.functions.totalSupply().call() == 2, 20, "the collectibles")
        self.l2.perform(self.l2_token.functions.transfer(FRIEND.address, 5 * ETHER))
        # A contract that names nobody holds tokens for good.
        self.l2.perform(self.l2_token.functions.transfer(self.l2_collection.address, 1 * ETHER))
        self.l2.perform(self.l2_collection.functions.transferFrom(USER.address, FRIEND.address, 8))
        self.l2.perform(self.l2.at("l2/WETH", WETH).functions.deposit(), value=4 * ETHER)
        factory = self.l2.at("l2/MayflyCollectionFactory", MINTS)
        minted = self.create(factory, factory.functions.createERC721("Mints", "MNT", "ipfs://mints/"))
        pieces = self.create(factory, factory.functions.createERC1155("Pieces", "PCS", "ipfs://pieces/{id}"))
        self.pieces = self.l2.at("l2/MayflyERC1155", pieces)
        mint = self.pieces.get_function_by_signature("mint(address,uint256,uint256)")
        move = self.pieces.functions.safeTransferFrom
        # The last is an account that nobody has, which holds nothing else: L1 has never heard of it.
        for each in (
            mint(USER.address, 7, 100), mint(FRIEND.address, 2**255, 2**128 - 1),
            move(USER.address, FRIEND.address, 7, 30, b""), mint(NOBODY, 7, 5)):
            self.l2.perform(each, gas=200_000)
        eventually(lambda: self.pieces.functions.balanceOf(NOBODY, 7).call() == 5, 10, "the items in a block")
        return token, collection, minted

    def create(self, factory, function):
        receipt = self.l2.perform(function)
        [event] = factory.events.CollectionCreated().process_receipt(receipt, errors=DISCARD)
        made = event["args"]["collection"]
        # It is told of while its block is open still.
        eventually(lambda: self.l2.w3.eth.get_code(made), 10, "the collection in a block")
        return made

    ITEMS = [
        {"tokenId": "7", "supply": "105", "claimable": "105", "paid": "0", "stuck": "0", "unknown": "0"},
        {"tokenId": str(2**255), "supply": str(2**128 - 1), "claimable": str(2**128 - 1), "paid": "0", "stuck": "0",
         "unknown": "0"}]

    def assert_pieces(self, rollup, report):
        """The whole of what is said of a collection of items of which there are many."""
        asset = dict(self.by_kind(report)["erc1155"])
        holdings, gas = asset.pop("holdings"), asset.pop("gas")
        claims = self.l1.at("l1/Claims", rollup.launched["addresses"]["claims"])
        twin = claims.functions.collectionOfERC1155(self.pieces.address).call().lower()
        every = str(105 + 2**128 - 1)
        self.assertEqual(asset, {
            "kind": "erc1155", "l2": self.pieces.address.lower(), "l1": twin, "isOpen": False, "locked": None,
            "claimable": every, "paid": "0", "stuck": "0", "inFlight": {"deposits": "0", "withdrawals": "0"},
            "unknown": "0", "difference": "0", "balances": True, "items": self.ITEMS})
        self.assertEqual(set(gas), {"one", "each"})
        expected = [(USER.address, "7", "70"), (FRIEND.address, "7", "30"), (NOBODY, "7", "5"),
                    (FRIEND.address, str(2**255), str(2**128 - 1))]
        key = lambda holding: (int(holding["tokenId"]), holding["holder"])
        self.assertEqual(holdings, sorted(({
            "holder": holder.lower(), "amount": amount, "tokenId": number, "isWrapped": False, "path": "holder",
            "recipient": holder.lower(), "isPaid": False} for holder, number, amount in expected), key=key))

    def exits(self, rollup, *arguments):
        return json.loads(rollup.run("exits", rollup.directory, "--l1", rollup.l1.url, "--json", *arguments))

    def archive(self, rollup, name):
        path = rollup.path / name
        made = json.loads(rollup.run(
            "derive", *rollup.files, "--l1", rollup.l1.url, "--l1-beacon", rollup.l1.url, "--archive", path, "--json"))
        return path, made

    def by_kind(self, report):
        return {asset["kind"]: asset for asset in report["assets"]}

    def assert_even(self, report):
        for asset in report["assets"]:
            self.assertEqual((asset["kind"], asset["difference"], asset["unknown"]), (asset["kind"], "0", "0"))
            if asset["locked"] is not None:
                owed = sum(int(asset[key]) for key in ("claimable", "stuck"))
                owed += sum(map(int, asset["inFlight"].values()))
                self.assertEqual(int(asset["locked"]), owed, asset["kind"])
        self.assertTrue(report["balances"])

    # A rollup that lives

    def test_the_books_of_a_rollup_that_lives_are_even_at_every_moment(self):
        def body(rollup):
            rollup.sequencer()
            rollup.batcher("calldata")
            token, collection, _ = self.fill(rollup)
            node = ["--node", rollup.url("sequencer")]
            alive = self.exits(rollup, *node)
            self.assert_even(alive)
            self.assert_pieces(rollup, alive)
            rollup.bridge("withdraw", "--amount", "2")
            rollup.bridge("withdraw", *token, "--amount", "3")
            rollup.bridge("withdraw", *collection, "--token-id", 7)
            # A deposit that the rollup has not executed yet counts as well.
            rollup.bridge("deposit", "--amount", "1", "--to", STRANGER.address, node=None)

            def has_left():
                report = self.exits(rollup, *node)
                self.assert_even(report)
                return report if len(report["withdrawals"]) == 3 else None

            kinds = self.by_kind(eventually(has_left, 20, "the withdrawals"))
            self.assertEqual(kinds["ether"]["inFlight"]["withdrawals"], str(2 * ETHER))
            self.assertEqual(kinds["erc20"]["inFlight"]["withdrawals"], str(3 * ETHER))
            self.assertEqual(kinds["erc721"]["inFlight"]["withdrawals"], "1")
            self.assertEqual(kinds["erc20"]["stuck"], str(1 * ETHER))
            wrapped = [each for each in kinds["ether"]["holdings"] if each["isWrapped"]]
            self.assertEqual([each["amount"] for each in wrapped], [str(4 * ETHER)])
            # Whoever derives it has the same archive, and the same books by it.
            head = int(call(rollup.url("sequencer"), "eth_blockNumber"), 16)
            rollup.reaches("sequencer", head)
            rollup.stop("batcher")
            eventually(lambda: self.settled_down(rollup), 30, "an end of the batches")
            (path, made), (_, again) = self.archive(rollup, "one"), self.archive(rollup, "two")
            self.assertEqual((made["hash"], made["isLast"]), (again["hash"], False))
            self.assertGreaterEqual(made["block"]["number"], head)
            report = self.exits(rollup, "--archive", path)
            self.assertEqual((report["source"], report["archive"]), ("archive", made["hash"]))
            self.assert_even(report)
            self.assertEqual(len(report["withdrawals"]), 3)
            self.assert_pieces(rollup, report)
            text = rollup.run("exits", rollup.directory, "--l1", rollup.l1.url, "--archive", path)
            self.assertIn("L1 holds what is owed", text)
            self.assertIn("token 7: 105, of them 105 claimable, 0 paid, 0 stuck, of 3 holders", text)
            with self.assertRaisesRegex(RuntimeError, "is not the rollup's last"):
                rollup.run("claim", rollup.directory, "--l1", rollup.l1.url, "--archive", path, "--all")

        self.run_rollup(body)

    def settled_down(self, rollup):
        """Whether the sequencer's safe block stands still."""
        before = call(rollup.url("sequencer"), "eth_getBlockByNumber", "safe", False)["number"]
        time.sleep(3)
        return before == call(rollup.url("sequencer"), "eth_getBlockByNumber", "safe", False)["number"]

    # The end

    def test_everybody_gets_back_what_he_has_when_nobody_runs_the_rollup_any_more(self):
        def body(rollup):
            rollup.sequencer()
            rollup.batcher("calldata")
            _, _, minted = self.fill(rollup)
            self.l2.perform(self.l2.at("l2/MayflyERC721", minted).functions.mint(FRIEND.address))
            # What is told of already may not be in a block yet.
            head = int(call(rollup.url("sequencer"), "eth_blockNumber"), 16)
            rollup.reaches("sequencer", head + 2)
            forecast = self.by_kind(self.exits(rollup, "--node", rollup.url("sequencer")))
            for name in list(rollup.processes):
                rollup.kill(name)
            rollup.run("dissolve", rollup.directory, "--l1", rollup.l1.url, "--l1-beacon", rollup.l1.url, "--key-file",
                       rollup.path / "owner.key")
            path, made = self.archive(rollup, "last")
            self.assertTrue(made["isLast"])
            report = self.exits(rollup, "--archive", path)
            self.assert_even(report)
            self.assertEqual(report["l1"]["state"], "dissolved")
            self.claim(rollup, path, forecast, minted)

        self.run_rollup(body, more=LIFE)

    def in_order_of_address(self, *parts):
        return [call for _, calls in sorted(parts, key=lambda part: part[0].lower()) for call in calls]

    def claim(self, rollup, path, forecast, minted):
        claim = ["claim", rollup.directory, "--l1", rollup.l1.url, "--archive", path, "--key-file",
                 rollup.path / "batcher.key", "--json"]
        before = self.l1.w3.eth.get_balance(FRIEND.address)
        first = json.loads(rollup.run(*claim, "--holder", FRIEND.address))
        # Whoever sends it, the holder is paid, all that he has: once.
        self.assertEqual(self.l1.w3.eth.get_balance(FRIEND.address) - before, 3 * ETHER)
        self.assertEqual(self.token.functions.balanceOf(FRIEND.address).call(), 5 * ETHER)
        self.assertEqual(self.collection.functions.ownerOf(8).call(), FRIEND.address)
        self.assertEqual([payment["amount"] for payment in first["paid"] if payment.get("tokenId") == "7"], ["30"])
        self.assertEqual(len(first["paid"]), 6)
        # Alone, one has calls of one's own, which take less gas.
        calls = [transaction["call"] for transaction in first["transactions"]]
        self.assertEqual(calls, [
            "claimETHOf", *self.in_order_of_address(
                (self.l2_token.address, ["openToken", "claimTokensOf"]),
                (self.l2_collection.address, ["openToken", "claimItems"]),
                (minted, ["openCollection", "claimItems"]),
                (self.pieces.address, ["openCollection", "claimBalances"]))])
        twin = self.l1.at("l1/SettledERC1155", self.by_kind(self.exits(rollup, "--archive", path))["erc1155"]["l1"])
        held = lambda holder, number: twin.functions.balanceOf(holder, number).call()
        self.assertEqual((held(FRIEND.address, 7), held(FRIEND.address, 2**255)), (30, 2**128 - 1))
        self.assertEqual((held(USER.address, 7), held(NOBODY, 7)), (0, 0))
        self.assertEqual(json.loads(rollup.run(*claim, "--holder", FRIEND.address))["transactions"], [])
        self.assert_even(self.exits(rollup, "--archive", path))
        rest = json.loads(rollup.run(*claim, "--all"))
        self.assertEqual(rest["failed"], [])
        self.assertEqual(json.loads(rollup.run(*claim, "--all"))["transactions"], [])
        self.assertEqual((held(USER.address, 7), held(FRIEND.address, 7), held(NOBODY, 7)), (70, 30, 5))
        report = self.exits(rollup, "--archive", path)
        self.assert_even(report)
        for kind, asset in self.by_kind(report).items():
            self.assertEqual(asset["claimable"], "0", kind)
            # What was told before the end is what was paid.
            if kind != "ether":
                self.assertEqual((asset["paid"], asset["stuck"]), (forecast[kind]["claimable"], forecast[kind]["stuck"]))
                self.assertTrue(asset["isOpen"])
        self.assertEqual(self.by_kind(report)["erc1155"]["items"], [
            {**item, "claimable": "0", "paid": item["claimable"]} for item in self.ITEMS])
        self.assertEqual(self.token.functions.balanceOf(USER.address).call(), (1_000 - 20 + 14) * ETHER)
        with self.assertRaisesRegex(RuntimeError, "has named no resolver"):
            rollup.run(*claim, "--holder", self.l2_collection.address)

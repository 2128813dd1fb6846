"""Ether, tokens, collectibles and messages between L1 and a rollup by `mayfly bridge`, and who wants what is not his."""
import json
import unittest

from web3 import Web3
from web3.logs import DISCARD

from contracts import Chain, made_on_the_rollup
from rollup import OTHER_ROLES, USER, Rollup, RollupCase, call, eventually

ETHER = 10**18
MESSAGE_PASSER = "0x4200000000000000000000000000000000000016"


def to_wei(amount):
    return Web3.to_wei(amount, "ether")


class BridgeTest(RollupCase):
    def test_assets_and_messages_go_there_and_back_and_nobody_takes_them_twice(self):
        def body(rollup, other):
            for each in (rollup, other):
                each.sequencer()
                each.batcher("calldata")
                each.proposer()
            rollup.deposit("50")
            other.deposit("5")
            self.l1 = Chain(rollup.l1.url, USER)
            self.l2 = Chain(rollup.url("sequencer"), USER)
            withdrawals = self.move(rollup)
            self.prove(rollup, withdrawals)
            self.be_refused_elsewhere(rollup, other, withdrawals["ether"])
            self.finalize(rollup, withdrawals)

        with Rollup() as rollup, Rollup(name="other", l1=rollup.l1, accounts=OTHER_ROLES) as other:
            self.tell(rollup, lambda: self.tell(other, lambda: body(rollup, other)))

    # Both ways

    def move(self, rollup):
        """Everything goes to the rollup; what starts back from there, by name."""
        self.token, self.collection = self.l1.deploy("token", 1_000 * ETHER), self.l1.deploy("collectible")
        self.l1.perform(self.collection.functions.mint(7))
        self.counters = [chain.deploy("counter", 100) for chain in (self.l1, self.l2)]
        self.l2_token, self.l2_collection = made_on_the_rollup(self.l2, self.token, self.collection)
        token = ["--erc20", self.token.address, "--l2-token", self.l2_token.address]
        collection = ["--erc721", self.collection.address, "--l2-token", self.l2_collection.address, "--token-id", 7]
        # What belongs to no token would be lost: nothing is sent.
        wrong = ["--erc20", self.token.address, "--l2-token", self.l2_collection.address, "--amount", "1"]
        self.assert_refused("is not the contract of the token", rollup, "deposit", *wrong)
        self.assert_refused("needs the rollup's node", rollup, "deposit", *token, "--amount", "1", node=None)
        rollup.bridge("deposit", *token, "--amount", "20.5")
        rollup.bridge("deposit", *collection)
        rollup.bridge("deposit", *self.message(1, 3))
        there = {
            "tokens": lambda: self.l2_token.functions.balanceOf(USER.address).call() == to_wei("20.5"),
            "the collectible": lambda: self.l2_collection.functions.ownerOf(7).call() == USER.address,
            "the message": lambda: self.counters[1].functions.total().call() == 3,
        }
        for what, is_there in there.items():
            eventually(is_there, 10, f"{what} on the rollup")
        self.assertEqual(self.token.functions.balanceOf(USER.address).call(), to_wei("979.5"))
        withdrawals = {
            "ether": rollup.bridge("withdraw", "--amount", "2"),
            "tokens": rollup.bridge("withdraw", *token, "--amount", "8.25"),
            "collectible": rollup.bridge("withdraw", *collection),
            "message": rollup.bridge("withdraw", *self.message(0, 5)),
            # A contract that takes no ether.
            "refused": rollup.bridge("withdraw", "--amount", "1", "--to", self.token.address),
        }
        # What left the rollup is not there any more.
        eventually(
            lambda: self.l2_token.functions.balanceOf(USER.address).call() == to_wei("12.25"), 10, "the tokens being gone")
        with self.assertRaises(Exception):
            self.l2_collection.functions.ownerOf(7).call()
        return {name: withdrawal["transaction"] for name, withdrawal in withdrawals.items()}

    def message(self, chain, step):
        data = self.counters[chain].encode_abi("count", [step])
        return ["--to", self.counters[chain].address, "--data", data]

    def prove(self, rollup, withdrawals):
        for name, transaction in withdrawals.items():
            of = ["--transaction", transaction]
            self.assert_refused("is not proven by", rollup, "finalize", *of)
            rollup.bridge("prove", *of, "--wait", 120)
            self.assert_refused("is proven already", rollup, "prove", *of)
        # The last is proven just now: its time is not over.
        self.assert_refused("is not final yet", rollup, "finalize", *of)
        tx = self.withdrawal(transaction)
        portal = self.portal(rollup)
        self.assert_reverts(
            ["InvalidProofTimestamp", "ProofNotOldEnough", "InvalidRootClaim"],
            portal.functions.finalizeWithdrawalTransaction(tx))

    def finalize(self, rollup, withdrawals):
        before = self.l1.w3.eth.get_balance(USER.address)
        for name, transaction in withdrawals.items():
            finalize = ["finalize", "--transaction", transaction, "--wait", 120]
            if name == "refused":
                self.assert_refused("relay it again", rollup, *finalize)
            else:
                rollup.bridge(*finalize)
        gained = self.l1.w3.eth.get_balance(USER.address) - before
        self.assertTrue(1.9 * ETHER < gained <= 2 * ETHER, gained)
        self.assertEqual(self.token.functions.balanceOf(USER.address).call(), to_wei("987.75"))
        self.assertEqual(self.collection.functions.ownerOf(7).call(), USER.address)
        self.assertEqual(self.counters[0].functions.total().call(), 5)
        portal = self.portal(rollup)
        for transaction in withdrawals.values():
            self.assert_refused("is finalised already", rollup, "finalize", "--transaction", transaction)
            self.assert_refused("is finalised already", rollup, "prove", "--transaction", transaction)
            self.assert_reverts(
                ["AlreadyFinalized"], portal.functions.finalizeWithdrawalTransaction(self.withdrawal(transaction)))
            self.assertEqual(
                rollup.bridge("status", "--transaction", transaction), {"stage": "finalized"})

    # Attacks

    def be_refused_elsewhere(self, rollup, other, transaction):
        """Another rollup's contracts pay nothing for what was withdrawn here."""
        of = ["--transaction", transaction]
        # The other rollup, and this one's node.
        other.ports["stranger"] = rollup.ports["sequencer"]
        self.assert_refused("chain id", other, "prove", *of, node="stranger")
        # This rollup with the other's contracts on L1.
        forged = json.loads((rollup.directory / "rollup.json").read_text())
        genuine = json.loads((other.directory / "rollup.json").read_text())
        for key in ("deposit_contract_address", "l1_system_config_address"):
            forged[key] = genuine[key]
        (rollup.path / "forged.json").write_text(json.dumps(forged))
        needs = int(call(rollup.url("sequencer"), "eth_getTransactionReceipt", transaction)["blockNumber"], 16)
        games = self.l1.at("l1/DisputeGameFactory", other.launched["addresses"]["disputeGameFactory"])
        eventually(lambda: self.newest_game(games)[1] >= needs, 60, "a proposal of the other rollup")
        asked = [
            "--l1", rollup.l1.url, "--node", rollup.url("sequencer"), "--key-file", rollup.path / "user.key", *of]
        with self.assertRaisesRegex(RuntimeError, "is not what the rollup's node has"):
            rollup.run("bridge", "prove", "--rollup", rollup.path / "forged.json", *asked)
        # And with no program between: a proof that is true here against an output there.
        own_games = self.l1.at("l1/DisputeGameFactory", rollup.launched["addresses"]["disputeGameFactory"])
        eventually(lambda: self.newest_game(own_games)[1] >= needs, 60, "a proposal")
        own_index, number = self.newest_game(own_games)
        index, _ = self.newest_game(games)
        output, proof = self.proof(rollup, transaction, number)
        tx = self.withdrawal(transaction)
        self.assert_reverts(
            ["InvalidOutputRootProof"],
            self.portal(other).functions.proveWithdrawalTransaction(tx, index, output, proof))
        own = self.portal(rollup).functions.proveWithdrawalTransaction
        forged_output = (output[0], output[1], b"\1" * 32, output[3])
        self.assert_reverts(["InvalidOutputRootProof"], own(tx, own_index, forged_output, proof))
        richer = (*tx[:3], 40 * ETHER, *tx[4:])
        self.assert_reverts(["InvalidMerkleProof", "MerkleTrie"], own(richer, own_index, output, proof))

    def newest_game(self, games):
        """The index of the newest proposal that can be proven against, and its block of the rollup: the portal takes none
        that was made in the very block in which the call runs."""
        now = self.l1.w3.eth.get_block("latest")["timestamp"]
        for index in reversed(range(games.functions.gameCount().call())):
            _, made, game = games.functions.gameAtIndex(index).call()
            if made < now:
                return index, self.l1.at("l1/BondedProposal", game).functions.l2SequenceNumber().call()
        return None, 0

    def portal(self, rollup):
        return self.l1.at("l1/OptimismPortal", rollup.launched["addresses"]["portal"])

    def withdrawal(self, transaction):
        """The withdrawal of a transaction as the portal takes it."""
        passer = self.l2.at("l2/L2ToL1MessagePasser", MESSAGE_PASSER)
        receipt = self.l2.w3.eth.get_transaction_receipt(transaction)
        [event] = passer.events.MessagePassed().process_receipt(receipt, errors=DISCARD)
        names = ("nonce", "sender", "target", "value", "gasLimit", "data")
        return tuple(event["args"][name] for name in names)

    def proof(self, rollup, transaction, number):
        """The output of a block, and the proof that it holds a withdrawal."""
        url = rollup.url("sequencer")
        receipt = self.l2.w3.eth.get_transaction_receipt(transaction)
        passer = self.l2.at("l2/L2ToL1MessagePasser", MESSAGE_PASSER)
        [event] = passer.events.MessagePassed().process_receipt(receipt, errors=DISCARD)
        slot = Web3.to_hex(Web3.keccak(event["args"]["withdrawalHash"] + bytes(32)))
        nodes = call(url, "eth_getProof", MESSAGE_PASSER, [slot], hex(number))["storageProof"][0]["proof"]
        output = call(url, "optimism_outputAtBlock", hex(number))
        fields = (
            bytes(32), *(bytes.fromhex(part[2:]) for part in (
                output["stateRoot"], output["withdrawalStorageRoot"], output["blockRef"]["hash"])))
        return fields, [bytes.fromhex(node[2:]) for node in nodes]

    # Refusals

    def assert_refused(self, words, rollup, what, *arguments, **options):
        """The command fails and says why."""
        with self.assertRaisesRegex(RuntimeError, words):
            rollup.bridge(what, *arguments, **options)

    def assert_reverts(self, names, call):
        """The contract refuses for one of these reasons."""
        errors = {
            Web3.to_hex(Web3.keccak(text=f"OptimismPortal_{name}()")[:4]): name
            for name in ("AlreadyFinalized", "InvalidMerkleProof", "InvalidOutputRootProof", "InvalidProofTimestamp",
                         "InvalidRootClaim", "ProofNotOldEnough", "Unproven")}
        try:
            call.call({"from": USER.address})
        except Exception as error:
            said = f"{getattr(error, 'data', '')} {error}"
            reason = next((name for code, name in errors.items() if code in said), said)
            self.assertTrue(any(name in reason for name in names), reason)
        else:
            self.fail(f"{call} is not refused")



if __name__ == "__main__":
    unittest.main()

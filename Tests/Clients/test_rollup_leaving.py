"""Withdrawals that were begun before a rollup's end and are finished after it, with its archive and L1 alone."""
import json
import subprocess

from eth_utils import keccak, to_checksum_address

from contracts import Chain
from node import MAYFLY, WITH_PARENT
from rollup import ACCOUNTS, USER, RollupCase, eventually

ETHER = 10**18
FRIEND, STRANGER = ACCOUNTS[5], ACCOUNTS[6]
PASSER = "0x4200000000000000000000000000000000000016"


class LeavingTest(RollupCase):
    def withdrawals(self, *arguments, fails=None):
        """What the command says of withdrawals; a stranger sends what is to be sent."""
        done = subprocess.run(
            [*WITH_PARENT, MAYFLY, "withdrawals", *map(str, (
                self.rollup.directory, "--l1", self.rollup.l1.url, "--archive", self.archive, "--key-file",
                self.rollup.path / "stranger.key", "--json", *arguments))], capture_output=True, text=True, timeout=180)
        if fails:
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertRegex(done.stderr, fails)
        else:
            self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["withdrawals"] if done.stdout else None

    def states(self, found):
        return {int(each["wei"]): each["state"] for each in found}

    def reverts(self, error, function, account):
        """A call of the portal by this account is refused with this reason."""
        try:
            function.call({"from": account.address, "gas": 3_000_000})
        except Exception as failure:
            said = f"{getattr(failure, 'data', '')} {failure}"
            self.assertIn(keccak(text=error)[:4].hex(), said)
        else:
            self.fail(f"{error} did not come")

    def fields(self, found):
        it = found["transaction"]
        return (int(it["nonce"]), to_checksum_address(it["sender"]), to_checksum_address(it["target"]), int(it["value"]),
                int(it["gasLimit"]), it["data"])

    def test_what_was_begun_before_the_end_is_finished_after_it_and_paid_once(self):
        self.run_rollup(self.leave, more="lifetime: {duration: 2h, drain-blocks: 4}")

    def leave(self, rollup):
        self.rollup, self.archive = rollup, rollup.path / "last"
        rollup.sequencer()
        rollup.batcher("calldata")
        rollup.proposer(interval=3)
        rollup.deposit("20")
        key = rollup.path / "stranger.key"
        key.touch(mode=0o600)
        key.write_text(STRANGER.key.hex().removeprefix("0x"))
        # One whose call asks for more gas than a block of L1 has is finished like the others, and holds up none.
        passer = Chain(rollup.url("sequencer"), USER).at("l2/L2ToL1MessagePasser", PASSER).functions
        Chain(rollup.url("sequencer"), USER).perform(passer.initiateWithdrawal(ACCOUNTS[7].address, 2**40, b""))
        # One paid before the end, one proven, one not proven, and one that is a friend's.
        paid = rollup.bridge("withdraw", "--amount", "1")
        rollup.bridge("prove", "--transaction", paid["transaction"], "--wait", "60")
        proven = rollup.bridge("withdraw", "--amount", "2")
        rollup.bridge("prove", "--transaction", proven["transaction"], "--wait", "60")
        rollup.bridge("finalize", "--transaction", paid["transaction"], "--wait", "60")
        rollup.bridge("withdraw", "--amount", "3")
        last = rollup.bridge("withdraw", "--amount", "4", "--to", FRIEND.address)
        rollup.reaches("sequencer", last["l2Block"])
        for name in list(rollup.processes):
            rollup.kill(name)
        files = [rollup.directory, "--l1", rollup.l1.url, "--l1-beacon", rollup.l1.url]
        early = rollup.path / "early"
        rollup.run("derive", *rollup.files, "--l1", rollup.l1.url, "--l1-beacon", rollup.l1.url, "--archive", early)
        self.archive = early
        self.withdrawals("--all", fails="is not the rollup's last")
        rollup.run("dissolve", *files, "--key-file", rollup.path / "owner.key")
        self.archive = rollup.path / "last"
        rollup.run("derive", *rollup.files, "--l1", rollup.l1.url, "--l1-beacon", rollup.l1.url, "--archive", self.archive)
        self.finish(rollup)

    def finish(self, rollup):
        l1 = Chain(rollup.l1.url, STRANGER)
        portal = l1.at("l1/OptimismPortal", rollup.launched["addresses"]["portal"]).functions
        mine, theirs = self.withdrawals("--holder", USER.address), self.withdrawals("--holder", FRIEND.address)
        states = self.states(mine)
        # The friend's is of the user too, who began it.
        self.assertEqual(set(states), {0, 1 * ETHER, 2 * ETHER, 3 * ETHER, 4 * ETHER})
        self.assertEqual((states[1 * ETHER], states[3 * ETHER], states[4 * ETHER]), ("paid", "unproven", "unproven"))
        self.assertIn(states[2 * ETHER], ("finalizable", "unproven"))
        self.assertEqual(self.states(theirs), {4 * ETHER: "unproven"})
        self.assertEqual(self.withdrawals("--holder", STRANGER.address), [])
        # What was paid is not paid again, and what is not proven is not paid.
        by_amount = {int(each["wei"]): each for each in mine}
        finalize = portal.finalizeWithdrawalTransactionExternalProof
        self.reverts("OptimismPortal_AlreadyFinalized()",
                     finalize(self.fields(by_amount[1 * ETHER]), USER.address), STRANGER)
        self.reverts("OptimismPortal_Unproven()", finalize(self.fields(theirs[0]), STRANGER.address), STRANGER)
        # What is withdrawn is in nobody's claim, neither the account's nor the message passer's.
        balance = l1.w3.eth.get_balance
        before = {account.address: balance(account.address) for account in (USER, FRIEND)}
        claim = ["claim", rollup.directory, "--l1", rollup.l1.url, "--archive", self.archive, "--key-file",
                 rollup.path / "stranger.key", "--json"]
        claimed = json.loads(rollup.run(*claim, "--all"))["paid"]
        users = [int(each["amount"]) for each in claimed if each["holder"] == USER.address.lower()]
        self.assertEqual(len(users), 1)
        self.assertLess(users[0], 10 * ETHER)
        self.assertNotIn(PASSER, [each["holder"] for each in claimed])
        self.assertEqual(json.loads(rollup.run(*claim, "--holder", PASSER))["transactions"], [])
        # The proof comes first, and then the time; another's proof changes nothing of who gets it.
        said = self.withdrawals("--holder", FRIEND.address, "--finish", fails="not final yet|too early")
        if said:
            self.assertEqual(self.states(said), {4 * ETHER: "proven"})
        self.reverts("OptimismPortal_ProofNotOldEnough()", finalize(self.fields(theirs[0]), STRANGER.address), STRANGER)
        forged = list(self.fields(theirs[0]))
        forged[3] += ETHER
        self.reverts("OptimismPortal_Unproven()", finalize(tuple(forged), STRANGER.address), STRANGER)
        done = self.withdrawals("--all", "--finish", "--wait", 60)
        self.assertEqual([each["state"] for each in done], ["paid"] * 5)
        self.assertEqual(balance(FRIEND.address) - before[FRIEND.address], 4 * ETHER)
        self.assertEqual(balance(USER.address) - before[USER.address], users[0] + 5 * ETHER)
        # Once more, by either way, is nothing, although the portal has the ether for it.
        l1.perform(portal.donateETH(), value=10 * ETHER)
        for found in done:
            self.reverts("OptimismPortal_AlreadyFinalized()", finalize(self.fields(found), STRANGER.address), STRANGER)
        self.assertEqual(json.loads(rollup.run(*claim, "--all"))["transactions"], [])
        self.withdrawals("--all", "--finish")
        self.assertEqual(balance(USER.address) - before[USER.address], users[0] + 5 * ETHER)
        report = json.loads(rollup.run(
            "exits", rollup.directory, "--l1", rollup.l1.url, "--archive", self.archive, "--json"))
        [ether] = [asset for asset in report["assets"] if asset["kind"] == "ether"]
        self.assertEqual((ether["difference"], ether["inFlight"]["withdrawals"]), (str(10 * ETHER), "0"))

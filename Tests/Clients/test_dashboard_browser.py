"""The dashboard in a real browser: a rollup is launched with the keyboard, looked at and followed; no page has a barrier."""
import contextlib
import datetime
import json
import subprocess
import time
import unittest

from eth_account import Account

from browser import Browser, BrowserCase, expect, needs_browser
from contracts import Chain, made_on_the_rollup
from node import MAYFLY, WITH_PARENT
from platform_up import Up
from rollup import ACCOUNTS, call, eventually
from wallet import Wallet

ETHER = 10**18


@needs_browser
class Pages(BrowserCase):
    @classmethod
    def setUpClass(cls):
        cls.up = cls.enterClassContext(Up())
        cls.url = cls.up.url
        cls.browser = cls.enterClassContext(Browser())

    def test_1_a_rollup_is_launched_with_the_keyboard(self):
        page = self.open("/")
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.className"), "skip")
        self.tab_to(page, "a[href='/launch']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/launch")
        self.tab_to(page, "#name")
        page.keyboard.type("arcade")
        # Of each choice the one that is not there already, with the arrows.
        self.tab_to(page, "[name=template]")
        page.keyboard.press("ArrowDown")
        self.tab_to(page, "[name=execution]")
        self.tab_to(page, "[name=data]")
        page.keyboard.press("ArrowDown")
        self.tab_to(page, "[name=security]")
        self.tab_to(page, "[name=life]")
        page.keyboard.press("ArrowDown")
        self.tab_to(page, "#duration")
        page.keyboard.press("Control+A")
        page.keyboard.type("3")
        chosen = page.evaluate("[...document.querySelectorAll(':checked')].map((one) => one.value)")
        self.assertEqual(chosen, ["mint", "evm", "calldata", "optimistic", "ephemeral", "hours"])
        self.keep(page, "filled")
        self.tab_to(page, "button[type=submit]")
        page.keyboard.press("Enter")
        # The steps come by themselves.
        page.wait_for_url("**/jobs/*")
        self.assertGreaterEqual(page.locator("ol.steps li").count(), 5)
        page.get_by_text("Open arcade").wait_for()
        self.assertEqual(page.locator("ol.steps li:not(.done)").count(), 0)
        self.keep(page, "done")
        found = self.up.rollup("arcade")
        self.assertEqual(found["state"], "active")
        self.assertEqual((found["layers"]["dataAvailability"], found["layers"]["execution"]), ("calldata", "evm"))
        self.assertAlmostEqual(datetime.datetime.fromisoformat(found["endsAt"]).timestamp() - time.time(), 3 * 3600, delta=300)
        self.tab_to(page, "a.button[href='/rollups/arcade']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/rollups/arcade")
        page.get_by_role("heading", name="arcade", level=1).wait_for()

    def test_2_what_is_refused_is_said_at_its_field(self):
        page = self.open("/launch")
        page.locator("#name").fill("arcade")
        page.locator("input[value=ephemeral]").check()
        page.get_by_role("button", name="Launch").click()
        page.get_by_role("alert").wait_for()
        self.assertEqual(page.locator("#name").get_attribute("aria-invalid"), "true")
        self.assertEqual(page.locator("#name").input_value(), "arcade")
        page.complaints.clear()  # The browser tells of the status 409.

    def test_3_a_page_follows_its_rollup(self):
        node = self.up.rollup("arcade")["rpcUrl"]
        page = self.open("/rollups/arcade/blocks")
        newest = "[role=rowheader] a"
        first = int(page.locator(newest).first.inner_text().replace(",", ""))
        eventually(lambda: int(call(node, "eth_blockNumber"), 16) > first + 1, 20, "two blocks")
        page.reload()
        self.assertGreater(int(page.locator(newest).first.inner_text().replace(",", "")), first)
        page.locator(newest).first.click()
        page.get_by_role("heading", name="Block").first.wait_for()
        page.locator("input[type=search], input[name=q]").first.fill("1")
        page.keyboard.press("Enter")
        page.wait_for_url("**/rollups/arcade/blocks/1")

    def test_4_no_page_has_a_barrier(self):
        node = self.up.rollup("arcade")["rpcUrl"]
        first = call(node, "eth_getBlockByNumber", "0x1", True)["transactions"][0]
        here = "/rollups/arcade"
        for address, role in [(ACCOUNTS[4].address, "administrator"), (ACCOUNTS[5].address, "viewer")]:
            self.assertEqual(self.up.ask("POST", "/members", {"address": address, "role": role})[0], 201)
        self.assertEqual(self.up.ask("POST", "/keys", {"name": "CI", "role": "viewer"})[0], 201)
        self.assert_no_barriers([
            "/", "/launch", here, here + "/dissolve", here + "/blocks", here + "/blocks/1",
            f"{here}/transactions/{first['hash']}", f"{here}/accounts/{first['to']}", here + "/search?q=fish",
            f"{here}/bridge?asset=ether&amount=1.5&recipient={first['to']}", here + "/bridge/withdraw",
            f"{here}/claims?holder={first['to']}", "/operators", "/governance", "/billing", "/members", "/keys",
            "/organisations", "/sign-in"])

    def test_5_a_layer_is_swapped_and_a_rollup_put_to_sleep(self):
        page = self.open("/rollups/arcade")
        page.get_by_label("Swap Data for").select_option("blobs")
        page.get_by_role("button", name="Swap").click()
        page.get_by_text("Its data go to blobs").wait_for()
        self.assertEqual(self.up.rollup("arcade")["layers"]["dataAvailability"], "blobs")
        # What the rollup does has to be on L1 first.
        page.get_by_role("button", name="Put to sleep").click(timeout=30_000)
        page.locator(".badge", has_text="idle").wait_for()
        self.keep(page, "asleep")
        page.get_by_role("button", name="Wake").click()
        page.locator(".badge", has_text="active").wait_for()

    def test_6_somebody_signs_in_and_turns_to_another_organisation(self):
        user = ACCOUNTS[6]
        self.up.ask("POST", "/members", {"address": user.address, "role": "administrator"})
        page = self.browser.page(self.url)
        self.pages.append(page)
        self.addCleanup(lambda: self.assertEqual(page.complaints, []))
        Wallet(user, {}, 1).inject(page)
        page.goto("/sign-in?next=/organisations")
        page.get_by_role("button", name="Sign in with Ethereum").click()
        page.wait_for_url("**/organisations")
        self.keep(page, "signed-in")
        page.get_by_role("button", name="Act for it (local)").click()
        page.get_by_role("link", name="arcade").wait_for()
        # A key by the keyboard alone: it is told once.
        page.goto("/keys")
        self.tab_to(page, "#name")
        page.keyboard.type("shell")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="The key shell is made").wait_for()
        secret = page.locator("#secret").inner_text()
        self.keep(page, "made")
        self.assertEqual(self.up.ask("GET", "/rollups", Authorization=f"Bearer {secret}")[0], 200)
        page.goto("/keys")
        self.assertNotIn(secret, page.content())
        self.tab_to(page, "tr:last-child summary")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Revoke for ever (shell)").click()
        page.get_by_text("revoked").wait_for()
        self.assertEqual(self.up.ask("GET", "/rollups", Authorization=f"Bearer {secret}")[0], 401)
        # Members: one comes, becomes more, and goes.
        page.get_by_role("link", name="Members").click()
        address = ACCOUNTS[7].address
        page.get_by_role("textbox", name="Account").fill(address)
        page.get_by_role("button", name="Add").click()
        role = page.get_by_label(f"Role of {address.lower()}")
        expect(role).to_have_value("viewer")
        role.select_option("operator")
        page.get_by_role("button", name=f"Change the role of {address.lower()}").click()
        page.wait_for_load_state()
        expect(role).to_have_value("operator")
        self.keep(page, "changed")
        page.locator("summary", has_text=address.lower()).click()
        page.get_by_role("button", name=f"Remove now ({address.lower()})").click()
        role.wait_for(state="detached")


@needs_browser
class Life(BrowserCase):
    """An ephemeral rollup from its launch to the last claim, all of it through pages with a wallet in them."""

    @classmethod
    def setUpClass(cls):
        cls.up = cls.enterClassContext(Up())
        cls.url = cls.up.url
        cls.browser = cls.enterClassContext(Browser())

    def balance(self, url, account):
        return int(call(url, "eth_getBalance", account, "latest"), 16)

    def passes(self, seconds):
        """Lets time pass on the embedded L1."""
        call(self.up.l1, "evm_increaseTime", seconds)
        call(self.up.l1, "evm_mine")

    def ends(self):
        """Whether it is dissolved; lets time pass while its last output is to become final."""
        if self.up.state("fair") == "settling":
            self.passes(15)
            time.sleep(1)
        return self.up.state("fair") == "dissolved"

    def owed(self, account):
        """What the archive says that an account has, in wei of ether."""
        directory = self.up.data / "platform/retired/fair"
        report = json.loads(self.up.mayfly(
            "exits", "--rollup", directory / "rollup.json", "--l1", self.up.l1, "--archive", directory / "state.archive",
            "--json").stdout)
        return sum(
            int(holding["amount"]) for asset in report["assets"] if asset["kind"] == "ether"
            for holding in asset["holdings"] if holding["holder"] == account.lower())

    def fill_tokens(self, page, amount, recipient, tokens):
        page.get_by_label("Asset").select_option("token")
        page.get_by_text("For a token (ERC-20)").click()
        page.get_by_role("textbox", name="Amount").fill(amount)
        page.get_by_role("textbox", name="Recipient").fill(recipient)
        for place, token in zip(["token", "remote"], tokens):
            page.locator(f"#{place}").fill(token.address)
        page.get_by_role("button", name="Prepare").click()

    def move_tokens(self, page, node, user):
        """Brings tokens to the rollup and some of them on their way back; the withdrawal's page, and a function that tells what
        the recipient has on L1."""
        l1, l2 = Chain(self.up.l1, user), Chain(node, user)
        token = l1.deploy("token", 1_000 * ETHER)
        [there] = made_on_the_rollup(l2, token)
        # Somebody else's contract is told apart from the token's before anything is approved.
        page.goto("/rollups/fair/bridge")
        self.fill_tokens(page, "20.5", user.address, [token, token])
        page.get_by_text("It is not what this rollup's factory has made").wait_for()
        page.complaints.clear()  # The browser tells of the status 422.
        page.locator("#remote").fill(there.address)
        page.get_by_role("button", name="Prepare").click()
        # The deposit takes what the approval has allowed.
        page.get_by_role("button", name="Approve 20.5 TRY").click()
        page.get_by_text("Done, in block").wait_for()
        self.keep(page, "approved")
        page.get_by_role("button", name="Deposit 20.5 TRY").click()
        page.wait_for_url("**/deposits/0x*")
        page.get_by_role("link", name="See it on fair").wait_for()
        eventually(lambda: there.functions.balanceOf(user.address).call() == 205 * ETHER // 10, 10, "the tokens on the rollup")
        recipient = Account.create().address
        page.goto("/rollups/fair/bridge/withdraw")
        self.fill_tokens(page, "8.25", recipient, [token, there])
        page.get_by_role("button", name="Withdraw 8.25 TRY").click()
        page.wait_for_url("**/withdrawals/0x*")
        page.locator("li.running", has_text="Propose").wait_for()
        self.keep(page, "tokens")
        return page.url, lambda: token.functions.balanceOf(recipient).call()

    @contextlib.contextmanager
    def proposing(self):
        """Somebody else proposes outputs: the platform does so every five minutes, and anybody may."""
        key = self.up.data / "proposer.key"
        key.touch(0o600)
        key.write_text(ACCOUNTS[5].key.to_0x_hex())
        process = subprocess.Popen(
            [*WITH_PARENT, MAYFLY, "proposer", "--rollup", self.up.data / "platform/rollups/fair/rollup.json", "--l1", self.up.l1,
             "--node", self.up.rollup("fair")["rpcUrl"], "--key-file", key, "--interval", "5", "--depth", "safe"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.kill()
            process.wait()

    def finalize(self, page):
        """Brings the withdrawal of the page to its end, while the rollup goes on."""
        with self.proposing():
            page.get_by_role("button", name="Prove").click(timeout=60_000)
        page.locator("li.running", has_text="Wait").wait_for()
        self.passes(70)
        finalize = page.get_by_role("button", name="Finalize")
        finalize.wait_for(timeout=60_000)
        self.keep(page, "finalizable")
        finalize.click()
        page.locator(".badge.good", has_text="finalized").wait_for()
        self.keep(page, "finalized")

    def test_from_launch_to_claim(self):
        l1, user = self.up.l1, ACCOUNTS[3]
        page = self.browser.page(self.url)
        self.pages.append(page)
        self.addCleanup(lambda: self.assertEqual(page.complaints, []))
        wallet = Wallet(user, {}, 1)
        wallet.inject(page)
        # Launched with three choices.
        page.goto("/launch")
        page.get_by_role("textbox", name="Name").fill("fair")
        for choice in ["mint", "evm", "calldata", "optimistic", "ephemeral"]:
            page.locator(f"input[value={choice}]").check()
        page.get_by_role("button", name="Launch").click()
        page.get_by_text("Open fair").click()
        page.get_by_role("heading", name="fair", level=1).wait_for()
        node = self.up.rollup("fair")["rpcUrl"]

        # Deposited: the wallet learns of the L1, and the page follows until the rollup has it.
        page.get_by_role("link", name="Bridge").click()
        page.get_by_role("textbox", name="Amount").fill("5")
        page.get_by_role("button", name="Take the wallet's address").click()
        expect(page.get_by_role("textbox", name="Recipient")).to_have_value(user.address)
        page.get_by_role("button", name="Prepare").click()
        deposit = page.get_by_role("button", name="Deposit 5 ETH")
        deposit.wait_for()
        self.keep(page, "deposit")
        wallet.refuses = True
        deposit.click()
        page.get_by_text("Refused in the wallet. Nothing was sent.").wait_for()
        self.assertEqual(wallet.sent, [])
        wallet.refuses = False
        deposit.click()
        page.wait_for_url("**/deposits/0x*")
        self.assertIn("wallet_addEthereumChain", wallet.asked)
        page.get_by_role("link", name="See it on fair").wait_for()
        self.keep(page, "deposited")
        # It is told of while its block is open still.
        eventually(lambda: self.balance(node, user.address) == 5 * ETHER, 10, "the deposit in a block")

        # Watched until it is final.
        page.get_by_role("link", name="See it on fair").click()
        page.get_by_role("heading", name="Transaction").wait_for()
        page.locator("#state .badge", has_text="final").wait_for()
        self.keep(page, "final")

        # Withdrawn: what comes next waits for a proposal on L1.
        page.get_by_role("link", name="Bridge").click()
        page.get_by_role("link", name="Withdraw", exact=True).click()
        page.get_by_role("textbox", name="Amount").fill("1.5")
        page.get_by_role("textbox", name="Recipient").fill(Account.create().address)
        page.get_by_role("button", name="Prepare").click()
        page.get_by_role("button", name="Withdraw 1.5 ETH").click()
        page.wait_for_url("**/withdrawals/0x*")
        self.assertEqual(wallet.current, self.up.rollup("fair")["chainId"])
        withdrawal = page.url
        page.get_by_text("1.5 ETH").first.wait_for()
        page.locator("li.running", has_text="Propose").wait_for()

        # Tokens go there and all the way back.
        tokens, arrived = self.move_tokens(page, node, user)
        page.goto(tokens)
        self.assertEqual(arrived(), 0)
        page.get_by_text(f"{825 * ETHER // 100} units of 0x").wait_for()
        self.finalize(page)
        self.assertEqual(arrived(), 825 * ETHER // 100)

        # What could be claimed if it ended now.
        eventually(lambda: self.balance(node, user.address) < 4 * ETHER, 10, "the withdrawal in a block")
        page.goto(f"/rollups/fair/claims?holder={user.address}")
        page.get_by_text("what is claimed goes to its recipient").wait_for(state="detached")
        self.assertIn("3.4", page.locator(".claims").inner_text())

        # Dissolved, with its name.
        page.get_by_role("link", name="Overview").click()
        page.get_by_role("link", name="Dissolve").click()
        page.get_by_role("textbox").fill("another")
        page.get_by_role("button", name="Dissolve").click()
        page.get_by_text("Type the rollup's name to confirm.").first.wait_for()
        page.complaints.clear()  # The browser tells of the status 422.
        page.get_by_role("textbox").fill("fair")
        page.get_by_role("button", name="Dissolve").click()
        page.get_by_role("heading", name="fair", level=1).wait_for()
        # The page says so by itself.
        self.up.becomes("fair", "settling", 90)
        page.locator(".badge", has_text="settling").wait_for()

        # The last state is proposed, and with it the withdrawal can be proven; the page shows the button when it is so.
        page.goto(withdrawal)
        page.get_by_role("button", name="Prove").click(timeout=60_000)
        page.locator("li.running", has_text="Wait").wait_for()
        self.keep(page, "proven")
        page.goto("/rollups/fair")
        eventually(self.ends, 120, "the end")
        page.locator(".badge", has_text="dissolved").wait_for()

        # Claimed.
        page.get_by_role("link", name="Claims", exact=True).click()
        page.get_by_role("textbox", name="Holder").fill(user.address)
        page.get_by_role("button", name="Look up").click()
        claim = page.get_by_role("button", name="Claim ether")
        claim.wait_for()
        self.keep(page, "claimable")
        before, owed = self.balance(l1, user.address), self.owed(user.address)
        claim.click()
        page.locator(".badge", has_text="paid").wait_for()
        self.keep(page, "claimed")
        self.assertGreater(owed, 3 * ETHER)
        paid = self.balance(l1, user.address) - before
        self.assertLess(paid, owed)
        self.assertGreater(paid, owed - ETHER // 100)
        self.assertEqual(page.get_by_role("button", name="Claim ether").count(), 0)


if __name__ == "__main__":
    unittest.main()

"""The dashboard in a real browser: a rollup is launched with the keyboard, looked at and followed; no page has a barrier."""
import datetime
import time
import unittest

from browser import Browser, BrowserCase, needs_browser
from platform_up import Up
from rollup import call, eventually


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
        page.get_by_label("Ephemeral").check()
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
        self.assert_no_barriers([
            "/", "/launch", here, here + "/dissolve", here + "/blocks", here + "/blocks/1",
            f"{here}/transactions/{first['hash']}", f"{here}/accounts/{first['to']}", here + "/search?q=fish",
            "/operators", "/governance", "/billing"])


if __name__ == "__main__":
    unittest.main()

"""A real browser for the tests of this folder: Chromium, driven by Playwright, with what it complains about kept."""
import os
import pathlib
import shutil
import unittest

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect, sync_playwright
except ImportError:
    expect = sync_playwright = None

CHROMIUM = os.environ.get("MAYFLY_CHROMIUM") or shutil.which("chromium")
MISSING = (
    "Playwright is missing (run scripts/setup test)" if sync_playwright is None
    else "chromium is missing (run scripts/setup test, or name one in MAYFLY_CHROMIUM)" if CHROMIUM is None
    else None)

# How a page is looked at.
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
}

# Tells of what the content security policy has stopped.
WATCH = """
window.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} stops ${event.blockedURI}`));
"""


def needs_browser(case):
    """Skips a test where there is no browser; CI has one."""
    if MISSING and os.environ.get("CI") != "true":
        return unittest.skip(MISSING)(case)
    return case


class Browser:
    """A browser that is closed in the end. It keeps its profile in a temporary folder."""

    def __enter__(self):
        if MISSING:
            raise RuntimeError(MISSING)
        self.playwright = sync_playwright().start()
        try:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            self.chromium = self.playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        except BaseException:
            self.playwright.stop()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.chromium.close()
        finally:
            self.playwright.stop()

    def page(self, url, look="light", **settings):
        """A page of a profile of its own, which keeps its complaints in `complaints`."""
        context = self.chromium.new_context(base_url=url, **LOOKS[look] | settings)
        context.set_default_timeout(30_000)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page


class BrowserCase(unittest.TestCase):
    """Looks at pages of `self.url` with `self.browser`."""

    def setUp(self):
        self.pages = []

    def tearDown(self):
        failed = self._outcome.result.failures + self._outcome.result.errors
        for page in self.pages:
            if any(case is self for case, _ in failed):
                print(f"--- {page.url}\n{page.locator('body').inner_text()[:4000]}\n--- complaints: {page.complaints}")
            page.context.close()

    def open(self, path="/", look="light", **settings):
        """A page that has to have no complaints in the end."""
        page = self.browser.page(self.url, look, **settings)
        self.pages.append(page)
        self.addCleanup(lambda: self.assertEqual(page.complaints, []))
        self.assertEqual(page.goto(path).status, 200, path)
        return page

    def assert_no_barriers(self, paths, looks=LOOKS):
        """Axe finds nothing on these pages, and none of them is wider than its window."""
        for look in looks:
            page = self.open(paths[0], look)
            for path in paths:
                with self.subTest(look=look, path=path):
                    page.goto(path)
                    found = Axe().run(page)
                    self.assertEqual(found.violations_count, 0, found.generate_report())
                    self.keep(page, look)
                    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    self.assertLessEqual(over, 0, "wider than the window")

    def keep(self, page, name):
        """Keeps a picture for who wants to look: in the folder that MAYFLY_PICTURES names."""
        if folder := os.environ.get("MAYFLY_PICTURES"):
            path = page.url.removeprefix(self.url).split("?")[0].strip("/").replace("/", "_") or "rollups"
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=pathlib.Path(folder, f"{path[:60]}-{name}.png"), full_page=True)

    # Keyboard

    def tab_to(self, page, selector, most=80):
        """Goes on with Tab until this has the focus, which has to be seen."""
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                seen = page.evaluate("""() => {
                    const shown = (one) => one && getComputedStyle(one).outlineStyle !== "none";
                    return shown(document.activeElement) || shown(document.activeElement.closest("label"));
                }""")
                self.assertTrue(seen, f"the focus on {selector} is not seen")
                return
        self.fail(f"{selector} is not reached with Tab")

"""What a shell, a terminal and `man` get from `mayfly`."""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

import metrics_list
from node import MAYFLY
from platform_up import Up
from rollup import call, eventually

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, *arguments, columns=100, rows=30, environment={}):
        self.text = b""
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.environ.update({"TERM": "xterm", **environment})
            os.execv(MAYFLY, ["mayfly", *map(str, arguments)])
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(self, text, seconds=60):
        """Reads until `text` was shown; with None, until the command ends."""
        end = time.monotonic() + seconds
        while text is None or text not in self.text.decode(errors="replace"):
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} was not shown within {seconds} s: {self.text[-2000:]!r}")
            if not select.select([self.file], [], [], 0.1)[0]:
                continue
            try:
                part = os.read(self.file, 1 << 16)
            except OSError:
                part = b""
            if not part:
                if text is None:
                    break
                raise AssertionError(f"it ended before {text!r}: {self.text[-2000:]!r}")
            self.text += part
        return self.text.decode(errors="replace")

    def wait(self):
        """What it has shown, and its exit code."""
        shown = self.read_until(None)
        code = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        os.close(self.file)
        return shown, code


def rendered(shown):
    """The lines that are left on a terminal: a line that is taken back is gone."""
    lines = []
    for line in shown.replace("\r\n", "\n").split("\n"):
        lines.append(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line.split("\x1b[2K")[-1].split("\r")[-1]))
    return lines


class Scripts(unittest.TestCase):
    """What needs no platform."""

    def run_it(self, *arguments, code=0, **environment):
        done = subprocess.run(
            [MAYFLY, *arguments], capture_output=True, text=True, timeout=60, env=os.environ | environment)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def test_completions_are_scripts_of_their_shells(self):
        for shell in ["bash", "zsh", "fish"]:
            script = self.run_it("completions", shell)
            for word in ["launch", "dissolve", "block-time", "estimate"]:
                self.assertIn(word, script)
            if shutil.which(shell):
                done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""), shell)
        self.assertIn("bash, zsh", self.run_it("completions", "tcsh", code=2))

    def test_bash_completes_commands_and_options(self):
        for words, expected in [("dis", "dissolve"), ("launch arcade --ephem", "--ephemeral"), ("key rot", "rotate")]:
            self.assertIn(expected, self.bash(words))

    def bash(self, line, **environment):
        """What bash offers at the end of a line."""
        words = ["mayfly", *line.split(" ")]
        script = self.run_it("completions", "bash") + f"""
PATH={pathlib.Path(MAYFLY).parent}:$PATH
COMP_WORDS=({' '.join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
COMP_LINE='mayfly {line}'; COMP_POINT=${{#COMP_LINE}}
_mayfly mayfly "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
        done = subprocess.run(
            ["bash", "--norc"], input=script, capture_output=True, text=True, timeout=30, env=os.environ | environment)
        self.assertEqual(done.stderr, "")
        return [word.strip() for word in done.stdout.split("\n")]

    def test_names_complete_to_nothing_where_nobody_answers(self):
        began = time.monotonic()
        self.assertEqual(self.bash("status ar", MAYFLY_PLATFORM="http://127.0.0.1:1"), ["", ""])
        self.assertLess(time.monotonic() - began, 10)

    def test_the_manual_is_what_the_program_says(self):
        subprocess.run([ROOT / "scripts/generate-manual", "check"], check=True)
        page = ROOT / "docs/man/mayfly.1"
        if shutil.which("groff"):
            done = subprocess.run(
                ["groff", "-man", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        if shutil.which("mandoc"):
            done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", page], capture_output=True, text=True)
            # It has no date, as it is of its program's version.
            said = [line for line in (done.stdout + done.stderr).splitlines() if "missing date" not in line]
            self.assertEqual(said, [])


class Observability(unittest.TestCase):
    """The dashboard and the rules, without a Grafana and mostly without a Prometheus."""

    FOLDER = ROOT / "docs/observability"

    def check_names(self, expressions):
        self.assertGreater(len(expressions), 10)
        for expression in expressions:
            found = set(re.findall(r"\b(?:mayfly|process)_[a-z0-9_]+", expression))
            self.assertLessEqual(found, metrics_list.names(), expression)
            self.assertTrue(found or expression.startswith("up{"), expression)

    def test_rules_name_only_what_is_measured(self):
        rules = self.FOLDER / "alerts.yml"
        self.check_names(re.findall(r"expr: (.+?)\n +(?:for|labels):", rules.read_text(), re.S))
        if shutil.which("promtool"):
            done = subprocess.run(["promtool", "check", "rules", rules], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_dashboard_names_only_what_is_measured(self):
        dashboard = json.loads((self.FOLDER / "mayfly.json").read_text())
        panels = dashboard["panels"]
        self.check_names([target["expr"] for panel in panels for target in panel.get("targets", [])])
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        places = [
            (panel["gridPos"]["x"] + column, panel["gridPos"]["y"] + line) for panel in panels
            for column in range(panel["gridPos"]["w"]) for line in range(panel["gridPos"]["h"])]
        self.assertEqual(len(set(places)), len(places), "panels overlap")
        self.assertLess(max(column for column, _ in places), 24)


class Guides(unittest.TestCase):
    """What the pages say is there."""

    PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "Examples").glob("**/*.md"))]

    def test_links_lead_somewhere(self):
        for page in self.PAGES:
            text = re.sub(r"`[^`\n]+`", "", page.read_text())
            for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_commands_and_their_options_are_there(self):
        done = subprocess.run([MAYFLY, "--experimental-dump-help"], capture_output=True, text=True, check=True)
        known = {}

        def note(command, words):
            known[words] = {"--" + name["name"] for one in command.get("arguments", []) for name in one.get("names", [])}
            for below in command.get("subcommands", []):
                note(below, (*words, below["commandName"]))

        note(json.loads(done.stdout)["command"], ())
        units = sorted((ROOT / "docs/examples/systemd").glob("*.service"))
        checked = 0
        for page in [*self.PAGES, *units]:
            text = page.read_text().replace("\\\n", " ").replace("sudo -u mayfly ", "")
            code = re.findall(r"```[a-z]*\n(.*?)```", text, re.S) + re.findall(r"(?<!`)`(mayfly [^`]+)`", text)
            for line in [text] if page in units else [line for block in code for line in block.split("\n")]:
                for words in re.findall(r"(?:^|[\s(/])mayfly ([a-z][^#|;&)\n]*)", line, re.M):
                    words = words.split()
                    name = tuple(words[:2]) if tuple(words[:2]) in known else (words[0],)
                    if any(word.startswith("--") for word in words):
                        self.assertTrue(name in known, f"{page.name}: mayfly {' '.join(words)}")
                    for word in words:
                        if word.startswith("--") and name in known:
                            option = re.match(r"--[a-z0-9-]+", word)[0]
                            self.assertIn(option, known[name] | {"--help", "--version"}, f"{page.name}: {words}")
                            checked += 1
        self.assertGreater(checked, 100)


class Shown(unittest.TestCase):
    """What a person sees of a platform."""

    @classmethod
    def setUpClass(cls):
        cls.up = Up("--idle-after", "10s").start()

    @classmethod
    def tearDownClass(cls):
        cls.up.__exit__()

    def wake(self):
        """Has arcade run for the next seconds."""
        call(self.up.gateway + "/arcade", "eth_chainId")
        eventually(lambda: self.metrics("arcade").get("headBlock"), 20, "figures of arcade")

    def metrics(self, name):
        return self.up.ask("GET", f"/rollups/{name}/metrics")[1]

    def terminal(self, *arguments, **settings):
        environment = {"MAYFLY_PLATFORM": self.up.url, **settings.pop("environment", {})}
        return Terminal(*arguments, environment=environment, **settings)

    def test_1_a_launch_has_a_bar_and_leaves_lines(self):
        shown, code = self.terminal("launch", "arcade", "--template", "mint", "--drain-blocks", "1").wait()
        self.assertEqual(code, 0, shown)
        self.assertRegex(shown, r"\[#+\.+\]\x1b\[0m \d+ % launching")
        self.assertIn("\x1b[32m", shown)
        left = rendered(shown)
        self.assertFalse([line for line in left if "%" in line], left)
        for step in ["genesis", "launch transaction", "arcade is launched"]:
            self.assertTrue([line for line in left if line.startswith(step)], left)
        # Elsewhere there are the lines alone, and JSON alone for programs.
        done = self.up.mayfly("launch", "quiet", "--permanent", "--block-time", 1)
        self.assertNotRegex(done.stdout + done.stderr, r"\x1b|%")
        done = self.up.mayfly("launch", "mute", "--permanent", "--block-time", 1, "--json")
        self.assertEqual((json.loads(done.stdout)["name"], done.stderr), ("mute", ""))

    def test_2_names_complete(self):
        found = Scripts.bash(Scripts(), "status ar", MAYFLY_PLATFORM=self.up.url)
        self.assertEqual(found[0], "arcade")
        self.assertNotIn("quiet", found)
        found = Scripts.bash(Scripts(), f"logs --platform {self.up.url} qui", MAYFLY_PLATFORM="http://127.0.0.1:1")
        self.assertEqual(found[0], "quiet")

    def test_3_top_goes_on_until_it_is_ended(self):
        top = self.terminal("top", "--interval", "1", columns=60, rows=5)
        top.read_until("arcade")
        top.read_until("more", 20)
        os.kill(top.process, signal.SIGINT)
        shown, code = top.wait()
        self.assertEqual(code, 0, shown)
        # The terminal is as it was.
        self.assertTrue(shown.endswith("\x1b[?25h\x1b[?1049l"), shown[-100:])
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
        self.assertLessEqual(max(len(line) for line in plain.splitlines()), 60)
        shown = self.terminal("top", "--interval", "1", environment={"NO_COLOR": "1"})
        shown.read_until("arcade")
        os.kill(shown.process, signal.SIGTERM)
        self.assertNotRegex(shown.wait()[0], r"\x1b\[\d+m")

    def test_4_top_tells_of_blocks_and_accounts(self):
        self.wake()
        plain = self.up.mayfly("top").stdout
        self.assertEqual(plain.split()[:3], ["NAME", "STATE", "BLOCK"])
        self.assertNotIn("\x1b", plain)
        eventually(
            lambda: all(int(account["balanceWei"]) for account in self.metrics("arcade")["accounts"]),
            30, "purses")
        self.wake()
        rows = {row["name"]: row for row in json.loads(self.up.mayfly("top", "--json").stdout)["rollups"]}
        arcade = rows["arcade"]
        self.assertEqual((arcade["state"], arcade["place"]), ("active", "awake"))
        self.assertGreater(arcade["block"], 0)
        # Each block of a second has a deposit.
        self.assertGreater(arcade["transactionsPerSecond"], 0.3)
        self.assertGreater(arcade["gasPerSecond"], 10_000)
        self.assertGreater(arcade["residentBytes"], 1 << 20)
        self.assertGreater(int(arcade["batcherWei"]), 10**17)

    def test_4_metrics_are_those_of_the_list(self):
        eventually(lambda: 'mayfly_rollup_proposals{rollup="arcade"}' in metrics_list.page(self.up.url), 60, "a look at L1")
        for process, url in [("platform", self.up.url), ("gateway", self.up.gateway), ("l1", self.up.l1)]:
            metrics_list.check(self, process, url)
        self.wake()
        node = self.up.gateway + "/arcade"
        eventually(lambda: "mayfly_safe_timestamp_seconds" in metrics_list.page(node), 60, "a safe block")
        metrics_list.check(self, "node", node)

    def test_5_an_estimate_is_of_the_configuration(self):
        few = json.loads(self.up.mayfly("estimate", "--gas-limit", 30_000_000, "--block-time", 2, "--json").stdout)
        many = json.loads(self.up.mayfly("estimate", "--template", "game", "--json").stdout)
        self.assertEqual(few["capacity"]["gasPerSecond"], 15_000_000)
        self.assertEqual(many["capacity"]["gasPerSecond"], 60_000_000)
        text = self.up.mayfly("estimate").stdout
        self.assertRegex(text, r"launch +0\.\d+ ETH: \d+ gas at ")
        self.assertRegex(text, r"deposit +2 ETH")
        self.assertEqual(self.up.mayfly("estimate", "--block-time", "x", check=False).returncode, 2)
        wrong = self.up.mayfly("estimate", "--block-time", 9_999, check=False)
        self.assertEqual((wrong.returncode, wrong.stdout), (1, ""))
        self.assertIn("blockTime", wrong.stderr)

    def test_6_logs_have_json(self):
        logs = json.loads(self.up.mayfly("logs", "arcade", "--json").stdout)
        self.assertEqual((logs["name"], logs["program"]), ("arcade", "node"))
        self.assertTrue(logs["text"])

    def test_7_looking_wakes_nobody_and_keeps_nobody_awake(self):
        # The platform looks every two seconds, and this asks all the time.
        quiet = eventually(lambda: self.metrics("quiet")["place"] == "idle" and self.metrics("quiet"), 90, "quiet being asleep")
        self.assertNotIn("headBlock", quiet)
        self.assertRegex(self.up.mayfly("top").stdout, r"quiet +active, asleep +- +- +-")
        self.assertEqual(self.metrics("quiet")["place"], "idle")

    def test_8_a_dissolution_has_a_bar(self):
        dissolving = self.terminal("dissolve", "arcade")
        dissolving.read_until("dissolution ordered", 30)
        shown = dissolving.read_until("###", 30)
        self.assertRegex(shown, r"\[\.*###\.*\]")
        os.kill(dissolving.process, signal.SIGKILL)
        dissolving.wait()


if __name__ == "__main__":
    unittest.main()

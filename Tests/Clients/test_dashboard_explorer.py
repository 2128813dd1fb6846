"""The explorer's pages of a rollup, read as a browser reads them."""
import html
import http.server
import json
import pathlib
import sqlite3
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from eth_account import Account

from node import MAYFLY, WITH_PARENT, free_port
from platform_up import Up
from rollup import call, eventually

L1_ATTRIBUTES_DEPOSITOR = "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001"
L1_BLOCK = "0x4200000000000000000000000000000000000015"
HOSTILE = "<script>alert(1)</script>\"'"
NOWHERE = "0x" + "ab" * 32


class Unmoved(urllib.request.HTTPRedirectHandler):
    """Follows nothing, so that a test sees where a page leads."""
    redirect_request = lambda *_: None


def read(url, path, **headers):
    """Status, text and location of a page."""
    request = urllib.request.Request(url + path, headers=headers)
    try:
        with urllib.request.build_opener(Unmoved).open(request, timeout=60) as answer:
            return answer.status, answer.read().decode(), None
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers["Location"]


class Explorer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.up = cls.enterClassContext(Up())
        cls.up.ask("POST", "/rollups", {"name": "seen", "template": "mint"})
        cls.node = cls.up.becomes("seen", "active")["rpcUrl"]
        eventually(lambda: int(call(cls.node, "eth_blockNumber"), 16) >= 3, 60, "blocks")
        cls.first = call(cls.node, "eth_getBlockByNumber", "0x1", True)

    def page(self, path):
        return read(self.up.url, "/rollups/seen" + path)

    def shows(self, path, *texts):
        status, text, _ = self.page(path)
        self.assertEqual(status, 200, text)
        for part in texts:
            self.assertIn(part, text)
        return text

    def leads(self, query):
        status, text, location = self.page("/search?" + urllib.parse.urlencode({"q": query}))
        self.assertEqual(status, 303, text)
        return location

    def test_blocks_are_listed_the_newest_first(self):
        hashes = [call(self.node, "eth_getBlockByNumber", hex(number), False)["hash"] for number in range(4)]
        text = self.shows("/blocks?before=4", *hashes, "/rollups/seen/blocks/3")
        places = [text.index(value) for value in reversed(hashes)]
        self.assertEqual(places, sorted(places))
        text = self.shows("/blocks?before=2", hashes[0], hashes[1])
        self.assertNotIn(hashes[2], text)
        head = int(call(self.node, "eth_blockNumber"), 16)
        self.shows("/blocks", f"/rollups/seen/blocks/{head}")
        self.shows(f"/blocks?before={2**64 - 1}", f"/rollups/seen/blocks/{head}")

    def test_a_long_list_has_pages(self):
        eventually(lambda: int(call(self.node, "eth_blockNumber"), 16) >= 27, 60, "27 blocks")
        text = self.shows("/blocks?before=27", 'href="/rollups/seen/blocks/26"', "/rollups/seen/blocks?before=2")
        self.assertNotIn('href="/rollups/seen/blocks/1"', text)
        self.assertEqual(text.count('role="rowheader"'), 25)

    def test_a_block_is_shown_by_number_and_by_hash(self):
        transaction = self.first["transactions"][0]
        for name in ["1", self.first["hash"], self.first["hash"].upper().replace("0X", "0x")]:
            self.shows(
                f"/blocks/{name}", "Block 1", self.first["hash"], self.first["parentHash"], self.first["stateRoot"],
                transaction["hash"], transaction["from"], "Deposit", "1 transaction<")
        origin = transaction["input"][2:]
        self.shows("/blocks/1", f"{int(origin[56:72], 16):,}, 0x{origin[200:264]}")
        self.shows("/blocks/0", "this is the genesis", "There is none in it.")

    def test_a_transaction_is_shown_with_its_receipt(self):
        transaction = self.first["transactions"][0]
        receipt = call(self.node, "eth_getTransactionReceipt", transaction["hash"])
        self.shows(
            f"/transactions/{transaction['hash']}", transaction["hash"], L1_ATTRIBUTES_DEPOSITOR, L1_BLOCK, "Deposit",
            "succeeded", "/rollups/seen/blocks/1", transaction["input"], f"{int(receipt['gasUsed'], 16):,} of ", "0 logs")

    def test_an_account_is_shown(self):
        other = Account.create().address.lower()
        self.shows(f"/accounts/{other}", other, "Account", "0 ETH")
        code = (len(call(self.node, "eth_getCode", L1_BLOCK, "latest")) - 2) // 2
        self.shows(f"/accounts/{L1_BLOCK}", L1_BLOCK, "Contract", f"{code:,} bytes" if code < 2048 else "KiB")

    def test_search_leads_to_what_is_there(self):
        transaction = self.first["transactions"][0]["hash"]
        self.assertEqual(self.leads("1"), "/rollups/seen/blocks/1")
        self.assertEqual(self.leads(" 0 "), "/rollups/seen/blocks/0")
        self.assertEqual(self.leads(self.first["hash"]), "/rollups/seen/blocks/" + self.first["hash"])
        self.assertEqual(self.leads(self.first["hash"][2:]), "/rollups/seen/blocks/" + self.first["hash"])
        self.assertEqual(self.leads(transaction), "/rollups/seen/transactions/" + transaction)
        self.assertEqual(self.leads(L1_BLOCK), "/rollups/seen/accounts/" + L1_BLOCK)

    def test_search_says_that_it_found_nothing(self):
        for query in [NOWHERE, "18446744073709551615"]:
            self.shows("/search?q=" + query, "Nothing found", "has no block")
        for query in ["fish", "0x12", "-1", "+1", "18446744073709551616", "0x", "1.5"]:
            self.shows("/search?" + urllib.parse.urlencode({"q": query}), "Nothing found", "is not a block number")
        for path in ["/search", "/search?q=", "/search?q=%ff", "/search?x&=&&q"]:
            self.shows(path, "What are you looking for?")

    def test_what_is_searched_for_is_no_markup(self):
        for query in [HOSTILE, "\u0600<script>", "x" * 5000, "{{>layout}}"]:
            text = self.shows("/search?" + urllib.parse.urlencode({"q": query}))
            self.assertNotIn("<script>alert", text)
            self.assertNotIn("\u0600<script>", text)
            self.assertNotIn("x" * 300, text)
        self.assertIn(html.escape("<script>alert(1)</script>", quote=False),
                      self.page("/search?" + urllib.parse.urlencode({"q": HOSTILE}))[1])

    def test_nonsense_is_not_found(self):
        for path in [
                "/blocks/fish", "/blocks/-1", "/blocks/+1", "/blocks/18446744073709551615", "/blocks/18446744073709551616",
                "/blocks/" + "9" * 5000, "/blocks/0x1", "/blocks/" + NOWHERE, "/blocks/%3Cscript%3E", "/blocks/%ff",
                "/blocks?before=0", "/blocks?before=fish", "/blocks?before=-1", "/blocks?before=18446744073709551616",
                "/transactions/1", "/transactions/" + NOWHERE, "/transactions/" + NOWHERE[:-1], "/transactions/" + NOWHERE[2:],
                "/accounts/1", "/accounts/" + L1_BLOCK[:-1], "/accounts/" + L1_BLOCK + "0", "/accounts/" + L1_BLOCK[:-1] + "g"]:
            status, text, _ = self.page(path)
            self.assertEqual(status, 404, path)
            self.assertNotIn("<script>", text)
        for path in ["/blocks", "/blocks/1", "/search?q=1", "/accounts/" + L1_BLOCK, "/transactions/" + NOWHERE]:
            self.assertEqual(read(self.up.url, "/rollups/unseen" + path)[0], 404, path)
            self.assertEqual(read(self.up.url, "/rollups/seen" + path, Host="evil.example")[0], 403, path)


class Lives(unittest.TestCase):
    def test_a_rollup_that_sleeps_is_woken(self):
        with Up("--idle-after", "1s") as up:
            up.ask("POST", "/rollups", {"name": "drowsy", "template": "mint"})
            up.becomes("drowsy", "active")
            asleep = lambda: json.load(urllib.request.urlopen(up.gateway + "/drowsy/health"))["place"] == "idle"
            eventually(asleep, 90, "sleep")
            self.assertEqual(read(up.url, "/rollups/drowsy/blocks/0")[0], 200)

    def test_a_dissolved_rollup_has_no_node(self):
        with Up() as up:
            up.ask("POST", "/rollups", {"name": "brief", "template": "mint"})
            node = up.becomes("brief", "active")["rpcUrl"]
            eventually(lambda: int(call(node, "eth_blockNumber"), 16) >= 1, 60, "a block")
            self.assertEqual(read(up.url, "/rollups/brief/blocks/1")[0], 200)
            eventually(lambda: up.ask("POST", "/rollups/brief/dissolve")[0] == 202, 30, "the order to dissolve")
            up.becomes("brief", "dissolved", 300)
            for path in ["/blocks", "/blocks/1", "/search?q=1", "/accounts/" + L1_BLOCK, "/transactions/" + NOWHERE]:
                status, text, _ = read(up.url, "/rollups/brief" + path)
                self.assertEqual(status, 410, path)
                self.assertIn("its node is gone, and its last state is in the archive", text)


class Liar(http.server.BaseHTTPRequestHandler):
    """Stands where the gateway would: answers as `say` has it."""
    say, log_message = None, lambda *_: None

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"]))
        if not text:
            return  # Who asked has had enough: another answer was bad already.
        body = Liar.say(json.loads(text))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass


def answering(results):
    """Answers each method with what stands in a dictionary."""
    def say(asked):
        one = lambda question: {"jsonrpc": "2.0", "id": question["id"], "result": results.get(question["method"])}
        return json.dumps([one(question) for question in asked] if isinstance(asked, list) else one(asked)).encode()
    return say


MOST, LARGEST = "0x" + "f" * 16, "0x" + "f" * 64
BLOCK = {"number": MOST, "hash": NOWHERE, "parentHash": NOWHERE, "stateRoot": NOWHERE, "timestamp": MOST, "gasUsed": MOST,
         "gasLimit": "0x1", "baseFeePerGas": LARGEST, "size": MOST, "transactions": [NOWHERE]}
TRANSACTION = {"hash": NOWHERE, "from": L1_BLOCK, "to": None, "value": LARGEST, "nonce": MOST, "type": "0x7e", "gas": MOST,
               "input": "0x440a5e20" + "ff" * 128, "blockNumber": MOST, "blockTimestamp": MOST, "transactionIndex": MOST,
               "gasPrice": LARGEST}
RECEIPT = {"blockNumber": MOST, "gasUsed": MOST, "status": MOST, "contractAddress": L1_BLOCK, "effectiveGasPrice": LARGEST,
           "l1Fee": LARGEST,
           "logs": [{"logIndex": MOST, "address": L1_BLOCK, "topics": [NOWHERE] * 9, "data": "0x" + "ff" * 9000}]}
EXTREMES = {"eth_getBlockByNumber": BLOCK, "eth_getBlockByHash": BLOCK, "eth_getTransactionByHash": TRANSACTION,
            "eth_getTransactionReceipt": RECEIPT, "eth_getBalance": LARGEST, "eth_getTransactionCount": MOST,
            "eth_getCode": "0x" + "ff" * 100_000}
PAGES = ["/blocks", "/blocks?before=3", "/blocks/1", "/blocks/" + NOWHERE, "/transactions/" + NOWHERE, "/accounts/" + L1_BLOCK]


class Lies(unittest.TestCase):
    """A node that is no honest one: pages say so, and the platform goes on."""

    @classmethod
    def setUpClass(cls):
        cls.up = cls.enterClassContext(Up())
        cls.up.ask("POST", "/rollups", {"name": "seen", "template": "mint"})
        cls.up.becomes("seen", "active")
        # A second platform, with the records of the first and another gateway.
        data = pathlib.Path(cls.up.directory.name, "second")
        data.mkdir()
        with sqlite3.connect(data / "platform.sqlite") as copy:
            sqlite3.connect(cls.up.data / "platform/platform.sqlite").backup(copy)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        port = free_port()
        cls.url = f"http://127.0.0.1:{port}"
        cls.process = subprocess.Popen(
            [*WITH_PARENT, MAYFLY, "platform", "--data", data, "--http", f"127.0.0.1:{port}", "--l1", cls.up.l1,
             "--gateway", f"http://127.0.0.1:{server.server_port}"], stdout=subprocess.DEVNULL)
        cls.addClassCleanup(cls.process.wait)
        cls.addClassCleanup(cls.process.kill)
        eventually(cls.serves, 30, "the second platform")

    @classmethod
    def serves(cls):
        try:
            return read(cls.url, "/launch")[0] == 200
        except OSError:
            return False

    def statuses(self, say):
        Liar.say = say
        found = {}
        for path in PAGES:
            found[path], text, _ = read(self.url, "/rollups/seen" + path)
            self.assertNotIn("<script>alert", text)
        self.assertIsNone(self.process.poll())
        return found

    def test_extremes_are_shown(self):
        self.assertEqual(set(self.statuses(answering(EXTREMES)).values()), {200})
        self.assertIn("Block 18,446,744,073,709,551,615", read(self.url, "/rollups/seen/blocks/1")[1])
        self.assertIn(f"{2**256 // 10**18:,}.584007 ETH", read(self.url, "/rollups/seen/accounts/" + L1_BLOCK)[1])

    def test_odd_fields_are_no_answer(self):
        odd = [None, 7, -1, 1.5, True, "", "0x", "0xg", "0x-1", "1", "0x" + "f" * 65, HOSTILE, [], {}, [HOSTILE], "\u0660"]
        fields = ["hash", "from", "number", "timestamp", "gasUsed", "gas", "input", "transactions", "logs", "value"]
        fine = [("transactions", []), ("logs", []), ("input", "0x"), ("eth_getCode", "0x")]
        for method, whole in EXTREMES.items():
            is_plain = not isinstance(whole, dict)
            for field in [method] if is_plain else [field for field in fields if field in whole]:
                for value in [value for value in odd if (field, value) not in fine]:
                    found = self.statuses(answering(EXTREMES | {method: value if is_plain else whole | {field: value}}))
                    self.assertIn(503, found.values(), (method, field, value))
                    self.assertNotIn(500, found.values(), (method, field, value))

    def test_what_is_no_json_rpc_is_no_answer(self):
        bodies = [
            b"", b"null", b"[]", b"{}", b"7", b'"text"', b"[null]", b"[[]]", b"\xff\xfe", b"[" * 100_000, b'{"id":1}',
            b'{"id":1,"result":' + b"[" * 5_000, b'{"id":1e99,"result":"0x1"}', b'{"id":99999999999999999999,"result":"0x1"}',
            b'[{"id":-1,"result":null},{"id":3,"result":null},{"id":9223372036854775807,"result":null}]',
            b'{"id":1,"error":{"code":-1,"message":"<script>alert(1)</script>"}}', b'{"id":1,"error":7,"result":"0x1"}',
            b"<html><script>alert(1)</script></html>"]
        for body in bodies:
            found = self.statuses(lambda _: body)
            self.assertLessEqual(set(found.values()), {404, 503}, body[:80])
            self.assertEqual(found["/blocks"], 503, body[:80])

    def test_what_is_too_long_is_not_read(self):
        found = self.statuses(lambda _: b'{"id":1,"result":"' + b"f" * (5 << 20) + b'"}')
        self.assertEqual(set(found.values()), {502})
        many = answering(EXTREMES | {"eth_getBlockByNumber": BLOCK | {"transactions": [NOWHERE] * 5_000}})
        self.assertEqual(self.statuses(many)["/blocks"], 200)
        Liar.say = many
        self.assertIn("4,950 more are not shown", read(self.url, "/rollups/seen/blocks/1")[1])

    def test_who_does_not_answer_is_not_waited_for(self):
        Liar.say = lambda _: time.sleep(14) or b"{}"
        start = time.monotonic()
        self.assertEqual(read(self.url, "/rollups/seen/blocks")[0], 503)
        self.assertLess(time.monotonic() - start, 13)


if __name__ == "__main__":
    unittest.main()

"""Events of a platform come to those who want them, signed, in order, and again until they are taken; alerts are among them."""
import http.server
import json
import threading
import unittest

from eth_account import Account
from standardwebhooks.webhooks import Webhook

from platform_up import Up
from rollup import call, eventually

ETHER = 10**18


class Receiver:
    """What a user of webhooks runs; refuses as often as it is told."""

    def __init__(self):
        self.got, self.refusals, self.status = [], 0, 500
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.refusals > 0:
                    receiver.refusals -= 1
                    status = receiver.status
                else:
                    receiver.got.append((dict(self.headers), body))
                    status = 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", receiver.url + "/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def kinds(self):
        return [json.loads(body)["type"] for _, body in self.got]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Webhooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.up = Up().start()

    @classmethod
    def tearDownClass(cls):
        cls.up.__exit__()

    def receiver(self, kinds=None):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        order = {"url": receiver.url} | ({"kinds": kinds} if kinds else {})
        status, webhook = self.up.ask("POST", "/webhooks", order)
        self.assertEqual(status, 201, webhook)
        self.addCleanup(lambda: self.up.ask("DELETE", f"/webhooks/{webhook['id']}"))
        return receiver, webhook

    def test_events_come_signed_in_order_and_again_until_they_are_taken(self):
        receiver, webhook = self.receiver()
        done, _ = self.receiver(["launch.done"])
        receiver.refusals = 2
        self.assertEqual(self.up.ask("POST", "/rollups", {"name": "hooked", "template": "mint"})[0], 202)
        eventually(lambda: "launch.done" in receiver.kinds(), 60, "the last event")
        events = self.up.ask("GET", "/rollups/hooked/events")[1]["events"]
        sent = [json.loads(body) for _, body in receiver.got if json.loads(body)["data"]["rollup"] == "hooked"]
        self.assertEqual([one["data"]["sequence"] for one in sent], [event["sequence"] for event in events])
        self.assertEqual([one["timestamp"] for one in sent], [event["time"] for event in events])
        for headers, body in receiver.got:
            Webhook(webhook["secret"]).verify(body, headers)
        with self.assertRaises(Exception):
            Webhook(webhook["secret"]).verify(receiver.got[0][1] + b" ", receiver.got[0][0])
        self.assertEqual(len({headers["webhook-id"] for headers, _ in receiver.got}), len(receiver.got))
        eventually(lambda: done.kinds(), 10, "the one that is wanted")
        self.assertEqual(done.kinds(), ["launch.done"])
        listed = self.up.ask("GET", "/webhooks")[1]["webhooks"]
        self.assertNotIn("secret", listed[0])

        # An alert begins and ends.
        key = (self.up.data / "platform/rollups/hooked/keys/batcher").read_text().strip()
        account = Account.from_key(key).address
        call(self.up.l1, "anvil_setBalance", account, hex(ETHER // 100))
        eventually(lambda: "alert.raised" in receiver.kinds(), 60, "the alert")
        alerts = self.up.ask("GET", "/alerts")[1]["alerts"]
        self.assertEqual([(alert["kind"], alert["rollup"]) for alert in alerts], [("batcher-balance-low", "hooked")])
        call(self.up.l1, "anvil_setBalance", account, hex(ETHER))
        eventually(lambda: "alert.resolved" in receiver.kinds(), 60, "its end")
        self.assertEqual(self.up.ask("GET", "/alerts")[1]["alerts"], [])
        self.assertIn("resolvedAt", self.up.ask("GET", "/alerts?all=true")[1]["alerts"][0])
        self.assertEqual(receiver.kinds().count("alert.raised"), 1)

    def test_a_receiver_that_is_gone_or_leads_elsewhere_gets_nothing_more(self):
        receiver, webhook = self.receiver()
        receiver.refusals, receiver.status = 1, 410
        moved, elsewhere = self.receiver()
        moved.refusals, moved.status = 10**6, 302
        self.assertEqual(self.up.ask("POST", "/rollups", {"name": "gone", "blockTime": 12, "permanent": True})[0], 202)

        def found(one):
            return next(each for each in self.up.ask("GET", "/webhooks")[1]["webhooks"] if each["id"] == one["id"])
        eventually(lambda: "disabledAt" in found(webhook), 20, "the end of it")
        eventually(lambda: found(elsewhere)["failures"] > 1, 20, "its failures")
        self.assertEqual(found(elsewhere)["failure"], "it answered 302")
        self.assertEqual((receiver.got, moved.got), ([], []))

    def test_what_is_wrong_is_named(self):
        for order, field in [
                ({}, "url"), ({"url": "ftp://example.com"}, "url"), ({"url": "https://a:b@example.com/"}, "url"), ({"url": "https://"}, "url"),
                ({"url": "https://example.com/" + "a" * 500}, "url"), ({"url": "https://example.com/", "kinds": ["A"]}, "kinds"),
                ({"url": "https://example.com/", "kinds": ["a"] * 33}, "kinds"), ({"url": "https://example.com/", "kind": []}, "kind")]:
            status, problem = self.up.ask("POST", "/webhooks", order)
            self.assertEqual((status, problem["field"]), (422, field), order)
        self.assertEqual(self.up.ask("DELETE", "/webhooks/none")[0], 404)
        viewer = self.up.ask("POST", "/keys", {"name": "viewer", "role": "viewer"})[1]
        bearer = {"Authorization": f"Bearer {viewer['secret']}"}
        self.assertEqual(self.up.ask("GET", "/webhooks", **bearer)[0], 403)
        self.assertEqual(self.up.ask("POST", "/webhooks", {"url": "https://example.com/"}, **bearer)[0], 403)
        self.assertEqual(self.up.ask("GET", "/alerts", **bearer)[0], 200)


if __name__ == "__main__":
    unittest.main()

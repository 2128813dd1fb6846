"""People sign in to a platform with accounts of Ethereum (EIP-4361), and see what is their organisation's, and nothing else."""
import datetime
import http.client
import json
import os
import subprocess
import tempfile
import unittest
import urllib.parse

from eth_account import Account
from eth_account.messages import encode_defunct

from node import MAYFLY, WITH_PARENT, Node, free_port
from rollup import call, eventually


class People(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.l1 = cls.enterClassContext(Node("--block-time", "1"))
        directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="mayfly-people-"))
        cls.port = free_port()
        cls.authority = f"127.0.0.1:{cls.port}"
        # Where others can reach it, nobody is known by being here.
        cls.process = subprocess.Popen(
            [*WITH_PARENT, MAYFLY, "platform", "--data", directory, "--http", f"0.0.0.0:{cls.port}", "--l1", cls.l1.url,
             "--gateway", f"http://127.0.0.1:{free_port()}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.process.wait)
        cls.addClassCleanup(cls.process.kill)
        eventually(lambda: cls.is_up(), 30, "the platform")
        cls.chain = int(call(cls.l1.url, "eth_chainId"), 16)

    @classmethod
    def is_up(cls):
        try:
            return cls.send("GET", "/health")[0] == 200
        except OSError:
            return False

    @classmethod
    def send(cls, method, path, body=None, **headers):
        """Status, JSON or text, and headers of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=30)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, dict):
            body = json.dumps(body)
            names["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, names)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, json.loads(text) if "json" in (answer.getheader("Content-Type") or "") else text, answer.headers
        finally:
            connection.close()

    def nonce(self):
        status, answer, _ = self.send("GET", "/v1/session/nonce")
        self.assertEqual(status, 200)
        return answer["nonce"]

    def message(self, account, **changes):
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        time = lambda seconds: (now + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
        parts = {"domain": self.authority, "address": account.address, "uri": f"http://{self.authority}/sign-in", "version": "1",
                 "chain": self.chain, "issued": time(0), "more": f"\nExpiration Time: {time(300)}"} | changes
        parts = {name: value(time) if callable(value) else value for name, value in parts.items()}
        parts.setdefault("nonce", self.nonce())
        return ("{domain} wants you to sign in with your Ethereum account:\n{address}\n\nTo see.\n\nURI: {uri}\nVersion: {version}\n"
                "Chain ID: {chain}\nNonce: {nonce}\nIssued At: {issued}{more}").format(**parts)

    def post(self, message, account, **more):
        signature = account.sign_message(encode_defunct(text=message)).signature.to_0x_hex()
        return self.send("POST", "/v1/session", {"message": message, "signature": signature} | more)

    def sign_in(self, account, **more):
        """The cookie of a session."""
        status, answer, headers = self.post(self.message(account), account, **more)
        self.assertEqual(status, 201, answer)
        self.assertEqual(answer["address"], account.address.lower())
        cookie = headers["Set-Cookie"]
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"]:
            self.assertIn(part, cookie)
        return cookie.split(";")[0]

    def with_cookie(self, cookie, method, path, body=None):
        return self.send(method, path, body, Cookie=cookie, Origin=f"http://{self.authority}")

    def form_token(self, cookie, path):
        """What the forms of a page carry."""
        return self.with_cookie(cookie, "GET", path)[1].split('name="form-token" value="')[1].split('"')[0]

    def fill(self, cookie, path, form, page="/members", token=None):
        """Posts a form as a browser does."""
        form = form | {"form-token": self.form_token(cookie, page) if token is None else token}
        return self.send(
            "POST", path, urllib.parse.urlencode(form), Cookie=cookie, Origin=f"http://{self.authority}",
            Content_Type="application/x-www-form-urlencoded")

    def organisation(self, cookie):
        return self.with_cookie(cookie, "GET", "/v1/session")[1]["organisation"]

    def roles(self, cookie):
        """The members and their roles, by REST."""
        members = self.with_cookie(cookie, "GET", "/v1/members")[1]["members"]
        return {member["address"]: member["role"] for member in members}

    def refused(self, status, code, answer):
        self.assertEqual((answer[0], answer[1]["code"]), (status, code), answer[1])
        self.assertIsNone(answer[2]["Set-Cookie"])

    def test_what_is_not_signed_for_this_place_and_time_is_refused(self):
        account, other = Account.create(), Account.create()
        for code, changes in [
                ("other-domain", {"domain": "evil.example"}), ("other-domain", {"uri": "http://evil.example/"}),
                ("other-domain", {"uri": f"http://{self.authority}.evil.example/"}), ("other-chain", {"chain": 1}),
                ("expired", {"more": lambda time: f"\nExpiration Time: {time(-1)}"}),
                ("expired", {"issued": lambda time: time(-3600), "more": ""}), ("not-yet", {"issued": lambda time: time(3600)}),
                ("not-yet", {"more": lambda time: f"\nNot Before: {time(100)}"}), ("unknown-nonce", {"nonce": "0123456789abcdef"})]:
            self.refused(401, code, self.post(self.message(account, **changes), account))
        for changes in [{"version": "2"}, {"more": "\nUnknown: field"}, {"issued": "yesterday"}, {"address": "0x12"},
                        {"address": account.address.swapcase().replace("0X", "0x")}, {"chain": "one"}, {"more": "\n" * 5_000}]:
            self.refused(422, "invalid-field", self.post(self.message(account, **changes), account))
        message = self.message(account)
        self.refused(401, "bad-signature", self.post(message, other))
        signature = account.sign_message(encode_defunct(text=message)).signature
        changed = message.replace("To see.", "To pay.")
        self.refused(401, "bad-signature", self.send(
            "POST", "/v1/session", {"message": changed, "signature": signature.to_0x_hex()}))
        # The other s of the same signature, which is valid for the curve and not for Ethereum.
        order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141
        high = signature[:32] + (order - int.from_bytes(signature[32:64])).to_bytes(32) + bytes([55 - signature[64]])
        self.refused(401, "bad-signature", self.send("POST", "/v1/session", {"message": message, "signature": "0x" + high.hex()}))
        self.refused(401, "not-an-account", self.send("POST", "/v1/session", {"message": message, "signature": "0x" + "12" * 96}))
        # None of this has taken the nonce; a success does.
        self.assertEqual(self.post(message, account)[0], 201)
        self.refused(401, "unknown-nonce", self.post(message, account))

    def test_a_message_for_a_place_that_anybody_may_name_is_refused(self):
        account = Account.create()
        for authority in ["203.0.113.9", "203.0.113.9:8700", "[2001:db8::1]"]:
            message = self.message(account, domain=authority, uri=f"http://{authority}/sign-in")
            signature = account.sign_message(encode_defunct(text=message)).signature.to_0x_hex()
            answer = self.send("POST", "/v1/session", {"message": message, "signature": signature}, Host=authority)
            self.refused(403, "host-not-named", answer)

    def test_a_session_ends(self):
        account = Account.create()
        cookie = self.sign_in(account)
        status, session, _ = self.with_cookie(cookie, "GET", "/v1/session")
        self.assertEqual((status, session["role"], session["address"]), (200, "administrator", account.address.lower()))
        self.assertEqual(session["organisations"], [session["organisation"]])
        self.assertEqual(self.send("GET", "/v1/session")[0], 401)
        self.assertEqual(self.send("GET", "/v1/session", Cookie=cookie + "0")[0], 401)
        status, _, headers = self.with_cookie(cookie, "DELETE", "/v1/session")
        self.assertEqual(status, 204)
        self.assertIn("Max-Age=0", headers["Set-Cookie"])
        self.assertEqual(self.with_cookie(cookie, "GET", "/v1/session")[0], 401)

    def test_pages_of_others_change_nothing(self):
        cookie = self.sign_in(Account.create())
        order = {"name": "CI", "role": "viewer"}
        for headers in [{"Origin": "http://evil.example"}, {}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}]:
            self.assertEqual(self.send("POST", "/v1/keys", order, Cookie=cookie, **headers)[0], 403, headers)
        self.assertEqual(self.send("POST", "/v1/keys", order, Cookie=cookie, Sec_Fetch_Site="same-origin")[0], 201)
        self.assertEqual(self.with_cookie(cookie, "POST", "/v1/keys", order)[0], 201)

    def test_members_come_and_go(self):
        owner, member = Account.create(), Account.create()
        cookie = self.sign_in(owner)
        organisation = self.with_cookie(cookie, "GET", "/v1/session")[1]["organisation"]
        # Who is no member cannot act for it.
        self.refused(403, "not-a-member", self.post(self.message(member), member, organisation=organisation))
        order = {"address": member.address, "role": "operator"}
        self.assertEqual(self.with_cookie(cookie, "POST", "/v1/members", order)[0], 201)
        theirs = self.sign_in(member, organisation=organisation)
        session = self.with_cookie(theirs, "GET", "/v1/session")[1]
        self.assertEqual((session["organisation"], session["role"]), (organisation, "operator"))
        self.assertEqual(len(session["organisations"]), 2)
        # An operator makes no members and no keys.
        for method, path, body in [("GET", "/v1/members", None), ("POST", "/v1/members", order | {"role": "administrator"}),
                                   ("DELETE", f"/v1/members/{owner.address.lower()}", None), ("GET", "/v1/keys", None)]:
            self.assertEqual(self.with_cookie(theirs, method, path, body)[0], 403, path)
        self.assertEqual(self.with_cookie(cookie, "POST", "/v1/members", order | {"role": "viewer"})[0], 200)
        self.assertEqual(self.with_cookie(theirs, "GET", "/v1/session")[1]["role"], "viewer")
        self.assertEqual(self.with_cookie(theirs, "POST", "/v1/rollups", {"name": "no", "permanent": True})[0], 403)
        # The last administrator stays.
        own = f"/v1/members/{owner.address.lower()}"
        self.assertEqual(self.with_cookie(cookie, "DELETE", own)[0], 409)
        self.assertEqual(self.with_cookie(cookie, "POST", "/v1/members", {"address": owner.address, "role": "viewer"})[0], 409)
        # One who is removed is out at once, with the session that is there.
        self.assertEqual(self.with_cookie(cookie, "DELETE", f"/v1/members/{member.address.lower()}")[0], 204)
        self.assertEqual(self.with_cookie(theirs, "GET", "/v1/rollups")[0], 401)
        self.assertEqual(self.with_cookie(cookie, "DELETE", f"/v1/members/{member.address.lower()}")[0], 404)
        self.assertEqual(len(self.with_cookie(cookie, "GET", "/v1/members")[1]["members"]), 1)

    def test_nobody_sees_what_is_of_others(self):
        one, two = self.sign_in(Account.create()), self.sign_in(Account.create())
        status, made, _ = self.with_cookie(one, "POST", "/v1/rollups", {"name": "secret", "permanent": True, "blockTime": 1})
        self.assertEqual(status, 202, made)
        key = self.with_cookie(one, "POST", "/v1/keys", {"name": "CI", "role": "viewer"})[1]
        job = self.with_cookie(one, "GET", "/v1/rollups/secret/job")[1]["id"]
        document = self.send("GET", "/v1/openapi.json")[1]
        for path, methods in document["paths"].items():
            if "{name}" not in path:
                continue
            for method, operation in methods.items():
                body = {"dataAvailability": "blobs"} if "requestBody" in operation else None
                found = self.with_cookie(two, method.upper(), path.replace("{name}", "secret"), body)
                self.assertEqual((found[0], found[1]["code"]), (404, "no-such-rollup"), (method, path))
                self.assertEqual(self.send(method.upper(), path.replace("{name}", "secret"))[0], 401)
        self.assertEqual(self.with_cookie(two, "GET", "/v1/rollups")[1]["rollups"], [])
        self.assertEqual(self.with_cookie(two, "DELETE", f"/v1/keys/{key['id']}")[0], 404)
        self.assertEqual(self.with_cookie(two, "GET", "/v1/keys")[1]["keys"], [])
        self.assertEqual(len(self.with_cookie(two, "GET", "/v1/members")[1]["members"]), 1)
        # Neither do pages tell of it, nor change it.
        owner = self.with_cookie(one, "GET", "/v1/session")[1]["address"]
        for path in ["/members", "/keys", "/organisations"]:
            status, text, _ = self.with_cookie(two, "GET", path)
            self.assertEqual(status, 200, path)
            for what in [owner, key["id"], "CI", self.organisation(one)]:
                self.assertNotIn(what, text, path)
            self.assertEqual(self.send("GET", path)[0], 303)
        for status, path, form in [
                (404, f"/members/{owner}/remove", {}), (404, f"/keys/{key['id']}/revoke", {}),
                (403, "/organisations", {"organisation": self.organisation(one)}),
                (403, "/organisations", {"organisation": "main"}), (403, "/organisations", {"organisation": "\0"})]:
            self.assertEqual(self.fill(two, path, form)[0], status, path)
        # Nobody is given a role who is no member of one's own organisation.
        self.assertEqual(self.fill(two, f"/members/{owner}/role", {"role": "viewer"})[0], 404)
        self.assertEqual(self.roles(one), {owner: "administrator"})
        self.assertIsNone(self.with_cookie(one, "GET", "/v1/keys")[1]["keys"][0].get("revokedAt"))
        self.assertNotEqual(self.organisation(two), self.organisation(one))
        for path in ["/", "/rollups/secret", f"/jobs/{job}", "/rollups/secret/dissolve", "/rollups/secret/blocks",
                     "/rollups/secret/bridge", "/rollups/secret/bridge/withdraw", "/rollups/secret/claims",
                     "/rollups/secret/withdrawals/0x" + "12" * 32, "/rollups/secret/deposits/0x" + "12" * 32]:
            status, text, _ = self.with_cookie(two, "GET", path)
            self.assertEqual(status, 200 if path == "/" else 404, path)
            if path == "/":
                self.assertNotIn("secret", text)
            status, _, headers = self.send("GET", path)
            self.assertEqual((status, headers["Location"]), (303, "/sign-in?next=" + urllib.parse.quote(path, safe="")), path)
        self.assertIn("secret", self.with_cookie(one, "GET", "/")[1])
        self.assertEqual(self.with_cookie(one, "GET", "/rollups/secret")[0], 200)

    def test_members_and_keys_by_pages(self):
        owner, member = Account.create(), Account.create()
        mine, theirs = self.sign_in(owner), self.sign_in(member)
        first, second = owner.address.lower(), member.address.lower()
        order = {"address": member.address, "role": "operator"}
        self.assertEqual(self.fill(mine, "/members", order)[0], 303)
        self.assertEqual(self.roles(mine), {first: "administrator", second: "operator"})
        self.assertIn(second, self.with_cookie(mine, "GET", "/members")[1])
        for form, reason in [(order | {"address": "0x12"}, "Address is to be"), (order | {"role": "king"}, "Role is one of")]:
            status, text, _ = self.fill(mine, "/members", form)
            self.assertEqual(status, 422)
            self.assertIn(reason, text)
            self.assertIn('aria-invalid="true"', text)
        # The last administrator neither leaves nor becomes less, and is told what to do.
        for path, form in [(f"/members/{first}/remove", {}), (f"/members/{first}/role", {"role": "viewer"})]:
            status, text, _ = self.fill(mine, path, form)
            self.assertEqual(status, 409)
            self.assertIn("make another member administrator first", text)
        # A key's secret is shown once, and counts until it is revoked.
        status, text, _ = self.fill(mine, "/keys", {"name": "<CI>", "role": "viewer"}, page="/keys")
        self.assertEqual(status, 201)
        secret = text.split('id="secret">')[1].split("<")[0]
        self.assertIn("&lt;CI&gt;", text)
        asked = lambda: self.send("GET", "/v1/rollups", Authorization=f"Bearer {secret}")[0]
        self.assertEqual(asked(), 200)
        text = self.with_cookie(mine, "GET", "/keys")[1]
        self.assertNotIn(secret, text)
        revocation = "/keys/" + text.split('action="/keys/')[1].split('"')[0]
        self.assertEqual(self.fill(mine, "/keys", {"name": "", "role": "viewer"}, page="/keys")[0], 422)

        # The member turns to the organisation: what was made for their own organisation does nothing any more.
        organisation, old = self.organisation(mine), self.form_token(theirs, "/members")
        self.assertIn(organisation, self.with_cookie(theirs, "GET", "/organisations")[1])
        status, _, headers = self.fill(theirs, "/organisations", {"organisation": organisation})
        self.assertEqual((status, headers["Location"]), (303, "/"))
        self.assertEqual(self.organisation(theirs), organisation)
        status, text, _ = self.fill(theirs, "/launch", {"name": "stale", "life": "permanent"}, token=old)
        self.assertEqual(status, 409)
        self.assertIn("another organisation", text)
        # An operator sees who may be asked, and no more; every form of an administrator is refused.
        for path in ["/members", "/keys"]:
            status, text, _ = self.with_cookie(theirs, "GET", path)
            self.assertEqual(status, 200)
            self.assertIn("ask one of them", text)
            for what in [first, "&lt;CI&gt;", f'action="{path}']:
                self.assertNotIn(what, text)
        for path, form in [
                ("/members", order | {"role": "administrator"}), (f"/members/{second}/role", {"role": "administrator"}),
                (f"/members/{first}/remove", {}), ("/keys", {"name": "mine", "role": "administrator"}), (revocation, {})]:
            status, text, _ = self.fill(theirs, path, form)
            self.assertEqual(status, 403, path)
            self.assertIn("takes the role administrator", text)
            self.assertEqual(self.fill(mine, path, form, token="0")[0], 403, path)
        self.assertEqual(self.roles(mine), {first: "administrator", second: "operator"})
        self.assertEqual(len(self.with_cookie(mine, "GET", "/v1/keys")[1]["keys"]), 1)
        self.assertEqual(asked(), 200)
        self.assertEqual(self.fill(mine, revocation, {})[0], 303)
        self.assertEqual(asked(), 401)

        # Who is removed is out, and cannot turn back.
        self.assertEqual(self.fill(mine, f"/members/{second}/role", {"role": "viewer"})[0], 303)
        self.assertEqual(self.roles(mine)[second], "viewer")
        self.assertEqual(self.fill(mine, f"/members/{second}/remove", {})[0], 303)
        # A page of before does not bring anybody back.
        self.assertEqual(self.fill(mine, f"/members/{second}/role", {"role": "administrator"})[0], 404)
        self.assertEqual(self.with_cookie(theirs, "GET", "/members")[0], 303)
        again = self.sign_in(member)
        self.assertEqual(self.fill(again, "/organisations", {"organisation": organisation})[0], 403)
        self.assertNotEqual(self.organisation(again), organisation)

    def test_members_and_keys_by_commands(self):
        cookie, other = self.sign_in(Account.create()), Account.create()
        secret = self.with_cookie(cookie, "POST", "/v1/keys", {"name": "shell", "role": "administrator"})[1]["secret"]

        def mayfly(*arguments, key=secret, code=0):
            done = subprocess.run(
                [MAYFLY, *arguments, "--platform", f"http://127.0.0.1:{self.port}"], capture_output=True, text=True,
                env=os.environ | {"MAYFLY_API_KEY": key}, timeout=60)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            return done.stdout + done.stderr

        self.assertIn("is operator", mayfly("member", "add", other.address, "--role", "operator"))
        self.assertIn(other.address.lower(), mayfly("member", "list"))
        self.assertEqual(self.roles(cookie)[other.address.lower()], "operator")
        made = mayfly("api-key", "new", "CI").strip()
        self.assertIn("takes the role administrator", mayfly("member", "list", key=made, code=1))
        [key] = [key for key in json.loads(mayfly("api-key", "list", "--json"))["keys"] if key["name"] == "CI"]
        mayfly("api-key", "revoke", key["id"])
        self.assertIn("revoked", mayfly("member", "list", key=made, code=1))
        self.assertIn("CI", mayfly("api-key", "list"))
        mayfly("member", "remove", other.address)
        self.assertEqual(len(self.roles(cookie)), 1)
        self.assertIn("is no member", mayfly("member", "remove", other.address, code=1))
        mayfly("member", "remove", "../keys", code=2)
        mayfly("api-key", "revoke", "../members", code=2)
        mayfly("member", "add", other.address, "--role", "king", code=2)

    def test_pages_sign_in_and_out(self):
        account = Account.create()
        text = self.send("GET", "/sign-in?next=//evil.example")[1]
        self.assertIn('name="next" value="/"', text)
        token = text.split('name="form-token" value="')[1].split('"')[0]
        status, message, _ = self.send("GET", f"/sign-in/message?address={account.address}")
        self.assertEqual(status, 200)
        signature = account.sign_message(encode_defunct(text=message)).signature.to_0x_hex()
        form = {"message": "0x" + message.encode().hex(), "signature": signature, "next": "/launch", "form-token": token}
        post = lambda path, form, **headers: self.send(
            "POST", path, urllib.parse.urlencode(form), Content_Type="application/x-www-form-urlencoded",
            Origin=f"http://{self.authority}", **headers)
        self.assertEqual(post("/sign-in", form | {"form-token": "0"})[0], 403)
        status, _, headers = post("/sign-in", form)
        self.assertEqual((status, headers["Location"]), (303, "/launch"))
        cookie = headers["Set-Cookie"].split(";")[0]
        self.assertIn("Sign out", self.with_cookie(cookie, "GET", "/launch")[1])
        self.assertEqual(post("/sign-in", form)[0], 401)
        status, _, headers = post("/sign-out", {"form-token": token}, Cookie=cookie)
        self.assertEqual(status, 303)
        self.assertIn("Max-Age=0", headers["Set-Cookie"])
        self.assertEqual(self.with_cookie(cookie, "GET", "/launch")[0], 303)


if __name__ == "__main__":
    unittest.main()

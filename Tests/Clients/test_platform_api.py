"""The platform's REST interface keeps what its document says, whatever schemathesis makes of that document."""
import http.client
import json
import pathlib
import subprocess
import sys
import unittest
import urllib.request

from platform_up import Up

# Orders break rules that no schema says (422). What is valid of launchRollup launches, so that there are few of those; most end
# early, as their blocks of 2 s are too slow for this L1.
SETTINGS = """
request-timeout = 30
continue-on-failure = true
warnings = false

[generation]
max-examples = 25
database = "none"
no-shrink = true

[[operations]]
include-operation-id = ["launchRollup", "estimate", "makeKey", "signIn", "addMember", "removeMember", "changeRollup"]
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422]

# Events would go to wherever it leads: test_platform_webhooks asks this one.
[[operations]]
include-operation-id = "makeWebhook"
enabled = false

# It waits until a rollup sleeps.
[[operations]]
include-operation-id = "idleRollup"
generation.max-examples = 2

[[operations]]
include-operation-id = "launchRollup"
generation.max-examples = 12
"""

JSON = {"Content-Type": "application/json"}


class Interface(unittest.TestCase):
    """The document at /v1/openapi.json, and what is served."""

    @classmethod
    def setUpClass(cls):
        cls.up = Up().start()
        try:
            # What the document's examples name; permanent, so that nothing ends it.
            cls.up.ask("POST", "/rollups", {"name": "fair", "permanent": True, "blockTime": 1})
            cls.up.becomes("fair", "active")
            with urllib.request.urlopen(cls.up.url + "/v1/openapi.json", timeout=10) as answer:
                cls.document = json.load(answer)
        except BaseException:
            cls.up.__exit__()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.up.__exit__()

    def send(self, method, path, body=None, headers={}):
        """Status, headers and JSON of an answer to a request that no library mends."""
        connection = http.client.HTTPConnection("127.0.0.1", self.up.ports[0], timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def refused(self, status, code, method, path, body=None, headers={}):
        found, fields, problem = self.send(method, path, body, headers)
        self.assertEqual((found, problem and problem["code"]), (status, code), (method, path, body))
        self.assertEqual(fields["Content-Type"], "application/problem+json")
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["title"])
        return fields, problem

    def test_it_is_as_documented(self):
        settings = pathlib.Path(self.up.directory.name, "schemathesis.toml")
        settings.write_text(SETTINGS)
        done = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "--config-file", settings, "run", "--no-color", "--checks", "all",
             "--phases", "examples,coverage,fuzzing,stateful", "--seed", "6", self.up.url + "/v1/openapi.json"],
            capture_output=True, text=True, cwd=self.up.directory.name, timeout=300)
        self.assertEqual(done.returncode, 0, f"\n{done.stdout}{done.stderr}\n{self.up.output()[-4000:]}")
        self.assertIn(f"Tested: {len(list(self.operations())) - 1}", done.stdout)
        self.assertEqual(self.up.state("fair"), "active")

    def test_the_reference_is_of_what_is_served(self):
        script = pathlib.Path(__file__).resolve().parents[2] / "scripts/generate-api"
        done = subprocess.run([script, self.up.url, "check"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method in methods:
                yield method.upper(), path.replace("{name}", "fair").replace("{id}", "none")

    def test_a_wrong_key_opens_nothing(self):
        for method, path in self.operations():
            for key in ["Bearer mayfly_00", "Bearer ", "Basic YTpi", "mayfly"]:
                fields, _ = self.refused(401, "unknown-key", method, path, headers={"Authorization": key})
                self.assertEqual(fields["WWW-Authenticate"], "Bearer")

    def test_what_is_not_there_is_a_problem(self):
        for path in ["/v1", "/v1/nothing", "/v1/rollups/fair/nothing", "/v1/rollups/fair/job/more", "/v1/%00", "/v1/%zz"]:
            self.refused(404, "no-such-path", "GET", path)
        for name in ["nothing", "%00", "%zz", "%ff", "fair%2Fjob", "FAIR", "a" * 4_000]:
            self.refused(404, "no-such-rollup", "GET", f"/v1/rollups/{name}")
        for method, path, allowed in [
                ("PUT", "/v1/rollups", "GET, POST"), ("QUERY", "/v1/rollups/fair", "DELETE, GET, PATCH"), ("DELETE", "/v1/keys", "GET, POST"),
                ("POST", "/v1/rollups/fair/job", "GET"), ("OPTIONS", "/v1/openapi.json", "GET"), ("TRACE", "/v1/estimate", "POST")]:
            fields, _ = self.refused(405, "method-not-allowed", method, path)
            self.assertEqual(fields["Allow"], allowed)

    def test_parameters_are_read_strictly(self):
        for query in ["limit=0", "limit=501", "limit=", "limit=+5", "limit=1e2", "limit=%ff", "limit=9999999999999999999999",
                      "limit=1&limit=2", "after=%00a", "after=A", "state=nothing", "state="]:
            _, problem = self.refused(400, "invalid-parameter", "GET", f"/v1/rollups?{query}")
            self.assertEqual(problem["field"], query.split("=")[0])
        self.refused(400, "invalid-parameter", "GET", "/v1/rollups/fair/events?after=-1")
        self.refused(400, "invalid-parameter", "GET", "/v1/rollups/fair/logs?bytes=2000000")
        for key in ["", "a" * 201, "\xe9"]:
            self.refused(400, "invalid-parameter", "POST", "/v1/rollups", "{}", JSON | {"Idempotency-Key": key})

    def test_bodies_are_read_strictly(self):
        for body in ["", "{", '{"name": "a\\ud800"}', '{"name": "a", "blockTime": 1e999}', "\xff", "[" * 100_000]:
            self.refused(400, "malformed-body", "POST", "/v1/estimate", body.encode("latin-1"), JSON)
        for body, field in [
                ("[]", "the body"), ("null", "the body"), ("1", "the body"), ('{"name": "a\\u0000"}', "name"),
                ('{"name": "a", "blocktime": 1}', "blocktime"), ('{"name": "a", "blockTime": -1}', "blockTime"),
                ('{"name": "a", "blockTime": 1.5}', "blockTime"), ('{"name": "a", "gasLimit": 18446744073709551616}', "gasLimit"),
                ('{"name": "a", "chainId": 9007199254740992}', "chainId"), ('{"name": "a", "permanent": 1}', "permanent")]:
            _, problem = self.refused(422, "invalid-field", "POST", "/v1/estimate", body, JSON)
            self.assertEqual(problem["field"], field)
        for body in ['{"name": "a\\u0000", "role": "viewer"}', '{"name": "", "role": "viewer"}']:
            self.refused(422, "invalid-field", "POST", "/v1/keys", body, JSON)
        self.refused(413, "body-too-large", "POST", "/v1/estimate", " " * (1 << 20) + "{}", JSON)
        self.refused(415, "unsupported-media-type", "POST", "/v1/estimate", "{}")


if __name__ == "__main__":
    unittest.main()

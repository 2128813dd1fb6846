"""Traces: what a request does in all processes is one tree, and a collector that is not there harms nobody."""
import contextlib
import hashlib
import json
import os
import secrets
import subprocess
import time
import unittest
import unittest.mock
import urllib.error
import urllib.request

from collector import Collector
from gateway import Gateway
from node import MAYFLY, free_port
from platform_up import Up
from rollup import RollupCase, call, eventually

SERVER, CLIENT = 2, 3
KEY = "mf_a-key-that-nobody-may-read"


def ask(url, method, *parameters, parent=None, batch=None):
    body = batch or {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    headers = {"Content-Type": "application/json"}
    if parent:
        headers |= {"traceparent": parent, "tracestate": "others=1"}
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=60) as answer:
        return json.load(answer)


def new_parent(flags="01"):
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return trace, span, f"00-{trace}-{span}-{flags}"


class TracingTest(RollupCase):
    def with_gateway(self, body, *arguments):
        def run(rollup):
            (rollup.directory / "gateway.json").write_text(json.dumps({
                "node": ["--sequence"],
                "batcher": ["--key-file", "../batcher.key", "--da", "calldata", "--channel-blocks", "1"],
                "proposer": ["--key-file", "../proposer.key", "--interval", "5", "--depth", "safe"]}))
            served = Gateway(rollup.path, rollup.l1.url, rollup.path / "gateway.log", *arguments)
            rollup.processes["gateway"] = served.process
            try:
                body(rollup, served)
            except BaseException:
                for path in sorted((rollup.directory / "logs").glob("*.log")):
                    print(f"--- {path.stem}\n{path.read_text()[-3000:]}")
                raise
        self.run_rollup(run)

    def test_a_request_is_one_tree(self):
        """Gateway and node, by what the client decided; and the batcher's and the proposer's work with its questions to L1."""
        with contextlib.closing(Collector()) as collector:
            def body(rollup, served):
                url = served.url("trial")
                trace, span, parent = new_parent()
                ask(url, "eth_getBalance", rollup.accounts["user"].address, "latest", parent=parent)
                unsampled, _, unsampled_parent = new_parent("00")
                ask(url, "eth_chainId", parent=unsampled_parent)
                ask(url, "eth_blockNumber")

                front, = eventually(lambda: collector.find(traceId=trace, service="mayfly-gateway", kind=SERVER), 20, "its span")
                self.assertEqual((front["parentSpanId"], front["traceState"], front["name"]), (span, "others=1", "POST /{rollup}"))
                self.assertEqual(
                    {key: front["attributes"].get(key) for key in (
                        "mayfly.rollup", "mayfly.cache.hit", "mayfly.woke", "http.response.status_code", "http.request.method")},
                    {"mayfly.rollup": "trial", "mayfly.cache.hit": False, "mayfly.woke": True,
                     "http.response.status_code": 200, "http.request.method": "POST"})
                wake, = collector.find(traceId=trace, name="wake")
                self.assertEqual(wake["parentSpanId"], front["spanId"])
                back, = eventually(lambda: collector.find(traceId=trace, service="mayfly-node"), 20, "the node's span")
                self.assertEqual((back["name"], back["kind"], back["parentSpanId"]), ("eth_getBalance", SERVER, front["spanId"]))
                self.assertEqual(
                    (back["attributes"]["rpc.system"], back["attributes"]["rpc.method"]), ("jsonrpc", "eth_getBalance"))
                self.assertLessEqual(int(front["startTimeUnixNano"]), int(back["startTimeUnixNano"]))
                self.assertGreaterEqual(int(front["endTimeUnixNano"]), int(back["endTimeUnixNano"]) - 10**6)

                # Errors and batches.
                trace, _, parent = new_parent()
                self.assertIn("error", ask(url, "eth_noSuchMethod", parent=parent))
                wrong, = eventually(lambda: collector.find(traceId=trace, service="mayfly-node"), 20, "the error's span")
                self.assertEqual((wrong["attributes"]["rpc.method"], wrong["status"]["code"]), ("_OTHER", 2))
                self.assertEqual(wrong["attributes"]["rpc.jsonrpc.error_code"], -32601)
                trace, _, parent = new_parent()
                calls = [{"jsonrpc": "2.0", "id": number, "method": "eth_gasPrice", "params": []} for number in range(3)]
                ask(url, "", parent=parent, batch=calls)
                batch, = eventually(lambda: collector.find(traceId=trace, name="batch"), 20, "the batch's span")
                self.assertEqual(batch["attributes"]["mayfly.rpc.batch_size"], 3)
                parts = collector.find(traceId=trace, parentSpanId=batch["spanId"], service="mayfly-node")
                self.assertEqual([part["name"] for part in parts], ["eth_gasPrice"] * 3)

                # A read that is known already is not the node's.
                trace, _, parent = new_parent()
                ask(url, "eth_getBlockByNumber", "0x0", False)
                ask(url, "eth_getBlockByNumber", "0x0", False, parent=parent)
                known, = eventually(lambda: collector.find(traceId=trace), 20, "the span of what is known")
                self.assertTrue(known["attributes"]["mayfly.cache.hit"])

                block, = eventually(lambda: collector.find(name="sequencer.block")[:1], 20, "a block's span")
                self.assertGreater(block["attributes"]["mayfly.block.number"], 0)
                for name in ("batcher.submit", "proposer.propose"):
                    self.check_submission(collector, name)
                self.assertEqual(collector.find(traceId=unsampled), [])

                roles = {span["service"] for span in collector.find()}
                self.assertLessEqual({"mayfly-gateway", "mayfly-node", "mayfly-batcher", "mayfly-proposer"}, roles)
            self.with_gateway(body, "--otlp", collector.url)

    def check_submission(self, collector, name):
        """It has the transaction, and the questions to L1 that are its parts."""
        def found():
            for span in collector.find(name=name):
                parts = collector.find(parentSpanId=span["spanId"], traceId=span["traceId"], kind=CLIENT)
                if any(part["name"] == "eth_sendRawTransaction" for part in parts):
                    return span, parts
            return None
        span, parts = eventually(found, 60, name)
        self.assertRegex(span["attributes"]["mayfly.l1.transaction"], "^0x[0-9a-f]{64}$")
        if name == "batcher.submit":
            self.assertGreater(span["attributes"]["mayfly.batcher.bytes"], 0)
            self.assertLessEqual(span["attributes"]["mayfly.block.first"], span["attributes"]["mayfly.block.last"])
        for part in parts:
            self.assertEqual(part["attributes"]["server.address"], "127.0.0.1")
            self.assertEqual(part["attributes"]["rpc.method"], part["name"])

    def test_keys_are_told_to_nobody(self):
        """An API key in a path, and what a sampled trace may have instead."""
        with contextlib.closing(Collector()) as collector:
            def body(rollup, served):
                hashed = hashlib.sha256(KEY.encode()).hexdigest()
                (rollup.directory / "keys.json").write_text(
                    json.dumps({"required": True, "keys": [{"name": "somebody", "hash": "0x" + hashed}]}))
                # The gateway looks at the file now and then.
                eventually(lambda: self.is_known(served.url("trial") + "/" + KEY), 10, "the key")
                trace, _, parent = new_parent()
                ask(served.url("trial") + "/" + KEY, "eth_chainId", parent=parent)
                eventually(lambda: len(collector.find(traceId=trace)) >= 2, 20, "the request's spans")
                served.process.stop()
                self.assertGreater(len(collector.find()), 1)
                self.assertNotIn(KEY, collector.text)
                self.assertNotIn(hashed, collector.text)
            # Nothing is traced but what comes sampled.
            self.with_gateway(body, "--otlp", collector.url, "--trace-sample", "0")

    def is_known(self, url):
        try:
            return "result" in ask(url, "eth_chainId")
        except urllib.error.HTTPError:
            return False

    def test_a_dead_collector_harms_nobody(self):
        def body(rollup, served):
            url = served.url("trial")
            ask(url, "eth_chainId")
            start = time.monotonic()
            for _ in range(300):
                ask(url, "eth_chainId")
            self.assertLess(time.monotonic() - start, 10)
            eventually(lambda: served.metrics()["mayfly_trace_spans_dropped_total"] > 0, 30, "spans being dropped")
            self.assertEqual(served.output().count("spans are lost"), 1, served.output())
            start = time.monotonic()
            served.process.stop()
            self.assertLess(time.monotonic() - start, 20)
        self.with_gateway(body, "--otlp", f"http://127.0.0.1:{free_port()}")


class UpTest(unittest.TestCase):
    def test_all_of_it_is_traced(self):
        """A launch is a job's span with its questions to L1, and what answers them; asked for by the standard variables."""
        with contextlib.closing(Collector()) as collector, unittest.mock.patch.dict(os.environ, {
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url + "/", "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b, x-other=1",
                "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=trial,service.name=another"}), Up() as up:
            up.ask("POST", "/rollups", {"name": "fair", "template": "mint"}, Idempotency_Key="one")
            rollup = up.becomes("fair", "active")
            call(rollup["rpcUrl"], "eth_chainId")
            job, = eventually(lambda: collector.find(name="job.launch", service="mayfly-up")[-1:], 20, "the job's span")
            self.assertEqual(job["attributes"]["mayfly.rollup"], "fair")
            asked = collector.find(traceId=job["traceId"], kind=CLIENT)
            self.assertTrue(asked)
            served = collector.find(traceId=job["traceId"], kind=SERVER)
            self.assertTrue({span["parentSpanId"] for span in served} & {span["spanId"] for span in asked})
            eventually(lambda: collector.find(service="mayfly-node", name="eth_chainId"), 20, "the node's span")
            self.assertEqual({span["resource"].get("deployment.environment.name") for span in collector.find()}, {"trial"})
            self.assertEqual(collector.headers, {("a b", "1")})

    def test_bad_options_are_refused(self):
        for arguments, word in (
                (["--otlp", "localhost:4318"], "http://"), (["--trace-sample", "2"], "0 to 1")):
            done = subprocess.run([MAYFLY, "l1", *arguments], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(word, done.stderr)
        with unittest.mock.patch.dict(os.environ, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_SAMPLER_ARG": "much"}):
            done = subprocess.run([MAYFLY, "l1"], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("OTEL_TRACES_SAMPLER_ARG", done.stderr)

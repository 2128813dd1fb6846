"""Idle and wake: a gateway whose rollups' processes run only while somebody needs them."""
import asyncio
import concurrent.futures
import contextlib
import hashlib
import json
import os
import pathlib
import signal
import socket
import time
import unittest
import urllib.error
import urllib.request

from eth_account import Account

from consistency import fund, look_for_the_past
from gateway import Gateway, children, describe, percentile
from rollup import RollupCase, block, call, eventually

BLOCK_NUMBER = {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}


class GatewayTest(RollupCase):
    """One L1 and one rollup for each test; its processes are the gateway's."""

    def run_gateway(self, body, *arguments, options=None, idle_after="300ms", **settings):
        def with_gateway(rollup):
            if options is not None:
                (rollup.directory / "gateway.json").write_text(json.dumps(options))
            served = Gateway(
                rollup.path, rollup.l1.url, rollup.path / "gateway.log", "--idle-after", idle_after, *arguments)
            rollup.processes["gateway"] = served.process
            try:
                body(rollup, served)
            except BaseException:
                for path in sorted((rollup.directory / "logs").glob("*.log")):
                    print(f"--- {path.stem}\n{path.read_text()[-3000:]}")
                raise
        self.run_rollup(with_gateway, **settings)

    def test_wakes(self):
        """The first answer of a rollup that sleeps comes at once; then it sleeps again."""
        def body(rollup, served):
            self.assertEqual(served.place("trial"), "idle")
            self.assertEqual(children(served.pid), {})
            # The first start makes the database.
            self.assertEqual(served.ask("trial", BLOCK_NUMBER)[0], 200)
            times = served.wakes("trial", 20)
            print(describe(times))
            self.assertLess(percentile(times, 0.5), 1)
            served.falls_asleep("trial")
            self.assertEqual(children(served.pid), {})
            self.assertEqual(self.status(served, "stranger"), 404)
        self.run_gateway(body)

    def status(self, served, name):
        request = urllib.request.Request(served.url(name), b"{}", {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_requests_that_race_the_stop(self):
        """Whoever asks while the processes begin or end is answered."""
        def body(rollup, served):
            end = time.monotonic() + 12

            def client(number):
                answered = 0
                while time.monotonic() < end:
                    status, _, answer = served.ask("trial", [dict(BLOCK_NUMBER, id=number), BLOCK_NUMBER])
                    if status != 200 or [part.get("id") for part in answer] != [number, 1]:
                        return f"{status}: {answer}"
                    answered += 1
                    # About when the gateway asks whether the process may end, and while it ends.
                    time.sleep(0.04 + 0.012 * ((number * 7 + answered * 5) % 11))
                return answered

            with concurrent.futures.ThreadPoolExecutor(6) as pool:
                results = list(pool.map(client, range(2, 8)))
            for result in results:
                self.assertIsInstance(result, int, result)
            wakes = served.metrics()["mayfly_gateway_wakes_total"]
            print(f"{sum(results)} requests, {wakes:.0f} wakes")
            self.assertGreater(wakes, 2)
        self.run_gateway(body, idle_after="50ms")

    def test_transaction(self):
        """A transaction wakes the rollup and is in a block of now; it sleeps when L1 has it, and a verifier has the same."""
        def body(rollup, served):
            user = rollup.accounts["user"]
            rollup.bridge("deposit", "--amount", "1", node=None)
            def balance():
                status, _, answer = served.ask("trial", dict(
                    BLOCK_NUMBER, method="eth_getBalance", params=[user.address, "latest"]))
                return status == 200 and int(answer["result"], 16)
            eventually(balance, 30, "the deposit")
            # What deposits uses a nonce.
            nonce = int(served.ask("trial", dict(
                BLOCK_NUMBER, method="eth_getTransactionCount", params=[user.address, "latest"]))[2]["result"], 16)
            served.falls_asleep("trial", 60)
            time.sleep(8)
            chain_id = rollup.launched["chainId"]
            transaction = Account.sign_transaction(
                {"to": rollup.accounts["owner"].address, "value": 1, "gas": 21000, "maxFeePerGas": 10**10,
                 "maxPriorityFeePerGas": 1, "nonce": nonce, "chainId": chain_id}, user.key)
            sent = int(time.time())
            start = time.monotonic()
            status, _, answer = served.ask("trial", dict(
                BLOCK_NUMBER, method="eth_sendRawTransaction", params=["0x" + transaction.raw_transaction.hex().removeprefix("0x")]))
            print(f"accepted after {(time.monotonic() - start) * 1000:.0f} ms")
            self.assertEqual((status, "result" in answer), (200, True), answer)
            receipt = eventually(
                lambda: served.ask("trial", dict(
                    BLOCK_NUMBER, method="eth_getTransactionReceipt", params=[answer["result"]]))[2]["result"],
                30, "the receipt")
            print(f"in a block after {(time.monotonic() - start) * 1000:.0f} ms")
            number = int(receipt["blockNumber"], 16)
            found = eventually(lambda: block(served.url("trial"), number), 10, "the block")
            self.assertLessEqual(abs(found["time"] - sent), 70)
            served.falls_asleep("trial", 60)
            rollup.verifier()
            self.assertEqual(rollup.reaches("verifier", number)["hash"], found["hash"])
            self.check_every_block_is_there(rollup.url("verifier"), 0, number)
        self.run_gateway(
            body, options={
                "node": ["--sequence"],
                "batcher": ["--da", "calldata", "--key-file", "../batcher.key", "--channel-blocks", "1"]})

    def test_forced_deposit(self):
        """A deposit on L1 wakes the rollup, which sleeps again when it has it."""
        def body(rollup, served):
            self.assertEqual(served.ask("trial", BLOCK_NUMBER)[0], 200)
            served.falls_asleep("trial")
            someone = Account.create().address
            rollup.bridge("deposit", "--amount", "2", "--to", someone, node=None)
            eventually(lambda: "for a deposit in L1 block" in served.output(), 20, "the waking")
            served.falls_asleep("trial", 30)
            # The sleeping rollup has it: nothing else happened since.
            _, _, answer = served.ask("trial", dict(BLOCK_NUMBER, method="eth_getBalance", params=[someone, "latest"]))
            self.assertEqual(int(answer["result"], 16), 2 * 10**18)
            self.assertEqual(served.output().count("for a deposit in L1 block"), 1)
        self.run_gateway(body)

    def test_websocket(self):
        """An open WebSocket keeps the rollup awake."""
        import websockets

        async def listen(served):
            async with websockets.connect(f"ws://127.0.0.1:{served.port}/trial") as socket:
                await socket.send(json.dumps(dict(BLOCK_NUMBER, method="eth_subscribe", params=["newHeads"])))
                self.assertIn("result", json.loads(await socket.recv()))
                for _ in range(3):
                    self.assertEqual(json.loads(await asyncio.wait_for(socket.recv(), 10))["method"], "eth_subscription")
                self.assertEqual(await asyncio.to_thread(served.place, "trial"), "awake")

        def body(rollup, served):
            asyncio.run(listen(served))
            served.falls_asleep("trial")
        self.run_gateway(body)

    def test_kept_answers_are_never_old(self):
        """No client gets an answer that is older than what any client was told before it asked, over HTTP or WebSocket."""
        def body(rollup, served):
            fund(rollup, served)
            rounds, transactions = look_for_the_past(self, rollup, served, 10)
            metrics = served.metrics()
            hits, misses = (metrics[f'mayfly_gateway_cache_{what}_total{{rollup="trial"}}'] for what in ("hits", "misses"))
            print(f"{transactions} transactions, {rounds} rounds of reading, {hits:.0f} answers of those kept, {misses:.0f} others")
            self.assertGreater(transactions, 10)
            self.assertGreater(hits, 200)
        self.run_gateway(body, idle_after="10m")

    def test_another_batcher_takes_the_place_of_one(self):
        """The batcher is replaced as soon as it is to run otherwise; the node goes on, and so does the chain."""
        def body(rollup, served):
            self.assertEqual(served.ask("trial", BLOCK_NUMBER)[0], 200)
            batcher = ["--key-file", "../batcher.key", "--channel-blocks", "1"]
            eventually(lambda: "batcher" in children(served.pid).values(), 10, "the batcher")
            before = {command: pid for pid, command in children(served.pid).items()}

            def publishes(kind):
                first = block(rollup.l1.url)["number"]
                def has():
                    rollup.bridge("deposit", "--amount", "0.001", node=None)
                    return kind in [found for _, found in rollup.published(first)]
                eventually(has, 60, kind)
            publishes("calldata")
            file = rollup.directory / "gateway.json"
            # What cannot be understood changes nothing, and is told once.
            file.write_text("{")
            eventually(lambda: "gateway.json: " in served.output(), 5, "the complaint")
            self.assertEqual({command: pid for pid, command in children(served.pid).items()}, before)
            new = rollup.directory / "gateway.json.new"
            new.write_text(json.dumps({"node": ["--sequence"], "batcher": ["--da", "blobs", *batcher]}))
            new.replace(file)
            publishes("blobs")
            after = {command: pid for pid, command in children(served.pid).items()}
            self.assertEqual(after["node"], before["node"])
            self.assertNotEqual(after["batcher"], before["batcher"])
            self.assertEqual(len(after), len(before))
            self.assertEqual(served.output().count("gateway.json: "), 1)
            self.check_every_block_is_there(served.url("trial"), 1, block(served.url("trial"))["number"])
            # Somebody has it sleep; it would for ten minutes not by itself. A deposit that it had not read wakes it again.
            eventually(lambda: (rollup.directory / "rest").touch() or "trial: asleep" in served.output(), 60, "sleep")
            self.assertEqual(served.ask("trial", BLOCK_NUMBER)[0], 200)
        self.run_gateway(body, idle_after="10m", options={
            "node": ["--sequence"], "batcher": ["--da", "calldata", "--key-file", "../batcher.key", "--channel-blocks", "1"]})

    def test_limits_keys_and_host_names(self):
        """Who asks too much is told so and when to come back; keys are known by hash; a rollup is a host too."""
        def exchange(served, path, body, *lines, host="localhost"):
            """Status, head and JSON or text of an answer, on a connection of its own."""
            text = body if isinstance(body, str) else json.dumps(body)
            head = "".join(f"{line}\r\n" for line in (
                f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json", "Connection: close",
                f"Content-Length: {len(text)}", *lines))
            with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
                connection.sendall((head + "\r\n" + text).encode())
                answer = b""
                while part := connection.recv(1 << 16):
                    answer += part
            head, _, rest = answer.decode().partition("\r\n\r\n")
            return int(head.split(" ")[1]), head, json.loads(rest) if rest.startswith("{") else rest

        async def ask_by_websocket(url, count):
            import websockets
            async with websockets.connect(url) as socket:
                for number in range(count):
                    await socket.send(json.dumps(dict(BLOCK_NUMBER, id=number)))
                    await asyncio.sleep(0.002)
                for number in range(count):
                    self.assertEqual(json.loads(await asyncio.wait_for(socket.recv(), 20))["id"], number)

        def body(rollup, served):
            ring = rollup.directory / "keys.json"
            def write(required, *keys):
                ring.write_text(json.dumps({"required": required, "keys": [
                    {"name": name, "hash": "0x" + hashlib.sha256(secret.encode()).hexdigest(), **more}
                    for name, secret, more in keys]}))

            # The id of the request comes back with the refusal, and so does the time to wait.
            named = dict(BLOCK_NUMBER, id="mine")
            statuses = []
            for _ in range(12):
                status, head, answer = exchange(served, "/trial", named)
                statuses.append(status)
                self.assertEqual(answer["id"], "mine", answer)
                if status == 429:
                    self.assertEqual((answer["error"]["code"], answer["error"]["data"]["limit"]), (-32005, "rate"))
                    self.assertIn("5 requests/s", answer["error"]["message"])
                    self.assertRegex(head, r"Retry-After: 1\b")
                    self.assertLessEqual(answer["error"]["data"]["retryAfterMilliseconds"], 200)
            self.assertEqual(statuses[:8], [200] * 8)
            self.assertIn(429, statuses)
            # A batch weighs what is in it, so that it is no way around.
            status, _, answer = exchange(served, "/trial", json.dumps([BLOCK_NUMBER] * 100))
            self.assertEqual((status, answer["id"]), (429, None), answer)

            # A key has an allowance of its own, and any way to give it does; whoever gives a wrong one is told.
            write(False, ("fast", "sesame", {}), ("slow", "snail", {"requestsPerSecond": 1, "burst": 2}))
            eventually(lambda: exchange(served, "/trial/sesame", BLOCK_NUMBER)[0] == 200, 5, "the keys")
            for path, lines in (("/trial/sesame", ()), ("/trial", ("X-API-Key: sesame",)),
                                ("/trial", ("Authorization: Bearer sesame",))):
                for _ in range(20):
                    self.assertEqual(exchange(served, path, BLOCK_NUMBER, *lines)[0], 200)
            self.assertEqual([exchange(served, "/trial/snail", BLOCK_NUMBER)[0] for _ in range(4)], [200, 200, 429, 429])
            for path, lines in (("/trial/sesam", ()), ("/trial", ("X-API-Key: nobody",)), ("/trial", ("Authorization: Bearer x",))):
                self.assertEqual(exchange(served, path, BLOCK_NUMBER, *lines)[0], 401, (path, lines))

            # In a WebSocket who sends more than is allowed is not read for a while, and loses nothing.
            write(False, ("stream", "river", {"requestsPerSecond": 40, "burst": 10}))
            eventually(lambda: exchange(served, "/trial/river", BLOCK_NUMBER)[0] == 200, 5, "the keys")
            start = time.monotonic()
            asyncio.run(ask_by_websocket(f"ws://127.0.0.1:{served.port}/trial/river", 100))
            # Over 6,000 bytes are 60 requests.
            # What comes last is not waited for, and may come in one piece.
            self.assertGreater(time.monotonic() - start, 0.4)

            # A key that is asked for, and keys that are taken away.
            write(True, ("fast", "open", {}))
            eventually(lambda: exchange(served, "/trial/river", BLOCK_NUMBER)[0] == 401, 5, "the end of the key")
            status, _, answer = exchange(served, "/trial", BLOCK_NUMBER)
            self.assertEqual(status, 401)
            self.assertIn("Authorization: Bearer KEY", answer)
            self.assertEqual(exchange(served, "/trial/open", BLOCK_NUMBER)[0], 200)

            # The rollup's name as a host, with a key in the path; other hosts are refused as ever.
            for host in ("trial.rollups.test", f"Trial.Rollups.test:{served.port}"):
                self.assertEqual(exchange(served, "/open", BLOCK_NUMBER, host=host)[0], 200, host)
            for host, status in (("stranger.rollups.test", 404), ("a.trial.rollups.test", 403), ("rollups.test", 403),
                                 ("trial.evil.example", 403)):
                self.assertEqual(exchange(served, "/open", BLOCK_NUMBER, host=host)[0], status, host)

            metrics = served.metrics()
            self.assertGreaterEqual(metrics['mayfly_gateway_shed_total{rollup="trial",reason="rate"}'], 4)
            self.assertGreaterEqual(metrics['mayfly_gateway_shed_total{rollup="trial",reason="key"}'], 5)
            self.assertEqual(metrics['mayfly_gateway_request_seconds_bucket{rollup="trial",le="+Inf"}'],
                             metrics['mayfly_gateway_request_seconds_count{rollup="trial"}'])
            self.assertEqual(metrics['mayfly_gateway_rollup_state{rollup="trial",place="awake"}'], 1)
            self.assertEqual(metrics['mayfly_gateway_in_flight_requests{rollup="trial"}'], 0)
            for secret in ("sesame", "snail", "open"):
                self.assertNotIn(secret, served.output())
        self.run_gateway(
            body, "--domain", "rollups.test", idle_after="10m",
            options={"node": ["--sequence"], "limits": {"requestsPerSecond": 5, "burst": 8}})

    def test_flood(self):
        """What is more than a rollup's node may have is refused at once, and another rollup answers as ever."""
        def body(rollup, served):
            self.assertEqual(served.ask("trial", BLOCK_NUMBER)[0], 200)
            batch = [dict(BLOCK_NUMBER, method="eth_getBlockByNumber", params=["latest", True])] * 100
            with concurrent.futures.ThreadPoolExecutor(24) as pool:
                results = list(pool.map(lambda _: served.ask("trial", batch), range(240)))
            statuses = [status for status, _, _ in results]
            refused = [(headers, answer) for status, headers, answer in results if status == 503]
            print(f"{statuses.count(200)} answered, {len(refused)} refused")
            self.assertEqual(len(refused) + statuses.count(200), 240)
            self.assertGreater(statuses.count(200), 20)
            self.assertGreater(len(refused), 20)
            for headers, answer in refused:
                self.assertEqual((headers["Retry-After"], answer["error"]["code"]), ("1", -32005))
                self.assertEqual(answer["error"]["data"]["limit"], "in_flight")
            metrics = served.metrics()
            self.assertEqual(metrics['mayfly_gateway_shed_total{rollup="trial",reason="in_flight"}'], len(refused))
            self.assertEqual(metrics['mayfly_gateway_in_flight_requests{rollup="trial"}'], 0)
            self.assertEqual(served.ask("trial", BLOCK_NUMBER)[0], 200)

            # Bodies that do not end hold no more than half of the memory for requests; the rest is for other rollups.
            head = b"POST /trial HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\n\r\n"
            with contextlib.ExitStack() as stack:
                statuses = []
                for _ in range(9):
                    connection = stack.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=10))
                    connection.sendall(head)
                    connection.settimeout(1)
                    try:
                        connection.sendall(b" " * 4_900_000)
                        statuses.append(int(connection.recv(100)[9:12]))
                    except (TimeoutError, ConnectionError) as error:
                        statuses.append(None if isinstance(error, TimeoutError) else 503)
                self.assertEqual(statuses[:5], [None] * 5)
                self.assertIn(503, statuses[5:])
                self.assertLess(served.metrics()["mayfly_gateway_held_bytes"], 36 << 20)
            eventually(lambda: served.metrics()["mayfly_gateway_held_bytes"] == 0, 5, "the end of what was held")
            self.assertEqual(served.ask("trial", BLOCK_NUMBER)[0], 200)
        self.run_gateway(
            body, idle_after="10m", options={"node": ["--sequence"], "limits": {"inFlight": 2}})

    def test_ends(self):
        """No process is left, however the gateway ends; one that crashes is told of and started again."""
        def body(rollup, served):
            self.assertEqual(served.ask("trial", BLOCK_NUMBER)[0], 200)
            first, = children(served.pid)
            os.kill(first, signal.SIGKILL)
            self.assertEqual(served.ask("trial", BLOCK_NUMBER)[0], 200)
            second, = children(served.pid)
            self.assertNotEqual(first, second)
            self.assertIn("trial's node ended (signal 9)", served.output())
            # As a crash.
            rollup.kill("gateway")
            eventually(lambda: not pathlib.Path(f"/proc/{second}").exists(), 15, "the end of the node")
            # The next one finds what was interrupted, and ends in order.
            again = Gateway(rollup.path, rollup.l1.url, rollup.path / "again.log", "--idle-after", "10m")
            rollup.processes["again"] = again.process
            eventually(lambda: again.place("trial") == "awake", 20, "waking what was interrupted")
            third, = children(again.pid)
            again.process.process.send_signal(signal.SIGTERM)
            self.assertEqual(again.process.process.wait(timeout=20), 0)
            self.assertFalse(pathlib.Path(f"/proc/{third}").exists())
        self.run_gateway(body, idle_after="10m")

    def test_process_that_cannot_start(self):
        """Requests wait for a while and are told to come again; the reason is told with the process's own words."""
        def body(rollup, served):
            status, headers, answer = served.ask("trial", BLOCK_NUMBER, timeout=60)
            self.assertEqual((status, answer["error"]["code"]), (503, -32005))
            self.assertGreaterEqual(int(headers["Retry-After"]), 1)
            self.assertIn("--sub-block-time", served.output())
            self.assertLess(served.output().count("ended (exit code 2)"), 12)
        self.run_gateway(body, options={"node": ["--sequence", "--sub-block-time", "1"]})

    def test_malformed_requests(self):
        """What is no request of a rollup is refused, and wakes nobody."""
        def body(rollup, served):
            def exchange(text):
                with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
                    connection.sendall(text)
                    connection.shutdown(socket.SHUT_WR)
                    return connection.recv(100).split(b"\r\n")[0]
            head = b"POST /trial HTTP/1.1\r\nHost: localhost\r\n"
            for request, status in [
                (head + b"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", b"415"),
                (head + b"Content-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
                (head + b"Content-Type: application/json\r\nContent-Length: 999999999\r\n\r\n", b"413"),
                (b"POST /trial HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", b"403"),
                (b"POST /../trial HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", b"404"),
                (b"POST /trial/admin HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", b"404"),
                (b"GET /trial HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 b"Origin: http://evil.example\r\nSec-WebSocket-Version: 13\r\n"
                 b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", b"403"),
                (b"DELETE /trial HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
            ]:
                self.assertIn(status, exchange(request), request)
            self.assertEqual(served.place("trial"), "idle")
            self.assertEqual(children(served.pid), {})
        self.run_gateway(body)


if __name__ == "__main__":
    unittest.main()

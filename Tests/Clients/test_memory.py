"""The memory of `mayfly l1` while clients send requests by halves and do not read their answers."""
import json
import os
import socket
import struct
import time
import unittest
import urllib.request

from node import Node

MIB = 1 << 20
LIMIT = 32
HEAD = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


def resident(process):
    with open(f"/proc/{process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // MIB


class MemoryTests(unittest.TestCase):
    def setUp(self):
        self.node = Node("--rpc-memory", str(LIMIT)).start()
        self.before = resident(self.node.process)
        self.clients = []

    def tearDown(self):
        for client in self.clients:
            client.close()
        self.assertEqual(self.node.stop(), 0)

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.node.port), timeout=10)
        self.clients.append(client)
        return client

    def call(self, method, *parameters):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
        request = urllib.request.Request(self.node.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["result"]

    def send(self, client, data):
        try:
            client.sendall(data)
        except OSError:
            pass  # The server has closed, as it may.

    def check(self):
        """A client that behaves is served, and the bound holds with some room for the allocator."""
        self.assertTrue(self.call("eth_blockNumber").startswith("0x"))
        self.assertLess(resident(self.node.process) - self.before, 3 * LIMIT)

    def test_half_sent_bodies(self):
        half = b"x" * (4 * MIB)
        for index in range(100):
            client = self.connect()
            self.send(client, HEAD.format(5 * MIB).encode() + half)
            if index % 10 == 9:
                self.check()
        self.check()
        answer = self.clients[0].recv(4096)
        self.assertTrue(answer.startswith(b"HTTP/1.1 503 "))
        self.assertIn(b'"code":-32005', answer)

    def test_half_sent_messages(self):
        upgrade = (
            b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        frame = b"\x81\xff" + struct.pack(">Q", 30 * MIB) + b"\0\0\0\0" + b"x" * (8 * MIB)
        for index in range(40):
            client = self.connect()
            client.sendall(upgrade)
            self.assertTrue(client.recv(4096).startswith(b"HTTP/1.1 101 "))
            self.send(client, frame)
            if index % 10 == 9:
                self.check()
        self.assertEqual(self.clients[0].recv(4), b"\x88\x02" + struct.pack(">H", 1013))

    def test_unread_answers(self):
        calls = [{"jsonrpc": "2.0", "id": 1, "method": "web3_sha3", "params": ["0x"], "x": "y" * 100}] * 1000
        body = json.dumps(calls).encode()
        request = HEAD.format(len(body)).encode() + body
        for index in range(100):
            client = self.connect()
            client.settimeout(0.5)
            for _ in range(40):
                try:
                    client.sendall(request)
                except OSError:
                    break  # It reads no more, as the answers are not taken.
            if index % 10 == 9:
                self.check()

    def test_connections_that_begin_nothing(self):
        silent = self.connect()
        silent.settimeout(40)
        start = time.monotonic()
        self.assertEqual(silent.recv(1), b"")
        self.assertLess(time.monotonic() - start, 30)


if __name__ == "__main__":
    unittest.main()

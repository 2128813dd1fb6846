"""Measures the start and the latencies of `mayfly l1`; see scripts/bench-node."""
import json
import socket
import statistics
import subprocess
import time

from eth_account import Account

from node import MAYFLY, Node, free_port

MNEMONIC = "test test test test test test test test test test test junk"


class Connection:
    """One HTTP connection, kept open."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def call(self, request):
        self.socket.sendall(request)
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end >= 0:
                head = self.buffer[:end].lower()
                place = head.find(b"content-length:")
                length = int(head[place + 15:].split(b"\r\n", 1)[0])
                if len(self.buffer) >= end + 4 + length:
                    body, self.buffer = self.buffer[end + 4:end + 4 + length], self.buffer[end + 4 + length:]
                    return body
            self.buffer += self.socket.recv(1 << 20)


def request(method, *parameters):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def report(name, seconds):
    ordered = sorted(seconds)
    p50, p99 = statistics.median(ordered) * 1e3, ordered[int(len(ordered) * 0.99) - 1] * 1e3
    print(f"| {name} | {p50:.3f} | {p99:.3f} |", flush=True)


def measure(connection, message, count, rate=None):
    """Seconds that each of `count` calls takes; at most `rate` begin in a second."""
    seconds, due = [], time.perf_counter()
    for _ in range(count):
        if rate:
            while time.perf_counter() < due:
                pass
            due += 1 / rate
        start = time.perf_counter()
        answer = connection.call(message)
        seconds.append(time.perf_counter() - start)
        assert b'"error"' not in answer, answer
    return seconds


def start_time():
    """Seconds from starting an empty node until it answers, and its resident megabytes then."""
    port = free_port()
    begin = time.perf_counter()
    process = subprocess.Popen([MAYFLY, "l1", "--http", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                answer = Connection(port).call(b"GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert b"true" in answer
                break
            except OSError:
                time.sleep(0.001)
        seconds = time.perf_counter() - begin
        with open(f"/proc/{process.pid}/statm") as file:
            resident = int(file.read().split()[1]) * 4 / 1024
        return seconds, resident
    finally:
        process.terminate()
        process.wait()


def main():
    starts = [start_time() for _ in range(7)]
    print(f"ready {statistics.median(seconds for seconds, _ in starts) * 1e3:.0f} ms after exec, "
          f"{max(resident for _, resident in starts):.1f} MB resident (7 starts)")
    Account.enable_unaudited_hdwallet_features()
    account = Account.from_mnemonic(MNEMONIC)
    fields = {"chainId": 1337, "maxFeePerGas": 10**11, "maxPriorityFeePerGas": 10**9}
    print("| method | p50 ms | p99 ms |\n|---|---|---|")
    with Node() as node:
        connection = Connection(node.port)
        signed = [
            account.sign_transaction({**fields, "nonce": nonce, "to": account.address, "value": 1, "gas": 21_000})
            for nonce in range(2_000)]
        seconds = []
        for transaction in signed:
            message = request("eth_sendRawTransactionSync", "0x" + bytes(transaction.raw_transaction).hex())
            seconds += measure(connection, message, 1)
        report("eth_sendRawTransactionSync, one after another", seconds)
        # Stores a word and logs it; returns it when called.
        code = "0x" + "602a5f55602a5f5260205fa0" + "600860165f3960085ff3" + "5f545f5260205ff3"
        deployed = account.sign_transaction({**fields, "nonce": 2_000, "data": code, "value": 0, "gas": 500_000})
        receipt = json.loads(connection.call(
            request("eth_sendRawTransactionSync", "0x" + bytes(deployed.raw_transaction).hex())))["result"]
        assert receipt["status"] == "0x1", receipt
        address, block = receipt["contractAddress"], receipt["blockNumber"]
        for name, message in [
            ("eth_call, 1,000/s", request("eth_call", {"to": address}, "latest")),
            ("eth_getBalance, 1,000/s", request("eth_getBalance", account.address, "latest")),
            ("eth_getLogs of a block, 1,000/s", request("eth_getLogs", {"fromBlock": block, "toBlock": block})),
            ("eth_getLogs of 1,000 blocks, 1,000/s", request(
                "eth_getLogs", {"fromBlock": hex(int(block, 16) - 999), "toBlock": block, "address": address})),
        ]:
            report(name, measure(connection, message, 3_000, 1_000))


if __name__ == "__main__":
    main()

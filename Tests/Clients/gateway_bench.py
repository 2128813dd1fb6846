"""Measures the gateway: calls a second that it answers from what it keeps, what it adds to a call, and whether a flood on
one rollup is felt on another. Needs wrk (apt-get install wrk).

  python gateway_bench.py [seconds]
"""
import json
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from eth_account import Account

from gateway import Gateway, children, percentile
from rollup import Rollup

ZERO = "0x" + "00" * 20
CALL = {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": [{"to": ZERO, "data": "0x70a08231" + "00" * 32}, "latest"]}


class Connection:
    """One connection that asks and waits."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.path = path

    def ask(self, body):
        """Status and seconds of an answer."""
        body = json.dumps(body).encode()
        head = f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        start = time.perf_counter()
        self.socket.sendall(head.encode() + body)
        data = b""
        while b"\r\n\r\n" not in data or len(data) < self.length(data):
            part = self.socket.recv(1 << 16)
            if not part:
                raise EOFError(data)
            data += part
        return int(data[9:12]), time.perf_counter() - start

    @staticmethod
    def length(data):
        head, _, _ = data.partition(b"\r\n\r\n")
        return len(head) + 4 + int(re.search(rb"(?i)content-length: *(\d+)", head)[1])


def wrk(url, body, seconds, connections, folder, distinct=False):
    """What wrk says of a load: calls a second and other statuses than 200."""
    script = pathlib.Path(folder) / f"load-{connections}.lua"
    text = json.dumps(body)
    if distinct:
        # An address of its own for each, so that none is known.
        make = ("local n = 0\nfunction request()\n  n = n + 1\n"
                f"  return wrk.format(nil, nil, nil, (string.gsub('{text}', '{'0' * 40}', string.format('%040x', n))))\nend\n")
    else:
        make = f"wrk.body = '{text}'\n"
    script.write_text("wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\n" + make)
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script, url], capture_output=True, text=True).stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return float(re.search(r"Requests/sec: +([\d.]+)", out)[1]), int(refused[1]) if refused else 0


def node_port(rollup_directory, pid):
    """Where the node of a gateway listens."""
    inodes = {}
    for line in pathlib.Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A":
            inodes[fields[9]] = int(fields[1].split(":")[1], 16)
    for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        found = re.match(r"socket:\[(\d+)\]", str(descriptor.readlink()))
        if found and found[1] in inodes:
            return inodes[found[1]]
    raise RuntimeError("the node listens nowhere")


def added(gateway, port, name, seconds):
    """p50 of a call: straight to the node, through the gateway to the node, and from what the gateway keeps."""
    ways = {"node": Connection(port, "/"), "through": Connection(gateway.port, f"/{name}"),
            "kept": Connection(gateway.port, f"/{name}")}
    times = {way: [] for way in ways}
    number, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        number += 1
        other = dict(CALL, params=[{"to": f"0x{number:040x}", "data": CALL["params"][0]["data"]}, "latest"])
        for way, body in (("node", other), ("through", other), ("kept", CALL)):
            times[way].append(ways[way].ask(body)[1] * 1e6)
    for way in times:
        times[way].sort()
    direct = percentile(times["node"], 0.5)
    print(f"p50 of an eth_call, {number} of each one after the other: node {direct:.0f} us; through the gateway "
          f"{percentile(times['through'], 0.5):.0f} us ({percentile(times['through'], 0.5) - direct:+.0f}); kept by the gateway "
          f"{percentile(times['kept'], 0.5):.0f} us ({percentile(times['kept'], 0.5) - direct:+.0f})")


def paced(gateway, name, seconds, pause=0.005):
    connection, times, end = Connection(gateway.port, f"/{name}"), [], time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        body = dict(CALL, params=[{"to": f"0x{number:040x}", "data": "0x"}, "latest"])
        status, taken = connection.ask(body)
        if status != 200:
            raise AssertionError(f"the quiet rollup got {status}")
        times.append(taken * 1000)
        time.sleep(pause)
    return sorted(times)


def isolation(gateway, seconds, folder, turns=9):
    """p99 of one rollup's calls while another one is flooded, each time against the quiet moment before."""
    ratios, quiet, flooded, rates = [], [], [], []
    for _ in range(turns):
        before = paced(gateway, "quiet", seconds)
        flood = threading.Thread(target=lambda: rates.append(
            wrk(f"http://127.0.0.1:{gateway.port}/trial", CALL, seconds + 1, 200, folder, distinct=True)))
        flood.start()
        time.sleep(0.5)
        meanwhile = paced(gateway, "quiet", seconds)
        flood.join()
        ratios.append(percentile(meanwhile, 0.99) / percentile(before, 0.99))
        quiet += before
        flooded += meanwhile
    ratios.sort(), quiet.sort(), flooded.sort()
    print(f"p99 of paced calls on one rollup while another is flooded, against the quiet moment before: "
          f"{statistics.median(ratios):.2f} times (median of {turns} turns: {', '.join(f'{each:.2f}' for each in ratios)}); "
          f"of all of them {percentile(flooded, 0.99):.2f} and {percentile(quiet, 0.99):.2f} ms, "
          f"p50 {percentile(flooded, 0.5):.2f} and {percentile(quiet, 0.5):.2f} ms; the flood: "
          f"{sum(rate for rate, _ in rates) / turns:.0f} calls/s, {sum(refused for _, refused in rates)} refused")


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    if not shutil.which("wrk"):
        sys.exit("gateway_bench: please install wrk: apt-get install wrk")
    with Rollup() as rollup, tempfile.TemporaryDirectory(prefix="mayfly-gateway-") as folder:
        for name in ("trial", "quiet"):
            directory = pathlib.Path(folder) / "rollups" / name
            directory.mkdir(parents=True)
            file = json.loads((rollup.directory / "rollup.json").read_text())
            if name == "quiet":
                file["deposit_contract_address"] = Account.create().address
            (directory / "rollup.json").write_text(json.dumps(file))
            shutil.copy(rollup.directory / "genesis.json", directory)
        gateway = Gateway(f"{folder}/rollups", rollup.l1.url, f"{folder}/log", "--idle-after", "10m", *sys.argv[2:])
        try:
            for name in ("trial", "quiet"):
                print(name, gateway.ask(name, CALL)[2])
            pid = next(pid for pid in children(gateway.pid)
                       if pathlib.Path(f"/proc/{pid}/cwd").readlink().name == "trial")
            port = node_port(rollup.directory, pid)
            time.sleep(2)
            for _ in range(2):
                added(gateway, port, "trial", seconds)
                for connections in (16, 64):
                    rate, refused = wrk(f"http://127.0.0.1:{gateway.port}/trial", CALL, seconds, connections, folder)
                    print(f"{connections} connections: {rate:.0f} eth_call/s, {refused} refused")
            rate, _ = wrk(f"http://127.0.0.1:{port}/", CALL, seconds, 64, folder)
            print(f"the node itself: {rate:.0f} eth_call/s")
            isolation(gateway, seconds, folder)
        finally:
            gateway.process.stop()


if __name__ == "__main__":
    main()

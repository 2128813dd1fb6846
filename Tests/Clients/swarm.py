"""Runs a real Docker Swarm of two nodes on this machine: each a daemon of its own, with its data in a temporary directory, the second
one in a network namespace. Needs root, docker.io, iproute2, iptables and a kernel with what they need."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from node import WITH_PARENT
from rollup import eventually

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Of the link between both nodes, of what is behind each, and of the machine's side of the link, which both reach.
NETWORK, INNER = "10.213.{0}.{1}/30", "10.213.{0}.1/24"


def obstacle():
    """Why there can be no swarm here; None where there can."""
    if os.geteuid() != 0:
        return "a swarm's daemons need root"
    for program, package in [("dockerd", "docker.io"), ("ip", "iproute2"), ("iptables", "iptables"), ("nsenter", "util-linux")]:
        if not shutil.which(program):
            return f"{program} is not here (Debian: {package})"
    name = f"mayfly-probe-{os.getpid()}"
    try:
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"mfp{os.getpid()}"[:15], "type", "veth", "peer", "name", "probe", "netns", name)
        run("ip", "-n", name, "link", "add", "bridge", "type", "bridge")
        run("nsenter", f"--net=/run/netns/{name}", "iptables", "-t", "nat", "-L", "-n")
        run("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt")
    except RuntimeError as error:
        return f"this machine has no namespaces, veth, bridges, mounts or packet filters for a swarm: {error}"
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True)
    if not any(pathlib.Path("/sys/fs/cgroup").glob("*")):
        return "there are no control groups at /sys/fs/cgroup"
    return None


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {(done.stdout + done.stderr).strip()}")
    return done.stdout


class Engine:
    """A Docker daemon, asked by its socket."""

    def __init__(self, folder, bridge, namespace=None):
        self.folder, self.url = folder, f"unix://{folder}/docker.sock"
        folder.mkdir()
        command = [
            "dockerd", "--data-root", folder / "data", "--exec-root", folder / "exec", "-H", self.url, "--pidfile",
            folder / "pid", "--bip", bridge]
        if namespace:
            command = ["nsenter", f"--net=/run/netns/{namespace}", *command]
        self.log = open(folder / "log", "w+")
        # Not with its parent: what it has mounted is to be unmounted.
        self.process = subprocess.Popen(list(map(str, command)), stdout=self.log, stderr=subprocess.STDOUT)

    def is_up(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"dockerd ended:\n{(self.folder / 'log').read_text()[-3000:]}")
        try:
            return self.ask("GET", "/version")[0] == 200
        except OSError:
            return False

    def ask(self, method, path, body=None):
        """Status and JSON of an answer."""
        connection = http.client.HTTPConnection("docker", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(60)
        try:
            connection.sock.connect(str(self.folder / "docker.sock"))
            data = None if body is None else json.dumps(body)
            connection.request(method, "/v1.41" + path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith((b"{", b"[", b'"')) else text
        finally:
            connection.close()

    def must(self, method, path, body=None):
        status, answer = self.ask(method, path, body)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


class Swarm:
    """A manager on this machine's own network, and a worker in a namespace."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="mayfly-swarm-", ignore_cleanup_errors=True)
        self.path = pathlib.Path(self.directory.name)
        number = os.getpid()
        self.namespace, self.link = f"mayfly-swarm-{number}", f"mfs{number}"
        # Of three networks that nobody else here has.
        self.net = 3 * (number % 80)
        self.engines = []

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        self.manager_address, self.worker_address = f"10.213.{self.net}.1", f"10.213.{self.net}.2"
        inside = ["ip", "-n", self.namespace]
        run("ip", "netns", "add", self.namespace)
        run("ip", "link", "add", self.link, "type", "veth", "peer", "name", "outside", "netns", self.namespace)
        run("ip", "addr", "add", NETWORK.format(self.net, 1), "dev", self.link)
        run("ip", "link", "set", self.link, "up")
        run(*inside, "addr", "add", NETWORK.format(self.net, 2), "dev", "outside")
        run(*inside, "link", "set", "outside", "up")
        run(*inside, "link", "set", "lo", "up")
        run(*inside, "route", "add", "default", "via", self.manager_address)
        self.manager = Engine(self.path / "manager", INNER.format(self.net + 1))
        self.engines.append(self.manager)
        self.worker = Engine(self.path / "worker", INNER.format(self.net + 2), self.namespace)
        self.engines.append(self.worker)
        for engine in self.engines:
            eventually(engine.is_up, 60, "a Docker daemon")
        self.manager.must("POST", "/swarm/init", {
            "ListenAddr": f"{self.manager_address}:2377", "AdvertiseAddr": self.manager_address})
        token = self.manager.must("GET", "/swarm")["JoinTokens"]["Worker"]
        self.worker.must("POST", "/swarm/join", {
            "ListenAddr": f"{self.worker_address}:2377", "AdvertiseAddr": self.worker_address, "JoinToken": token,
            "RemoteAddrs": [f"{self.manager_address}:2377"]})
        eventually(lambda: len(self.nodes()) == 2, 30, "two nodes")

    def nodes(self):
        """The nodes that are there, by address."""
        return {node["Status"]["Addr"]: node for node in self.manager.must("GET", "/nodes")
                if node["Status"]["State"] == "ready"}

    def availability(self, address, word):
        """Says whether a node is to have tasks: active, pause, drain."""
        node = self.nodes()[address]
        self.manager.must(
            "POST", f"/nodes/{node['ID']}/update?version={node['Version']['Index']}", node["Spec"] | {"Availability": word})

    def services(self):
        return {service["Spec"]["Labels"]["io.mayfly.rollup"]: service for service in self.manager.must("GET", "/services")}

    def running(self):
        """The address of the node on which each rollup's task runs."""
        addresses = {node["ID"]: address for address, node in self.nodes().items()}
        names = {service["ID"]: name for name, service in self.services().items()}
        return {
            names[task["ServiceID"]]: addresses.get(task["NodeID"]) for task in self.manager.must("GET", "/tasks")
            if task["ServiceID"] in names and task["DesiredState"] == "running"
            and task["Status"]["State"] in ("starting", "running")}

    def kill(self, engine, name):
        """Kills the container of a rollup at once."""
        for container in engine.must("GET", "/containers/json"):
            if container["Labels"].get("io.mayfly.rollup") == name:
                engine.must("POST", f"/containers/{container['Id']}/kill?signal=KILL")

    def __exit__(self, *_):
        for engine in self.engines:
            try:
                for service in engine.ask("GET", "/services")[1]:
                    engine.ask("DELETE", f"/services/{service['ID']}")
            except (OSError, TypeError, KeyError):
                pass  # It is no manager, or gone.
        for engine in self.engines[:1]:
            end = time.monotonic() + 30
            while time.monotonic() < end and engine.process.poll() is None and engine.ask("GET", "/tasks")[1]:
                time.sleep(0.2)
        for engine in reversed(self.engines):
            engine.stop()
        for mount in reversed(pathlib.Path("/proc/self/mounts").read_text().splitlines()):
            if mount.split()[1].startswith(str(self.path)):
                subprocess.run(["umount", "-l", mount.split()[1]], capture_output=True)
        subprocess.run(["ip", "link", "del", self.link], capture_output=True)
        subprocess.run(["ip", "netns", "del", self.namespace], capture_output=True)
        self.directory.cleanup()

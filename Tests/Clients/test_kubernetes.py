"""What a Kubernetes cluster is given for a rollup. There is no cluster here: a server stands in for the API server, which checks what it
is sent with the Kubernetes project's own models, keeps it, and says what a test tells it to; and a pod's container is run as a process."""
import base64
import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from kubernetes.client import ApiClient

from node import MAYFLY, Node, free_port
from platform_up import Up
from rollup import Process, call, eventually

MODELS = {"Secret": "V1Secret", "Service": "V1Service", "NetworkPolicy": "V1NetworkPolicy", "StatefulSet": "V1StatefulSet",
          "PodDisruptionBudget": "V1PodDisruptionBudget"}
TOKEN = "a-token-of-the-test"


def check(given):
    """Fails where an object is not of its kind: by a field that is not there, one that is missing, or a wrong type."""
    client = ApiClient()
    read = client.sanitize_for_serialization(
        client.deserialize(json.dumps(given), MODELS[given["kind"]], "application/json"))
    if read != given:
        raise ValueError(f"{given['kind']}: {json.dumps(given, sort_keys=True)} is read as {json.dumps(read, sort_keys=True)}")


class Cluster(http.server.ThreadingHTTPServer):
    """Stands in for an API server, over TLS with a certificate of its own."""

    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects, self.troubles, self.ready = {}, [], 0
        self.certificate, key = folder / "ca.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.certificate],
            check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # A client that does not trust the certificate hangs up.


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, message):
        if status != 404:
            self.server.troubles.append(message)
        self.answer(status, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": status})

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.refuse(401, "Unauthorized")
        url = urllib.parse.urlsplit(self.path)
        query, objects = urllib.parse.parse_qs(url.query), self.server.objects
        if self.command == "PATCH":
            if self.headers["Content-Type"] != "application/apply-patch+yaml" or query.get("fieldManager") != ["mayfly"]:
                return self.refuse(415, f"{self.headers['Content-Type']} {query}")
            given = json.loads(body)
            try:
                check(given)
            except Exception as error:  # Whatever the models complain with.
                return self.refuse(422, str(error))
            if not url.path.endswith(f"/namespaces/{given['metadata']['namespace']}/{given['kind'].lower().rstrip('y')}"
                                     f"{'ies' if given['kind'].endswith('y') else 's'}/{given['metadata']['name']}"):
                return self.refuse(400, f"{url.path} is not where {given['kind']} are")
            isNew = url.path not in objects
            objects[url.path] = given
            return self.answer(201 if isNew else 200, given)
        if self.command == "DELETE":
            if json.loads(body).get("propagationPolicy") != "Foreground":
                return self.refuse(400, "no propagation policy")
            return self.answer(200, {}) if objects.pop(url.path, None) else self.refuse(404, "not found")
        if url.path.endswith("/statefulsets"):
            label, value = query["labelSelector"][0].split("=")
            items = [given | {"status": {"replicas": 1, "readyReplicas": self.server.ready}} for path, given in objects.items()
                     if path.startswith(url.path) and given["metadata"]["labels"].get(label) == value]
            return self.answer(200, {"kind": "StatefulSetList", "apiVersion": "apps/v1", "items": items})
        return self.answer(200, objects[url.path]) if url.path in objects else self.refuse(404, "not found")

    do_GET = do_PATCH = do_DELETE = handle_any


class Kubernetes(unittest.TestCase):
    def test_objects_are_applied_kept_and_removed(self):
        with tempfile.TemporaryDirectory(prefix="mayfly-kubernetes-") as folder, Node("--block-time", "1") as l1:
            folder = pathlib.Path(folder)
            self.cluster = Cluster(folder)
            self.addCleanup(self.cluster.server_close)
            self.addCleanup(self.cluster.shutdown)
            (folder / "token").write_text(TOKEN + "\n")
            # Another address of this machine: a pod has its own 127.0.0.1.
            self.l1 = l1.url.replace("127.0.0.1", "0.0.0.0")
            self.port, self.folder, self.data = free_port(), folder, folder / "platform"
            platform = self.start()
            try:
                self.look(l1)
            except BaseException:
                print((folder / "platform.log").read_text()[-3000:], self.cluster.troubles, flush=True)
                raise
            finally:
                platform.stop()

    def start(self):
        platform = Process(
            self.folder / "platform.log", "platform", "--data", self.data, "--http", f"127.0.0.1:{self.port}", "--gateway",
            f"http://127.0.0.1:{free_port()}", "--l1", self.l1, "--fleet", "kubernetes", "--kubernetes", self.cluster.url,
            "--kubernetes-token-file", self.folder / "token", "--kubernetes-ca", self.cluster.certificate, "--image",
            "registry.example/mayfly:1", "--storage-class", "fast", "--orphan-grace", "1s")
        self.platform = Up()
        self.addCleanup(self.platform.directory.cleanup)
        self.platform.ports[0] = self.port
        eventually(lambda: self.platform.ask("GET", "/templates")[0] == 200, 30, "the platform")
        return platform

    def objects(self, name):
        return {given["kind"]: given for given in self.cluster.objects.values()
                if given["metadata"]["labels"]["io.mayfly.rollup"] == name}

    def look(self, l1):
        self.assertEqual(self.platform.ask("POST", "/rollups", {"name": "arcade", "template": "mint"})[0], 202)
        eventually(lambda: "StatefulSet" in self.objects("arcade"), 60, "the StatefulSet")
        found = self.objects("arcade")
        self.assertEqual(set(found), set(MODELS))
        place = self.data / "rollups/arcade/place.json"
        self.assertEqual(json.loads(place.read_text()), {})
        self.cluster.ready = 1
        identity = (self.data / "fleet.id").read_text().strip()
        address = {"host": f"m-arcade-{identity}.mayfly.svc", "port": 8600}
        eventually(lambda: json.loads(place.read_text()) == address, 20, "its place")
        self.cluster.ready = 0
        eventually(lambda: json.loads(place.read_text()) == {}, 20, "no place")
        self.check_set(found["StatefulSet"])
        self.check_pod(found)

        # What somebody else has removed is there again only for a rollup that is active; what has no record goes.
        orphan = json.loads(json.dumps(found["StatefulSet"]).replace("arcade", "lost"))
        path = next(path for path, given in self.cluster.objects.items() if given is found["StatefulSet"])
        self.cluster.objects[path.replace("arcade", "lost")] = orphan
        eventually(lambda: not self.objects("lost"), 40, "the removal of what has no record")
        self.assertEqual(self.cluster.troubles, [])

        # The same is printed for people, without keys.
        said = subprocess.run(
            [MAYFLY, "fleet", "manifests", self.data / "rollups/arcade", "--l1", "http://l1.example:8545"], capture_output=True,
            text=True, check=True).stdout
        printed = json.loads(said)["items"]
        self.assertEqual([given["kind"] for given in printed],
                         ["Secret", "Service", "NetworkPolicy", "PodDisruptionBudget", "StatefulSet"])
        for given in printed:
            check(given)
        self.assertNotIn("keys.batcher", printed[0]["data"])
        # A certificate that nobody vouches for is not talked to.
        refused = subprocess.run(
            [MAYFLY, "platform", "--data", self.folder / "other", "--fleet", "kubernetes", "--kubernetes", self.cluster.url, "--l1",
             self.l1, "--kubernetes-token-file", self.folder / "token"], capture_output=True, text=True, timeout=60)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("does not answer", refused.stderr)

    def check_set(self, given):
        template = given["spec"]["template"]["spec"]
        container = template["containers"][0]
        self.assertEqual(given["spec"]["replicas"], 1)
        self.assertEqual(given["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"], "fast")
        self.assertTrue(template["securityContext"]["runAsNonRoot"])
        self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
        self.assertEqual(container["securityContext"]["capabilities"], {"drop": ["ALL"]})
        self.assertLessEqual({"livenessProbe", "readinessProbe", "startupProbe"}, set(container))
        self.assertEqual(set(container["resources"]["limits"]), {"memory", "cpu"})
        self.assertNotIn("env", container)
        # The selectors find the pod, and the pod's volumes are those that are mounted.
        labels = given["spec"]["template"]["metadata"]["labels"]
        self.assertLessEqual(given["spec"]["selector"]["matchLabels"].items(), labels.items())
        volumes = {volume["name"] for volume in template["volumes"]} | {
            claim["metadata"]["name"] for claim in given["spec"]["volumeClaimTemplates"]}
        self.assertEqual(volumes, {mount["name"] for mount in container["volumeMounts"]})

    def check_pod(self, found):
        """With the Secret's files and the container's arguments a rollup runs, on a volume that was empty."""
        pod = found["StatefulSet"]["spec"]["template"]["spec"]
        launch, rollups = self.folder / "launch", self.folder / "volume"
        items = next(volume for volume in pod["volumes"] if volume["name"] == "launch")["secret"]["items"]
        for item in items:
            path = launch / "arcade" / item["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(found["Secret"]["data"][item["key"]]))
        (rollups / "arcade").mkdir(parents=True)
        port = free_port()
        places = {"/launch": str(launch), "/rollups": str(rollups), "0.0.0.0:8600": f"127.0.0.1:{port}"}
        arguments = [places.get(argument, argument) for argument in pod["containers"][0]["args"]]
        process = Process(self.folder / "pod.log", *arguments)
        try:
            eventually(lambda: self.answers(port), 30, "the pod's gateway")
            chain = int(call(f"http://127.0.0.1:{port}/arcade", "eth_chainId"), 16)
            self.assertEqual(chain, self.platform.rollup("arcade")["chainId"])
            key = rollups / "arcade/keys/batcher"
            self.assertEqual(key.stat().st_mode & 0o077, 0)
            self.assertEqual(key.read_text(), (self.data / "rollups/arcade/keys/batcher").read_text())
        finally:
            process.stop()

    def answers(self, port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()

"""A collector of traces: OTLP over HTTP in JSON, each request checked against the protocol's own messages."""
import base64
import binascii
import http.server
import json
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

IDENTITIES = {"traceId": 16, "spanId": 8, "parentSpanId": 8}


class Collector:
    """Keeps the spans that come as dictionaries, each with its service and with its attributes as a dictionary."""

    def __init__(self):
        collector = self
        self.spans, self.faults, self.text = [], [], ""
        # What requests say beside the protocol.
        self.headers = set()
        self.lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    assert self.path == "/v1/traces", self.path
                    assert self.headers["Content-Type"] == "application/json", self.headers
                    collector.headers.add((self.headers["x-key"], self.headers["x-other"]))
                    collector.take(body.decode())
                    status = 200
                except Exception as error:  # Told to whoever looks at the spans.
                    collector.faults.append(f"{error!r}: {body[:2000]}")
                    status = 400
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, text):
        request = json.loads(text)
        found = []
        for whole in request["resourceSpans"]:
            resource = attributes(whole["resource"])
            for scope in whole["scopeSpans"]:
                for span in scope["spans"]:
                    found.append({**span, "service": resource["service.name"], "resource": resource, "attributes": attributes(span)})
                    # JSON of protobuf has bytes in base64, that of OTLP these in hexadecimal.
                    for key, length in IDENTITIES.items():
                        if key in span:
                            identity = binascii.unhexlify(span[key])
                            assert len(identity) == length and any(identity), span
                            span[key] = base64.b64encode(identity).decode()
        json_format.Parse(json.dumps(request), ExportTraceServiceRequest())
        with self.lock:
            self.spans += found
            self.text += text

    def find(self, **wanted):
        """Spans that have these members."""
        if self.faults:
            raise AssertionError(self.faults[0])
        with self.lock:
            return [span for span in self.spans if all(span.get(key) == value for key, value in wanted.items())]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def attributes(owner):
    return {entry["key"]: value(entry["value"]) for entry in owner["attributes"]}


def value(boxed):
    (kind, content), = boxed.items()
    return int(content) if kind == "intValue" else content

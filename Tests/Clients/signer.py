"""A remote signer for tests: `eth_signTransaction` as the OP Stack's op-signer takes it, by eth_account, over HTTP or mutual TLS."""
import http.server
import json
import ssl
import threading

from eth_account import Account

FIELDS = ["nonce", "gas", "maxFeePerGas", "maxPriorityFeePerGas", "value", "chainId", "maxFeePerBlobGas"]


class Signer:
    """Signs for its accounts; refuses, or changes what it signs, where it is told to."""

    def __init__(self, *accounts, tls=None):
        self.accounts = {account.address.lower(): account for account in accounts}
        self.signed, self.refusal, self.change = 0, None, lambda transaction: None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = json.dumps({"jsonrpc": "2.0", "id": request["id"], **outer.answer(request)}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request):
        if request["method"] != "eth_signTransaction":
            return {"error": {"code": -32601, "message": "there is no such method"}}
        if self.refusal:
            return {"error": {"code": -32011, "message": self.refusal}}
        asked = request["params"][0]
        account = self.accounts.get(asked["from"].lower())
        if account is None:
            return {"error": {"code": -32010, "message": f"no key of {asked['from']}"}}
        transaction = {field: int(asked[field], 16) for field in FIELDS if field in asked}
        transaction |= {"type": "0x2", "data": asked["input"]}
        if "to" in asked:
            transaction["to"] = bytes.fromhex(asked["to"][2:])
        if "blobVersionedHashes" in asked:
            transaction |= {"type": "0x3", "blobVersionedHashes": asked["blobVersionedHashes"]}
        self.change(transaction)
        self.signed += 1
        return {"result": "0x" + account.sign_transaction(transaction).raw_transaction.hex().removeprefix("0x")}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def server_context(certificate, key, authorities):
    """TLS that lets only those in who show a certificate of the authorities."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authorities)
    context.verify_mode = ssl.CERT_REQUIRED
    return context
